package org.drllava.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.drllava.verify.Verdict;
import org.drllava.verify.Verification;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Recomputes a folder of reference numbers that PyTorch made, with this program's own code.",
        footer = {"", "Exit status 0 if every group lies within its bound, else 1."})
final class VerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--reference", required = true, paramLabel = "DIR", description = "The folder: model/, adapter/, reference.json, …")
    private Path reference;

    @Mixin
    private ComputeOptions compute;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<Verdict> verdicts = Verification.run(reference, compute.device(), compute.dtype(), verdict -> {
            out.printf(Locale.ROOT, "%-12s error %.3e  bound %.3e  %s%n", verdict.group(), verdict.error(), verdict.bound(),
                    verdict.ok() ? "ok" : "FAIL");
            out.flush();
        });
        return verdicts.stream().allMatch(Verdict::ok) ? Main.DONE : Main.FAILED;
    }
}
