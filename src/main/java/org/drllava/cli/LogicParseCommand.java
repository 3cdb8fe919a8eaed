package org.drllava.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.drllava.clinical.logic.AnswerParser;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Parsed;
import org.drllava.clinical.logic.Parsed.Evidence;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "parse",
        mixinStandardHelpOptions = true,
        description = {
            "Reads answers to one question as symbols.",
            "Takes an answer a line from standard input and prints a line for each, separated by tabs: the symbol, no_match or conflict;"
                    + " the rules that fired; the words they fired on; how the answer means these words."
        },
        footer = {
            "",
            "Several rules are separated by \"; \". A word that was mended stands behind the one that was written.",
            "  echo 'No evidence of leukaemia.' | drllava logic parse --logic bone-marrow --question diagnosis"
        })
final class LogicParseCommand implements Callable<Integer> {
    private static final int LONGEST_ANSWER_BYTES = 1 << 20;

    @Spec
    private CommandSpec spec;

    @Mixin
    private LogicOption logic;

    @Option(names = "--question", required = true, paramLabel = "ID", description = "The question that is answered.")
    private String question;

    @Override
    public Integer call() {
        ClinicalLogic rules = logic.logic();
        rules.question(question); // names the known ones where there is no such
        AnswerParser parser = new AnswerParser(rules);
        PrintWriter out = spec.commandLine().getOut();
        InputLines.forEach(System.in, "standard input", LONGEST_ANSWER_BYTES, (answer, _) -> {
            out.println(line(parser.parse(question, answer)));
            out.flush();
        });
        return Main.DONE;
    }

    private static String line(Parsed parsed) {
        String outcome = switch (parsed) {
            case Parsed.Symbol(var name, _) -> name;
            case Parsed.NoMatch _ -> "no_match";
            case Parsed.Conflict _ -> "conflict";
        };
        return String.join("\t", outcome, joined(parsed, Evidence::rule), joined(parsed, LogicParseCommand::words),
                joined(parsed, e -> e.stance().name().toLowerCase(Locale.ROOT)));
    }

    private static String words(Evidence evidence) {
        return evidence.words().equals(evidence.readAs()) ? evidence.words() : evidence.words() + " (" + evidence.readAs() + ")";
    }

    private static String joined(Parsed parsed, Function<Evidence, String> part) {
        List<Evidence> evidence = parsed.evidence();
        return evidence.stream().map(part).collect(Collectors.joining("; "));
    }
}
