package org.drllava.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.drllava.checkpoint.RunSettings;
import org.drllava.checkpoint.Sha256;
import org.drllava.common.InputException;
import org.drllava.session.RunFolder;
import org.drllava.session.TrainingLoop;
import org.drllava.tensor.Team;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** Where a training run leaves its things and how it goes on after an end that nobody wanted. */
final class RunOptions {
    /** Options that change where, how fast and how visibly a run goes, but not what it comes to. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("--output", "--resume", "--checkpoint-every", "--keep", "--rollouts-every",
            "--workers", "--collectives", "--timeout", "--listen", "--explain-batch", "--device", "--images", "--config", "--debug", "--libtorch", "--help", "--version");

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "The folder for what is trained, checkpoints and log.jsonl.")
    private Path output;

    @Option(names = "--resume", description = "Go on from the newest checkpoint in the output folder, with the same options and data.")
    private boolean resume;

    @Option(names = "--checkpoint-every", defaultValue = "10", paramLabel = "N",
            description = "Steps or iterations between checkpoints; the last one always gets one (default: ${DEFAULT-VALUE}).")
    private int every;

    @Option(names = "--keep", defaultValue = "2", paramLabel = "N", description = "Checkpoints to keep, the newest ones (default: ${DEFAULT-VALUE}).")
    private int keep;

    /** Makes the output folder. */
    void prepare(Team team) {
        if (every < 1 || keep < 1) {
            throw new InputException("--checkpoint-every and --keep must be at least 1, found " + every + " and " + keep + ".");
        }
        if (team.leads()) {
            folder().prepare(resume);
        }
    }

    /** @param length the option that says how long to go on, or "" where it also decides the steps before */
    TrainingLoop loop(String name, String unit, CommandSpec command, String length, Map<String, String> data, Team team) {
        SortedMap<String, String> deciding = new TreeMap<>(data);
        for (OptionSpec option : command.options()) {
            String key = option.longestName();
            if (!WITHOUT_EFFECT.contains(key) && !key.equals(length)) {
                deciding.put(key, value(option.getValue()));
            }
        }
        return new TrainingLoop(name, unit, folder(), new RunSettings(deciding), resume, every, keep, team);
    }

    /** Of files and folders it is their content that counts. */
    private static String value(Object value) {
        return value instanceof Path path ? Sha256.of(path) : String.valueOf(value);
    }

    /** Where ranks leave their reports when a run of several fails. */
    Path reports() {
        return folder().ranks();
    }

    private RunFolder folder() {
        return new RunFolder(output);
    }
}
