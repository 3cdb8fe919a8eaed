package org.drllava.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.drllava.common.AtomicFolder;
import org.drllava.common.InputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run's checkpoints: folders {@code step-000123}, each a {@link RunState}. Looking is safe from every rank; writing,
 * recovering and deleting are for one process at a time.
 */
public final class Checkpoints {
    private static final Logger log = LoggerFactory.getLogger(Checkpoints.class);
    private static final Pattern NAME = Pattern.compile("step-(\\d{6,18})");
    private static final Pattern ASIDE = Pattern.compile("\\.(step-\\d{6,18})\\.(?:old|tmp-[0-9a-f]{16})");

    private Checkpoints() {}

    /** Writes the state of {@code step}, replacing an earlier one of the same step, and returns its folder. */
    public static Path write(Path folder, long step, RunState state) {
        if (step < 0) {
            throw new IllegalArgumentException("step " + step + " is negative");
        }
        var target = of(folder, step);
        state.write(target);
        return target;
    }

    /** Where the state of {@code step} is, or would be. */
    public static Path of(Path folder, long step) {
        return folder.resolve("step-%06d".formatted(step));
    }

    /**
     * The newest checkpoint whose files are there and whole; a damaged one is passed over with a warning. Empty if
     * there is none, or no folder.
     */
    public static Optional<Path> latest(Path folder) {
        return newestFirst(folder).stream().filter(Checkpoints::isWhole).findFirst();
    }

    /** The step in the name of a checkpoint's folder. */
    public static long step(Path checkpoint) {
        var name = NAME.matcher(checkpoint.getFileName().toString());
        if (!name.matches()) {
            throw new IllegalArgumentException(checkpoint + " is no checkpoint folder");
        }
        return Long.parseLong(name.group(1));
    }

    /** Deletes what is older than the newest {@code n} whole checkpoints. */
    public static void keepLast(Path folder, int n) {
        if (n < 1) {
            throw new IllegalArgumentException("at least one checkpoint must stay, not " + n);
        }
        var all = newestFirst(folder);
        all.stream().filter(Checkpoints::isWhole).skip(n - 1).findFirst().ifPresent(oldestKept ->
                all.subList(all.indexOf(oldestKept) + 1, all.size()).forEach(AtomicFolder::delete));
    }

    /** Sees to what a process left that died while saving here: call it once before resuming. */
    public static void recover(Path folder) {
        for (var path : list(folder)) {
            var name = ASIDE.matcher(path.getFileName().toString());
            if (name.matches()) {
                AtomicFolder.recover(folder.resolve(name.group(1)));
            }
        }
    }

    private static List<Path> newestFirst(Path folder) {
        return list(folder).stream()
                .filter(path -> NAME.matcher(path.getFileName().toString()).matches() && Files.isDirectory(path))
                .sorted(Comparator.comparingLong(Checkpoints::step).reversed())
                .toList();
    }

    private static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var paths = Files.list(folder)) {
            return paths.toList();
        } catch (IOException e) {
            throw new UncheckedIOException("%s: cannot be listed: %s".formatted(folder, e), e);
        }
    }

    /** A checkpoint of another format version is whole: skipping it would silently lose work. */
    private static boolean isWhole(Path checkpoint) {
        try (var arena = Arena.ofConfined()) {
            JsonFiles.read(checkpoint.resolve(RunState.STATE));
            SafetensorsFile.open(checkpoint.resolve(RunState.TENSORS), arena);
            return true;
        } catch (InputException e) {
            log.warn("passing over a damaged checkpoint: {}", e.getMessage());
            return false;
        }
    }
}
