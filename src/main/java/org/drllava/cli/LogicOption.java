package org.drllava.cli;

import java.nio.file.Path;
import org.drllava.clinical.logic.ClinicalLogic;
import picocli.CommandLine.Option;

/** The clinical logic that a command works by. */
final class LogicOption {
    @Option(names = "--logic", paramLabel = "FILE", description = "The clinical logic, YAML (default: the program's own, for bone marrow aspirates).")
    private Path file;

    ClinicalLogic logic() {
        return file == null ? ClinicalLogic.shipped("bone-marrow") : ClinicalLogic.load(file);
    }
}
