package org.drllava.evaluate;

import java.util.List;

/**
 * Everything that a model answered in one evaluation.
 *
 * @param name          what it is called in errors and tables, such as its file
 * @param questionnaire by which the answers were read
 */
public record AnsweredRun(String name, Questionnaire questionnaire, List<AnsweredConversation> conversations) {
    public AnsweredRun {
        conversations = List.copyOf(conversations);
    }
}
