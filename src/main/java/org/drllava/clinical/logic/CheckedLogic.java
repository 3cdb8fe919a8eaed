package org.drllava.clinical.logic;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.drllava.clinical.io.Finding;
import org.drllava.clinical.io.Findings;
import org.drllava.common.InputException;

/**
 * A logic file after reading: what is wrong with it, and the logic if nothing makes it unusable.
 *
 * @param logic    empty where a finding is an error
 * @param findings all mistakes and warnings, in the order of the file
 */
public record CheckedLogic(Optional<ClinicalLogic> logic, List<Finding> findings) {
    /** Reads YAML. Every command reads logics by this, so that {@code logic check} and they agree. */
    public static CheckedLogic of(String text) {
        var findings = new Findings();
        var logic = LogicReader.read(text, findings).map(draft -> {
            var complete = BranchExpansion.expand(UnknownSymbol.addTo(draft, findings), findings);
            OrderChecks.check(complete, findings);
            PatternChecks.check(complete, findings);
            WordingChecks.check(complete, findings);
            PathChecks.check(complete, findings);
            return complete;
        }).filter(_ -> findings.errors() == 0).map(CheckedLogic::build);
        return new CheckedLogic(logic, findings.inOrder());
    }

    /** The logic; for a faulty one throws {@link InputException} with the first error, its line and column. */
    public ClinicalLogic orThrow(String fileName) {
        return logic.orElseThrow(() -> {
            var errors = findings.stream().filter(Finding::isError).toList();
            var first = errors.getFirst();
            var more = errors.size() == 1 ? "" : " (\"logic check\" shows " + (errors.size() - 1) + " more)";
            return new InputException(fileName + ":" + first.place() + ": " + first.sentence() + more);
        });
    }

    private static ClinicalLogic build(LogicDraft draft) {
        var diagnoses = draft.diagnoses().stream().map(d -> {
            var symbols = d.symbols();
            var path = new LinkedHashMap<String, String>(); // in the order of the questions
            draft.ids().forEach(id -> path.put(id, symbols.get(id)));
            return new Diagnosis(d.name().value(), Collections.unmodifiableMap(path), LogicDraft.values(d.labels()));
        }).toList();
        return new ClinicalLogic(draft.name(), draft.questions().stream().map(LogicDraft.QuestionDraft::toQuestion).toList(), diagnoses, draft.reward(),
                LogicDraft.values(draft.slots()));
    }
}
