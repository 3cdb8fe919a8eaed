package org.drllava.report;

import java.awt.Color;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Parsed;
import org.drllava.evaluate.AnsweredConversation;
import org.drllava.evaluate.AnsweredTurn;
import org.drllava.evaluate.Questionnaire;
import org.drllava.evaluate.Scorer;

/** A report with made-up numbers, for tests and for looking at: {@code main} writes it to the file it is given. */
final class Pretend {
    private static final List<String> QUESTIONS = List.of("lesion", "quality", "abnormality", "cells", "diagnosis");
    private static final Map<String, List<String>> PATHS = paths();
    private static final Questionnaire QUESTIONNAIRE = new Questionnaire("rules", QUESTIONS, "diagnosis", PATHS.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, path -> IntStream.range(0, QUESTIONS.size()).boxed()
                    .collect(Collectors.toMap(QUESTIONS::get, path.getValue()::get)))));
    private static final List<String> SCENARIOS = List.of("natural", "reversed", "disagree");

    private Pretend() {}

    public static void main(String[] args) throws IOException {
        HtmlReport.write(Path.of(args[0]), report());
        HtmlReport.write(Path.of(args[0]).resolveSibling("evaluation.html"), evaluation());
    }

    static ReportData report() {
        var sft = conversations(0.72);
        var arms = List.of(arm("SFT", sft, sft), arm("SFT longer", conversations(0.74), sft),
                arm("PPO", conversations(0.85), sft), arm("SFT all", conversations(0.88), sft));
        return new ReportData("Dr-LLaVA on the JVM: a small model learns clinical consistency",
                List.of("A small vision-language model was trained on 20 pictures with written conversations, then by reinforcement on 1,280 "
                        + "pictures that only have a label. On 400 held-out patients, with phrasings it never saw, it then answers more "
                        + "conversations right from the first question to the diagnosis.",
                        "What this does not show: with written conversations for all 1,280 pictures, plain supervision does better still "
                        + "(SFT all). Reinforcement is worth its time where labels are cheaper than conversations."),
                List.of(new ReportData.Fact("Model", "1.3 M parameters, LoRA r 16"), new ReportData.Fact("Pictures", "1,280 for PPO, 20 written"),
                        new ReportData.Fact("Held out", "400 patients"), new ReportData.Fact("Seed", "0"),
                        new ReportData.Fact("Machine", "2 cores, float32"), new ReportData.Fact("Time", "9 min 41 s")),
                arms, curves(),
                List.of(new ReportData.DiagnosisMatrix("SFT", arms.get(0).metrics().diagnoses()),
                        new ReportData.DiagnosisMatrix("PPO", arms.get(2).metrics().diagnoses())),
                List.of(sample(1), sample(2)),
                List.of(new ReportData.Phase("paint", 21), new ReportData.Phase("CLIP", 122.4), new ReportData.Phase("SFT", 56),
                        new ReportData.Phase("PPO", 302.1), new ReportData.Phase("evaluate", 9.3)),
                "seed: 0\nppo:\n  iterations: 150\n  learning_rate: 1.5e-3\n  kl_coefficient: 0.01\n  clip: 0.2\n",
                Optional.of(ClinicalLogic.shipped("painted-marrow")));
    }

    private static Map<String, List<String>> paths() {
        var paths = new LinkedHashMap<String, List<String>>();
        paths.put("AML", List.of("near", "adequate", "abnormal", "myeloblasts", "AML"));
        paths.put("BLOOD", List.of("far", "blood", "inadequate", "inadequate", "inadequate"));
        paths.put("CLOT", List.of("far", "clot", "inadequate", "inadequate", "inadequate"));
        paths.put("MM", List.of("near", "adequate", "abnormal", "plasma cells", "MM"));
        paths.put("NORMAL", List.of("near", "adequate", "normal", "no abnormality", "normal"));
        return paths;
    }

    private static Arm arm(String name, List<AnsweredConversation> own, List<AnsweredConversation> base) {
        return new Arm(name, Scorer.score(own, QUESTIONNAIRE, 0),
                own == base ? Map.of() : Scorer.gains(base, own, QUESTIONNAIRE, 0));
    }

    /** The same patients at each skill; a wrong conversation follows another path from some question on. */
    private static List<AnsweredConversation> conversations(double skill) {
        var random = new SplittableRandom(11);
        var labels = List.copyOf(PATHS.keySet());
        var conversations = new ArrayList<AnsweredConversation>();
        for (int i = 0; i < 400; i++) {
            var truth = labels.get(random.nextInt(5));
            var other = labels.get(random.nextInt(5));
            var scenario = SCENARIOS.get(i % 3);
            int turning = random.nextDouble() < (scenario.equals("disagree") ? skill - 0.2 : skill) ? 5 : random.nextInt(5);
            boolean unread = random.nextDouble() < 0.04;
            var turns = new ArrayList<AnsweredTurn>();
            for (int q = 0; q < 5; q++) {
                String given = PATHS.get(q < turning ? truth : other).get(q);
                Parsed parsed = !unread || q < turning ? new Parsed.Symbol(given, List.of())
                        : q % 2 == 0 ? new Parsed.NoMatch(List.of()) : new Parsed.Conflict(Set.of(given), List.of());
                var hint = scenario.equals("disagree") ? Optional.of(PATHS.get(other).get(q)) : Optional.<String>empty();
                turns.add(new AnsweredTurn(QUESTIONS.get(q), "?", hint, "!", PATHS.get(truth).get(q), parsed));
            }
            double sure = 0.3 + 0.7 * random.nextDouble();
            var likeliest = PATHS.get(random.nextDouble() < sure * skill + 0.1 ? truth : other).get(4);
            var diagnoses = new LinkedHashMap<String, Double>();
            List.of("AML", "MM", "normal", "inadequate").forEach(symbol -> diagnoses.put(symbol, symbol.equals(likeliest) ? sure : (1 - sure) / 3));
            conversations.add(new AnsweredConversation("c" + i, "c" + i + ".png", "p" + i, truth, Optional.of(scenario), turns, diagnoses));
        }
        return conversations;
    }

    /** A report as the command evaluate writes it. */
    static ReportData evaluation() {
        var arm = arm("model", conversations(0.8), conversations(0.8));
        var matrices = new ArrayList<ReportData.DiagnosisMatrix>();
        arm.metrics().questions().forEach(question -> matrices.add(new ReportData.DiagnosisMatrix(question.question(), question.confusion())));
        return new ReportData("Evaluation", List.of(), List.of(new ReportData.Fact("Conversations", "400")), List.of(arm), List.of(), matrices,
                List.of(), List.of(), "", Optional.of(ClinicalLogic.shipped("painted-marrow")));
    }

    private static List<Curve> curves() {
        var random = new SplittableRandom(4);
        return List.of(
                new Curve("SFT loss", "step", "loss (nats a token)", List.of(
                        series("training", 400, i -> 0.35 + 3 * Math.exp(-i / 60.0) + 0.08 * random.nextGaussian()),
                        series("validation", 16, 25, i -> 0.45 + 3 * Math.exp(-i / 2.6) + 0.0006 * i * i))),
                new Curve("PPO reward", "iteration", "reward a conversation", List.of(
                        series("reward", 150, i -> 4.5 + 2.8 * (1 - Math.exp(-i / 50.0)) + 0.4 * random.nextGaussian()))),
                new Curve("KL to the SFT model", "iteration", "KL (nats a conversation)", List.of(
                        series("KL", 150, i -> 2.2 * (1 - Math.exp(-i / 40.0)) + 0.15 * random.nextGaussian()))),
                new Curve("Validation", "iteration", "conversation accuracy (%)", List.of(
                        series("greedy", 8, 20, i -> 65 + 2.1 * i + random.nextGaussian()))));
    }

    private static Series series(String name, int points, IntToDoubleFunction y) {
        return series(name, points, 1, y);
    }

    private static Series series(String name, int points, int stride, IntToDoubleFunction y) {
        return new Series(name, IntStream.range(0, points).mapToDouble(i -> (double) i * stride).toArray(),
                IntStream.range(0, points).mapToDouble(y).toArray());
    }

    private static SampleConversation sample(int number) {
        var questions = List.of("Was the picture taken close to a lesion?", "Can this smear be used for a diagnosis?",
                "Does anything look out of the ordinary?", "Which cells catch the eye?", "What would you conclude?");
        var before = List.of(
                turn(questions.get(0), "yes , it was taken near the lesion .", "near", "near", 1),
                turn(questions.get(1), "the quality is adequate for a diagnosis .", "adequate", "adequate", 1),
                turn(questions.get(2), "the cells look normal here .", "normal", "abnormal", 0),
                turn(questions.get(3), "there are many cells cells cells", null, "myeloblasts", -0.5),
                turn(questions.get(4), "this suggests multiple myeloma .", "MM", "AML", 0));
        var after = List.of(
                turn(questions.get(0), "yes , close to the lesion .", "near", "near", 1),
                turn(questions.get(1), "it is adequate .", "adequate", "adequate", 1),
                turn(questions.get(2), "there are abnormal cells .", "abnormal", "abnormal", 1),
                turn(questions.get(3), "many myeloblasts stand out .", "myeloblasts", "myeloblasts", 1),
                turn(questions.get(4), "this is acute myeloid leukemia .", "AML", "AML", 1));
        return new SampleConversation(picture(number), "Patient " + (300 + number) + ", picture " + number + ", 64 × 64 pixels", "AML",
                List.of(new SampleConversation.Take("SFT", before), new SampleConversation.Take("PPO", after)));
    }

    private static SampleTurn turn(String question, String answer, String parsed, String expected, double correct) {
        var parts = new LinkedHashMap<String, Double>();
        parts.put("correct", correct);
        parts.put("consistent", correct > 0 ? 1.0 : 0.0);
        return new SampleTurn(question, answer, parsed, expected, expected.equals(parsed), parts);
    }

    static byte[] picture(int seed) {
        var random = new SplittableRandom(seed);
        var image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        var pen = image.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setColor(new Color(240, 226, 230));
        pen.fillRect(0, 0, 64, 64);
        for (int i = 0; i < 24; i++) {
            int size = 7 + random.nextInt(8);
            int left = random.nextInt(60);
            int top = random.nextInt(60);
            pen.setColor(i % 3 == 0 ? new Color(226, 150, 160) : new Color(190, 170, 215));
            pen.fillOval(left, top, size, size);
            if (i % 3 != 0) {
                pen.setColor(new Color(92, 60, 140));
                pen.fillOval(left + 1, top + 1, size * 3 / 4, size * 3 / 4);
            }
        }
        pen.dispose();
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
