package org.drllava.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.drllava.cli.DoctorCheck.Status;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Says whether this host can run the program, and what it has.",
        footer = {"", "Exit status 0 if all that work on the CPU needs is there, else 1."})
final class DoctorCommand implements Callable<Integer> {
    private final Supplier<List<DoctorCheck>> examination;

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean json;

    /** What {@code --json} prints. */
    private record Report(boolean ok, List<DoctorCheck> checks) {}

    DoctorCommand(OperatorProbe operator) {
        this(() -> Doctor.examine(operator));
    }

    DoctorCommand(Supplier<List<DoctorCheck>> examination) {
        this.examination = examination;
    }

    @Override
    public Integer call() {
        List<DoctorCheck> checks = examination.get();
        boolean healthy = checks.stream().noneMatch(check -> check.status() == Status.FAIL);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(new Report(healthy, checks)));
        } else {
            print(checks, out);
        }
        out.flush();
        return healthy ? Main.DONE : Main.FAILED;
    }

    private static void print(List<DoctorCheck> checks, PrintWriter out) {
        int width = checks.stream().mapToInt(check -> check.name().length()).max().orElse(0);
        for (DoctorCheck check : checks) {
            String style = switch (check.status()) {
                case PASS -> "fg(green)";
                case FAIL -> "bold,fg(red)";
                case NONE -> "faint";
            };
            String status = Ansi.AUTO.string("@|" + style + " " + check.status() + "|@");
            out.println(status + "  " + check.name() + " ".repeat(width - check.name().length()) + "  " + check.detail());
        }
    }
}
