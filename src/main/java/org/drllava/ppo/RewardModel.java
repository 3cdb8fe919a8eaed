package org.drllava.ppo;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.drllava.clinical.reward.Answer;
import org.drllava.clinical.reward.Reward;
import org.drllava.clinical.reward.RewardParts;
import org.drllava.dataset.DialogueEncoder;
import org.drllava.rollout.Episode;

/** The symbolic reward of a played conversation: its answers as text, read by the clinical logic. */
public record RewardModel(DialogueEncoder encoder, Reward reward) implements Judge {
    /** @param parts symbols read and reward by turn, in the order asked; @param answers what was said */
    public record Score(RewardParts parts, List<String> answers) {}

    @Override
    public int endToken() {
        return encoder.endToken();
    }

    @Override
    public Set<Integer> suppressed() {
        return encoder.suppressed();
    }

    @Override
    public Score score(PpoPrompt prompt, Episode episode) {
        List<String> texts = encoder.answers(episode);
        List<Answer> answers = new ArrayList<>();
        for (int turn = 0; turn < texts.size(); turn++) {
            answers.add(new Answer(prompt.exchanges().get(turn).questionId(), texts.get(turn), episode.spans().get(turn).ended()));
        }
        return new Score(reward.score(answers, prompt.label()), texts);
    }
}
