package org.drllava.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.drllava.evaluate.Conversations.QUESTIONNAIRE;
import static org.drllava.evaluate.Conversations.conversation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
    private static AnsweredRun run(String name, AnsweredConversation... conversations) {
        return new AnsweredRun(name, QUESTIONNAIRE, List.of(conversations));
    }

    private static final AnsweredRun A = run("a.json", conversation("x", "ann", "AML", "adequate", "none", "normal"),
            conversation("y", "bob", "NORMAL", "adequate", "none", "normal"), conversation("z", "cy", "AML", "adequate", "none", "AML"));
    private static final AnsweredRun B = run("b.json", conversation("z", "cy", "AML", "adequate", "myeloblasts", "AML"),
            conversation("x", "ann", "AML", "adequate", "myeloblasts", "AML"), conversation("y", "bob", "NORMAL", "adequate", "none", null));

    @Test
    void pairsConversationsByTheirIds() {
        var comparison = Comparison.of(A, B, 1);

        assertThat(comparison.mcNemar()).isEqualTo(new McNemar(0, 1, 2, 0));
        assertThat(comparison.mcNemar().p()).isEqualTo(1);
        var questions = comparison.differences().get(Metric.QUESTION_ACCURACY);
        assertThat(questions.before()).isEqualTo(6.0 / 9);
        assertThat(questions.after()).isEqualTo(8.0 / 9);
        assertThat(questions.gain().value()).isCloseTo(2.0 / 9, within(1e-12));
        // Patients gain 2, -1 and 1 answers: as far as 2 - 1 + 1 in 6 of the 8 worlds, all but +-(2 - 1 - 1).
        assertThat(questions.p()).isEqualTo(0.75);
        assertThat(comparison.differences()).doesNotContainKeys(Metric.QUESTION_MAJORITY, Metric.MISLED_FOLLOWED);
        assertThat(comparison.toJson().toString()).doesNotContain("NaN");
    }

    @Test
    void limitsAreThoseOfTheDemo() {
        var before = Conversations.random(new SplittableRandom(8), 30);
        var after = before.stream().map(c -> conversation(c.id(), c.patient(), c.label(), "adequate", "none", "normal")).toList();
        var shape = before.stream().map(c -> conversation(c.id(), c.patient(), c.label(), "adequate", "myeloblasts", null)).toList();
        assertThat(Comparison.of(new AnsweredRun("a", QUESTIONNAIRE, shape), new AnsweredRun("b", QUESTIONNAIRE, after), 3)
                .differences().get(Metric.QUESTION_ACCURACY).gain())
                .isEqualTo(Scorer.gains(shape, after, QUESTIONNAIRE, 3).get(Metric.QUESTION_ACCURACY));
    }

    @Test
    void aRunIsNoBetterThanItself() {
        var comparison = Comparison.of(A, A, 1);
        assertThat(comparison.differences().values()).allSatisfy(difference -> {
            assertThat(difference.gain()).isEqualTo(new Estimate(0, 0, 0));
            assertThat(difference.p()).isEqualTo(1);
        });
    }

    @Test
    void whatDiffersIsNamed() {
        refuses(run("b.json", A.conversations().get(0), A.conversations().get(1)), "only the first has a conversation 'z'");
        refuses(run("b.json", A.conversations().get(0), A.conversations().get(1), A.conversations().get(2),
                conversation("w", "di", "AML", "adequate")), "only the second has a conversation 'w'");
        refuses(run("b.json", A.conversations().get(0), conversation("y", "bob", "NORMAL", "adequate", "none"), A.conversations().get(2)),
                "'y'", "questions", "[quality, cells]");
        refuses(run("b.json", Conversations.in("natural", A.conversations().get(0)), A.conversations().get(1), A.conversations().get(2)),
                "'x'", "scenario", "natural");
        var moved = A.conversations().get(0);
        refuses(run("b.json", new AnsweredConversation("x", "other.png", "ann", "AML", moved.scenario(), moved.turns(), Map.of()),
                A.conversations().get(1), A.conversations().get(2)), "image x.png in the first and other.png in the second");
        refuses(new AnsweredRun("b.json", new Questionnaire("other rules", QUESTIONNAIRE.questions(), "diagnosis", QUESTIONNAIRE.paths()),
                A.conversations()), "different logics");
    }

    private static void refuses(AnsweredRun other, String... words) {
        assertThatThrownBy(() -> Comparison.of(A, other, 1)).isInstanceOf(InputException.class)
                .hasMessageContaining("a.json and b.json cannot be compared").hasMessageContainingAll(words);
    }

    @Test
    void answersGoToAFileAndBack(@TempDir Path folder) throws Exception {
        var conversations = new ArrayList<>(Conversations.random(new SplittableRandom(1), 20));
        conversations.add(Conversations.sure(Conversations.in("hint-wrong", conversation("last", "zoe", "AML", "adequate")), Map.of("AML", 0.25, "normal", 0.75)));
        var file = folder.resolve("run.json");
        AnswersJson.write(file, new AnsweredRun("run", QUESTIONNAIRE, conversations));

        var read = AnswersJson.read(file);
        assertThat(read.questionnaire()).isEqualTo(QUESTIONNAIRE);
        assertThat(AnswersJson.text(read)).isEqualTo(Files.readString(file));
        assertThat(Scorer.score(read.conversations(), QUESTIONNAIRE, 1)).isEqualTo(Scorer.score(conversations, QUESTIONNAIRE, 1));
    }

    @Test
    void aWrongFileIsRefusedWithItsPlace(@TempDir Path folder) throws Exception {
        var file = folder.resolve("run.json");
        AnswersJson.write(file, A);
        var text = Files.readString(file);
        for (var fault : List.of(List.of("\"logic\"", "\"lodge\"", "line 1: unknown key 'lodge'"), List.of("\"expected\":\"normal\",", "", "line 3", "'expected' is missing"),
                List.of("\"id\":\"y\"", "\"id\":\"x\"", "line 3: id", "twice"), List.of("\"outcome\":\"symbol\"", "\"outcome\":\"guess\"", "line 2", "no_match or conflict"),
                List.of("\"question\":\"cells\"", "\"question\":\"mood\"", "line 2", "unknown question 'mood'"),
                List.of("\"question\":\"cells\"", "\"question\":\"quality\"", "line 2", "asked twice"),
                List.of("\"diagnosis\":\"diagnosis\"", "\"diagnosis\":\"mood\"", "line 1: logic: diagnosis"))) {
            assertThat(text).contains(fault.getFirst());
            Files.writeString(file, text.replaceFirst(java.util.regex.Pattern.quote(fault.get(0)), fault.get(1)));
            assertThatThrownBy(() -> AnswersJson.read(file)).as(fault.toString()).isInstanceOf(InputException.class)
                    .hasMessageContainingAll(fault.subList(2, fault.size()).toArray(new String[0])).hasMessageContaining("run.json");
        }
        Files.writeString(file, "");
        assertThatThrownBy(() -> AnswersJson.read(file)).hasMessageContaining("found 0 lines");
    }
}
