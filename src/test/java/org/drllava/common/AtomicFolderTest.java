package org.drllava.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFolderTest {
    private static final Map<String, String> OLD = Map.of("a", "old a", "sub/b", "old b", "c", "old c", "sub/plain", "old a");
    private static final Map<String, String> NEW = Map.of("a", "new a", "sub/b", "new b", "sub/plain", "new a");

    @TempDir
    Path parent;

    private Path target;

    @BeforeEach
    void nameTarget() {
        target = parent.resolve("runs/adapter");
    }

    @Test
    void writesANewFolderAndReplacesAnOldOneAsAWhole() {
        writeOld();
        assertThat(FolderContents.of(target)).isEqualTo(OLD);
        writeNew();
        assertThat(FolderContents.of(target)).isEqualTo(NEW);
        assertNothingElse();
    }

    @Test
    void aWriterThatFailsLeavesTheOldFolder() {
        var stumble = new IllegalStateException("stumbled");
        assertThatThrownBy(() -> AtomicFolder.write(target, folder -> {
            AtomicFile.write(folder.resolve("a"), "new a");
            throw stumble;
        })).isSameAs(stumble);
        assertThat(target).doesNotExist();
        assertThat(target.getParent()).isEmptyDirectory();

        writeOld();
        assertThatThrownBy(() -> AtomicFolder.write(target, _ -> {
            throw new IOException("out of paper");
        })).isInstanceOf(UncheckedIOException.class).hasMessageContaining("cannot be written").hasMessageContaining("out of paper");
        assertThat(FolderContents.of(target)).isEqualTo(OLD);
        assertNothingElse();
    }

    @Test
    void everyFailingDiskCallLeavesTheOldFolderOrTheNewOne() {
        int calls = callsOfAReplacement();
        int kept = 0;
        for (int call = 1; call <= calls; call++) {
            quickly(this::writeOld);
            var disk = new FailingDisk(call, FailingDisk.Fault.ONE_CALL);
            assertThatThrownBy(() -> disk.run(this::writeNew)).isInstanceOf(UncheckedIOException.class);
            kept += assertOldOrNew("call " + call) ? 1 : 0;
            quickly(this::writeNew);
            assertNothingElse();
        }
        // Both outcomes must have been seen, or the loop has tested nothing.
        assertThat(kept).isBetween(10, calls - 5);
    }

    @Test
    void afterAPowerCutAtAnyCallRecoveryFindsTheOldFolderOrTheNewOne() {
        int calls = callsOfAReplacement();
        int gap = 0;
        for (int call = 1; call <= calls; call++) {
            quickly(this::writeOld);
            var disk = new FailingDisk(call, FailingDisk.Fault.POWER_CUT);
            assertThatThrownBy(() -> disk.run(this::writeNew)).isInstanceOf(UncheckedIOException.class);
            gap += Files.exists(target) ? 0 : 1;
            quickly(() -> AtomicFolder.recover(target));
            assertOldOrNew("power cut at call " + call);
            assertNothingElse();
        }
        assertThat(gap).as("cuts between the two renames").isEqualTo(1);
    }

    @Test
    void aPowerCutDuringRecoveryLosesNothingEither() {
        int calls = callsOfAReplacement();
        for (int call = 1; call <= calls; call++) {
            for (int second = 1; second <= 8; second++) {
                quickly(this::writeOld);
                var first = new FailingDisk(call, FailingDisk.Fault.POWER_CUT);
                assertThatThrownBy(() -> first.run(this::writeNew)).isInstanceOf(UncheckedIOException.class);
                var again = new FailingDisk(second, FailingDisk.Fault.POWER_CUT);
                try {
                    again.run(() -> AtomicFolder.recover(target));
                } catch (UncheckedIOException _) {
                    // The point is what the next recovery finds.
                }
                quickly(() -> AtomicFolder.recover(target));
                assertOldOrNew("power cuts at calls %d and %d".formatted(call, second));
                assertNothingElse();
            }
        }
    }

    @Test
    void deletionIsNeverSeenHalfDone() {
        quickly(this::writeOld);
        var rehearsal = FailingDisk.never();
        rehearsal.run(() -> AtomicFolder.delete(target));
        assertThat(target).doesNotExist();
        for (int call = 1; call <= rehearsal.calls(); call++) {
            quickly(this::writeOld);
            var disk = new FailingDisk(call, FailingDisk.Fault.POWER_CUT);
            assertThatThrownBy(() -> disk.run(() -> AtomicFolder.delete(target))).isInstanceOf(UncheckedIOException.class);
            quickly(() -> AtomicFolder.recover(target));
            assertThat(Files.exists(target) ? FolderContents.of(target) : OLD).isEqualTo(OLD);
        }
    }

    @Test
    void recoveryOfNothingDoesNothing() throws IOException {
        assertThatCode(() -> AtomicFolder.recover(target)).doesNotThrowAnyException();
        AtomicFolder.delete(target);
        writeOld();
        var stranger = Files.createDirectory(target.resolveSibling(".adapter2.tmp-0123456789abcdef"));
        AtomicFolder.recover(target);
        assertThat(FolderContents.of(target)).isEqualTo(OLD);
        assertThat(stranger).exists();
    }

    @Test
    void aFileInTheWayIsNotReplaced() throws IOException {
        Files.createDirectories(target.getParent());
        Files.writeString(target, "precious");
        assertThatThrownBy(this::writeNew).isInstanceOf(UncheckedIOException.class).hasMessageContaining("NotDirectoryException");
        assertThat(target).hasContent("precious");
    }

    @Test
    void aLinkStaysALinkAndNothingBehindLinksInsideIsTouched() throws IOException {
        var real = Files.createDirectory(parent.resolve("real"));
        var elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("kept"), "kept");
        Files.createSymbolicLink(real.resolve("inside"), elsewhere);
        Files.createDirectories(target.getParent());
        Files.createSymbolicLink(target, real);
        writeNew();
        assertThat(target).isSymbolicLink();
        assertThat(FolderContents.of(real)).isEqualTo(NEW);
        assertThat(elsewhere.resolve("kept")).hasContent("kept");
    }

    @Test
    void filesAreReplacedWhole() {
        var file = parent.resolve("deep/note.txt");
        AtomicFile.write(file, "first");
        AtomicFile.write(file, new byte[] {'2'});
        assertThat(file).hasContent("2");
        assertThat(file.getParent().toFile().list()).containsExactly("note.txt");
    }

    private static void quickly(Runnable work) {
        FailingDisk.never().run(work);
    }

    private int callsOfAReplacement() {
        quickly(this::writeOld);
        var rehearsal = FailingDisk.never();
        rehearsal.run(this::writeNew);
        return rehearsal.calls();
    }

    private void writeOld() {
        write(OLD);
    }

    private void writeNew() {
        write(NEW);
    }

    private void write(Map<String, String> contents) {
        AtomicFolder.write(target, folder -> {
            Disk.current().createFolder(folder.resolve("sub"));
            contents.keySet().stream().filter(name -> !name.equals("sub/plain")).forEach(
                    name -> AtomicFile.write(folder.resolve(name), contents.get(name)));
            // A writer that leaves the fsync to the folder.
            try (var channel = Disk.current().create(folder.resolve("sub/plain"))) {
                Disk.current().write(channel, ByteBuffer.wrap(contents.get("a").getBytes(StandardCharsets.UTF_8)));
            }
        });
    }

    /** Whether it is the old one. */
    private boolean assertOldOrNew(String when) {
        var contents = FolderContents.of(target);
        assertThat(contents).as(when).isIn(OLD, NEW);
        return contents.equals(OLD);
    }

    private void assertNothingElse() {
        assertThat(target.getParent().toFile().list()).containsExactly("adapter");
    }
}
