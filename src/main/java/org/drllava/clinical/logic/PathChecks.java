package org.drllava.clinical.logic;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.drllava.clinical.io.Findings;
import org.drllava.clinical.io.Suggestion;
import org.drllava.clinical.io.Text;
import org.drllava.clinical.logic.LogicDraft.DiagnosisDraft;
import org.drllava.clinical.logic.LogicDraft.Given;
import org.drllava.clinical.logic.LogicDraft.QuestionDraft;

/** Whether every diagnosis answers every question, by a path and labels of its own, and all that is declared is used. */
final class PathChecks {
    private final LogicDraft draft;
    private final Findings findings;

    private PathChecks(LogicDraft draft, Findings findings) {
        this.draft = draft;
        this.findings = findings;
    }

    static void check(LogicDraft draft, Findings findings) {
        var checks = new PathChecks(draft, findings);
        // Branches first: what they add to paths is checked where it is written.
        Stream.concat(draft.branches().stream().flatMap(b -> Stream.concat(b.when().stream(), b.then().stream())),
                draft.diagnoses().stream().flatMap(d -> d.path().stream())).distinct().forEach(checks::isKnown);
        checks.labelsHaveOneOwner();
        if (draft.whole()) { // else what is missing may be what could not be read
            checks.everyQuestionHasAnAnswer();
            checks.pathsDiffer();
            draft.questions().forEach(checks::isWorthAsking);
        }
    }

    private void isKnown(Given given) {
        var question = draft.question(given.question().value());
        if (question.isEmpty()) {
            if (draft.whole()) {
                findings.error(given.question().place(), Suggestion.unknown("question", given.question().value(), draft.ids()));
            }
        } else if (question.get().whole() && question.get().symbol(given.symbol().value()).isEmpty()) {
            findings.error(given.symbol().place(), "question '" + given.question() + "': " + Suggestion.unknown("symbol", given.symbol().value(), question.get().names()));
        }
    }

    private void everyQuestionHasAnAnswer() {
        for (var id : draft.ids().stream().distinct().toList()) {
            var without = draft.diagnoses().stream().filter(d -> !d.symbols().containsKey(id)).toList();
            if (without.size() == draft.diagnoses().size() && without.size() > 1) {
                findings.error(draft.question(id).orElseThrow().id().place(), "question '" + id
                        + "' is unreachable: no diagnosis has an answer for it; add it to the paths, or remove it.");
            } else {
                without.forEach(d -> findings.error(d.name().place(), "diagnosis '" + d.name() + "' has no answer for question '" + id
                        + "'; add it to the path, or a branch that gives it."));
            }
        }
    }

    private void pathsDiffer() {
        Map<Map<String, String>, DiagnosisDraft> owners = new HashMap<>();
        for (var diagnosis : draft.diagnoses()) {
            var other = owners.putIfAbsent(diagnosis.symbols(), diagnosis);
            if (other != null) {
                findings.warning(diagnosis.name().place(), "diagnosis '" + diagnosis.name() + "' has the same path as '" + other.name()
                        + "', so no answer can tell them apart; add a question that does, or make the one a label of the other.");
            }
        }
    }

    private void labelsHaveOneOwner() {
        var owners = new HashMap<String, DiagnosisDraft>();
        draft.diagnoses().forEach(d -> claim(d.name(), d, owners));
        draft.diagnoses().forEach(d -> d.labels().forEach(label -> claim(label, d, owners)));
    }

    private void claim(Text label, DiagnosisDraft diagnosis, Map<String, DiagnosisDraft> owners) {
        var owner = owners.putIfAbsent(label.value().toLowerCase(Locale.ROOT), diagnosis);
        if (owner != null && owner != diagnosis) {
            findings.error(label.place(), "the label '" + label + "' also belongs to '" + owner.name() + "' (case does not matter); keep it for one of them.");
        }
    }

    private void isWorthAsking(QuestionDraft question) {
        var given = draft.diagnoses().stream().map(d -> d.symbols().get(question.id().value())).filter(s -> s != null).collect(Collectors.toCollection(HashSet::new));
        if (given.size() == 1 && draft.diagnoses().size() > 1 && draft.diagnoses().stream().allMatch(d -> d.symbols().containsKey(question.id().value()))) {
            findings.warning(question.id().place(), "every diagnosis answers question '" + question.id() + "' with '" + given.iterator().next()
                    + "', so it tells none of them apart; give it to a path with another answer, or remove it.");
        }
        for (var symbol : question.symbols()) {
            if (!given.contains(symbol.name().value()) && !given.isEmpty() && !symbol.name().value().equals(UnknownSymbol.NAME)) {
                findings.warning(symbol.name().place(), "symbol '" + symbol.name() + "' of question '" + question.id()
                        + "' is never used: no path has it; add it to a path, or remove it.");
            }
        }
    }
}
