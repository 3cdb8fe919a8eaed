package org.drllava.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.drllava.clinical.data.Split;
import org.drllava.clinical.reward.Answer;
import org.drllava.clinical.reward.Balance;
import org.drllava.clinical.reward.Part;
import org.drllava.clinical.reward.Reward;
import org.drllava.clinical.reward.TurnReward;
import org.drllava.common.AtomicFile;
import org.drllava.common.StepLog;
import org.drllava.evaluate.AnsweredConversation;
import org.drllava.evaluate.AnsweredTurn;
import org.drllava.evaluate.Metrics;
import org.drllava.evaluate.Scorer;
import org.drllava.image.PngFiles;
import org.drllava.report.Arm;
import org.drllava.report.Curve;
import org.drllava.report.HtmlReport;
import org.drllava.report.ReportData;
import org.drllava.report.SampleConversation;
import org.drllava.report.SampleTurn;
import org.drllava.report.Series;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the demo leaves for people and scripts: report.html and metrics.json. */
record DemoReport(Path folder, Demo.Outcome outcome) {
    private static final Map<String, String> TITLES = Map.of("sft", "SFT", "ppo", "PPO", "sft_longer", "SFT longer", "sft_all", "SFT all");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    void write() {
        SequencedMap<String, Metrics> metrics = outcome.metrics();
        AtomicFile.write(folder.resolve("metrics.json"), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json(metrics)));
        HtmlReport.write(folder.resolve("report.html"), report(metrics));
    }

    private Map<String, Object> json(SequencedMap<String, Metrics> metrics) {
        Map<String, Object> json = new LinkedHashMap<>();
        metrics.forEach((arm, values) -> json.put(arm, values.toJson()));
        json.put("seconds", outcome.seconds());
        json.put("seed", outcome.settings().seed());
        json.put("validation", outcome.validation());
        json.put("settings", outcome.settings());
        return json;
    }

    private ReportData report(SequencedMap<String, Metrics> metrics) {
        return new ReportData("Dr-LLaVA on the JVM: a small model learns to reason like the logic it was given", lead(metrics), facts(), arms(metrics),
                curves(), List.of(new ReportData.DiagnosisMatrix("SFT", metrics.get("sft").diagnoses()),
                        new ReportData.DiagnosisMatrix("PPO", metrics.get("ppo").diagnoses())),
                samples(), phases(), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(outcome.settings()),
                Optional.of(outcome.data().logic()));
    }

    private List<String> lead(SequencedMap<String, Metrics> metrics) {
        DemoSettings s = outcome.settings();
        double gain = 100 * (metrics.get("ppo").conversationAccuracy().value() - metrics.get("sft").conversationAccuracy().value());
        List<String> lead = new ArrayList<>();
        lead.add(String.format(Locale.ROOT, "A toy-sized vision-language model was fine-tuned on %d written conversations about pictures of %d patients, then improved by"
                + " PPO with a symbolic reward on %,d pictures that only have a label. On %d patients it never saw, asked in words it never saw, %.1f %% of conversations"
                + " are right from the first question to the diagnosis after PPO, %+.1f points against SFT.", outcome.data().written(), s.writtenPatients(),
                outcome.data().train().size(), s.testPatients(), 100 * metrics.get("ppo").conversationAccuracy().value(), gain));
        lead.add("The pictures are painted by a program, not taken through a microscope, and the vision tower learned from painted atlas pictures whose captions"
                + " name the cells and bin their shares: a strong hint. Nothing here says how a model would do on real smears.");
        lead.add(metrics.containsKey("sft_all")
                ? "SFT all is what full supervision gives: written conversations about every picture that PPO sees. It may well win. PPO's worth here is that a label is"
                        + " cheaper than a written conversation."
                : "Written conversations about every picture would probably do better still (run with --controls to see): PPO's worth here is that a label is cheaper than"
                        + " a written conversation.");
        return lead;
    }

    private List<ReportData.Fact> facts() {
        DemoSettings s = outcome.settings();
        return List.of(new ReportData.Fact("Written conversations", String.valueOf(outcome.data().written())),
                new ReportData.Fact("Labelled pictures", String.format(Locale.ROOT, "%,d of %d patients", outcome.data().train().size(), s.trainPatients())),
                new ReportData.Fact("Held out", s.testPatients() + " patients, one picture each, other wordings, greedy decoding"),
                new ReportData.Fact("Seed", String.valueOf(s.seed())),
                new ReportData.Fact("Machine", Runtime.getRuntime().availableProcessors() + " cores, float32"),
                new ReportData.Fact("Time", String.format(Locale.ROOT, "%.0f s", outcome.seconds().values().stream().mapToDouble(d -> d).sum())));
    }

    private List<Arm> arms(SequencedMap<String, Metrics> metrics) {
        List<AnsweredConversation> base = outcome.arms().get("sft");
        return metrics.entrySet().stream().map(arm -> arm.getKey().equals("sft") ? new Arm(TITLES.get("sft"), arm.getValue())
                : new Arm(TITLES.get(arm.getKey()), arm.getValue(), Scorer.gains(base, outcome.arms().get(arm.getKey()), outcome.questionnaire(), outcome.settings().seed())))
                .toList();
    }

    private List<Curve> curves() {
        List<ObjectNode> ppo = log("ppo");
        List<ObjectNode> sft = log("sft");
        Series validation = new Series("greedy, validation", outcome.validation().stream().mapToDouble(p -> p[0]).toArray(),
                outcome.validation().stream().mapToDouble(p -> p[1]).toArray());
        return List.of(new Curve("PPO: clinical reward of a conversation", "iteration", "reward", List.of(Series.of(ppo, "objective/rewards", "reward"))),
                new Curve("PPO: conversations all right", "iteration", "share", List.of(Series.of(ppo, "conversations/right", "sampled, training"), validation)),
                new Curve("PPO: KL against the SFT model", "iteration", "nats a conversation", List.of(Series.of(ppo, "objective/kl_sum_seq", "KL"))),
                new Curve("SFT: loss of an answer token", "step", "nats", List.of(Series.of(sft, "loss", "training"), Series.of(sft, "held_out_loss", "held out"))));
    }

    private List<ObjectNode> log(String stage) {
        try {
            return StepLog.read(folder.resolve(stage).resolve("log.jsonl"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<ReportData.Phase> phases() {
        return outcome.seconds().entrySet().stream().map(e -> new ReportData.Phase(e.getKey(), e.getValue())).toList();
    }

    /** The first test picture of each diagnosis, and the first three that PPO changed for better or worse. */
    private List<SampleConversation> samples() {
        List<AnsweredConversation> before = outcome.arms().get("sft");
        List<AnsweredConversation> after = outcome.arms().get("ppo");
        List<Integer> chosen = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < before.size(); i++) {
            if (!labels.contains(before.get(i).label())) {
                labels.add(before.get(i).label());
                chosen.add(i);
            }
        }
        int changed = 0;
        for (int i = 0; i < before.size() && changed < 3; i++) {
            if (!chosen.contains(i) && right(before.get(i)) != right(after.get(i))) {
                chosen.add(i);
                changed++;
            }
        }
        Reward reward = new Reward(outcome.data().logic(), outcome.settings().reward(outcome.data().logic().reward()),
                Balance.of(outcome.data().logic(), Split.labelCounts(outcome.data().labels())));
        return chosen.stream().map(i -> new SampleConversation(PngFiles.encode(outcome.data().pictures().get(outcome.data().testStart() + i)),
                before.get(i).id(), before.get(i).label(), List.of(take("SFT", before.get(i), reward), take("PPO", after.get(i), reward)))).toList();
    }

    private static boolean right(AnsweredConversation conversation) {
        return conversation.turns().stream().allMatch(turn -> turn.expectedSymbol().equals(turn.parsedSymbol()));
    }

    private static SampleConversation.Take take(String arm, AnsweredConversation conversation, Reward reward) {
        List<TurnReward> rewards = reward.score(conversation.turns().stream().map(t -> new Answer(t.questionId(), t.answer())).toList(), conversation.label()).turns();
        List<SampleTurn> turns = new ArrayList<>();
        for (int i = 0; i < rewards.size(); i++) {
            AnsweredTurn turn = conversation.turns().get(i);
            SequencedMap<String, Double> parts = new LinkedHashMap<>();
            parts.put("correct", rewards.get(i).of(Part.CORRECTNESS));
            parts.put("consistent", rewards.get(i).of(Part.CONSISTENCY));
            parts.put("no match", rewards.get(i).of(Part.NO_MATCH) + rewards.get(i).of(Part.CONFLICT));
            parts.put("length", rewards.get(i).of(Part.LENGTH));
            turns.add(new SampleTurn(turn.question(), turn.answer(), turn.parsedSymbol(), turn.expectedSymbol(),
                    turn.expectedSymbol().equals(turn.parsedSymbol()), parts));
        }
        return new SampleConversation.Take(arm, turns);
    }
}
