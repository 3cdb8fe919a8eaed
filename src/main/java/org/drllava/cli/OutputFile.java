package org.drllava.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.drllava.common.InputException;

/** A file that a command will write when its work is done. */
final class OutputFile {
    private OutputFile() {}

    /** Finds out before the work starts whether {@code --output} can be written; folders that are missing will be made. */
    static void check(Path file) {
        check("--output", file);
    }

    /** The same for the file of another option. */
    static void check(String option, Path file) {
        if (Files.isDirectory(file)) {
            throw new InputException(option + ": " + file + " is a folder, expected the name of a file.");
        }
        Path folder = file.toAbsolutePath().getParent();
        while (folder != null && Files.notExists(folder)) {
            folder = folder.getParent();
        }
        if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new InputException(option + ": " + file + " cannot be written, as " + folder + " is no folder that can be written.");
        }
    }
}
