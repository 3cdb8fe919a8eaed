package org.drllava.clinical.conversation;

import java.util.Optional;
import org.drllava.clinical.logic.Question;

/**
 * A conversation to be written.
 *
 * @param question the only one to ask, in scenarios that ask one
 * @param copy     conversations before it that differ from it in their words only
 */
record Plan(Subject subject, Scenario scenario, Optional<Question> question, int copy) {
    /** The image's own id for its first conversation in natural order; behind a {@code #} what tells others from it. */
    String id() {
        if (scenario == Scenario.NATURAL && copy == 0) {
            return subject.id();
        }
        return subject.id() + "#" + scenario.label() + question.map(q -> "/" + q.id()).orElse("") + (copy == 0 ? "" : ":" + (copy + 1));
    }
}
