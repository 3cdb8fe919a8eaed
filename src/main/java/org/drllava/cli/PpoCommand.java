package org.drllava.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.reward.Balance;
import org.drllava.clinical.reward.Reward;
import org.drllava.common.InputException;
import org.drllava.model.AdapterFolder;
import org.drllava.ppo.Actors;
import org.drllava.ppo.PpoSettings;
import org.drllava.session.Pictures;
import org.drllava.session.PpoRun;
import org.drllava.session.TrainingLoop;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "ppo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains a model by PPO on its own answers, rewarded by the rules of a clinical logic.",
        footer = {
            "",
            "Of the conversations the questions are asked and the diagnosis is the truth; their answers are not read. The adapter that it"
                    + " starts from, usually that of sft, is also the reference of the KL penalty.",
            "Leaves in the output folder adapter and value (PEFT; the value model's head beside it), checkpoints, rollouts, and log.jsonl"
                    + " with a line an iteration."
        })
final class PpoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private TaskOptions task;

    @Mixin
    private RunOptions run;

    @Mixin
    private RankOptions ranks;

    @Mixin
    private LoraOptions lora;

    @Option(names = "--iterations", required = true, paramLabel = "N", description = "Iterations of the whole run: roll out, judge, learn.")
    private long iterations;

    @Mixin
    private PpoOptions ppo;

    @Option(names = "--balance", description = "Weigh a right answer by the inverse frequency of its symbol (default: all alike, as in Dr-LLaVA).")
    private boolean balance;

    @Option(names = "--rollouts-every", defaultValue = "1", paramLabel = "N",
            description = "Iterations between those whose conversations go to rollouts/; 0 for none (default: ${DEFAULT-VALUE}).")
    private int rolloutsEvery;

    @Override
    public Integer call() {
        if (iterations < 1 || iterations > 1_000_000_000 || rolloutsEvery < 0) {
            throw new InputException("--iterations must be at least 1 and --rollouts-every not below 0, found " + iterations + " and " + rolloutsEvery + ".");
        }
        lora.settings();
        ClinicalLogic logic = task.logic();
        List<Conversation> conversations = task.conversations(logic);
        Reward reward = new Reward(logic, logic.reward(), balance ? balance(logic, conversations) : Balance.NONE);
        if (ranks.explains(spec, ppo.batches())) {
            return Main.DONE;
        }
        ranks.run(spec, task, true, run.reports(), ppo.batches(), (session, team) -> {
            PpoSettings settings = ppo.settings(session, conversations, logic.reward().credit(), iterations, task.seed());
            Actors actors = lora.adapter() == null ? Actors.fresh(lora.base(session), lora.settings(), task.seed())
                    : Actors.from(lora.base(session), AdapterFolder.read(lora.adapter(), session.model().config()));
            run.prepare(team);
            Pictures pictures = Pictures.load(session, task.images(), conversations, team);
            TrainingLoop loop = run.loop("PPO", "iteration", spec, ppo.constantRate() ? "--iterations" : "", Map.of("the pictures", pictures.hash()), team);
            new PpoRun(session, settings, pictures, conversations, reward, iterations, rolloutsEvery).run(actors, loop);
        });
        return Main.DONE;
    }

    private static Balance balance(ClinicalLogic logic, List<Conversation> conversations) {
        Map<String, Integer> counts = new TreeMap<>();
        conversations.forEach(conversation -> counts.merge(conversation.diagnosis(), 1, Integer::sum));
        return Balance.of(logic, counts);
    }
}
