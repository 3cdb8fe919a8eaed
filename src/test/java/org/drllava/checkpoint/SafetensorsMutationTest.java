package org.drllava.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;

/** Random damage to a valid file: an {@link InputException} or a load that holds together, and nothing else. */
class SafetensorsMutationTest {
    private static final int MUTANTS = Integer.getInteger("mutants", 20_000);
    private static final long SEED = Long.getLong("seed", 20_241_124L);
    private static final String[] FRAGMENTS = {
        "{", "}", "[", "]", ",", ":", "\"", "-", "0", "1", "9", ".", "e9", "null", "true", "\\u0000", "\\ud800", " ",
        "18446744073709551615", "9223372036854775807", "-1", "\"U8\"", "\"F32\"", "\"dtype\"", "\"shape\"",
        "\"data_offsets\"", "\"__metadata__\"", "[[[[", "{\"a\":"};

    @Test
    void damagedFilesGiveATypedErrorOrACorrectLoad() throws IOException {
        var original = Files.readAllBytes(Fixtures.resource("every-dtype.safetensors"));
        var random = new SplittableRandom(SEED);
        int loaded = 0;
        for (int i = 0; i < MUTANTS; i++) {
            var mutant = original;
            for (int damage = random.nextInt(1, 4); damage > 0; damage--) {
                mutant = damaged(mutant, random);
            }
            try {
                checkHoldsTogether(Fixtures.parse(mutant), mutant);
                loaded++;
            } catch (InputException e) {
                assertThat(e.getMessage()).startsWith("x.safetensors: ");
            } catch (Throwable e) {
                fail("mutant %d, replay with -Dseed=%d -Dmutants=%d: %s".formatted(
                        i, SEED, i + 1, HexFormat.of().formatHex(mutant)), e);
            }
        }
        // Flipped data bytes and metadata are no damage a reader could see; anything else nearly always is.
        assertThat(loaded).as("seed %d", SEED).isBetween(MUTANTS / 200, MUTANTS / 2);
    }

    /** The tensors tile the data after the header, and every value can be read. */
    private static void checkHoldsTogether(SafetensorsFile file, byte[] bytes) {
        long end = 8 + lengthOf(bytes);
        for (var tensor : file.tensors().values()) {
            long elements = Arrays.stream(tensor.shape()).reduce(1, (a, b) -> a * b);
            assertThat(tensor.data().byteSize()).isEqualTo(elements * tensor.dtype().bytes());
            assertThat(tensor.data().address()).isEqualTo(end);
            end += tensor.data().byteSize();
            switch (tensor.dtype()) {
                case FLOAT32, BFLOAT16, FLOAT16, FLOAT64 -> assertThat(tensor.toFloats()).hasSize((int) elements);
                case INT64, INT32, UINT8, BOOL -> assertThat(tensor.toLongs()).hasSize((int) elements);
            }
        }
        assertThat(end).isEqualTo(bytes.length);
    }

    private static byte[] damaged(byte[] file, SplittableRandom random) {
        int at = random.nextInt(file.length + 1);
        int length = random.nextInt(Math.min(32, file.length - at) + 1);
        return switch (random.nextInt(10)) {
            case 0 -> spliced(file, at, Math.min(1, file.length - at), new byte[] {(byte) random.nextInt(256)});
            case 1 -> spliced(file, at, length, new byte[0]);
            case 2 -> spliced(file, at, 0, Arrays.copyOfRange(file, at, at + length));
            case 3 -> Arrays.copyOf(file, at);
            case 4 -> spliced(file, 0, Math.min(8, file.length), lengthWord(random.nextLong() >> random.nextInt(64)));
            default -> withDamagedHeader(file, random);
        };
    }

    /** Damage to the JSON alone, under a length word that still fits. */
    private static byte[] withDamagedHeader(byte[] file, SplittableRandom random) {
        int end = (int) Math.min(file.length, 8 + Math.max(0, lengthOf(file)));
        if (end <= 8) {
            return file;
        }
        int at = random.nextInt(8, end);
        byte[] damaged;
        if (random.nextInt(4) == 0) {
            damaged = spliced(file, at, Math.min(random.nextInt(12), end - at), fragment(random));
        } else {
            // The next number, or part of one, becomes another.
            while (at < end - 1 && !Character.isDigit(file[at])) {
                at++;
            }
            damaged = spliced(file, at, 1, Integer.toString(random.nextInt(64)).getBytes(StandardCharsets.US_ASCII));
        }
        return spliced(damaged, 0, 8, lengthWord(end - 8 + damaged.length - file.length));
    }

    private static long lengthOf(byte[] file) {
        return file.length < 8 ? 0 : ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong() & 0xffff_ffffL;
    }

    private static byte[] fragment(SplittableRandom random) {
        return FRAGMENTS[random.nextInt(FRAGMENTS.length)].getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] lengthWord(long length) {
        return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
    }

    private static byte[] spliced(byte[] file, int at, int removed, byte[] inserted) {
        return ByteBuffer.allocate(file.length - removed + inserted.length)
                .put(file, 0, at).put(inserted).put(file, at + removed, file.length - at - removed).array();
    }
}
