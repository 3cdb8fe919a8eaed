package org.drllava.clinical.logic;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.drllava.clinical.io.Findings;
import org.drllava.clinical.io.Suggestion;
import org.drllava.clinical.io.Text;
import org.drllava.clinical.logic.LogicDraft.DiagnosisDraft;
import org.drllava.clinical.logic.LogicDraft.Given;
import org.drllava.clinical.logic.LogicDraft.QuestionDraft;
import org.drllava.clinical.logic.LogicDraft.SymbolDraft;

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
        checks.everyQuestionHasAnAnswer();
        checks.pathsDiffer();
        draft.questions().forEach(checks::isWorthAsking);
    }

    private void isKnown(Given given) {
        var question = draft.question(given.question().value());
        if (question.isEmpty()) {
            if (draft.allQuestions()) {
                findings.error(given.question().place(), Suggestion.unknown("question", given.question().value(), draft.ids()));
            }
        } else if (!given.symbol().value().isEmpty() && question.get().allSymbols() && question.get().symbol(given.symbol().value()).isEmpty()) {
            findings.error(given.symbol().place(), "question '" + given.question() + "': " + Suggestion.unknown("symbol", given.symbol().value(), question.get().names()));
        }
    }

    private void everyQuestionHasAnAnswer() {
        var known = draft.diagnoses().stream().filter(DiagnosisDraft::pathKnown).toList();
        for (var id : draft.ids().stream().distinct().toList()) {
            var without = known.stream().filter(d -> !answers(d, id)).toList();
            if (without.size() == known.size() && without.size() > 1) {
                findings.error(draft.question(id).orElseThrow().id().place(), "question '" + id
                        + "' is unreachable: no diagnosis has an answer for it; add it to the paths, or remove it.");
            } else {
                without.forEach(d -> findings.error(d.name().place(), "diagnosis '" + d.name() + "' has no answer for question '" + id
                        + "'; add it to the path, or a branch that gives it."));
            }
        }
    }

    /** Also where an unknown id, said to be so already, may be this one, and where a branch that cannot be taken would answer it. */
    private boolean answers(DiagnosisDraft diagnosis, String id) {
        return diagnosis.path().stream().anyMatch(given -> id.equals(meant(given)))
                || draft.branches().stream().anyMatch(b -> !b.when().stream().allMatch(draft::knows) && b.then().stream().anyMatch(given -> id.equals(meant(given))));
    }

    /** The question that is spoken of, though it be misspelt. */
    private String meant(Given given) {
        var id = given.question().value();
        return draft.question(id).isPresent() ? id : Suggestion.nearest(id, draft.ids()).orElse(id);
    }

    private void pathsDiffer() {
        Map<Map<String, String>, DiagnosisDraft> owners = new HashMap<>();
        for (var diagnosis : draft.diagnoses().stream().filter(d -> d.pathKnown() && d.symbols().keySet().containsAll(draft.ids())).toList()) {
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
        var id = question.id().value();
        var given = draft.diagnoses().stream().flatMap(d -> d.path().stream()).filter(g -> id.equals(meant(g))).map(g -> g.symbol().value()).toList();
        if (given.size() > 1 && given.size() == draft.diagnoses().size() && Set.copyOf(given).size() == 1) {
            findings.warning(question.id().place(), "every diagnosis answers question '" + id + "' with '" + given.getFirst()
                    + "', so it tells none of them apart; give it to a path with another answer, or remove it.");
        }
        var inBranches = draft.branches().stream().flatMap(b -> b.then().stream()).filter(g -> id.equals(meant(g))).map(g -> g.symbol().value());
        var used = Stream.concat(given.stream(), inBranches).map(symbol -> Suggestion.nearest(symbol, question.names()).orElse(symbol)).toList();
        if (!used.isEmpty()) { // else the question is unreachable, which says it all
            question.symbols().stream().map(SymbolDraft::name).filter(name -> !used.contains(name.value()) && !name.value().equals(UnknownSymbol.NAME))
                    .forEach(name -> findings.warning(name.place(), "symbol '" + name + "' of question '" + id
                            + "' is never used: no path has it; add it to a path, or remove it."));
        }
    }
}
