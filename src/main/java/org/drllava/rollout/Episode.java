package org.drllava.rollout;

import java.util.Arrays;
import java.util.List;

/**
 * A finished conversation, token by token: exactly what was fed and sampled, so that it can be scored and trained on as is.
 *
 * @param tokens   [n], everything
 * @param answer   [n], true where a token was sampled, each answer's end token included
 * @param logprobs [answer tokens], log-probability of each sampled token when it was sampled, in order
 * @param spans    the answers in the order of the turns
 */
public record Episode(int[] tokens, boolean[] answer, float[] logprobs, List<Span> spans) {
    /**
     * One answer: {@code tokens[start .. end)}, its end token included.
     *
     * @param ended whether the end token was sampled; otherwise the limit cut the answer off
     */
    public record Span(int start, int end, boolean ended) {
        public int length() {
            return end - start;
        }
    }

    /** The answer's tokens without the end token. */
    public int[] text(Span span) {
        return Arrays.copyOfRange(tokens, span.start(), span.ended() ? span.end() - 1 : span.end());
    }

    public int answerTokens() {
        return logprobs.length;
    }
}
