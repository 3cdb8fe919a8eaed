package org.drllava.ppo;

import java.util.List;
import java.util.function.Function;
import org.drllava.dataset.ImageFeatures;
import org.drllava.model.Passes;
import org.drllava.model.TokenScores;
import org.drllava.tensor.Device;
import org.drllava.tensor.Descent;
import org.drllava.tensor.Loss;
import org.drllava.tensor.Ops;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;

/** The forward passes of a unit of training: loss, and what the log wants to know. */
record PolicyUpdate(ImageFeatures images, PpoSettings settings) {
    static final List<String> POLICY = List.of("ppo/loss/policy", "ppo/policy/entropy", "ppo/policy/approxkl", "ppo/policy/clipfrac");
    static final List<String> VALUE = List.of("ppo/loss/value", "ppo/val/vpred", "ppo/val/error", "ppo/val/clipfrac");

    /** @param total answer tokens of the whole minibatch */
    Descent.Result policy(List<Experience> members, Passes passes, ParameterArena.Leaves leaves, long total) {
        Conversations conversations = Conversations.of(members);
        Passes.Top<TokenScores> top = conversations.pass(passes, images, leaves).scores(settings.temperature());
        TokenScores scores = top.value();
        float[] old = joined(members, Experience::logprobs);
        Loss loss = PpoLosses.policy(scores.logprobs(), beside(scores.logprobs(), old),
                beside(scores.logprobs(), joined(members, Experience::advantages)), settings.clip(), total);
        Tally tally = new Tally(POLICY);
        float[] now = scores.logprobs().toFloats();
        float[] entropies = scores.entropies().toFloats();
        for (int t = 0; t < now.length; t++) {
            double change = now[t] - old[t];
            tally.token(entropies[t], 0.5 * change * change, Math.abs(Math.expm1(change)) > settings.clip() ? 1 : 0);
        }
        // The loss is a mean already; times the tokens it joins the other sums.
        tally.loss(loss.value() * total);
        return new Descent.Result(loss, tally.sums(), top.below());
    }

    /** @param total answer tokens of the whole minibatch */
    Descent.Result value(List<Experience> members, Passes passes, ParameterArena.Leaves leaves, long total) {
        Conversations conversations = Conversations.of(members);
        Passes.Top<Tensor> top = conversations.pass(passes, images, leaves).states();
        Tensor values = Actors.values(top.value(), leaves.byName());
        float[] old = joined(members, Experience::values);
        float[] returns = joined(members, Experience::returns);
        Loss loss = PpoLosses.value(values, beside(values, old), beside(values, returns), settings.valueClip(), total);
        Tally tally = new Tally(VALUE);
        float[] now = values.toFloats();
        for (int t = 0; t < now.length; t++) {
            tally.token(now[t], Math.pow(now[t] - returns[t], 2), Math.abs(now[t] - old[t]) > settings.valueClip() ? 1 : 0);
        }
        tally.loss(loss.value() * total);
        return new Descent.Result(loss, tally.sums(), top.below());
    }

    private static Tensor beside(Tensor other, float[] values) {
        return Ops.to(Tensors.of(Device.CPU, values, values.length), other.device());
    }

    private static float[] joined(List<Experience> members, Function<Experience, float[]> column) {
        return Advantages.joined(members.stream().map(column).toList());
    }
}
