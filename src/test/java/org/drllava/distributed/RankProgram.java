package org.drllava.distributed;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.drllava.bindings.cuda.CudaMemory;
import org.drllava.bindings.host.ProcessExit;
import org.drllava.bindings.mpi.Mpi;
import org.drllava.common.InputException;
import org.drllava.common.StopRequest;

/**
 * What the processes of tests run: joins the others as the environment says and then does what the arguments say. Arguments:
 * folder of the reports, seconds of the time-out, task, more for some tasks.
 */
final class RankProgram {
    private static volatile int status;

    private RankProgram() {}

    public static void main(String[] arguments) {
        // As the program's own main does.
        Runtime.getRuntime().addShutdownHook(new Thread(RankProgram::leave));
        try {
            if (arguments[2].equals("launch")) {
                status = launch(List.of(arguments));
            } else {
                run(arguments);
            }
        } catch (RuntimeException e) {
            System.err.println("drllava: " + e.getMessage());
            status = e instanceof InputException ? 2 : 1;
        }
        System.out.flush();
        StopRequest.served();
        ProcessExit.now(status);
    }

    private static void leave() {
        StopRequest.make();
        ProcessExit.now(status);
    }

    private static void run(String[] arguments) {
        World world = World.of(System.getenv());
        switch (arguments[2]) {
            case "say" -> System.out.println("rank " + world.rank() + " of " + world.size() + ", cores " + World.cores(System.getenv(), 64) + ", " + Arrays.asList(arguments));
            case "refuse" -> throw new InputException("logic.yaml: not good.");
            case "fail" -> throw new IllegalStateException("There is no way.");
            case "resumed" -> join(world, arguments, arguments[arguments.length - 1].equals("--resume") ? "end" : "throw");
            default -> join(world, arguments, arguments[2]);
        }
    }

    private static void join(World world, String[] arguments, String task) {
        var settings = new JoinSettings(Transport.valueOf(System.getProperty("transport", "AUTO")), false, Duration.ofSeconds(Long.parseLong(arguments[1])), Optional.empty(),
                Secret.of(System.getenv(), Path.of(arguments[0])), new TreeMap<>(), Path.of(arguments[0]), sentence -> {
                    System.err.println("drllava: " + sentence);
                    ProcessExit.now(1);
                });
        try (Collectives ranks = Ranks.join(world, settings)) {
            try {
                work(ranks, task, arguments[arguments.length - 1]);
            } catch (RuntimeException e) {
                ranks.fail(e.getMessage());
                throw e;
            }
        }
    }

    private static void work(Collectives ranks, String task, String more) {
        ranks.phase("rollout");
        ranks.gather(new byte[ranks.rank()]);
        System.out.println("ready, process " + ProcessHandle.current().pid());
        switch (task) {
            case "end" -> ranks.gather(new byte[1]);
            case "forever" -> {
                while (true) {
                    ranks.gather(new byte[1000]);
                }
            }
            case "stuck" -> forEver();
            case "throw" -> {
                if (ranks.rank() == 1) {
                    throw new IllegalStateException("The loss is not a number.");
                }
                ranks.gather(new byte[1]);
            }
            case "until-stopped" -> untilStopped();
            case "random" -> {
                RandomCalls.run(ranks, Long.parseLong(more), 40);
                System.out.println("all right over " + ranks.transport());
            }
            case "random-device" -> {
                RandomCalls.run(ranks, Long.parseLong(more), 40, arena -> (bytes, _) -> CudaMemory.device(arena, bytes));
                System.out.println("all right over " + ranks.transport());
            }
            case "abort" -> {
                if (ranks.rank() == 1) {
                    Mpi.abort(7);
                }
                forEver();
            }
            case "astray" -> {
                if (ranks.rank() == 1) {
                    ranks.gather(new byte[5]);
                } else {
                    ranks.sum(MemorySegment.NULL);
                }
            }
            default -> throw new IllegalArgumentException(task);
        }
    }

    private static void untilStopped() {
        try (StopRequest.Listening _ = StopRequest.listen()) {
            System.out.println("listening");
            while (!StopRequest.made()) {
                Thread.onSpinWait();
            }
            System.out.println("checkpoint written");
        }
    }

    private static void forEver() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts two ranks of what the further arguments say. */
    private static int launch(List<String> arguments) {
        List<String> program = Processes.program(Path.of(arguments.get(0)), Integer.parseInt(arguments.get(1)), arguments.subList(3, arguments.size()).toArray(String[]::new));
        return new Launcher(program, "--resume", new Launcher.Hosts(2, 1, 0, Optional.empty()), 0, Duration.ofSeconds(Long.parseLong(arguments.get(1))),
                System.out::println, System.err::println).run();
    }
}
