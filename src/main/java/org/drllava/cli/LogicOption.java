package org.drllava.cli;

import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.LogicFile;
import picocli.CommandLine.Option;

/** The clinical logic that a command works by. */
final class LogicOption {
    @Option(
            names = "--logic",
            paramLabel = "FILE",
            defaultValue = "bone-marrow",
            description = "The clinical logic, YAML, or the name of one of the program's own: bone-marrow, chest-xray, ecg (default: ${DEFAULT-VALUE}).")
    private String file;

    ClinicalLogic logic() {
        return LogicFile.open(file).load();
    }
}
