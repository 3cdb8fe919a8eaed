package org.drllava.clinical.conversation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.drllava.clinical.conversation.Claims.Claim;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Question;
import org.drllava.clinical.logic.Wording;
import org.drllava.common.InputException;

/** Puts questions and their right answers into words. */
record Exchanges(Wording wording, Claims claims) {
    private static final int FEWEST_WORDS = 3;

    /** An exchange for each of the questions, in their order. */
    List<Exchange> write(Scenario scenario, List<Question> asked, Subject subject, RandomGenerator random) {
        var exchanges = new ArrayList<Exchange>(asked.size());
        var slots = new HashMap<>(subject.slots());
        for (var question : asked) {
            var usable = Slots.usable(question.ask().of(wording), slots);
            if (usable.isEmpty()) {
                throw new InputException("every wording of the question '" + question.id() + "' has a slot that the image " + subject.image()
                        + " has no value for; the logic must have one without slots.");
            }
            var asking = Slots.fill(draw(usable, random), slots);
            var claim = claims.of(scenario, question, subject.diagnosis());
            var symbol = question.symbol(subject.diagnosis().path().get(question.id()));
            if (claim.isEmpty()) {
                exchanges.add(new Exchange(question.id(), asking, draw(symbol.answers().of(wording), random)));
            } else {
                exchanges.add(hinted(scenario.hint(), draw(claim, random), question, asking, draw(sentences(symbol), random), random));
            }
            slots.put(ClinicalLogic.EARLIER, exchanges.getLast().answer());
        }
        return exchanges;
    }

    private Exchange hinted(Scenario.Hint hint, Claim claim, Question question, String asking, String answer, RandomGenerator random) {
        var leadIn = draw(LeadIns.of(hint, wording), random).replace("{hint}", draw(sentences(claim.symbol()), random));
        return new Exchange(question.id(), leadIn + " " + asking, answer, Optional.of(claim.follows()));
    }

    /** Answers that say enough apart from their question: a bare "No." is no hint, and behind "Do you agree?" no answer. */
    private List<String> sentences(Question.Symbol symbol) {
        var all = symbol.answers().of(wording);
        var telling = all.stream().filter(answer -> answer.strip().split("\\s+").length >= FEWEST_WORDS).toList();
        return telling.isEmpty() ? all : telling;
    }

    private static <T> T draw(List<T> from, RandomGenerator random) {
        return from.get(random.nextInt(from.size()));
    }
}
