package org.drllava.verify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.IntStream;
import org.drllava.model.AdapterFolder;
import org.drllava.model.AnswerRows;
import org.drllava.model.LlavaModel;
import org.drllava.model.Network;
import org.drllava.model.Passes;
import org.drllava.model.TokenBatch;
import org.drllava.model.TokenScores;
import org.drllava.model.Trainable;
import org.drllava.ppo.PpoLosses;
import org.drllava.rollout.Dialogue;
import org.drllava.rollout.Episode;
import org.drllava.rollout.RolloutEngine;
import org.drllava.rollout.Sampling;
import org.drllava.sft.SftLoss;
import org.drllava.tensor.AdamW;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.DType;
import org.drllava.tensor.Descent;
import org.drllava.tensor.Loss;
import org.drllava.tensor.Ops;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Team;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;
import org.drllava.tensor.Workers;
import tools.jackson.databind.JsonNode;

/** Groups that run the network as training does: features, logits, decoding, losses, gradients, optimiser steps. */
final class NetworkGroups {
    /** bfloat16 keeps 8 bits of a number: bounds made for float32 are widened to what PyTorch's own bfloat16 shows. */
    private static final double BFLOAT16_BOUND = 0.1;
    /** For the worst tensor's gradient: PyTorch 2.13 with transformers and peft comes to 0.135 for SFT's in the small reference of seed 1. */
    private static final double BFLOAT16_GRADIENT_BOUND = 0.15;
    /**
     * AdamW's first steps are about lr * sign(g), so a small gradient whose sign rounding turns moves its weight by 2 lr; and a token whose
     * ratio stands at the clip's edge falls on either side, its gradient is all there or not at all.
     */
    private static final double BFLOAT16_ADAMW_BOUND = 0.5;

    private final Reference reference;
    private final LlavaModel model;
    private final boolean exact;
    private final AdapterFolder.Loaded adapter;
    private final Trainable.Lora trainable;

    /** What the groups share belongs to the innermost scope. */
    NetworkGroups(Reference reference, LlavaModel base, DType dtype) {
        this.reference = reference;
        this.exact = dtype == DType.FLOAT32;
        adapter = AdapterFolder.read(reference.folder().resolve("adapter"), base.config());
        trainable = Trainable.Lora.from(base, adapter).prepared();
        model = trainable.base();
    }

    Verdict vision() {
        try (Autograd.Guard off = Autograd.off()) {
            Tensor features = model.visionFeatures(pixels());
            double worst = Math.max(relative(features, "vision.features"), relative(model.project(features), "vision.projected"));
            return verdict("vision", worst, reference.bound("vision"));
        }
    }

    Verdict prompt() {
        return verdict("prompt", logitError(Network.base(model), "prompt.logits"), reference.bound("prompt"));
    }

    Verdict lora() {
        return verdict("lora", logitError(trainable.frozen(), "lora.logits"), reference.bound("lora"));
    }

    /** Greedy decoding on the cached path. In bfloat16 near ties fall otherwise, so there half of the tokens suffice. */
    Verdict greedy() {
        Set<Integer> suppressed = new HashSet<>();
        reference.json().path("greedy").path("suppressed").forEach(token -> suppressed.add(token.asInt()));
        int[] expected = reference.ints("greedy.tokens");
        List<int[]> prompts = prompts();
        int length = expected.length / prompts.size();
        List<Dialogue> dialogues = new ArrayList<>();
        for (int[] prompt : prompts) {
            dialogues.add(new Dialogue(dialogues.size(), prompt, List.of()));
        }
        int noEnd = -1;
        Network network = Network.base(model).packed();
        var engine = new RolloutEngine(network.model(), network.adapter(), Sampling.greedy(suppressed), noEnd, length);
        int wrong = 0;
        try (Autograd.Guard off = Autograd.off()) {
            List<Episode> episodes = engine.run(dialogues, images(), IntStream.range(0, dialogues.size()).toArray(), 0, 0);
            for (int row = 0; row < episodes.size(); row++) {
                Episode episode = episodes.get(row);
                int[] sampled = episode.text(episode.spans().getFirst());
                for (int i = 0; i < length; i++) {
                    wrong += sampled[i] == expected[row * length + i] ? 0 : 1;
                }
            }
        }
        return new Verdict("greedy", (double) wrong / expected.length, exact ? 0 : 0.5);
    }

    Verdict sft() {
        float expected = reference.floats("sft.loss")[0];
        return scalar("sft.loss", sftLoss(trainable.arena().leaves()).value().value(), expected, "sft");
    }

    Verdict sftGradients() {
        var leaves = trainable.arena().leaves();
        Passes.Top<Loss> loss = sftLoss(leaves);
        leaves.backward(loss.value(), loss.below());
        return gradients("sft.grad", leaves);
    }

    Verdict ppo() {
        try (Autograd.Guard off = Autograd.off()) {
            Answers answers = answers();
            TokenScores scores = TokenScores.of(trainable.frozen().packed().model(), states(answers), answers.rows(), temperature());
            float[] loss = {(float) policyLoss(answers, scores.logprobs()).value()};
            double worst = 0;
            worst = Math.max(worst, excess(scores.logprobs().toFloats(), answers.pick("ppo.logprobs"), "ppo"));
            worst = Math.max(worst, excess(scores.entropies().toFloats(), answers.pick("ppo.entropies"), "ppo"));
            worst = Math.max(worst, excess(loss, reference.floats("ppo.policy_loss"), "ppo"));
            return new Verdict("ppo", worst, 1);
        }
    }

    Verdict policyGradients() {
        var leaves = trainable.arena().leaves();
        Passes.Top<Loss> own = policyLoss(trainable, leaves);
        Loss loss = exact ? own.value() : withSlopesOfTheReference(own.value());
        leaves.backward(loss, own.below());
        return gradients("ppo.grad", leaves);
    }

    Verdict value() {
        try (Autograd.Guard off = Autograd.off()) {
            Answers answers = answers();
            Tensor values = values(states(answers), head("weight"), head("bias"));
            double worst = excess(values.toFloats(), answers.pick("ppo.value_pred"), "ppo");
            float[] loss = {(float) valueLoss(answers, values).value()};
            return new Verdict("value", Math.max(worst, excess(loss, reference.floats("ppo.value_loss"), "ppo")), 1);
        }
    }

    Verdict valueGradients() {
        SequencedMap<String, long[]> headShapes = new LinkedHashMap<>();
        headShapes.put("weight", reference.tensor("value_head.weight").shape());
        headShapes.put("bias", reference.tensor("value_head.bias").shape());
        ParameterArena head = new ParameterArena(model.device(), headShapes);
        headShapes.keySet().forEach(name -> head.get(name).set(reference.floats("value_head." + name)));
        var leaves = trainable.arena().leaves();
        var headLeaves = head.leaves();
        Answers answers = answers();
        Passes.Top<Tensor> states = pass(trainable, leaves, answers).states();
        Loss loss = valueLoss(answers, values(states.value(), headLeaves.byName().get("weight"), headLeaves.byName().get("bias")));
        leaves.backward(loss, states.below(), headLeaves.byName().values().toArray(Tensor[]::new));
        double worst = gradients("value.grad", leaves).error();
        float[] flat = headLeaves.gradient().toFloats();
        float[] weight = Arrays.copyOf(flat, flat.length - 1);
        worst = Math.max(worst, Verdict.relativeNorm(weight, reference.floats("value_head.grad.weight")));
        worst = Math.max(worst, Verdict.relativeNorm(new float[] {flat[flat.length - 1]}, reference.floats("value_head.grad.bias")));
        return gradient("value.grad", worst);
    }

    Verdict adamw() {
        JsonNode settings = reference.json().path("adamw");
        Trainable.Lora trained = Trainable.Lora.from(model, adapter);
        AdamW.Settings optimizer = new AdamW.Settings(settings.path("betas").get(0).asDouble(),
                settings.path("betas").get(1).asDouble(), settings.path("eps").asDouble(), settings.path("weight_decay").asDouble());
        try (Workers one = new Workers(1)) {
            Descent descent = new Descent(trained.arena(), optimizer, settings.path("max_grad_norm").asDouble(), 1, Team.alone(one));
            for (int step = 0; step < settings.path("steps").asInt(); step++) {
                descent.sum((_, leaves) -> {
                    Passes.Top<Loss> loss = policyLoss(trained, leaves);
                    return new Descent.Result(loss.value(), new double[0], loss.below());
                });
                descent.step(settings.path("lr").asDouble());
            }
        }
        double worst = 0;
        for (String name : trained.arena().shapes().keySet()) {
            worst = Math.max(worst, Verdict.relativeNorm(trained.arena().get(name).toFloats(), reference.floats("adamw." + name)));
        }
        return new Verdict("adamw", worst, exact ? reference.bound("adamw") : BFLOAT16_ADAMW_BOUND);
    }

    // Pieces -----------------------------------------------------------------------------------------------------------

    private Tensor pixels() {
        return Tensors.of(model.device(), reference.floats("prompt.pixel_values"), reference.tensor("prompt.pixel_values").shape());
    }

    private Tensor images() {
        try (Autograd.Guard off = Autograd.off()) {
            return model.project(model.visionFeatures(pixels()));
        }
    }

    private List<int[]> prompts() {
        return reference.sequences("prompt.input_ids", "prompt.attention_mask");
    }

    /** A pass as training makes it. */
    private Passes.Pass pass(Trainable.Lora trained, ParameterArena.Leaves leaves, TokenBatch batch, AnswerRows rows) {
        Tensor features;
        try (Autograd.Guard off = Autograd.off()) {
            features = model.visionFeatures(pixels());
        }
        return trained.passes().run(batch, features, rows, leaves);
    }

    private Passes.Pass pass(Trainable.Lora trained, ParameterArena.Leaves leaves, Answers answers) {
        return pass(trained, leaves, answers.batch(), answers.rows());
    }

    /** The states that predict the answers, not recorded. */
    private Tensor states(Answers answers) {
        Network network = trainable.frozen().packed();
        return network.model().answerStates(answers.batch(), images(), network.adapter(), answers.rows());
    }

    private double temperature() {
        return reference.json().path("ppo").path("temperature").asDouble();
    }

    /** Largest error over real positions, relative to the largest logit. */
    private double logitError(Network plain, String name) {
        try (Autograd.Guard off = Autograd.off()) {
            TokenBatch batch = TokenBatch.of(prompts());
            Network network = plain.packed();
            float[] computed = network.model().logits(network.model().hidden(batch, images(), network.adapter())).toFloats();
            float[] expected = reference.floats(name);
            int vocabulary = model.config().text().vocabularySize();
            double worst = 0;
            for (int row = 0; row < batch.batch(); row++) {
                int elements = batch.lengths()[row] * vocabulary;
                int ours = row * batch.time() * vocabulary;
                // The reference pads on the left, so its real positions are the row's last.
                int theirs = (row + 1) * batch.time() * vocabulary - elements;
                worst = Math.max(worst, Verdict.largest(Arrays.copyOfRange(computed, ours, ours + elements),
                        Arrays.copyOfRange(expected, theirs, theirs + elements)));
            }
            return worst / Verdict.magnitude(expected);
        }
    }

    private Passes.Top<Loss> sftLoss(ParameterArena.Leaves leaves) {
        TokenBatch batch = TokenBatch.of(prompts());
        int[] labels = reference.ints("sft.labels");
        List<boolean[]> learn = new ArrayList<>();
        for (int row = 0; row < batch.batch(); row++) {
            boolean[] flags = new boolean[batch.lengths()[row]];
            for (int t = 0; t < flags.length; t++) {
                flags[t] = labels[(row + 1) * batch.time() - flags.length + t] >= 0;
            }
            learn.add(flags);
        }
        AnswerRows rows = AnswerRows.of(batch, learn);
        Passes.Top<TokenScores> scores = pass(trainable, leaves, batch, rows).scores(1);
        return new Passes.Top<>(SftLoss.of(scores.value().logprobs(), rows.count()), scores.below());
    }

    /** The PPO sequences with their left padding cut off, and which of a [B, T-1] tensor's elements are answer tokens. */
    private record Answers(Reference reference, TokenBatch batch, AnswerRows rows, int[] chosen) {
        float[] pick(String name) {
            float[] all = reference.floats(name);
            float[] picked = new float[chosen.length];
            for (int i = 0; i < picked.length; i++) {
                picked[i] = all[chosen[i]];
            }
            return picked;
        }

        Tensor tensor(String name) {
            return Tensors.of(org.drllava.tensor.Device.CPU, pick(name), chosen.length);
        }
    }

    private Answers answers() {
        TokenBatch batch = TokenBatch.of(reference.sequences("ppo.sequences", "ppo.attention_mask"));
        float[] mask = reference.floats("ppo.answer_mask");
        int width = (int) reference.tensor("ppo.answer_mask").shape()[1];
        List<boolean[]> learn = new ArrayList<>();
        List<Integer> chosen = new ArrayList<>();
        for (int row = 0; row < batch.batch(); row++) {
            int length = batch.lengths()[row];
            boolean[] flags = new boolean[length];
            int padding = width + 1 - length;
            for (int t = 1; t < length; t++) {
                int place = row * width + padding + t - 1;
                flags[t] = mask[place] != 0;
                if (flags[t]) {
                    chosen.add(place);
                }
            }
            learn.add(flags);
        }
        return new Answers(reference, batch, AnswerRows.of(batch, learn), chosen.stream().mapToInt(i -> i).toArray());
    }

    private Passes.Top<Loss> policyLoss(Trainable.Lora trained, ParameterArena.Leaves leaves) {
        Answers answers = answers();
        Passes.Top<TokenScores> scores = pass(trained, leaves, answers).scores(temperature());
        return new Passes.Top<>(policyLoss(answers, scores.value().logprobs()), scores.below());
    }

    /**
     * In bfloat16 a token whose ratio stands at the clip's edge falls on either side, and its gradient is all there or not at all. What is
     * looked at here is the way back below the loss, so it starts with the slopes at the reference's log-probabilities.
     */
    private Loss withSlopesOfTheReference(Loss own) {
        Answers answers = answers();
        Tensor slope = policyLoss(answers, Ops.to(answers.tensor("ppo.logprobs"), model.device())).slope();
        return slope == null ? own : new Loss(own.value(), own.end(), slope); // without kernels autograd goes through the loss too
    }

    private Loss policyLoss(Answers answers, Tensor logprobs) {
        return PpoLosses.policy(logprobs, Ops.to(answers.tensor("ppo.old_logprobs"), model.device()),
                Ops.to(answers.tensor("ppo.advantages"), model.device()),
                reference.json().path("ppo").path("cliprange").asDouble(), answers.rows().count());
    }

    private Loss valueLoss(Answers answers, Tensor values) {
        return PpoLosses.value(values, Ops.to(answers.tensor("ppo.values"), model.device()),
                Ops.to(answers.tensor("ppo.returns"), model.device()),
                reference.json().path("ppo").path("cliprange_value").asDouble(), answers.rows().count());
    }

    private Tensor head(String name) {
        return Tensors.of(model.device(), reference.floats("value_head." + name), reference.tensor("value_head." + name).shape());
    }

    private static Tensor values(Tensor states, Tensor weight, Tensor bias) {
        return Ops.view(Ops.linear(Ops.to(states, DType.FLOAT32), weight, bias), states.size(0));
    }

    // Measures ---------------------------------------------------------------------------------------------------------

    private Verdict verdict(String group, double error, double bound) {
        return new Verdict(group, error, exact ? bound : BFLOAT16_BOUND);
    }

    private Verdict gradient(String group, double error) {
        return new Verdict(group, error, exact ? reference.bound("grad") : BFLOAT16_GRADIENT_BOUND);
    }

    private double relative(Tensor computed, String name) {
        float[] expected = reference.floats(name);
        return Verdict.largest(computed.toFloats(), expected) / Verdict.magnitude(expected);
    }

    private Verdict scalar(String group, double computed, float expected, String tolerance) {
        double bound = (exact ? reference.bound(tolerance) : BFLOAT16_BOUND) * Math.abs(expected) + 1e-6;
        return new Verdict(group, Verdict.largest(new float[] {(float) computed}, new float[] {expected}), bound);
    }

    /** The deviation as a multiple of what is allowed for these numbers. */
    private double excess(float[] computed, float[] expected, String tolerance) {
        double allowed = (exact ? reference.bound(tolerance) : BFLOAT16_BOUND) * Verdict.magnitude(expected) + 1e-6;
        return Verdict.largest(computed, expected) / allowed;
    }

    private Verdict gradients(String group, ParameterArena.Leaves leaves) {
        double worst = 0;
        float[] flat = leaves.gradient().toFloats();
        int offset = 0;
        for (Map.Entry<String, Tensor> leaf : leaves.byName().entrySet()) {
            int elements = (int) leaf.getValue().elements();
            float[] computed = Arrays.copyOfRange(flat, offset, offset += elements);
            worst = Math.max(worst, Verdict.relativeNorm(computed, reference.floats(group + "." + leaf.getKey())));
        }
        return gradient(group, worst);
    }

}
