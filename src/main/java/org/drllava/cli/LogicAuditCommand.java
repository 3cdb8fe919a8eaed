package org.drllava.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.drllava.clinical.audit.Audit;
import org.drllava.clinical.audit.AuditText;
import org.drllava.clinical.audit.Auditor;
import org.drllava.clinical.data.LabelCounts;
import org.drllava.clinical.logic.ClinicalLogic;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = {
            "Says whether the reward of a logic can be won without looking at the image.",
            "Reckons over the labels what the true answers earn, what saying nothing earns, and which fixed answers earn most."
        },
        footer = {
            "",
            "The share of fixed answers is how far they come from saying nothing (0 %%) to the truth (100 %%). Exit status 1 when the best of"
                    + " them reach the threshold; --balance, which ppo has too, then usually mends it."
        })
final class LogicAuditCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private LogicOption logic;

    @Option(names = "--labels", paramLabel = "FILE",
            description = "A table of images as curate reads it (image,label), or one of counts (label,count) (default: each diagnosis equally often).")
    private Path labels;

    @Option(names = "--balance", description = "Weigh answers by the inverse frequency of their true symbols, as ppo --balance does.")
    private boolean balance;

    @Option(names = "--threshold", defaultValue = "0.8", paramLabel = "SHARE",
            description = "Share from which on fixed answers come too near to the truth, above 0 (default: ${DEFAULT-VALUE}).")
    private double threshold;

    @Override
    public Integer call() {
        if (!(threshold > 0 && threshold < Double.POSITIVE_INFINITY)) {
            throw new ParameterException(spec.commandLine(), "--threshold " + threshold + " is not above 0");
        }
        ClinicalLogic rules = logic.logic();
        Audit audit = Auditor.audit(rules, labels == null ? evenly(rules) : LabelCounts.read(labels, rules), balance);
        spec.commandLine().getOut().println(AuditText.table(rules, audit) + "\n" + AuditText.verdict(audit, threshold));
        return audit.won(threshold) ? Main.FAILED : Main.DONE;
    }

    private static Map<String, Integer> evenly(ClinicalLogic logic) {
        Map<String, Integer> one = new LinkedHashMap<>();
        logic.diagnoses().forEach(diagnosis -> one.put(diagnosis.name(), 1));
        return one;
    }
}
