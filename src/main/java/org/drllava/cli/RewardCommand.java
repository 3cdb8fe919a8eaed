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
            "Prints a JSON line for each: the parsed symbols, every part of the reward, the total."
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

    @Option(names = "--conversations", required = true, paramLabel = "FILE", description = "The conversations, a JSON object a line.")
    private Path file;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        ClinicalLogic rules = logic.logic();
        Reward reward = new Reward(rules);
        if (!Files.isReadable(file)) {
            throw new InputException("--conversations: there is no readable file " + file + ".");
        }
        try (InputStream in = Files.newInputStream(file)) {
            InputLines.forEach(in, file.toString(), (line, where) -> {
                if (!line.isBlank()) {
                    out.println(RewardLine.score(rules, reward, line, where));
                }
            });
        } catch (IOException e) {
            throw new InputException(file + " cannot be read: " + e + ".", e);
        }
        return Main.DONE;
    }
}
