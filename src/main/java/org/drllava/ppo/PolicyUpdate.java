package org.drllava.ppo;

import java.util.List;
import org.drllava.dataset.ImageFeatures;
import org.drllava.model.Passes;
import org.drllava.model.TokenScores;
import org.drllava.tensor.Device;
import org.drllava.tensor.GradientUnits;
import org.drllava.tensor.Ops;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;
import java.util.function.Function;

/** The forward passes of a unit of training: loss, and what the log wants to know. */
record PolicyUpdate(ImageFeatures images, PpoSettings settings) {
    /** @param total answer tokens of the whole minibatch */
    GradientUnits.Result<Tally> policy(List<Experience> members, Passes passes, ParameterArena.Leaves leaves, long total) {
        Conversations conversations = Conversations.of(members);
        Passes.Pass pass = conversations.pass(passes, images, leaves);
        TokenScores scores = TokenScores.of(pass.model(), pass.states(), conversations.answers(), settings.temperature());
        float[] old = joined(members, Experience::logprobs);
        Tensor loss = PpoLosses.policy(scores.logprobs(), tensor(pass, old), tensor(pass, joined(members, Experience::advantages)),
                settings.clip(), total);
        Tally tally = new Tally();
        float[] now = scores.logprobs().toFloats();
        float[] entropies = scores.entropies().toFloats();
        for (int t = 0; t < now.length; t++) {
            double change = now[t] - old[t];
            tally.add("ppo/policy/entropy", entropies[t]);
            tally.add("ppo/policy/approxkl", 0.5 * change * change);
            tally.add("ppo/policy/clipfrac", Math.abs(Math.expm1(change)) > settings.clip() ? 1 : 0);
        }
        // The loss is a mean already; times the tokens it joins the other sums.
        tally.add("ppo/loss/policy", loss.item() * total);
        tally.count(now.length);
        return new GradientUnits.Result<>(loss, tally, pass.below());
    }

    /** @param total answer tokens of the whole minibatch */
    GradientUnits.Result<Tally> value(List<Experience> members, Passes passes, ParameterArena.Leaves leaves, long total) {
        Conversations conversations = Conversations.of(members);
        Passes.Pass pass = conversations.pass(passes, images, leaves);
        Tensor values = Actors.values(pass.states(), leaves.byName());
        float[] old = joined(members, Experience::values);
        float[] returns = joined(members, Experience::returns);
        Tensor loss = PpoLosses.value(values, tensor(pass, old), tensor(pass, returns), settings.valueClip(), total);
        Tally tally = new Tally();
        float[] now = values.toFloats();
        for (int t = 0; t < now.length; t++) {
            tally.add("ppo/val/vpred", now[t]);
            tally.add("ppo/val/error", Math.pow(now[t] - returns[t], 2));
            tally.add("ppo/val/clipfrac", Math.abs(now[t] - old[t]) > settings.valueClip() ? 1 : 0);
        }
        tally.add("ppo/loss/value", loss.item() * total);
        tally.count(now.length);
        return new GradientUnits.Result<>(loss, tally, pass.below());
    }

    private static Tensor tensor(Passes.Pass pass, float[] values) {
        return Ops.to(Tensors.of(Device.CPU, values, values.length), pass.model().device());
    }

    private static float[] joined(List<Experience> members, Function<Experience, float[]> column) {
        float[] all = new float[members.stream().mapToInt(m -> column.apply(m).length).sum()];
        int at = 0;
        for (Experience member : members) {
            float[] part = column.apply(member);
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
