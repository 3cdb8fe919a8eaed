package org.drllava.cli;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Function;
import org.drllava.checkpoint.SafetensorsFile;
import org.drllava.checkpoint.StoredTensor;
import org.drllava.common.InputException;
import org.drllava.model.LlavaConfig;

/**
 * Sequences to be scored, as other software batches them.
 *
 * @param ids    [rows * width]
 * @param starts [rows], where a row's real tokens start; its padding is before and behind them
 * @param ends   [rows], where they end
 * @param pixels float [rows, 3, side, side], or null where no row has an image
 */
record ScoreInput(Path file, int rows, int width, long[] ids, int[] starts, int[] ends, StoredTensor pixels, int imageToken) {
    /** @throws InputException naming file, tensor and row of what does not fit the model */
    static ScoreInput read(Path path, Arena arena, LlavaConfig config, int maxPositions) {
        SafetensorsFile tensors = SafetensorsFile.open(path, arena);
        StoredTensor stored = tensors.require("input_ids");
        long[] shape = stored.shape();
        if (shape.length != 2 || shape[1] < 1) {
            throw new InputException(path + ": input_ids has shape " + Arrays.toString(shape) + ", expected [batch, time].");
        }
        long[] ids = named(path, stored, StoredTensor::toLongs);
        int rows = (int) shape[0];
        int width = (int) shape[1];
        var input = new ScoreInput(path, rows, width, ids, new int[rows], new int[rows],
                tensors.find("pixel_values").orElse(null), config.imageTokenId());
        input.findPadding(tensors.require("attention_mask"));
        for (int row = 0; row < rows; row++) {
            input.checkRow(row, config, maxPositions);
        }
        return input;
    }

    /** The row's real tokens. */
    int[] sequence(int row) {
        int[] sequence = new int[ends[row] - starts[row]];
        for (int t = 0; t < sequence.length; t++) {
            sequence[t] = (int) ids[row * width + starts[row] + t];
        }
        return sequence;
    }

    boolean hasImage(int row) {
        return imageTokens(row) > 0;
    }

    /** The row's picture, [3 * side * side]. */
    float[] pixels(int row) {
        long bytes = pixels.data().byteSize() / rows;
        long[] shape = pixels.shape();
        shape[0] = 1;
        StoredTensor own = new StoredTensor(pixels.name(), pixels.dtype(), shape, pixels.data().asSlice(row * bytes, bytes));
        return named(file, own, StoredTensor::toFloats);
    }

    private void findPadding(StoredTensor stored) {
        if (!Arrays.equals(stored.shape(), new long[] {rows, width})) {
            throw new InputException(file + ": attention_mask has shape " + Arrays.toString(stored.shape()) + ", expected that of input_ids, ["
                    + rows + ", " + width + "].");
        }
        long[] mask = named(file, stored, StoredTensor::toLongs);
        for (int row = 0; row < rows; row++) {
            int real = 0;
            for (int t = 0; t < width; t++) {
                long value = mask[row * width + t];
                if (value != 0 && value != 1) {
                    throw wrong(row, "attention_mask", "holds " + value + " at " + t + ", expected 0 or 1");
                }
                if (value == 1) {
                    starts[row] = real == 0 ? t : starts[row];
                    ends[row] = t + 1;
                    real++;
                }
            }
            if (real != ends[row] - starts[row]) {
                throw wrong(row, "attention_mask", "has a gap between real tokens, expected padding at the ends alone");
            }
        }
    }

    private void checkRow(int row, LlavaConfig config, int maxPositions) {
        if (ends[row] - starts[row] > maxPositions) {
            throw wrong(row, "input_ids", "has " + (ends[row] - starts[row]) + " tokens, more than the model's " + maxPositions + " positions");
        }
        for (int t = starts[row]; t < ends[row]; t++) {
            long id = ids[row * width + t];
            if ((id < 0 || id >= config.text().vocabularySize()) && id != imageToken) {
                throw wrong(row, "input_ids", "holds " + id + " at " + t + ", outside of the vocabulary of " + config.text().vocabularySize());
            }
        }
        int found = imageTokens(row);
        if (found > 0 && found != config.imageFeatures()) {
            throw wrong(row, "input_ids", "has " + found + " image tokens (" + imageToken + "), expected none or " + config.imageFeatures());
        }
        if (found > 0) {
            requirePixels(row, config.vision().imageSize());
        }
    }

    private void requirePixels(int row, int side) {
        if (pixels == null) {
            throw wrong(row, "input_ids", "has image tokens, but the file has no tensor pixel_values");
        }
        if (!Arrays.equals(pixels.shape(), new long[] {rows, 3, side, side})) {
            throw new InputException(file + ": pixel_values has shape " + Arrays.toString(pixels.shape()) + ", expected [" + rows + ", 3, " + side
                    + ", " + side + "].");
        }
    }

    private int imageTokens(int row) {
        int count = 0;
        for (int t = starts[row]; t < ends[row]; t++) {
            count += ids[row * width + t] == imageToken ? 1 : 0;
        }
        return count;
    }

    private InputException wrong(int row, String tensor, String message) {
        return new InputException(file + ": " + tensor + ", row " + row + ", " + message + ".");
    }

    /** A tensor says what is wrong with it, but not which file it lies in. */
    private static <T> T named(Path file, StoredTensor tensor, Function<StoredTensor, T> read) {
        try {
            return read.apply(tensor);
        } catch (InputException e) {
            throw new InputException(file + ": " + e.getMessage() + ".", e);
        }
    }
}
