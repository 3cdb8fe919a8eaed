package org.drllava.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.reward.Reward;
import org.drllava.clinical.reward.RewardLine;
import org.drllava.common.InputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "reward",
        mixinStandardHelpOptions = true,
        description = {
            "Scores answered conversations by the rules of a clinical logic.",
            "Prints a JSON line for each: the symbols read, every part of the reward, the total; or, with --explain, the same in words."
        },
        footer = {
            "",
            "A conversation is a line {\"id\", \"answers\": [{\"question\": ID, \"text\", \"finished\"?}], \"label\"}; finished"
                    + " (default: true) is false for an answer that broke off."
        })
final class RewardCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private LogicOption logic;

    @Option(names = "--conversations", required = true, paramLabel = "FILE",
            description = "The conversations, a JSON object a line; - for standard input.")
    private Path file;

    @Option(names = "--explain", description = "Explain each reward in words instead: what was read by which words, and what it earned.")
    private boolean explain;

    @Override
    public Integer call() {
        ClinicalLogic rules = logic.logic();
        Reward reward = new Reward(rules);
        if (file.toString().equals("-")) {
            score(System.in, "standard input", rules, reward);
            return Main.DONE;
        }
        if (!Files.isReadable(file)) {
            throw new InputException("--conversations: there is no readable file " + file + ".");
        }
        try (InputStream in = Files.newInputStream(file)) {
            score(in, file.toString(), rules, reward);
        } catch (IOException e) {
            throw new InputException(file + " cannot be read: " + e + ".", e);
        }
        return Main.DONE;
    }

    private void score(InputStream in, String name, ClinicalLogic rules, Reward reward) {
        PrintWriter out = spec.commandLine().getOut();
        InputLines.forEach(in, name, (line, where) -> {
            if (line.isBlank()) {
                return;
            }
            out.println(explain ? RewardLine.explain(rules, reward, line, where) : RewardLine.score(rules, reward, line, where));
        });
    }
}
