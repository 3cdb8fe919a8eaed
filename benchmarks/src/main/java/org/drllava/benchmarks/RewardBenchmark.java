package org.drllava.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.drllava.clinical.logic.AnswerParser;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Diagnosis;
import org.drllava.clinical.logic.Parsed;
import org.drllava.clinical.logic.Question;
import org.drllava.clinical.logic.RewardRule.Turn;
import org.drllava.clinical.logic.Wording;
import org.drllava.clinical.reward.Answer;
import org.drllava.clinical.reward.Reward;
import org.drllava.clinical.reward.RewardParts;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How many conversations a second one core rewards, from the answers' texts to the total, and what share parsing has in it. The
 * conversations are those of a policy in training: mostly right, some wrong, some rambling, some not to be understood.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class RewardBenchmark {
    private static final int CONVERSATIONS = 4096;
    private static final List<String> ASIDES = List.of("As far as I can see,", "In this picture", "I would say that", "Well,", "To be honest,");

    /** A logic that comes with the program. */
    @Param("bone-marrow")
    private String logic;

    private Reward reward;
    private AnswerParser parser;
    private final List<List<Answer>> conversations = new ArrayList<>();
    private final List<Diagnosis> truths = new ArrayList<>();
    private final List<List<Turn>> read = new ArrayList<>();
    private int next;

    @Setup
    public void write() {
        ClinicalLogic rules = ClinicalLogic.shipped(logic);
        reward = new Reward(rules);
        parser = new AnswerParser(rules);
        Random random = new Random(7);
        for (int i = 0; i < CONVERSATIONS; i++) {
            Diagnosis truth = rules.diagnoses().get(random.nextInt(rules.diagnoses().size()));
            truths.add(truth);
            conversations.add(rules.questions().stream().map(question -> answer(question, truth, random)).toList());
            read.add(conversations.getLast().stream().map(answer -> new Turn(answer.questionId(), answer.text(), answer.finished(),
                    parser.parse(answer.questionId(), answer.text()), truth.path().get(answer.questionId()))).toList());
        }
    }

    private static Answer answer(Question question, Diagnosis truth, Random random) {
        int kind = random.nextInt(20);
        String symbol = kind < 14 ? truth.path().get(question.id()) : one(question.names(), random);
        String said = one(question.symbol(symbol).answers().of(random.nextBoolean() ? Wording.TRAIN : Wording.TEST), random);
        return switch (kind) {
            case 17 -> new Answer(question.id(), one(ASIDES, random) + " " + said + " Number " + random.nextInt(1000) + " shows it, and that is that.");
            case 18 -> new Answer(question.id(), said + " " + said, false);
            case 19 -> new Answer(question.id(), one(ASIDES, random) + " the " + random.nextInt(1000) + " colours of the sky", false);
            default -> new Answer(question.id(), said);
        };
    }

    private static String one(List<String> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    /** Text to total. */
    @Benchmark
    public RewardParts conversation() {
        next = (next + 1) % CONVERSATIONS;
        return reward.score(conversations.get(next), truths.get(next));
    }

    /** Text to symbols: the share of the above that is parsing. */
    @Benchmark
    public Parsed parsing() {
        next = (next + 1) % CONVERSATIONS;
        Parsed last = null;
        for (Answer answer : conversations.get(next)) {
            last = parser.parse(answer.questionId(), answer.text());
        }
        return last;
    }

    /** Symbols to total: what is left when the texts are read. */
    @Benchmark
    public RewardParts judging() {
        next = (next + 1) % CONVERSATIONS;
        return reward.judge(read.get(next), truths.get(next));
    }
}
