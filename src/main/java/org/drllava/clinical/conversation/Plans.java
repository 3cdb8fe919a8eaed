package org.drllava.clinical.conversation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.drllava.clinical.conversation.ScenarioMix.Draw;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Question;

/** Decides which conversations an image gets. */
record Plans(ClinicalLogic logic, ScenarioMix mix, Claims claims, long seed) {
    /** @param round how often the image was taken before; another round's conversations have other ids and other words */
    Stream<Plan> of(Subject subject, int round) {
        var possible = mix.weights().keySet().stream().filter(scenario -> !questions(scenario, subject).isEmpty()).toList();
        return mix.draw(possible, subject.id(), seed, round).stream().flatMap(draw -> of(subject, draw));
    }

    private Stream<Plan> of(Subject subject, Draw draw) {
        if (!draw.scenario().oneQuestion()) {
            return Stream.of(new Plan(subject, draw.scenario(), Optional.empty(), draw.nth()));
        }
        var questions = questions(draw.scenario(), subject);
        if (mix.perImage().isEmpty()) {
            return questions.stream().map(question -> new Plan(subject, draw.scenario(), Optional.of(question), draw.nth()));
        }
        // One conversation a draw: the questions take turns, in an order drawn for the image.
        var turns = new ArrayList<>(questions);
        Collections.shuffle(turns, Random.from(Seeds.of(seed, subject.id() + "#" + draw.scenario().label(), 0)));
        return Stream.of(new Plan(subject, draw.scenario(), Optional.of(turns.get(draw.nth() % turns.size())), draw.nth() / turns.size()));
    }

    /** The questions that a scenario can put about an image in its own way: with a hint, where it gives hints. */
    private List<Question> questions(Scenario scenario, Subject subject) {
        return scenario.hint() == Scenario.Hint.NONE ? logic.questions()
                : logic.questions().stream().filter(question -> !claims.of(scenario, question, subject.diagnosis()).isEmpty()).toList();
    }
}
