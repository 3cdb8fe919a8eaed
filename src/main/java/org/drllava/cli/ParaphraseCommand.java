package org.drllava.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.drllava.bindings.host.CacheFolder;
import org.drllava.clinical.io.Fields;
import org.drllava.clinical.logic.LogicFile;
import org.drllava.clinical.paraphrase.Acceptance;
import org.drllava.clinical.paraphrase.ApiKey;
import org.drllava.clinical.paraphrase.BaseUrl;
import org.drllava.clinical.paraphrase.DryRun;
import org.drllava.clinical.paraphrase.LogicText;
import org.drllava.clinical.paraphrase.Outcome;
import org.drllava.clinical.paraphrase.ParaphraseReport;
import org.drllava.clinical.paraphrase.Paraphraser;
import org.drllava.clinical.paraphrase.Rephrasing;
import org.drllava.common.AtomicFile;
import org.drllava.common.InputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "paraphrase",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Adds train wordings to a logic: a language model rephrases those it has, in the styles of several clinicians.",
            "An answer is kept only if the logic reads it as exactly the same symbol; no test wording is sent or taken."
        },
        footer = {
            "",
            "Replies are cached: run the same command again after an interruption, and nothing is paid for twice. Only wordings of the"
                    + " logic and the styles' names are sent. Exit status 1 tells that some wordings could not be asked for; the output"
                    + " then has the rest."
        })
final class ParaphraseCommand implements Callable<Integer> {
    private static final String STYLES = "resident, terse attending physician, specialist dictating a report";

    @Spec
    private CommandSpec spec;

    @Option(names = "--logic", required = true, paramLabel = "FILE|NAME", description = "A logic file, or the name of one that comes with the program.")
    private String logic;

    @Option(names = "--output", required = true, paramLabel = "FILE", description = "The new logic file.")
    private Path output;

    @Option(names = "--base-url", paramLabel = "URL",
            description = "Where an OpenAI-compatible interface begins; /chat/completions is added (for example: https://api.openai.com/v1,"
                    + " http://localhost:8000/v1).")
    private String baseUrl;

    @Option(names = "--allow-http", description = "Allow http to another host than this one: whoever is on the way can read the key.")
    private boolean allowHttp;

    @Option(names = "--model", required = true, paramLabel = "NAME", description = "The model's name at that endpoint.")
    private String model;

    @Option(names = "--api-key-env", defaultValue = "OPENAI_API_KEY", paramLabel = "NAME",
            description = "The environment variable that holds the key (default: ${DEFAULT-VALUE}). A server on this host may do without.")
    private String keyVariable;

    @Option(names = "--styles", paramLabel = "LIST", description = "Who speaks, separated by commas (default: " + STYLES + ").")
    private String styles;

    @Option(names = "--styles-file", paramLabel = "FILE", description = "The same, one a line.")
    private Path stylesFile;

    @Option(names = "--per-wording", defaultValue = "3", paramLabel = "N",
            description = "Paraphrases to ask for, for each wording and style, 1 to 50 (default: ${DEFAULT-VALUE}).")
    private int perWording;

    @Option(names = "--cache", paramLabel = "DIR", description = "Where replies are kept (default: paraphrases in the program's cache folder).")
    private Path cache;

    @Option(names = "--concurrency", defaultValue = "4", paramLabel = "N", description = "Requests under way at once, 1 to 64 (default: ${DEFAULT-VALUE}).")
    private int concurrency;

    @Option(names = "--max-requests", defaultValue = "10000", paramLabel = "N",
            description = "Send at most so many requests, repetitions included (default: ${DEFAULT-VALUE}).")
    private long maxRequests;

    @Option(names = "--price-in", paramLabel = "PRICE", description = "Price of a million tokens sent, for the report.")
    private Double priceIn;

    @Option(names = "--price-out", paramLabel = "PRICE", description = "Price of a million tokens received.")
    private Double priceOut;

    @Option(names = "--timeout", defaultValue = "60", paramLabel = "SECONDS", description = "For one whole reply (default: ${DEFAULT-VALUE}).")
    private double timeoutSeconds;

    @Option(names = "--retries", defaultValue = "5", paramLabel = "N",
            description = "Repetitions of a request that failed for the moment, 0 to 20 (default: ${DEFAULT-VALUE}).")
    private int retries;

    @Option(names = "--report", paramLabel = "FILE", description = "Also write the report as JSON, with every text kept and rejected.")
    private Path report;

    @Option(names = "--dry-run", description = "Say what would be sent, and send nothing.")
    private boolean dryRun;

    @Override
    public Integer call() {
        checkOptions();
        var file = logic();
        var before = file.load();
        var text = new LogicText(file.text(), file.name());
        var rephrasings = Rephrasing.all(before, text.trainWordings(), styles(), perWording);
        var folder = cache != null ? cache : CacheFolder.root().resolve("paraphrases");
        if (dryRun) {
            spec.commandLine().getOut().print(DryRun.text(model, folder, rephrasings));
            return Main.DONE;
        }
        var limits = new Paraphraser.Limits(concurrency, maxRequests, Duration.ofMillis(Math.round(timeoutSeconds * 1000)), retries);
        var answers = new Paraphraser(server(), model, folder, limits).ask(rephrasings);
        var acceptance = new Acceptance(before);
        answers.outcomes().forEach(outcome -> {
            if (outcome instanceof Outcome.Proposed proposed) {
                acceptance.judge(proposed);
            }
        });
        var after = text.with(acceptance.kept(), "rephrased by " + model);
        new LogicFile(output + " (not written)", after).load();
        AtomicFile.write(output, after);
        return report(new ParaphraseReport(answers.outcomes(), acceptance.kept(), acceptance.rejected(), answers.spent(), prices()));
    }

    private int report(ParaphraseReport result) {
        if (report != null) {
            AtomicFile.write(report, result.json());
        }
        spec.commandLine().getOut().print(result.text());
        if (result.failed().isEmpty()) {
            return Main.DONE;
        }
        spec.commandLine().getErr().println("drllava: " + result.failed().size() + " of " + result.outcomes().size()
                + " rephrasings failed; " + output + " has the others, and the same command asks for these again.");
        return Main.FAILED;
    }

    private void checkOptions() {
        within("--per-wording", perWording, 1, 50);
        within("--concurrency", concurrency, 1, 64);
        within("--max-requests", maxRequests, 0, Long.MAX_VALUE);
        within("--timeout", timeoutSeconds, .001, 3600);
        within("--retries", retries, 0, 20);
        if ((priceIn == null) != (priceOut == null)) {
            throw wrong("--price-in and --price-out go together");
        }
        if (priceIn != null) {
            within("--price-in", priceIn, 0, 1e9);
            within("--price-out", priceOut, 0, 1e9);
        }
        if (styles != null && stylesFile != null) {
            throw wrong("--styles and --styles-file exclude each other");
        }
        if (model.isBlank() || !model.matches("\\P{C}{1,200}")) {
            throw wrong("--model is no name");
        }
        if (baseUrl == null && !dryRun) {
            throw wrong("--base-url is missing; without an endpoint there is nothing to do, as a logic works with its own wordings");
        }
        OutputFile.check(output);
        if (report != null) {
            OutputFile.check("--report", report);
        }
    }

    private void within(String option, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw wrong(option + " " + value + " is not between " + least + " and " + most);
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private LogicFile logic() {
        var file = LogicFile.open(logic);
        try {
            if (Files.exists(output) && Files.exists(Path.of(logic)) && Files.isSameFile(Path.of(logic), output)) {
                throw new InputException("--output: " + output + " is the logic itself; the result is a new file, to be looked at before it is used.");
            }
        } catch (IOException e) {
            throw new InputException(logic + " cannot be read: " + e + ".", e);
        }
        return file;
    }

    private List<String> styles() {
        var lines = stylesFile != null ? Fields.text(stylesFile).lines() : Arrays.stream((styles == null ? STYLES : styles).split(","));
        var list = lines.map(String::strip).filter(style -> !style.isEmpty()).distinct().toList();
        if (list.isEmpty() || list.size() > 100 || list.stream().anyMatch(style -> !style.matches("\\P{C}{1,200}"))) {
            throw new InputException((stylesFile != null ? stylesFile.toString() : "--styles") + ": expected 1 to 100 styles of at most 200 characters each.");
        }
        return list;
    }

    private Paraphraser.Server server() {
        var base = BaseUrl.of(baseUrl, allowHttp);
        return new Paraphraser.Server(base, ApiKey.forServer(base, System.getenv(), keyVariable));
    }

    private Optional<ParaphraseReport.Prices> prices() {
        return priceIn == null ? Optional.empty() : Optional.of(new ParaphraseReport.Prices(priceIn, priceOut));
    }
}
