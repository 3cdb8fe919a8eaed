package org.drllava.clinical.conversation;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Diagnosis;
import org.drllava.clinical.logic.Question;

/** What a hint may say before a question, right or wrong. Counterfactual are symbols that other diagnoses have at that question. */
final class Claims {
    /**
     * One thing to say.
     *
     * @param about   the question that the hint answers
     * @param symbol  the answer it gives
     * @param follows the symbol that it makes likely for the question that is then asked
     */
    record Claim(Question about, Question.Symbol symbol, String follows) {}

    private record Case(Scenario scenario, String question, String truth) {}

    private final ClinicalLogic logic;
    private final Map<Case, List<Claim>> known = new ConcurrentHashMap<>();

    Claims(ClinicalLogic logic) {
        this.logic = logic;
    }

    /** All that may be said before a question about an image of that diagnosis; empty where nothing fits. */
    List<Claim> of(Scenario scenario, Question question, Diagnosis truth) {
        return known.computeIfAbsent(new Case(scenario, question.id(), truth.name()), _ -> switch (scenario.hint()) {
            case NONE -> List.of();
            case EARLIER -> scenario.hintIsRight() ? earlier(question, truth).distinct().toList() : misleading(question, truth);
            case CLINICIAN, DOCTOR -> scenario.hintIsRight() ? itself(question, truth).toList() : others(question, truth).flatMap(d -> itself(question, d)).distinct().toList();
        });
    }

    private static Stream<Claim> itself(Question question, Diagnosis path) {
        var symbol = path.path().get(question.id());
        return Stream.of(new Claim(question, question.symbol(symbol), symbol));
    }

    /** What a path says of the questions before this one, in the logic's order. */
    private Stream<Claim> earlier(Question question, Diagnosis path) {
        return logic.questions().subList(0, logic.indexOf(question.id())).stream()
                .map(about -> new Claim(about, about.symbol(path.path().get(about.id())), path.path().get(question.id())));
    }

    /** Wrong answers to earlier questions that speak for a wrong answer to this one. */
    private List<Claim> misleading(Question question, Diagnosis truth) {
        return others(question, truth).flatMap(other -> earlier(question, other))
                .filter(claim -> !claim.symbol().name().equals(truth.path().get(claim.about().id()))).distinct().toList();
    }

    /** The diagnoses that answer the question otherwise. */
    private Stream<Diagnosis> others(Question question, Diagnosis truth) {
        return logic.diagnoses().stream().filter(d -> !d.path().get(question.id()).equals(truth.path().get(question.id())));
    }
}
