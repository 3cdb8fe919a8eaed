package org.drllava.clinical.conversation;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.drllava.clinical.data.LabelledImage;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Wording;

/**
 * Writes the plain conversation that a label stands for: every question of the logic in natural order, answered by the symbols of
 * the label's path, in wordings drawn from (seed, image, epoch). The same three give the same conversation whatever else is
 * written before. {@link Curation} writes those of the scenarios.
 *
 * @param root folder that the conversations' image paths start from
 */
public record ConversationWriter(ClinicalLogic logic, Path root, Wording wording, long seed) {
    /**
     * One conversation an image, in the images' order, in the wordings of epoch 0. Its id is the image's path without the
     * suffix, or with it where two images differ in nothing else. Throws an InputException for a label the logic does not know.
     */
    public List<Conversation> curate(List<LabelledImage> images) {
        return Subject.of(images, root, logic).stream().map(subject -> write(subject, 0)).toList();
    }

    /** The same image's conversation in fresh wordings, all of them without slots. */
    public Conversation rewrite(Conversation conversation, int epoch) {
        return write(new Subject(conversation.id(), conversation.image(), logic.diagnosis(conversation.diagnosis()), conversation.patient(), Map.of()), epoch);
    }

    private Conversation write(Subject subject, int epoch) {
        var exchanges = new Exchanges(wording, new Claims(logic)).write(Scenario.NATURAL, logic.questions(), subject,
                Seeds.of(seed, subject.id(), epoch));
        return new Conversation(subject.id(), subject.image(), exchanges, subject.diagnosis().name(), subject.patient(), Optional.empty());
    }
}
