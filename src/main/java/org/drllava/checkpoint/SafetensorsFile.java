package org.drllava.checkpoint;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.drllava.common.InputException;

/**
 * A safetensors file, mapped: 8 bytes of header length (little-endian), a JSON header, then the tensors' bytes. Every
 * rule of the format is checked before a tensor is handed out; the data itself is never copied.
 *
 * @see <a href="https://huggingface.co/docs/safetensors">the format</a>
 */
public final class SafetensorsFile {
    private static final int LENGTH_BYTES = 8;

    private final Path path;
    private final SortedMap<String, String> metadata;
    private final Map<String, StoredTensor> tensors;

    private SafetensorsFile(Path path, SortedMap<String, String> metadata, Map<String, StoredTensor> tensors) {
        this.path = path;
        this.metadata = Collections.unmodifiableSortedMap(metadata);
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    /**
     * Maps the file read-only for the life of {@code arena}. The file must not shrink meanwhile: reading pages that
     * are gone is an error of the JVM.
     *
     * @throws InputException naming the file, the tensor and the rule it breaks
     */
    public static SafetensorsFile open(Path path, Arena arena) {
        if (!Files.isRegularFile(path)) {
            throw new InputException(path + ": no such file, expected a safetensors file");
        }
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return read(path, channel.map(MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (IOException e) {
            throw new InputException("%s: cannot be read: %s".formatted(path, e.getMessage()), e);
        }
    }

    /** {@code file} is the whole file; {@code path} only names it in messages. */
    static SafetensorsFile read(Path path, MemorySegment file) {
        if (file.byteSize() < LENGTH_BYTES) {
            throw new InputException("%s: %d bytes are too few for a safetensors file, it starts with 8 bytes of header length"
                    .formatted(path, file.byteSize()));
        }
        long headerBytes = file.get(JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN), 0);
        if (headerBytes < 0 || headerBytes > SafetensorsHeader.MAX_BYTES) {
            throw new InputException("%s: header length %s is over the limit of %d bytes, is this a safetensors file?"
                    .formatted(path, Long.toUnsignedString(headerBytes), SafetensorsHeader.MAX_BYTES));
        }
        if (headerBytes > file.byteSize() - LENGTH_BYTES) {
            throw new InputException("%s: header length %d reaches past the end of the file (%d bytes)"
                    .formatted(path, headerBytes, file.byteSize()));
        }
        var data = file.asSlice(LENGTH_BYTES + headerBytes);
        var header = SafetensorsHeader.parse(
                path, file.asSlice(LENGTH_BYTES, headerBytes).toArray(JAVA_BYTE), data.byteSize());
        var tensors = LinkedHashMap.<String, StoredTensor>newLinkedHashMap(header.entries().size());
        for (var entry : header.entries()) {
            tensors.put(entry.name(), new StoredTensor(
                    entry.name(), entry.dtype(), entry.shape(), data.asSlice(entry.begin(), entry.end() - entry.begin())));
        }
        return new SafetensorsFile(path, header.metadata(), tensors);
    }

    public Path path() {
        return path;
    }

    /** The header's {@code __metadata__}; empty if it has none. */
    public SortedMap<String, String> metadata() {
        return metadata;
    }

    /** In the order of the data. */
    public Set<String> names() {
        return tensors.keySet();
    }

    /** All tensors by name, in the order of the data. */
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    public Optional<StoredTensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /** @throws InputException naming file and tensor if there is none of that name */
    public StoredTensor require(String name) {
        return find(name).orElseThrow(
                () -> new InputException("%s: tensor %s is missing".formatted(path, Quote.name(name))));
    }
}
