package org.drllava.ppo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.drllava.dataset.ImageFeatures;
import org.drllava.model.Network;
import org.drllava.model.TokenScores;
import org.drllava.rollout.Episode;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.Workers;

/**
 * What policy, reference and value model think of played conversations, all in the same units, so that equal networks give
 * equal bits and the KL of an untrained policy is exactly 0.
 */
record Scoring(Actors.Frozen actors, ImageFeatures images, Workers workers, PpoSettings settings) {
    /** Arrays have an element an answer token. */
    record Scores(float[] logprobs, float[] referenceLogprobs, float[] values, float[] entropies, float[] referenceEntropies) {}

    List<Scores> score(List<PpoPrompt> prompts, List<Episode> episodes) {
        int unit = settings.unit();
        int units = (episodes.size() + unit - 1) / unit;
        List<Scores> scores = new ArrayList<>();
        workers.map(units, index -> {
            int from = index * unit;
            int to = Math.min(episodes.size(), from + unit);
            return score(Conversations.of(prompts.subList(from, to), episodes.subList(from, to)), episodes.subList(from, to));
        }).forEach(scores::addAll);
        return scores;
    }

    private List<Scores> score(Conversations conversations, List<Episode> episodes) {
        try (Autograd.Guard off = Autograd.off()) {
            TokenScores policy = tokenScores(conversations, actors.policy());
            TokenScores reference = tokenScores(conversations, actors.reference());
            Actors.ValueModel value = actors.value();
            float[] values = value.values(conversations.answerStates(value.network(), images)).toFloats();
            float[][] columns = {policy.logprobs().toFloats(), reference.logprobs().toFloats(), values, policy.entropies().toFloats(),
                reference.entropies().toFloats()};
            List<Scores> scores = new ArrayList<>();
            int from = 0;
            for (Episode episode : episodes) {
                int to = from + episode.answerTokens();
                scores.add(new Scores(Arrays.copyOfRange(columns[0], from, to), Arrays.copyOfRange(columns[1], from, to),
                        Arrays.copyOfRange(columns[2], from, to), Arrays.copyOfRange(columns[3], from, to),
                        Arrays.copyOfRange(columns[4], from, to)));
                from = to;
            }
            return scores;
        }
    }

    private TokenScores tokenScores(Conversations conversations, Network network) {
        return TokenScores.of(network.model(), conversations.answerStates(network, images), conversations.answers(), settings.temperature());
    }
}
