package org.drllava.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.drllava.clinical.io.Finding;
import org.drllava.clinical.logic.CheckedLogic;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.LogicFile;
import org.drllava.clinical.logic.Question;
import org.drllava.clinical.logic.Wordings;
import org.drllava.common.InputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Finds every mistake in logic files.",
            "Prints a line for each: FILE:LINE:COLUMN: error or warning: what is wrong, and what to do about it."
        },
        footer = {"", "Exit status: 0 without errors (warnings may be there), 1 with errors, 2 for a file that cannot be read."})
final class LogicCheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Logic files, YAML, or names of the program's own: bone-marrow, chest-xray, ecg.")
    private List<String> files;

    @Override
    public Integer call() {
        return files.stream().mapToInt(this::check).max().orElseThrow();
    }

    private int check(String file) {
        LogicFile opened;
        try {
            opened = LogicFile.open(file);
        } catch (InputException e) { // the other files are still worth a look
            spec.commandLine().getErr().println("drllava: " + e.getMessage());
            return Main.BAD_INPUT;
        }
        CheckedLogic checked = opened.check();
        var out = spec.commandLine().getOut();
        checked.findings().forEach(finding -> out.println(opened.name() + ":" + finding));
        checked.logic().ifPresent(logic -> out.println(opened.name() + ": ok, " + inShort(logic, checked.findings())));
        return checked.logic().isPresent() ? Main.DONE : Main.FAILED;
    }

    private static String inShort(ClinicalLogic logic, List<Finding> warnings) {
        long symbols = logic.questions().stream().mapToLong(q -> q.symbols().size()).sum();
        long wordings = logic.questions().stream().mapToLong(q -> count(q.ask()) + q.symbols().stream().map(Question.Symbol::answers)
                .mapToLong(LogicCheckCommand::count).sum()).sum();
        return counted(logic.questions().size(), "question") + ", " + counted(symbols, "symbol") + ", " + counted(wordings, "wording") + ", "
                + (logic.diagnoses().size() == 1 ? "1 diagnosis" : logic.diagnoses().size() + " diagnoses")
                + (warnings.isEmpty() ? "" : ", " + counted(warnings.size(), "warning"));
    }

    private static long count(Wordings wordings) {
        return wordings.all().count();
    }

    private static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
