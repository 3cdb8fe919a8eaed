package org.drllava.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.drllava.bindings.host.CacheFolder;
import org.drllava.bindings.host.ProcessExit;
import org.drllava.common.Progress;
import org.drllava.common.StoppedException;
import org.drllava.dataset.Batch;
import org.drllava.distributed.Collectives;
import org.drllava.distributed.JoinSettings;
import org.drllava.distributed.Ranks;
import org.drllava.distributed.Secret;
import org.drllava.distributed.Transport;
import org.drllava.distributed.World;
import org.drllava.session.ModelSession;
import org.drllava.tensor.Device;
import org.drllava.tensor.Kernels;
import org.drllava.tensor.Reduction;
import org.drllava.tensor.Team;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How the ranks of a run find each other. Which rank this is says the environment: of launch, torchrun, mpirun or srun. */
final class RankOptions {
    @Option(names = "--collectives", defaultValue = "auto", paramLabel = "NAME",
            description = "What carries data between ranks: auto, tcp, mpi or nccl (default: ${DEFAULT-VALUE}, nccl on GPUs, mpi under mpirun, else tcp).")
    private Transport transport;

    @Option(names = "--timeout", defaultValue = "60", paramLabel = "SECONDS",
            description = "A rank that is lost ends the run within it; at the start two thirds of it are waited for other ranks (default: ${DEFAULT-VALUE}).")
    private long timeoutSeconds;

    @Option(names = "--listen", paramLabel = "ADDRESS",
            description = "Address of this host to listen on (default: MASTER_ADDR on rank 0, else the one towards it; so the loopback on one host).")
    private String listen;

    @Option(names = "--reduction", defaultValue = "exact", paramLabel = "HOW",
            description = "How ranks add gradients: exact (the same bits on any number of ranks) or fast (the transport's own sum)"
                    + " (default: ${DEFAULT-VALUE}).")
    private Reduction reduction;

    @Option(names = "--explain-batch", description = "Print how the batches come about on 1, 2, 4 and 8 ranks, and end.")
    private boolean explain;

    /** Whether {@link #explain} is all that is wanted. */
    boolean explains(CommandSpec command, List<Batch> batches) {
        if (explain) {
            command.commandLine().getOut().print(Batch.table(batches));
            command.commandLine().getOut().flush();
        }
        return explain;
    }

    /**
     * Opens the model, meets the other ranks, works with them and parts from them. What is thrown there also ends the others,
     * who name it as the cause.
     *
     * @param frozen  whether the base stays as it is while an adapter is trained
     * @param reports folder for the reports that ranks leave when the run fails
     * @throws org.drllava.common.InputException also when the batches cannot be shared evenly by the ranks
     */
    void run(CommandSpec command, TaskOptions task, boolean frozen, Path reports, List<Batch> batches, BiConsumer<ModelSession, Team> work) {
        World world = World.of(System.getenv());
        Batch.requireShares(batches, world.size());
        task.requireGpuOf(world);
        SortedMap<String, String> identity = new TreeMap<>(Map.of("the version of drllava", Version.number()));
        if (!task.gpu()) {
            identity.put("the kernels' instruction set", Kernels.description(Device.CPU));
        }
        join(command, world, task.gpu(), identity, reports, ranks -> {
            ranks.phase("opening the model");
            try (ModelSession session = task.openForTraining(frozen, command.commandLine().getErr())) {
                long start = System.nanoTime();
                work.accept(session, new Team(session.workers(), ranks, reduction));
                report(command, ranks, (System.nanoTime() - start) / 1e9);
            }
        });
    }

    /** What working together took, of rank 0; the wait for slower ranks is in it. */
    private static void report(CommandSpec command, Collectives ranks, double seconds) {
        if (ranks.size() > 1 && ranks.rank() == 0) {
            command.commandLine().getErr().printf(Locale.ROOT, "Of %.1f s, %d ranks spent %.1f s (%.1f %%) in collectives over %s, waiting for each other included.%n",
                    seconds, ranks.size(), ranks.secondsInside(), 100 * ranks.secondsInside() / seconds, ranks.transport());
            command.commandLine().getErr().flush();
        }
    }

    private void join(CommandSpec command, World world, boolean gpu, SortedMap<String, String> identity, Path reports, Consumer<Collectives> work) {
        if (world.rank() > 0) {
            Progress.mute();
        }
        Consumer<String> lastWords = sentence -> {
            command.commandLine().getErr().println("drllava: " + sentence);
            command.commandLine().getErr().flush();
            ProcessExit.now(Main.FAILED);
        };
        String secret = world.size() == 1 ? "" : Secret.of(System.getenv(), CacheFolder.root());
        var settings = new JoinSettings(transport, gpu, Duration.ofSeconds(timeoutSeconds), Optional.ofNullable(listen), secret, identity, reports, lastWords);
        try (Collectives ranks = Ranks.join(world, settings)) {
            try {
                work.accept(ranks);
            } catch (StoppedException asked) { // as all ranks are
                throw asked;
            } catch (Throwable thrown) {
                ranks.fail(ErrorSentence.of(thrown));
                throw thrown;
            }
        }
    }
}
