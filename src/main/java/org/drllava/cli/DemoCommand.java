package org.drllava.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.drllava.common.InputException;
import org.drllava.demo.Demo;
import org.drllava.demo.DemoSettings;
import org.drllava.evaluate.Metrics;
import org.drllava.evaluate.MetricsTable;
import org.drllava.tensor.Workers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Paints a data set, trains a small model by SFT and PPO, evaluates both on patients it never saw, and writes report.html.",
        footer = {"", "About ten minutes on two cores; --controls takes about as long again. No network is used."})
final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--dir", paramLabel = "DIR", defaultValue = "demo", description = "Where everything goes (default: ${DEFAULT-VALUE}).")
    private Path folder;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Patients, pictures, weights and samples follow from it (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--controls", description = "Also train SFT for PPO's time, and SFT on every picture that PPO sees.")
    private boolean controls;

    @Option(names = "--workers", paramLabel = "N", description = "Units of work side by side, each with a core (default: the cores, at most 4). Results do not depend on it.")
    private Integer workers;

    @Override
    public Integer call() {
        int count = workers == null ? Math.min(4, Workers.cores()) : workers;
        if (count < 1 || count > 64) {
            throw new InputException("--workers must lie between 1 and 64, got " + count);
        }
        PrintWriter out = spec.commandLine().getOut();
        try (Workers threads = new Workers(count)) {
            SequencedMap<String, Metrics> metrics = new Demo(folder, DemoSettings.of(seed), controls, threads).run();
            out.println(MetricsTable.headline(metrics));
            out.println("Painted pictures, a toy-sized model. Test patients and test wordings were never trained on.");
            out.println("Report: " + folder.resolve("report.html"));
            out.flush();
        }
        return Main.DONE;
    }
}
