package org.drllava.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.drllava.bindings.host.CacheFolder;
import org.drllava.bindings.host.ProcessExit;
import org.drllava.common.Progress;
import org.drllava.distributed.Collectives;
import org.drllava.distributed.JoinSettings;
import org.drllava.distributed.Ranks;
import org.drllava.distributed.Secret;
import org.drllava.distributed.Transport;
import org.drllava.distributed.World;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How the ranks of a run find each other. Which rank this is says the environment: of launch, torchrun, mpirun or srun. */
final class RankOptions {
    @Option(names = "--collectives", defaultValue = "auto", paramLabel = "NAME",
            description = "What carries data between ranks: auto, tcp, mpi or nccl (default: ${DEFAULT-VALUE}, nccl on GPUs, mpi under mpirun, else tcp).")
    private Transport transport;

    @Option(names = "--timeout", defaultValue = "60", paramLabel = "SECONDS",
            description = "How long to wait for other ranks at the start; later a rank that is lost ends the run within it (default: ${DEFAULT-VALUE}).")
    private long timeoutSeconds;

    @Option(names = "--listen", paramLabel = "ADDRESS",
            description = "Address of this host to listen on (default: MASTER_ADDR on rank 0, else the one towards it; so the loopback on one host).")
    private String listen;

    /**
     * Meets the other ranks, works with them and parts from them. What is thrown there also ends the others, who name it as
     * the cause.
     *
     * @param gpu      whether the model is on a GPU
     * @param identity what must be the same on every rank, by the name under which the user knows it
     * @param reports  folder for the reports that ranks leave when the run fails
     */
    void run(CommandSpec command, boolean gpu, SortedMap<String, String> identity, Path reports, Consumer<Collectives> work) {
        World world = World.of(System.getenv());
        if (world.rank() > 0) {
            Progress.mute();
        }
        Consumer<String> lastWords = sentence -> {
            command.commandLine().getErr().println("drllava: " + sentence);
            command.commandLine().getErr().flush();
            ProcessExit.now(Main.FAILED);
        };
        String secret = world.size() == 1 ? "" : Secret.of(System.getenv(), CacheFolder.root());
        SortedMap<String, String> same = new TreeMap<>(identity);
        same.put("the version of drllava", Version.number());
        var settings = new JoinSettings(transport, gpu, Duration.ofSeconds(timeoutSeconds), Optional.ofNullable(listen), secret, same, reports, lastWords);
        try (Collectives ranks = Ranks.join(world, settings)) {
            try {
                work.accept(ranks);
            } catch (Throwable thrown) {
                ranks.fail(ErrorSentence.of(thrown));
                throw thrown;
            }
        }
    }
}
