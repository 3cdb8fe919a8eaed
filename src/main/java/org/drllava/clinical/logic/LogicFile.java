package org.drllava.clinical.logic;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.drllava.clinical.io.Fields;
import org.drllava.common.InputException;

/**
 * The text of a logic, on disk or in the program.
 *
 * @param name how messages call it
 */
public record LogicFile(String name, String text) {
    /** A file, or where there is none of that name, the logic that comes with the program under it. */
    public static LogicFile open(String fileOrName) {
        var file = Path.of(fileOrName);
        if (Files.notExists(file)) {
            if (ClinicalLogic.SHIPPED.contains(fileOrName)) {
                return shipped(fileOrName);
            }
            throw new InputException("there is no file " + fileOrName + ", and no logic of that name comes with the program; there are "
                    + String.join(", ", ClinicalLogic.SHIPPED) + ".");
        }
        return of(file);
    }

    /** Throws {@link InputException} for a file that cannot be read or is larger than 4 MiB. */
    public static LogicFile of(Path file) {
        return new LogicFile(file.toString(), Fields.text(file, LogicKeys.MAX_FILE_BYTES));
    }

    /** One of {@link ClinicalLogic#SHIPPED}. */
    static LogicFile shipped(String name) {
        try (var in = LogicFile.class.getResourceAsStream("/logics/" + name + ".yaml")) {
            if (in == null) {
                throw new InputException("no logic '" + name + "' comes with the program; there are " + String.join(", ", ClinicalLogic.SHIPPED) + ".");
            }
            return new LogicFile(name + ".yaml", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public CheckedLogic check() {
        return CheckedLogic.of(text);
    }

    /** The logic; throws {@link InputException} with line and column of its first error. */
    public ClinicalLogic load() {
        return check().orThrow(name);
    }
}
