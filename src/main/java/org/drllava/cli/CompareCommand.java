package org.drllava.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.drllava.evaluate.AnsweredRun;
import org.drllava.evaluate.AnswersJson;
import org.drllava.evaluate.Comparison;
import org.drllava.evaluate.MetricsTable;
import org.drllava.evaluate.Scorer;
import org.drllava.report.Arm;
import org.drllava.report.HtmlReport;
import org.drllava.report.ReportData;
import org.drllava.report.ReportData.DiagnosisMatrix;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Tells whether one evaluation is better than another over the same conversations.",
            "Prints one JSON object: for each metric both values, their difference with 95 % limits and the p value of a permutation test,"
                    + " both by patient; and McNemar's exact test on the conversations that are right in one run only."
        },
        footer = {"", "Runs with other pictures, questions or another logic are refused. A table for people goes to standard error."})
final class CompareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "RUN_A", description = "Answers of the first run, as evaluate --answers writes them.")
    private Path first;

    @Parameters(index = "1", paramLabel = "RUN_B", description = "Answers of the second run; differences are what it has more.")
    private Path second;

    @Option(names = "--seed", defaultValue = "0", paramLabel = "N", description = "Decides the resamples and permutations (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--report", paramLabel = "FILE", description = "Write a report for people, one HTML file.")
    private Path report;

    @Override
    public Integer call() {
        if (report != null) {
            OutputFile.check(report);
        }
        AnsweredRun a = AnswersJson.read(first);
        AnsweredRun b = AnswersJson.read(second);
        Comparison comparison = Comparison.of(a, b, seed);
        if (report != null) {
            HtmlReport.write(report, page(a, b, comparison));
        }
        PrintWriter err = spec.commandLine().getErr();
        err.print("a: " + first + "\nb: " + second + "\n\n" + MetricsTable.comparison(comparison));
        err.flush();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("a", first.toString());
        json.put("b", second.toString());
        json.putAll(comparison.toJson());
        spec.commandLine().getOut().println(JsonMapper.shared().writeValueAsString(json));
        return Main.DONE;
    }

    private ReportData page(AnsweredRun a, AnsweredRun b, Comparison comparison) {
        Arm before = new Arm("A", Scorer.score(a.conversations(), a.questionnaire(), seed));
        Arm after = new Arm("B", Scorer.score(b.conversations(), b.questionnaire(), seed), comparison.gains());
        return new ReportData("Comparison of two evaluations", List.of(
                String.format("A is %s, B is %s. Conversations right in A alone: %d, in B alone: %d (McNemar's exact test: p = %.4g).", a.name(), b.name(),
                        comparison.mcNemar().onlyBefore(), comparison.mcNemar().onlyAfter(), comparison.mcNemar().p())),
                List.of(), List.of(before, after), List.of(),
                List.of(new DiagnosisMatrix("A", before.metrics().diagnoses()), new DiagnosisMatrix("B", after.metrics().diagnoses())), List.of(), List.of(), "", Optional.empty());
    }
}
