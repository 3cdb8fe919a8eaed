package org.drllava.clinical.conversation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.drllava.clinical.data.LabelledImage;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Wording;

/** Images that are nothing but names, and what is written about them. */
final class Clinic {
    static final ClinicalLogic LOGIC = ClinicalLogic.shipped("painted-marrow");
    static final Path ROOT = Path.of("images");

    private Clinic() {}

    /** p0_0.png and so on; the diagnoses take turns. */
    static List<LabelledImage> images(int n) {
        return IntStream.range(0, n).mapToObj(i -> image(i, LOGIC.diagnoses().get(i % 5).name(), Map.of())).toList();
    }

    static LabelledImage image(int i, String label, Map<String, String> slots) {
        return new LabelledImage(ROOT.resolve("p" + i + "_0.png"), label, "p" + i, slots);
    }

    static List<Conversation> curate(ClinicalLogic logic, String scenarios, Wording wording, long seed, List<LabelledImage> images) {
        return new Curation(logic, ROOT, wording, ScenarioMix.parse(scenarios, OptionalInt.empty(), "test"), false, seed, images).conversations().toList();
    }

    /** The painted logic with the slot {@code note} and a change in its text. */
    static ClinicalLogic changed(Path folder, String from, String to) throws Exception {
        var text = ClinicalLogic.shippedText("painted-marrow");
        if (!text.contains(from)) {
            throw new AssertionError("the logic has no '" + from + "'");
        }
        return ClinicalLogic.load(Files.writeString(folder.resolve("logic.yaml"), text.replace(from, to).replace("questions:\n", "slots: [note]\nquestions:\n")));
    }
}
