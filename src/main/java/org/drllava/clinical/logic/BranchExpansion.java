package org.drllava.clinical.logic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.drllava.clinical.io.Findings;
import org.drllava.clinical.logic.LogicDraft.Branch;
import org.drllava.clinical.logic.LogicDraft.DiagnosisDraft;
import org.drllava.clinical.logic.LogicDraft.Given;

/** Completes the paths of diagnoses by the branches of the logic. What a path says itself stays. */
final class BranchExpansion {
    private final List<Branch> branches;
    private final Findings findings;
    private final Set<Branch> used = new HashSet<>();

    private BranchExpansion(List<Branch> branches, Findings findings) {
        this.branches = branches;
        this.findings = findings;
    }

    static LogicDraft expand(LogicDraft draft, Findings findings) {
        var expansion = new BranchExpansion(draft.branches(), findings);
        var diagnoses = draft.diagnoses().stream().map(expansion::complete).toList();
        draft.branches().stream().filter(b -> !expansion.used.contains(b) && b.when().stream().allMatch(draft::knows)).forEach(b ->
                findings.warning(b.place(), "this branch is never taken: no diagnosis has all of its 'when'; write a path that has it, or remove the branch."));
        return draft.withDiagnoses(diagnoses);
    }

    /** Until nothing changes, as what one branch gives may be what another waits for. */
    private DiagnosisDraft complete(DiagnosisDraft diagnosis) {
        var path = new ArrayList<>(diagnosis.path());
        Map<String, Branch> givenBy = new HashMap<>();
        Set<Branch> taken = new HashSet<>();
        boolean changed = true;
        while (changed) {
            changed = false;
            for (var branch : branches) {
                if (!taken.contains(branch) && branch.when().stream().allMatch(w -> contains(path, w))) {
                    take(branch, diagnosis, path, givenBy);
                    taken.add(branch);
                    changed = true;
                }
            }
        }
        used.addAll(taken);
        return new DiagnosisDraft(diagnosis.name(), List.copyOf(path), diagnosis.pathKnown(), diagnosis.labels());
    }

    private void take(Branch branch, DiagnosisDraft diagnosis, List<Given> path, Map<String, Branch> givenBy) {
        for (var given : branch.then()) {
            var there = path.stream().filter(g -> g.question().value().equals(given.question().value())).findFirst();
            var other = givenBy.get(given.question().value());
            if (there.isEmpty()) {
                path.add(given);
                givenBy.put(given.question().value(), branch);
            } else if (other != null && !there.get().symbol().value().equals(given.symbol().value())) {
                findings.error(given.symbol().place(), "diagnosis '" + diagnosis.name() + "' gets '" + given.symbol() + "' for question '" + given.question()
                        + "' here and '" + there.get().symbol() + "' from the branch in line " + other.place().line()
                        + "; write the symbol that is meant in the diagnosis's path.");
            }
        }
    }

    private static boolean contains(List<Given> path, Given wanted) {
        return path.stream().anyMatch(g -> g.question().value().equals(wanted.question().value()) && g.symbol().value().equals(wanted.symbol().value()));
    }
}
