package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.drllava.checkpoint.SafetensorsFile;
import org.drllava.checkpoint.SafetensorsWriter;
import org.drllava.checkpoint.StoredTensor;
import org.drllava.tensor.DType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreCommandTest {
    private static final Path RESOURCES = Path.of(ScoreCommandTest.class.getResource("/score").getPath());
    private static final Path INPUT = RESOURCES.resolve("input.safetensors");
    private static final int I = TinyModel.IMAGE_TOKEN;

    @TempDir
    private static Path folder;
    private static Path model;
    private static Path adapter;

    @BeforeAll
    static void writeModel() {
        model = TinyModel.write(folder.resolve("model"));
        adapter = TinyModel.writeAdapter(folder.resolve("adapter"));
    }

    /** expected.safetensors is what transformers and peft give; rows are padded on either side, with and without images. */
    @Test
    void logprobsAreThoseOfTransformersAndPeft() {
        assertThat(score(INPUT)).containsExactly(expected("base"), Offset.offset(1e-4f));
        assertThat(score(INPUT, "--adapter", adapter)).containsExactly(expected("adapted"), Offset.offset(1e-4f));
    }

    /** The planted fault of the test above: base and adapted differ by far more than its bound. */
    @Test
    void theAdapterMatters() {
        assertThat(expected("base")).isNotEqualTo(expected("adapted"));
        assertThat(score(INPUT)[60]).isNotCloseTo(expected("adapted")[60], Offset.offset(1e-2f));
    }

    @Test
    void bfloat16IsNear() {
        assertThat(score(INPUT, "--dtype", "bf16")).containsExactly(expected("base"), Offset.offset(0.2f));
    }

    @Test
    void rowsThatFillSeveralChunksAreScoredAsAlone() {
        var ids = new long[300 * 14];
        long[] row = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (row[i % 14] + i / 14) % 48;
        }
        var mask = new long[ids.length];
        Arrays.fill(mask, 1);
        float[] all = score(written("many", StoredTensor.of("input_ids", ids, 300, 14), StoredTensor.of("attention_mask", mask, 300, 14)));
        assertThat(all).hasSize(300 * 13);
        for (int r : new int[] {0, 145, 146, 147, 299}) {
            var alone = written("one", StoredTensor.of("input_ids", Arrays.copyOfRange(ids, r * 14, r * 14 + 14), 1, 14),
                    StoredTensor.of("attention_mask", Arrays.copyOf(mask, 14), 1, 14));
            assertThat(Arrays.copyOfRange(all, r * 13, r * 13 + 13)).as("row " + r).containsExactly(score(alone), Offset.offset(1e-5f));
        }
    }

    @Test
    void aSingleColumnGivesAnEmptyResult() {
        assertThat(score(written("column", StoredTensor.of("input_ids", new long[] {1, 2}, 2, 1),
                StoredTensor.of("attention_mask", new long[] {1, 1}, 2, 1)))).isEmpty();
    }

    @Test
    void whatDoesNotFitIsNamed() {
        refused(rows(2, 1, 2, 3, 60), List.of(mask(2, 1, 1, 1, 1)), "input_ids, row 1, holds 60 at 1", "vocabulary of 50");
        refused(rows(1, 1, -2), List.of(mask(1, 1, 1)), "input_ids, row 0, holds -2");
        refused(rows(1, 1, 2, 3), List.of(mask(1, 1, 0, 1)), "attention_mask, row 0, has a gap");
        refused(rows(1, 1, 2), List.of(mask(1, 1, 2)), "attention_mask, row 0, holds 2 at 1");
        refused(rows(1, 1, 2), List.of(mask(2, 1, 1)), "attention_mask has shape [2, 1]", "[1, 2]");
        refused(rows(1, 1, 2), List.of(), "attention_mask");
        refused(mask(1, 1, 1), List.of(), "input_ids");
        refused(StoredTensor.of("input_ids", new long[] {1, 2}, 2), List.of(mask(1, 1, 1)), "input_ids has shape [2]");
        refused(StoredTensor.of("input_ids", new float[] {1, 2}, 1, 2), List.of(mask(1, 1, 1)), "input_ids", "F32");
        refused(rows(1, 1, I, I, I, 2), List.of(mask(1, 1, 1, 1, 1, 1)), "row 0, has 3 image tokens (48), expected none or 4");
        refused(rows(1, I, I, I, I, 2), List.of(mask(1, 1, 1, 1, 1, 1)), "pixel_values");
        refused(rows(1, I, I, I, I, 2), List.of(mask(1, 1, 1, 1, 1, 1), StoredTensor.of("pixel_values", new float[3], 1, 3, 1, 1)),
                "pixel_values has shape [1, 3, 1, 1], expected [1, 3, 8, 8]");
        refused(rows(1, I, I, I, I, 2), List.of(mask(1, 1, 1, 1, 1, 1), new StoredTensor("pixel_values", DType.UINT8,
                new long[] {1, 3, 8, 8}, MemorySegment.ofArray(new byte[192]))), "pixel_values", "U8");
        long[] long65 = new long[65];
        long[] ones = new long[65];
        Arrays.fill(ones, 1);
        refused(rows(1, long65), List.of(mask(1, ones)), "row 0, has 65 tokens", "64 positions");
    }

    @Test
    void filesThatAreNotThereAreNamed() {
        var out = folder.resolve("x.safetensors");
        Ran.with("score", "--model", model, "--input", folder.resolve("none"), "--output", out).refuses("none");
        Ran.with("score", "--model", folder.resolve("no-model"), "--input", INPUT, "--output", out).refuses("no-model");
        Ran.with("score", "--model", model, "--adapter", folder.resolve("no-adapter"), "--input", INPUT, "--output", out).refuses("no-adapter");
        Ran.with("score", "--model", model, "--input", INPUT, "--output", folder).refuses("--output");
        Ran.with("score", "--model", model, "--input", INPUT, "--output", out, "--dtype", "f64").refuses("--dtype", "f32");
        Ran.with("score", "--model", model, "--input", INPUT, "--output", out, "--device", "tpu").refuses("tpu", "cuda");
        assertThat(out).doesNotExist();
    }

    private static void refused(StoredTensor ids, List<StoredTensor> others, String... words) {
        var tensors = new ArrayList<>(others);
        tensors.add(ids);
        var input = written("bad", tensors.toArray(StoredTensor[]::new));
        Ran.with("score", "--model", model, "--input", input, "--output", folder.resolve("out")).refuses(words).refuses(input.toString());
    }

    private static StoredTensor rows(int rows, long... ids) {
        return StoredTensor.of("input_ids", ids, rows, ids.length / rows);
    }

    private static StoredTensor mask(int rows, long... mask) {
        return StoredTensor.of("attention_mask", mask, rows, mask.length / rows);
    }

    private static Path written(String name, StoredTensor... tensors) {
        var file = folder.resolve(name + ".safetensors");
        SafetensorsWriter.write(file, Map.of(), List.of(tensors));
        return file;
    }

    private static float[] score(Path input, Object... options) {
        var output = folder.resolve("scores.safetensors");
        var arguments = new ArrayList<Object>(List.of("score", "--model", model, "--input", input, "--output", output));
        arguments.addAll(List.of(options));
        Ran.with(arguments.toArray()).succeeds();
        return floats(output, "logprobs");
    }

    private static float[] expected(String name) {
        return floats(RESOURCES.resolve("expected.safetensors"), name);
    }

    private static float[] floats(Path file, String name) {
        try (var arena = Arena.ofConfined()) {
            return SafetensorsFile.open(file, arena).require(name).toFloats();
        }
    }
}
