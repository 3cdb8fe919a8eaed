package org.drllava.bench;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import org.drllava.bindings.cuda.CudaMemory.Kind;
import org.drllava.bindings.host.NativeLibrary;
import org.drllava.distributed.Collectives;
import org.drllava.distributed.JoinSettings;
import org.drllava.distributed.Ranks;
import org.drllava.distributed.Transport;
import org.drllava.distributed.World;
import org.drllava.model.LlavaConfig;
import org.drllava.model.LlavaConfig.Activation;
import org.drllava.model.LlavaConfig.Projector;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.model.LlavaConfig.Vision;
import org.drllava.model.LoraAdapter;
import org.drllava.model.TinyModel;
import org.drllava.tensor.HeapCopies;
import org.drllava.tensor.Reduction;
import org.drllava.tensor.Team;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Workers;
import tools.jackson.databind.json.JsonMapper;

/** A rank that trains a model of a size given, and says which bytes an iteration copied. Arguments: folder of the reports, size. */
final class BytesProgram {
    static final String SECRET = "0123456789abcdef";
    /** Gradients of an iteration: one of the policy, one of the value model. */
    static final int STEPS = 2;

    private static final int LORA_RANK = 4;
    private static final MethodHandle COPIED = Linker.nativeLinker().downcallHandle(NativeLibrary.open("libcudart.so.13").find("double_copied").orElseThrow(),
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_INT));

    private BytesProgram() {}

    /**
     * Bytes of one iteration on rank 0.
     *
     * @param parameters    of the adapter, for scale
     * @param throughArrays between Java arrays and native memory; pinned memory has nothing else in it than what arrays bring
     * @param exchanged     from the host's own memory to the device, for the other rank
     */
    record Counts(long parameters, long throughArrays, long exchanged) {
        Counts minus(Counts before) {
            return new Counts(parameters, throughArrays - before.throughArrays, exchanged - before.exchanged);
        }
    }

    public static void main(String[] arguments) {
        World world = World.of(System.getenv());
        var settings = new JoinSettings(Transport.NCCL, false, Duration.ofSeconds(60), Optional.empty(), SECRET, new TreeMap<>(), Path.of(arguments[0]),
                System.err::println);
        try (Collectives ranks = Ranks.join(world, settings); Workers workers = new Workers(2); TensorScope scope = TensorScope.open()) {
            Team team = new Team(workers, ranks, Reduction.EXACT);
            LlavaConfig config = config(Integer.parseInt(arguments[1]));
            Counts one = run(config, team, 1);
            Counts two = run(config, team, 2);
            if (team.leads()) {
                System.out.println(JsonMapper.shared().writeValueAsString(two.minus(one)));
            }
        }
    }

    private static Counts run(LlavaConfig config, Team team, int iterations) {
        try (TensorScope scope = TensorScope.open()) {
            long parameters = LoraAdapter.shapes(config.text(), new LoraAdapter.Settings(LORA_RANK, LORA_RANK)).values().stream()
                    .mapToLong(shape -> shape[0] * shape[1]).sum();
            Counts before = counts(parameters);
            new PpoBench(TinyModel.of(config, 7), new Workload(7, 4, 2, 3, 4, 5, LORA_RANK, LORA_RANK, 1e-3, 0.1, 4, 1, 0, iterations), team).run();
            return counts(parameters).minus(before);
        }
    }

    private static Counts counts(long parameters) {
        return new Counts(parameters, HeapCopies.bytes() + copied(Kind.HOST, Kind.DEVICE) + copied(Kind.DEVICE, Kind.HOST), copied(Kind.UNREGISTERED, Kind.DEVICE));
    }

    /** What the double of the CUDA runtime has copied so far. */
    private static long copied(Kind from, Kind to) {
        try {
            return (long) COPIED.invokeExact(from.ordinal(), to.ordinal());
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** All sizes grow but that of the tokens; a layer's own few hundred bytes of description do not depend on how large it is. */
    private static LlavaConfig config(int size) {
        int vocabulary = 120 * size;
        return new LlavaConfig(new Vision(12 * size, 20 * size, 3, 2, 8, 4, 1e-5, Activation.QUICK_GELU), Projector.MLP,
                new Text(24 * size, 40 * size, 2, 4, 4, 6 * size, vocabulary, 1e-5, 10_000, false, 128), vocabulary - 1, -2, true);
    }
}
