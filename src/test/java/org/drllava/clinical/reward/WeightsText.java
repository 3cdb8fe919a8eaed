package org.drllava.clinical.reward;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.RewardWeights;

/** Weights as a logic file gives them. */
final class WeightsText {
    private WeightsText() {}

    /** @param reward what stands under {@code reward}, on one line */
    static RewardWeights read(String reward, Path folder) {
        return logic(reward, folder).reward();
    }

    /** The demo's logic with another reward. */
    static ClinicalLogic logic(String reward, Path folder) {
        var text = ClinicalLogic.shippedText("painted-marrow");
        try {
            var file = Files.createTempFile(folder, "weights", ".yaml");
            Files.writeString(file, text.substring(0, text.indexOf("\nreward:")) + "\nreward: " + reward + "\n");
            return ClinicalLogic.load(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
