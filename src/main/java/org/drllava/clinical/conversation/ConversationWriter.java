package org.drllava.clinical.conversation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import org.drllava.clinical.data.LabelledImage;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Question;
import org.drllava.clinical.logic.Wording;
import org.drllava.common.InputException;

/**
 * Writes the conversation that a label stands for: every question of the logic, answered by the symbols of the label's path, in
 * wordings drawn from (seed, image, epoch). The same three give the same conversation whatever else is written before.
 *
 * @param root folder that the conversations' image paths start from
 */
public record ConversationWriter(ClinicalLogic logic, Path root, Wording wording, Order order, long seed) {
    /**
     * One conversation an image, in the images' order, in the wordings of epoch 0. Its id is the image's path without the
     * suffix, or with it where two images differ in nothing else.
     */
    public List<Conversation> curate(List<LabelledImage> images) {
        var uses = new HashMap<String, Integer>();
        images.forEach(image -> uses.merge(withoutSuffix(path(image)), 1, Integer::sum));
        return images.stream().map(image -> {
            var id = withoutSuffix(path(image));
            return write(uses.get(id) == 1 ? id : path(image), image, 0);
        }).toList();
    }

    /** The conversation about one image in the wordings of an epoch; throws an InputException for a label the logic does not know. */
    public Conversation write(LabelledImage image, int epoch) {
        return write(withoutSuffix(path(image)), image, epoch);
    }

    private Conversation write(String id, LabelledImage image, int epoch) {
        return write(id, path(image), image.label(), Optional.of(image.patient()), epoch);
    }

    private String path(LabelledImage image) {
        var start = root.toAbsolutePath().normalize();
        var file = image.file().toAbsolutePath().normalize();
        if (!file.startsWith(start)) {
            throw new InputException(file + " lies outside of " + start + ", the folder that the conversations' image paths start from.");
        }
        return start.relativize(file).toString().replace('\\', '/');
    }

    private static String withoutSuffix(String path) {
        int dot = path.lastIndexOf('.');
        return dot > path.lastIndexOf('/') + 1 ? path.substring(0, dot) : path;
    }

    /** The same image's conversation in fresh wordings; its exchanges' order is drawn anew too. */
    public Conversation rewrite(Conversation conversation, int epoch) {
        return write(conversation.id(), conversation.image(), conversation.diagnosis(), conversation.patient(), epoch);
    }

    private Conversation write(String id, String image, String label, Optional<String> patient, int epoch) {
        var diagnosis = logic.diagnosis(label);
        var random = new SplittableRandom(mix(mix(seed ^ hash(id)) + epoch));
        var questions = new ArrayList<Question>(logic.questions());
        if (order == Order.SHUFFLED) {
            Collections.shuffle(questions, Random.from(random));
        }
        var exchanges = questions.stream().map(question -> new Exchange(question.id(), draw(question.ask().of(wording), random),
                draw(question.symbol(diagnosis.path().get(question.id())).answers().of(wording), random))).toList();
        return new Conversation(id, image, exchanges, diagnosis.name(), patient);
    }

    private static String draw(List<String> wordings, SplittableRandom random) {
        return wordings.get(random.nextInt(wordings.size()));
    }

    /** FNV-1a, 64 bits. */
    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    /** SplitMix64's finaliser: neighbouring seeds and epochs must not give related streams. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
