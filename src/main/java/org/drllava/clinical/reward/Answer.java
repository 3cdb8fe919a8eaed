package org.drllava.clinical.reward;

/**
 * What a model answered to one question.
 *
 * @param finished false when the answer was cut off before its end-of-answer token
 */
public record Answer(String questionId, String text, boolean finished) {
    public Answer(String questionId, String text) {
        this(questionId, text, true);
    }
}
