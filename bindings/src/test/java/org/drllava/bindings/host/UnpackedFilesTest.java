package org.drllava.bindings.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackedFilesTest {
    /** Sizes around nothing, one byte and a buffer; the content is fixed, so other processes make the same. */
    static final Map<String, byte[]> RESOURCES =
            Map.of("lib/empty.so", content(0), "lib/one.so", content(1), "lib/large.so.1", content(3_000_001));

    static final FileManifest MANIFEST = manifest(RESOURCES);

    @TempDir
    Path temporary;

    /** What the processes of {@link #processesThatStartTogetherAllFindEveryFile} run. */
    public static final class Unpacker {
        public static void main(String[] arguments) {
            Path folder = Path.of(arguments[0]);
            UnpackedFiles.unpack(MANIFEST, folder, resources(RESOURCES));
            List<String> damaged = UnpackedFiles.damaged(MANIFEST, folder);
            if (!damaged.isEmpty()) {
                throw new IllegalStateException("damaged: " + damaged);
            }
        }
    }

    @Test
    void unpacksEveryFileAndLeavesNothingElse() throws IOException {
        Path folder = temporary.resolve("a/b");
        UnpackedFiles.unpack(MANIFEST, folder, resources(RESOURCES));

        assertThat(UnpackedFiles.damaged(MANIFEST, folder)).isEmpty();
        assertThat(folder.resolve("large.so.1")).hasBinaryContent(RESOURCES.get("lib/large.so.1"));
        assertThat(names(folder)).containsExactlyInAnyOrder("empty.so", "one.so", "large.so.1");
    }

    @Test
    void readsNoResourceWhenEveryFileIsThere() {
        UnpackedFiles.unpack(MANIFEST, temporary, resources(RESOURCES));
        UnpackedFiles.unpack(MANIFEST, temporary, name -> {
            throw new AssertionError("read " + name);
        });
    }

    @Test
    void replacesATruncatedFileAndOnlyThatOne() throws IOException {
        UnpackedFiles.unpack(MANIFEST, temporary, resources(RESOURCES));
        FileTime old = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
        Files.setLastModifiedTime(temporary.resolve("one.so"), old);
        Files.write(temporary.resolve("large.so.1"), new byte[2]);

        UnpackedFiles.unpack(MANIFEST, temporary, resources(RESOURCES));

        assertThat(temporary.resolve("large.so.1")).hasBinaryContent(RESOURCES.get("lib/large.so.1"));
        assertThat(Files.getLastModifiedTime(temporary.resolve("one.so"))).isEqualTo(old);
    }

    @Test
    void findsAChangedByteThatTheSizeDoesNotShow() throws IOException {
        UnpackedFiles.unpack(MANIFEST, temporary, resources(RESOURCES));
        byte[] changed = RESOURCES.get("lib/large.so.1").clone();
        changed[1_234_567] ^= 1;
        Files.write(temporary.resolve("large.so.1"), changed);

        assertThat(UnpackedFiles.damaged(MANIFEST, temporary)).containsExactly("large.so.1");
    }

    @Test
    void refusesAResourceOfAnotherContentAndKeepsItOut() throws IOException {
        byte[] other = content(3_000_001).clone();
        other[0] ^= 1;
        Map<String, byte[]> tampered =
                Map.of("lib/empty.so", content(0), "lib/one.so", content(1), "lib/large.so.1", other);

        assertThatThrownBy(() -> UnpackedFiles.unpack(MANIFEST, temporary, resources(tampered)))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining("lib/large.so.1");
        assertThat(names(temporary)).doesNotContain("large.so.1").noneMatch(name -> name.contains(".part-"));
    }

    @Test
    void saysWhichResourceIsMissing() {
        assertThatThrownBy(() -> UnpackedFiles.unpack(MANIFEST, temporary, name -> null))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining("DRLLAVA_LIBTORCH");
    }

    @Test
    void namesAFolderThatCannotBeMade() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "in the way");
        assertThatThrownBy(() -> UnpackedFiles.unpack(MANIFEST, file.resolve("cache"), resources(RESOURCES)))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("DRLLAVA_CACHE");
    }

    @Test
    void removesWhatAKilledProcessLeftButNotWhatALiveOneWrites() throws IOException {
        Path abandoned = Files.write(temporary.resolve("one.so.part-1"), new byte[9]);
        Files.setLastModifiedTime(abandoned, FileTime.from(Instant.now().minusSeconds(2 * 3600)));
        Path live = Files.write(temporary.resolve("one.so.part-2"), new byte[9]);

        UnpackedFiles.unpack(MANIFEST, temporary, resources(RESOURCES));

        assertThat(abandoned).doesNotExist();
        assertThat(live).exists();
    }

    @Test
    void threadsThatStartTogetherAllFindEveryFile() throws Exception {
        int threads = 4;
        var together = new CyclicBarrier(threads);
        try (var pool = Executors.newFixedThreadPool(threads)) {
            List<Future<List<String>>> results = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                results.add(pool.submit(() -> {
                    together.await();
                    UnpackedFiles.unpack(MANIFEST, temporary, resources(RESOURCES));
                    return UnpackedFiles.damaged(MANIFEST, temporary);
                }));
            }
            for (Future<List<String>> result : results) {
                assertThat(result.get()).isEmpty();
            }
        }
        assertThat(names(temporary)).containsExactlyInAnyOrder("empty.so", "one.so", "large.so.1");
    }

    @Test
    void processesThatStartTogetherAllFindEveryFile() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            processes.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Unpacker.class.getName(),
                            temporary.toString())
                    .redirectErrorStream(true)
                    .start());
        }
        for (Process process : processes) {
            String output = new String(process.getInputStream().readAllBytes());
            assertThat(process.waitFor()).as(output).isZero();
        }
        assertThat(UnpackedFiles.damaged(MANIFEST, temporary)).isEmpty();
        assertThat(names(temporary)).noneMatch(name -> name.contains(".part-"));
    }

    private static byte[] content(int bytes) {
        byte[] content = new byte[bytes];
        new SplittableRandom(bytes).nextBytes(content);
        return content;
    }

    private static FileManifest manifest(Map<String, byte[]> resources) {
        String lines = resources.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getKey() + "\t" + entry.getValue().length + "\t"
                        + HexFormat.of().formatHex(FileManifest.sha256().digest(entry.getValue())))
                .collect(Collectors.joining("\n"));
        return FileManifest.parse("version\t1.0\n" + lines + "\n");
    }

    private static Function<String, InputStream> resources(Map<String, byte[]> content) {
        return name -> new ByteArrayInputStream(content.get(name));
    }

    private static List<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
