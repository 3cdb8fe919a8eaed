package org.drllava.session;

import java.util.List;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.common.InputException;
import org.drllava.model.LlavaModel;
import org.drllava.rollout.Dialogue;
import org.drllava.text.Encoded;

/** Finds out before the work starts whether conversations fit into the model's positions. */
public final class Lengths {
    private Lengths() {}

    static void check(LlavaModel model, Conversation conversation, Encoded encoded) {
        if (encoded.ids().length > model.maxPositions()) {
            throw new InputException("conversation '" + conversation.id() + "' has " + encoded.ids().length
                    + " tokens, its image's included, more than the model's " + model.maxPositions() + " positions.");
        }
    }

    /** Refuses conversations that grow too long when a model answers them. @param maxAnswerTokens of one answer, its end token included */
    public static void requireRoom(ModelSession session, List<Conversation> conversations, int maxAnswerTokens) {
        if (maxAnswerTokens < 1) {
            throw new InputException("--max-answer-tokens must be at least 1, found " + maxAnswerTokens + ".");
        }
        for (Conversation conversation : conversations) {
            check(session.model(), conversation.id(), session.encoder().dialogue(0, conversation.exchanges()), maxAnswerTokens);
        }
    }

    private static void check(LlavaModel model, String id, Dialogue dialogue, int maxAnswerTokens) {
        long prompts = dialogue.opening().length + dialogue.followUps().stream().mapToLong(followUp -> followUp.length).sum();
        long answers = dialogue.turns() * (maxAnswerTokens + 1L);
        if (prompts + answers > model.maxPositions()) {
            throw new InputException("conversation '" + id + "' has " + prompts + " tokens of questions and image, which leaves no room for "
                    + dialogue.turns() + " answers of up to " + maxAnswerTokens + " tokens in the model's " + model.maxPositions()
                    + " positions; lower --max-answer-tokens.");
        }
    }
}
