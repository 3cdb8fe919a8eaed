package org.drllava.cli;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.drllava.checkpoint.SafetensorsWriter;
import org.drllava.checkpoint.StoredTensor;
import org.drllava.common.Progress;
import org.drllava.image.ClipPreprocessor;
import org.drllava.image.ImageFiles;
import org.drllava.tensor.DType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "preprocess",
        mixinStandardHelpOptions = true,
        description = "Writes pictures as the numbers that a model sees: pixel_values [N, 3, side, side], float32, in the pictures' order.")
final class PreprocessCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "DIR", description = "The model's folder; its preprocessor_config.json says how.")
    private Path model;

    @Option(names = "--output", required = true, paramLabel = "FILE", description = "The safetensors file to write.")
    private Path output;

    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "JPEG, PNG, TIFF, WebP, BMP or GIF files.")
    private List<Path> images;

    @Override
    public Integer call() {
        OutputFile.check(output);
        ClipPreprocessor preprocessor = ClipPreprocessor.load(model);
        long side = preprocessor.size();
        long elements = 3 * side * side;
        try (Arena arena = Arena.ofConfined(); Progress progress = Progress.start("Preprocess", images.size(), "images")) {
            // Beyond the Java heap: thousands of pictures are more than one array holds.
            MemorySegment pixels = arena.allocate(JAVA_FLOAT, images.size() * elements);
            for (int i = 0; i < images.size(); i++) {
                float[] values = preprocessor.apply(ImageFiles.read(images.get(i)));
                MemorySegment.copy(values, 0, pixels, JAVA_FLOAT, i * elements * Float.BYTES, values.length);
                progress.step("");
            }
            SafetensorsWriter.write(output, Map.of(), List.of(
                    new StoredTensor("pixel_values", DType.FLOAT32, new long[] {images.size(), 3, side, side}, pixels)));
        }
        return Main.DONE;
    }
}
