package org.drllava.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.drllava.common.AtomicFile;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes safetensors files: the same tensors always give the same bytes. */
public final class SafetensorsWriter {
    /** What Python's loaders expect to find in a model's or adapter's {@code __metadata__}. */
    public static final Map<String, String> PYTORCH = Map.of("format", "pt");

    private static final JsonFactory JSON = new JsonFactory();
    private static final int CHUNK_BYTES = 1 << 20;

    /** Widest elements first: with the header padded to 8 bytes every tensor is then aligned. */
    private static final Comparator<StoredTensor> ORDER = Comparator
            .comparingInt((StoredTensor tensor) -> -tensor.dtype().bytes()).thenComparing(StoredTensor::name);

    private SafetensorsWriter() {}

    /**
     * Writes beside {@code file}, fsyncs and renames. The tensors may be mapped from the very file that is replaced.
     *
     * @param metadata goes into the header's {@code __metadata__}
     * @throws IllegalArgumentException if two tensors have one name, or one has the metadata's
     * @throws UncheckedIOException if the disk refuses; the file is then what it was
     */
    public static void write(Path file, Map<String, String> metadata, List<StoredTensor> tensors) {
        var names = new HashSet<String>();
        for (var tensor : tensors) {
            if (!names.add(tensor.name()) || tensor.name().equals(SafetensorsHeader.METADATA)) {
                throw new IllegalArgumentException(
                        "%s: tensor name %s is taken".formatted(file, Quote.name(tensor.name())));
            }
        }
        var ordered = tensors.stream().sorted(ORDER).toList();
        var header = header(metadata, ordered);
        AtomicFile.write(file, channel -> {
            channel.write(ByteBuffer.wrap(header));
            try (var arena = Arena.ofConfined()) {
                var chunk = arena.allocate(CHUNK_BYTES);
                for (var tensor : ordered) {
                    stream(tensor.data(), chunk, channel);
                }
            }
        });
    }

    /** Through a chunk of native memory, because a heap array of floats has no view as bytes. */
    private static void stream(MemorySegment data, MemorySegment chunk, WritableByteChannel channel) throws IOException {
        for (long from = 0; from < data.byteSize(); from += CHUNK_BYTES) {
            long size = Math.min(CHUNK_BYTES, data.byteSize() - from);
            MemorySegment.copy(data, from, chunk, 0, size);
            channel.write(chunk.asSlice(0, size).asByteBuffer());
        }
    }

    /** The length word and the JSON, padded with spaces to a multiple of 8 bytes. */
    private static byte[] header(Map<String, String> metadata, List<StoredTensor> ordered) {
        var json = new ByteArrayOutputStream();
        try (var out = JSON.createGenerator(ObjectWriteContext.empty(), json)) {
            out.writeStartObject();
            if (!metadata.isEmpty()) {
                out.writeObjectPropertyStart(SafetensorsHeader.METADATA);
                new TreeMap<>(metadata).forEach(out::writeStringProperty);
                out.writeEndObject();
            }
            long begin = 0;
            for (var tensor : ordered) {
                long end = begin + tensor.data().byteSize();
                out.writeObjectPropertyStart(tensor.name());
                out.writeStringProperty("dtype", tensor.dtype().safetensorsName());
                out.writeName("shape").writeArray(tensor.shape(), 0, tensor.shape().length);
                out.writeName("data_offsets").writeArray(new long[] {begin, end}, 0, 2);
                out.writeEndObject();
                begin = end;
            }
            out.writeEndObject();
        }
        int padded = Math.ceilDiv(json.size(), 8) * 8;
        if (padded > SafetensorsHeader.MAX_BYTES) {
            throw new IllegalArgumentException("header of %d bytes is over the format's limit".formatted(padded));
        }
        var bytes = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(padded).put(json.toByteArray());
        while (bytes.hasRemaining()) {
            bytes.put((byte) ' ');
        }
        return bytes.array();
    }
}
