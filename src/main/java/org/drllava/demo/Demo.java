package org.drllava.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.drllava.common.StepLog;
import org.drllava.dataset.ImageFeatures;
import org.drllava.evaluate.AnsweredConversation;
import org.drllava.evaluate.Metrics;
import org.drllava.evaluate.Questionnaire;
import org.drllava.evaluate.Scorer;
import org.drllava.model.AdapterFolder;
import org.drllava.model.LlavaModel;
import org.drllava.model.Network;
import org.drllava.model.Trainable;
import org.drllava.ppo.Actors;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Workers;

/**
 * The whole pipeline on painted pictures: paint, train a tower, fine-tune on a few written conversations, improve by PPO on
 * labels alone, compare on patients and wordings that nothing saw before. Test pictures are looked at once, at the end.
 */
public final class Demo {
    private final Path folder;
    private final DemoSettings settings;
    private final boolean controls;
    private final Workers workers;
    private final SequencedMap<String, Double> seconds = new LinkedHashMap<>();

    /** @param controls also train what PPO is to be compared with: SFT for longer, and SFT on every picture */
    public Demo(Path folder, DemoSettings settings, boolean controls, Workers workers) {
        this.folder = folder;
        this.settings = settings;
        this.controls = controls;
        this.workers = workers;
    }

    /** What came out: the arms' answers on the test part, the base arm first, and how long each stage took. */
    record Outcome(DemoSettings settings, DemoData data, Questionnaire questionnaire, SequencedMap<String, List<AnsweredConversation>> arms,
            List<double[]> validation, SequencedMap<String, Double> seconds) {
        SequencedMap<String, Metrics> metrics() {
            SequencedMap<String, Metrics> metrics = new LinkedHashMap<>();
            arms.forEach((name, answers) -> metrics.put(name, Scorer.score(answers, questionnaire, settings.seed())));
            return metrics;
        }
    }

    /** Runs it all and leaves report.html, metrics.json, model/, adapter/ and data/ in the folder. @return metrics by arm */
    public SequencedMap<String, Metrics> run() {
        Path modelFolder = folders();
        try (TensorScope scope = TensorScope.open()) {
            DemoData data = timed("paint", () -> DemoData.paint(settings, folder.resolve("data"), workers));
            DemoModel model = DemoModel.create(settings, data.logic(), modelFolder);
            DemoRun run = new DemoRun(settings, data, model, workers);
            LlavaModel start = model.assemble(timed("tower", () -> run.trainTower(_ -> {})), settings.seed());
            ImageFeatures images = timed("features", () -> run.features(start));
            Trainable.Full trained = Trainable.Full.of(start);
            timed("sft", () -> logged("sft", log -> run.sft("SFT", settings.sft(), trained, images, data.written(), step -> log.append(step.step(), step))));
            model.save(modelFolder, trained.frozen());
            Network sft = trained.frozen();

            List<double[]> validation = new ArrayList<>();
            Questionnaire questionnaire = Questionnaire.of(data.logic());
            Actors actors = timed("ppo", () -> logged("ppo", log -> run.ppo(settings.ppo(), sft.model(), images,
                    iteration -> log.append(iteration.number(), iteration.metrics()),
                    (number, answers) -> validation.add(new double[] {number, Scorer.score(answers, questionnaire, 0).conversationAccuracy().value()}))));
            AdapterFolder.write(folder.resolve("adapter"), actors.policy().settings(), actors.policy().arena());

            SequencedMap<String, List<AnsweredConversation>> arms = new LinkedHashMap<>();
            timed("test", () -> {
                arms.put("sft", run.answerTest(sft, images));
                arms.put("ppo", run.answerTest(actors.policy().frozen(), images));
                return null;
            });
            Outcome outcome = new Outcome(settings, data, questionnaire, arms, validation, seconds);
            new DemoReport(folder, outcome).write();
            if (controls) {
                timed("controls", () -> {
                    arms.put("sft_longer", run.answerTest(run.sftLonger(sft.model(), images, seconds.get("ppo")), images));
                    arms.put("sft_all", run.answerTest(run.sftAll(sft.model(), images), images));
                    return null;
                });
                new DemoReport(folder, outcome).write();
            }
            return outcome.metrics();
        }
    }

    private Path folders() {
        try {
            Files.createDirectories(folder.resolve("data/images"));
            return Files.createDirectories(folder.resolve("model"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Stage<T> {
        T run();
    }

    private <T> T timed(String name, Stage<T> stage) {
        long started = System.nanoTime();
        T result = stage.run();
        seconds.put(name, (System.nanoTime() - started) / 1e9);
        return result;
    }

    /** A step log that turns disk trouble into an unchecked exception. */
    private record Log(StepLog file) {
        void append(long step, Object values) {
            try {
                file.append(step, values);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private interface LoggedStage<T> {
        T run(Log log);
    }

    private <T> T logged(String name, LoggedStage<T> stage) {
        try (StepLog file = StepLog.create(folder.resolve(name).resolve("log.jsonl"))) {
            return stage.run(new Log(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
