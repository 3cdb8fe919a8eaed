package org.drllava.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.drllava.bench.PpoBench;
import org.drllava.bench.Workload;
import org.drllava.common.InputException;
import org.drllava.model.ModelFolder;
import org.drllava.session.ModelSession;
import org.drllava.tensor.DType;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Team;
import org.drllava.tensor.Workers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

@Command(name = "bench", mixinStandardHelpOptions = true, description = "Measures this program.", subcommands = BenchCommand.Ppo.class,
        synopsisSubcommandLabel = "COMMAND")
final class BenchCommand {
    @Command(
            name = "ppo",
            mixinStandardHelpOptions = true,
            description = "Times PPO iterations on random tokens with forced lengths, and prints a JSON line.",
            footer = {
                "",
                "The workload is a JSON object: seed, conversations, turns, prefix_tokens, question_tokens, answer_tokens, lora_r,"
                        + " lora_alpha, lr, kl_coef, minibatch, ppo_epochs, warmup, iterations. Times are means over iterations;"
                        + " rollout_s holds the vision tower's pass. ceiling_gflops is what this process reaches in products alone, ceiling_share the"
                        + " part of it that the iteration's products came to."
            })
    static final class Ppo implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Option(names = "--model", required = true, paramLabel = "DIR", description = "The model, a Hugging Face folder; no tokenizer is needed.")
        private Path folder;

        @Option(names = "--workload", required = true, paramLabel = "FILE", description = "What to run.")
        private Path file;

        @Option(names = "--workers", defaultValue = "0", paramLabel = "N",
                description = "Units worked on side by side, a core each; 1 gives all cores to one after the other; 0 chooses by the model's"
                        + " width (default: ${DEFAULT-VALUE}).")
        private int workers;

        @Mixin
        private ComputeOptions compute;

        @Override
        public Integer call() {
            if (workers < 0) {
                throw new InputException("--workers: expected 0 or more, found " + workers + ".");
            }
            Workload workload = Workload.read(file);
            SequencedMap<String, Object> line = new LinkedHashMap<>();
            line.put("peer", "drllava");
            DType dtype = compute.trainingDtype(folder, spec.commandLine().getErr()::println);
            line.put("dtype", dtype.safetensorsName().toLowerCase(Locale.ROOT));
            line.put("device", compute.device().toString());
            try (TensorScope scope = TensorScope.open();
                    ModelFolder opened = ModelFolder.open(folder, compute.device(), dtype, spec.commandLine().getErr()::println);
                    Workers threads = new Workers(workers > 0 ? workers : ModelSession.chosenWorkers(opened.model()))) {
                new PpoBench(opened.model(), workload, Team.alone(threads)).run().forEach((key, value) -> line.put(key, rounded(value)));
            }
            spec.commandLine().getOut().println(new JsonMapper().writeValueAsString(line));
            return Main.DONE;
        }

        private static Object rounded(Object value) {
            return value instanceof Double number ? Math.round(number * 1000) / 1000.0 : value;
        }
    }
}
