package org.drllava.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.drllava.clinical.logic.LogicFile;
import org.drllava.common.AtomicFile;
import org.drllava.report.LogicDrawing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Draws a logic as SVG: questions, their symbols, and the path of each diagnosis through them.")
final class LogicShowCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The logic, YAML, or the name of one of the program's own: bone-marrow, chest-xray, ecg.")
    private String file;

    @Option(names = "--output", paramLabel = "FILE", description = "Write the drawing here (default: standard output).")
    private Path output;

    @Override
    public Integer call() {
        if (output != null) {
            OutputFile.check(output);
        }
        String svg = LogicDrawing.svg(LogicFile.open(file).load());
        if (output == null) {
            spec.commandLine().getOut().print(svg);
        } else {
            AtomicFile.write(output, svg);
        }
        return Main.DONE;
    }
}
