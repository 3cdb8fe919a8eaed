package org.drllava.sft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.drllava.bindings.libtorch.NativeTensor;
import org.drllava.model.AnswerRows;
import org.drllava.model.LlavaModel;
import org.drllava.model.LoraAdapter;
import org.drllava.model.ModelFolder;
import org.drllava.model.TokenBatch;
import org.drllava.model.TokenScores;
import org.drllava.tensor.AdamW;
import org.drllava.tensor.DType;
import org.drllava.tensor.Descent;
import org.drllava.tensor.Device;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Team;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;
import org.drllava.tensor.Workers;
import org.junit.jupiter.api.Test;

/**
 * Thousands of training steps take no more memory than hundreds. They run in a JVM of their own, whose heap is in memory from
 * the start and whose compiler is the small one, so that the process grows only by what is native.
 */
class SteadyMemoryTest {
    private static final int STEPS = 2000;
    private static final int WARM_UP = 500;

    @Test
    void twoThousandStepsLeaveNothingBehind() throws Exception {
        List<String> lines = run();
        System.out.println(lines.getLast());
        String[] numbers = lines.getLast().split(" ");
        long liveBefore = Long.parseLong(numbers[0]);
        long liveAfter = Long.parseLong(numbers[1]);
        double growth = (double) Long.parseLong(numbers[3]) / Long.parseLong(numbers[2]) - 1;
        assertThat(liveAfter).as("native handles after " + STEPS + " steps and after " + WARM_UP).isEqualTo(liveBefore);
        assertThat(growth).as("growth of resident memory, from and to in KiB: " + lines.getLast()).isLessThan(0.02);
    }

    private static List<String> run() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xms64m", "-Xmx64m",
                "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path"), SteadyMemoryTest.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<String> lines;
        try (var out = process.inputReader()) {
            lines = out.lines().toList();
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return lines;
    }

    /** Trains; prints live handles and resident KiB after the warm-up and at the end: LIVE LIVE KIB KIB. */
    public static void main(String[] arguments) {
        Path nano = Path.of("test/resources/oracle/nano/model");
        // Two workers, so that operators stay on one core: these are too small to be split.
        try (Workers workers = new Workers(2)) {
            workers.map(1, _ -> {
                ModelFolder folder = ModelFolder.open(nano, Device.CPU, DType.FLOAT32, _ -> {});
                train(folder.model(), workers);
                return 0;
            });
        }
    }

    private static void train(LlavaModel model, Workers workers) {
        var settings = new LoraAdapter.Settings(4, 8);
        ParameterArena arena = new ParameterArena(model.device(), LoraAdapter.shapes(model.config().text(), settings));
        float[] start = new float[(int) arena.values().elements()];
        Arrays.fill(start, 0.01f);
        arena.values().set(start);
        long live = 0;
        long resident = 0;
        Descent descent = new Descent(arena, AdamW.Settings.DEFAULT, 1, 1, Team.alone(workers));
        for (int step = 1; step <= STEPS; step++) {
            try (TensorScope scope = TensorScope.open()) {
                int[] tokens = {1, 300, 301, 302, 303, 304, 305, 306, 307, 308, 309, 310 + step % 50, 2};
                TokenBatch batch = TokenBatch.of(List.of(tokens));
                boolean[] learn = new boolean[tokens.length];
                Arrays.fill(learn, 6, tokens.length, true);
                AnswerRows rows = AnswerRows.of(batch, List.of(learn));
                descent.sum((_, leaves) -> {
                    Tensor hidden = model.hidden(batch, null, LoraAdapter.of(leaves.byName(), settings.scale()));
                    return new Descent.Result(SftLoss.of(TokenScores.logprobs(model, TokenScores.rows(model, hidden, rows), rows, 1), rows.count()), new double[0]);
                });
                descent.step(1e-4);
            }
            if (step == WARM_UP) {
                live = NativeTensor.live();
                resident = residentKib();
            }
        }
        System.out.println(live + " " + NativeTensor.live() + " " + resident + " " + residentKib());
    }

    private static long residentKib() {
        try {
            String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ");
            return Long.parseLong(pages[1]) * 4;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
