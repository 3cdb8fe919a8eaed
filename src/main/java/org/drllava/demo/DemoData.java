package org.drllava.demo;

import java.nio.file.Path;
import java.util.List;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.conversation.ConversationJson;
import org.drllava.clinical.conversation.ConversationWriter;
import org.drllava.clinical.data.LabelledImage;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Wording;
import org.drllava.clinical.painted.PaintedDataset;
import org.drllava.clinical.painted.PaintedField;
import org.drllava.common.AtomicFile;
import org.drllava.image.RgbImage;
import org.drllava.tensor.Workers;

/**
 * The painted data set on disk, as a user's own would be: images and labels, conversations in LLaVA's format, the logic.
 *
 * @param pictures    all parts' pictures, in the order train, validation, test
 * @param train       conversations about every labelled picture; the first {@link #written} are what SFT may read
 * @param labels      of the training pictures, as PPO needs them
 */
record DemoData(ClinicalLogic logic, List<RgbImage> pictures, List<Conversation> train, List<Conversation> validation, List<Conversation> test,
        int written, List<LabelledImage> labels) {

    static DemoData paint(DemoSettings settings, Path folder, Workers workers) {
        PaintedDataset set = PaintedDataset.generate(settings.seed(), new PaintedDataset.Part(settings.trainPatients(), settings.fields()),
                new PaintedDataset.Part(settings.validationPatients(), 1), new PaintedDataset.Part(settings.testPatients(), 1));
        Path images = folder.resolve("images");
        List<PaintedField> fields = set.all();
        List<RgbImage> pictures = workers.map(fields.size(), i -> fields.get(i).paint(settings.imageSize()));
        List<LabelledImage> labelled = PaintedDataset.write(fields, pictures, images);
        AtomicFile.write(folder.resolve("logic.yaml"), ClinicalLogic.shippedText("painted-marrow"));
        ClinicalLogic logic = ClinicalLogic.load(folder.resolve("logic.yaml"));

        int trainEnd = set.train().size();
        int validationEnd = trainEnd + set.validation().size();
        var trainWriter = new ConversationWriter(logic, images, Wording.TRAIN, settings.seed());
        var testWriter = new ConversationWriter(logic, images, Wording.TEST, settings.seed());
        List<Conversation> train = trainWriter.curate(labelled.subList(0, trainEnd));
        // Validation words its questions as training does: the held-out wordings are for the test alone.
        List<Conversation> validation = trainWriter.curate(labelled.subList(trainEnd, validationEnd));
        List<Conversation> test = testWriter.curate(labelled.subList(validationEnd, labelled.size()));
        int written = settings.writtenPatients() * settings.fields();
        ConversationJson.write(folder.resolve("written.json"), train.subList(0, written));
        ConversationJson.write(folder.resolve("train.json"), train);
        ConversationJson.write(folder.resolve("validation.json"), validation);
        ConversationJson.write(folder.resolve("test.json"), test);

        return new DemoData(logic, pictures, train, validation, test, written, labelled.subList(0, trainEnd));
    }

    int validationStart() {
        return train.size();
    }

    int testStart() {
        return train.size() + validation.size();
    }
}
