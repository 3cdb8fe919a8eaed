package org.drllava.ppo;

import java.util.List;
import org.drllava.dataset.ImageFeatures;
import org.drllava.model.AnswerRows;
import org.drllava.model.Network;
import org.drllava.model.Passes;
import org.drllava.model.TokenBatch;
import org.drllava.rollout.Episode;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Tensor;

/** The conversations of one unit as the network takes them. */
record Conversations(TokenBatch tokens, AnswerRows answers, int[] pictures) {
    static Conversations of(List<PpoPrompt> prompts, List<Episode> episodes) {
        TokenBatch tokens = TokenBatch.of(episodes.stream().map(Episode::tokens).toList());
        return new Conversations(tokens, AnswerRows.of(tokens, episodes.stream().map(Episode::answer).toList()),
                prompts.stream().mapToInt(PpoPrompt::image).toArray());
    }

    static Conversations of(List<Experience> members) {
        return of(members.stream().map(Experience::prompt).toList(), members.stream().map(Experience::episode).toList());
    }

    /** A recorded pass. */
    Passes.Pass pass(Passes passes, ImageFeatures images, ParameterArena.Leaves leaves) {
        return passes.run(tokens, images.select(pictures), answers, leaves);
    }

    /** Hidden states that predict the answers: [answer tokens, hidden]. */
    Tensor answerStates(Network network, ImageFeatures images) {
        return network.model().answerStates(tokens, network.model().project(images.select(pictures)), network.adapter(), answers);
    }
}
