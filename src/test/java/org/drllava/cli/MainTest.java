package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void versionNamesTheProgramAndItsLibtorch() {
        assertThat(run(Main.commandLine(), "--version")).isZero();
        assertThat(out.toString()).contains("drllava ").contains("libtorch 2.").contains("Java 25");
    }

    @Test
    void helpListsTheCommands() {
        assertThat(run(Main.commandLine(), "--help")).isZero();
        assertThat(out.toString()).contains("doctor");
    }

    @Test
    void aMisspeltCommandIsBadUsageWithASuggestion() {
        assertThat(run(Main.commandLine(), "docter")).isEqualTo(2);
        assertThat(err.toString()).contains("docter").contains("doctor");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void noCommandIsBadUsage() {
        assertThat(run(Main.commandLine())).isEqualTo(2);
        assertThat(err.toString()).contains("command").contains("--help");
    }

    @Test
    void aFolderThatIsNotThereIsBadUsage() {
        assertThat(run(Main.commandLine(), "doctor", "--libtorch", "/not/there")).isEqualTo(2);
        assertThat(err.toString()).contains("--libtorch").contains("/not/there");
    }

    @Test
    void badInputIsOneSentenceAndStatusTwo() {
        assertThat(run(failing(new InputException("logic.yaml: \"turns\" is missing.")), "fail")).isEqualTo(2);
        assertThat(err.toString()).isEqualToIgnoringNewLines("drllava: logic.yaml: \"turns\" is missing.");
    }

    @Test
    void otherFailuresAreOneSentenceAndStatusOne() {
        assertThat(run(failing(new IllegalStateException("The loss is not a number.")), "fail")).isEqualTo(1);
        assertThat(err.toString()).isEqualToIgnoringNewLines("drllava: The loss is not a number.");
    }

    @Test
    void debugShowsWhere() {
        assertThat(run(failing(new IllegalStateException("why")), "fail", "--debug")).isEqualTo(1);
        assertThat(err.toString()).contains("IllegalStateException: why").contains("\tat ");
    }

    @Test
    void doctorFailsWhenTheOperatorDoes() {
        OperatorProbe wrong = () -> {
            throw new IllegalStateException("1 + 1 was 3");
        };
        assertThat(run(new CommandLine(new DoctorCommand(wrong)), "--json")).isEqualTo(1);
        JsonNode report = JsonMapper.shared().readTree(out.toString());
        assertThat(report.get("ok").booleanValue()).isFalse();
        assertThat(check(report, "libtorch").get("status").stringValue()).isEqualTo("PASS");
        assertThat(check(report, "operator").get("status").stringValue()).isEqualTo("FAIL");
        assertThat(check(report, "operator").get("detail").stringValue()).isEqualTo("1 + 1 was 3");
    }

    @Test
    void doctorAlignsItsLinesAndPassesWithoutWhatIsOptional() {
        var checks = List.of(DoctorCheck.pass("libtorch", "2.13"), DoctorCheck.none("GPU", "no driver"));
        assertThat(run(new CommandLine(new DoctorCommand(() -> checks)))).isZero();
        assertThat(out.toString().lines()).containsExactly("PASS  libtorch  2.13", "none  GPU       no driver");
    }

    private int run(CommandLine commandLine, String... arguments) {
        return commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(arguments);
    }

    private static JsonNode check(JsonNode report, String name) {
        for (JsonNode check : report.get("checks")) {
            if (check.get("name").stringValue().equals(name)) {
                return check;
            }
        }
        throw new AssertionError("no check " + name + " in " + report);
    }

    private static CommandLine failing(RuntimeException failure) {
        return Main.commandLine().addSubcommand(new Failing(failure));
    }

    @Command(name = "fail")
    private record Failing(RuntimeException failure) implements Callable<Integer> {
        @Override
        public Integer call() {
            throw failure;
        }
    }
}
