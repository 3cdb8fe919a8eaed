package org.drllava.verify;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.drllava.image.ClipPreprocessor;
import org.drllava.image.ImageFiles;
import org.drllava.ppo.Advantages;
import org.drllava.ppo.KlEstimator;
import org.drllava.tensor.Nf4;
import org.drllava.text.Tokenizer;
import tools.jackson.databind.JsonNode;

/** Groups that need no model: text, pictures, advantages, KL estimates, NF4. */
record PlainGroups(Reference reference) {
    Verdict tokenizer() {
        boolean equal = true;
        try (Tokenizer tokenizer = Tokenizer.load(reference.folder().resolve("model/tokenizer.json"))) {
            for (JsonNode example : reference.json().path("tokenizer")) {
                int[] ids = example.path("ids").valueStream().mapToInt(JsonNode::asInt).toArray();
                equal &= Arrays.equals(ids, tokenizer.encode(example.path("text").asString()));
                equal &= example.path("decoded").asString().equals(tokenizer.decode(ids));
            }
        }
        return Verdict.equality("tokenizer", equal);
    }

    Verdict image() {
        ClipPreprocessor preprocessor = ClipPreprocessor.load(reference.folder().resolve("model"));
        double worst = 0;
        int number = 0;
        for (JsonNode name : reference.json().path("images")) {
            Path file = reference.folder().resolve("images").resolve(name.asString());
            worst = Math.max(worst, Verdict.mean(preprocessor.apply(ImageFiles.read(file)),
                    reference.floats("image." + number++ + ".pixel_values")));
        }
        return new Verdict("image", worst, reference.bound("image"));
    }

    Verdict kl() {
        float[] logprobs = reference.floats("ppo.logprobs");
        float[] base = reference.floats("ppo.ref_logprobs");
        float[] mask = reference.floats("ppo.answer_mask");
        double worst = 0;
        double bound = 0;
        for (KlEstimator estimator : KlEstimator.values()) {
            float[] expected = reference.floats("kl." + estimator.name().toLowerCase(java.util.Locale.ROOT));
            float[] computed = new float[expected.length];
            for (int i = 0; i < computed.length; i++) {
                computed[i] = mask[i] == 0 ? 0 : (float) estimator.of(logprobs[i], base[i]);
            }
            worst = Math.max(worst, Verdict.largest(computed, expected));
            bound = Math.max(bound, reference.bound("kl") * Verdict.magnitude(expected) + 1e-6);
        }
        return new Verdict("kl", worst, bound);
    }

    Verdict gae() {
        double gamma = reference.json().path("gae").path("gamma").asDouble();
        double lambda = reference.json().path("gae").path("lam").asDouble();
        float[] rewards = reference.floats("gae.rewards");
        float[] values = reference.floats("gae.values");
        float[] mask = reference.floats("gae.mask");
        int width = (int) reference.tensor("gae.mask").shape()[1];
        List<float[]> advantages = new ArrayList<>();
        double worst = 0;
        for (int start = 0; start < mask.length; start += width) {
            int length = 0;
            while (length < width && mask[start + length] != 0) {
                length++;
            }
            double[] discounts = new double[length];
            Arrays.fill(discounts, gamma);
            Advantages.Estimate estimate = Advantages.estimate(Arrays.copyOfRange(rewards, start, start + length),
                    Arrays.copyOfRange(values, start, start + length), discounts, lambda);
            worst = Math.max(worst, difference(estimate.advantages(), "gae.advantages", start));
            worst = Math.max(worst, difference(estimate.returns(), "gae.returns", start));
            advantages.add(estimate.advantages());
        }
        Advantages.whiten(advantages, true);
        for (int row = 0; row < advantages.size(); row++) {
            worst = Math.max(worst, difference(advantages.get(row), "gae.whitened", row * width));
        }
        double bound = reference.bound("gae") * Verdict.magnitude(reference.floats("gae.advantages")) + 1e-6;
        return new Verdict("gae", worst, bound);
    }

    private double difference(float[] computed, String name, int start) {
        return Verdict.largest(computed, Arrays.copyOfRange(reference.floats(name), start, start + computed.length));
    }

    Verdict nf4Codes() {
        Nf4.Packed packed = Nf4.quantize(reference.floats("nf4.weight"));
        long[] expected = reference.tensor("nf4.codes").toLongs();
        boolean equal = packed.codes().length == expected.length;
        for (int i = 0; equal && i < expected.length; i++) {
            equal = (packed.codes()[i] & 0xff) == expected[i];
        }
        return Verdict.equality("nf4.codes", equal && Arrays.equals(packed.largest(), reference.floats("nf4.absmax")));
    }

    Verdict nf4() {
        float[] restored = Nf4.dequantize(Nf4.quantize(reference.floats("nf4.weight")));
        return new Verdict("nf4.dequant", Verdict.largest(restored, reference.floats("nf4.dequant")), reference.bound("nf4.dequant"));
    }
}
