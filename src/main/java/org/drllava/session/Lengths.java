package org.drllava.session;

import java.util.List;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.common.InputException;
import org.drllava.rollout.Dialogue;
import org.drllava.text.Encoded;

/** Finds out before the work starts whether conversations fit into the model's positions. */
public final class Lengths {
    /** Dr-LLaVA's limit in evaluation; answers in training are of one sentence too. */
    private static final int USUAL_ANSWER_TOKENS = 64;

    private Lengths() {}

    static void check(ModelSession session, Conversation conversation, Encoded encoded) {
        int positions = session.model().maxPositions();
        if (encoded.ids().length > positions) {
            throw new InputException("conversation '" + conversation.id() + "' has " + encoded.ids().length
                    + " tokens, its image's included, more than the model's " + positions + " positions.");
        }
    }

    /**
     * The longest answer, its end token included, that a model may give in conversations of its own words.
     *
     * @param wanted the user's, or null for 64 or as many as fit
     * @throws InputException for a conversation that could grow longer than the model's positions
     */
    public static int answerTokens(ModelSession session, List<Conversation> conversations, Integer wanted) {
        if (wanted != null && wanted < 1) {
            throw new InputException("--max-answer-tokens must be at least 1, found " + wanted + ".");
        }
        int limit = wanted == null ? USUAL_ANSWER_TOKENS : wanted;
        for (Conversation conversation : conversations) {
            long room = room(session, session.encoder().dialogue(0, conversation.exchanges()));
            if (room < (wanted == null ? 1 : wanted)) {
                throw new InputException("conversation '" + conversation.id() + "' leaves room for " + Math.max(0, room) + " tokens in each of "
                        + conversation.exchanges().size() + " answers, as the model has " + session.model().maxPositions()
                        + " positions; lower --max-answer-tokens" + (wanted == null ? " or shorten the conversation." : " " + wanted + "."));
            }
            limit = (int) Math.min(limit, room);
        }
        return limit;
    }

    /** Tokens for each answer; one place more is kept for the end token of an answer that was cut off. */
    private static long room(ModelSession session, Dialogue dialogue) {
        long questions = dialogue.opening().length + dialogue.followUps().stream().mapToLong(followUp -> followUp.length).sum();
        return Math.floorDiv(session.model().maxPositions() - questions, (long) dialogue.turns()) - 1;
    }
}
