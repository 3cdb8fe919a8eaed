package org.drllava.cli;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.drllava.common.InputException;
import org.drllava.distributed.Launcher;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "launch",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs sft or ppo in several processes that train as one.",
        footer = {
            "",
            "Every line of a rank is printed with its number in front. When a rank fails the others end too. Ctrl-C and SIGTERM let"
                    + " them write a checkpoint first. Several hosts need the same DRLLAVA_SECRET.",
            "mpirun, torchrun --no-python and srun start ranks as well; see docs/distributed.md."
        })
final class LaunchCommand implements Callable<Integer> {
    /** What trains; the other commands have nothing to share. */
    private static final List<String> DISTRIBUTED = List.of("sft", "ppo");

    private static final String NATIVE_ACCESS = "--enable-native-access";

    @Spec
    private CommandSpec spec;

    @Option(names = "--nproc", required = true, paramLabel = "N", description = "Ranks on this host.")
    private int processes;

    @Option(names = "--nnodes", defaultValue = "1", paramLabel = "N", description = "Hosts, each with --nproc ranks; launch runs on every one (default: ${DEFAULT-VALUE}).")
    private int nodes;

    @Option(names = "--node-rank", defaultValue = "0", paramLabel = "K", description = "Number of this host, from 0 (default: ${DEFAULT-VALUE}).")
    private int node;

    @Option(names = "--master", paramLabel = "HOST:PORT", description = "Where rank 0 listens, on host 0 (default on one host: the loopback, a free port).")
    private String master;

    @Option(names = "--max-restarts", defaultValue = "0", paramLabel = "N",
            description = "Times that a run that failed goes on from its last checkpoint (default: ${DEFAULT-VALUE}).")
    private int restarts;

    @Option(names = "--timeout", defaultValue = "60", paramLabel = "SECONDS",
            description = "Handed on to the ranks: within it a lost rank ends the run (default: ${DEFAULT-VALUE}).")
    private long timeoutSeconds;

    @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "sft or ppo with its options.")
    private List<String> command;

    @Override
    public Integer call() {
        if (!DISTRIBUTED.contains(command.getFirst())) {
            throw new InputException("launch runs " + String.join(" or ", DISTRIBUTED) + ", which train; \"" + command.getFirst() + "\" is done by one process.");
        }
        if (restarts < 0 || timeoutSeconds < 1 || timeoutSeconds > 86_400) {
            throw new InputException("--max-restarts must not be below 0 and --timeout from 1 to 86400 seconds, found " + restarts + " and " + timeoutSeconds + ".");
        }
        var hosts = new Launcher.Hosts(processes, nodes, node, Optional.ofNullable(master));
        return new Launcher(program(), "--resume", hosts, restarts, Duration.ofSeconds(timeoutSeconds), lines(spec.commandLine().getOut()),
                lines(spec.commandLine().getErr())).run();
    }

    /** This program once more: the same Java, options and classes. */
    private List<String> program() {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        if (words.stream().noneMatch(word -> word.startsWith(NATIVE_ACCESS))) { // which the manifest gives to java -jar
            words.add(NATIVE_ACCESS + "=ALL-UNNAMED");
        }
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        words.addAll(command);
        if (command.stream().noneMatch(word -> word.equals("--timeout") || word.startsWith("--timeout="))) {
            words.add("--timeout=" + timeoutSeconds);
        }
        return words;
    }

    /** Whole lines, never one inside another. */
    private static Consumer<String> lines(PrintWriter writer) {
        return line -> {
            synchronized (LaunchCommand.class) {
                writer.println(line);
                writer.flush();
            }
        };
    }
}
