package org.drllava.clinical.conversation;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.drllava.clinical.data.LabelledImage;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Wording;

/**
 * The conversations about a set of images in a mix of scenarios. Each follows from (seed, image, scenario) alone, and each is
 * written when the stream comes to it, so a million take no more memory than one.
 */
public final class Curation {
    private final ClinicalLogic logic;
    private final long seed;
    private final Plans plans;
    private final Exchanges exchanges;
    private final List<Subject> subjects;
    /** Conversations of each diagnosis, each image taken once. */
    private final Map<String, Long> natural;
    private final boolean balanced;

    /**
     * @param root     folder that the conversations' image paths start from
     * @param balanced whether images of rarer diagnoses are taken again, in other words, until every diagnosis that the images have
     *                 has as many conversations as the most frequent one
     * @throws org.drllava.common.InputException for a label the logic does not know, or an image outside of the folder
     */
    public Curation(ClinicalLogic logic, Path root, Wording wording, ScenarioMix mix, boolean balanced, long seed, List<LabelledImage> images) {
        this.logic = logic;
        this.balanced = balanced;
        this.seed = seed;
        var claims = new Claims(logic);
        plans = new Plans(logic, mix, claims, seed);
        exchanges = new Exchanges(wording, claims);
        subjects = Subject.of(images, root, logic);
        natural = subjects.stream().collect(Collectors.groupingBy(subject -> subject.diagnosis().name(), TreeMap::new,
                Collectors.summingLong(subject -> plans.of(subject, 0).count())));
    }

    /** How many conversations each of the images' diagnoses gets. */
    public Map<String, Long> counts() {
        long most = natural.isEmpty() ? 0 : Collections.max(natural.values());
        var counts = new TreeMap<>(natural);
        if (balanced) {
            counts.replaceAll((_, count) -> count == 0 ? 0 : most);
        }
        return counts;
    }

    /** The conversations, in the images' order; behind them those that balance the diagnoses. */
    public Stream<Conversation> conversations() {
        var once = subjects.stream().flatMap(subject -> plans.of(subject, 0));
        var again = counts().entrySet().stream().flatMap(count -> again(count.getKey()).limit(count.getValue() - natural.get(count.getKey())));
        return Stream.concat(once, again).map(this::write);
    }

    /** The images of a diagnosis, round after round without end. */
    private Stream<Plan> again(String diagnosis) {
        var own = subjects.stream().filter(subject -> subject.diagnosis().name().equals(diagnosis)).toList();
        return IntStream.iterate(1, round -> round + 1).boxed().flatMap(round -> own.stream().flatMap(subject -> plans.of(subject, round)));
    }

    private Conversation write(Plan plan) {
        var subject = plan.subject();
        var random = Seeds.of(seed, plan.id(), 0);
        var asked = plan.question().map(List::of).orElseGet(() -> plan.scenario().order().of(logic.questions(), random));
        return new Conversation(plan.id(), subject.image(), exchanges.write(plan.scenario(), asked, subject, random), subject.diagnosis().name(),
                subject.patient(), Optional.of(plan.scenario().label()));
    }
}
