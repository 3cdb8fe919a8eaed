package org.drllava.clinical.logic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.drllava.clinical.english.Words;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The bone-marrow logic as shipped: its wordings, its vocabulary, its paths. */
class BoneMarrowTest {
    private final ClinicalLogic logic = ClinicalLogic.shipped("painted-marrow");
    private final AnswerParser parser = new AnswerParser(logic);

    @TestFactory
    Stream<DynamicTest> everyAnswerWordingIsReadAsItsSymbol() {
        return logic.questions().stream().flatMap(q -> q.symbols().stream().flatMap(s -> s.answers().all().map(wording ->
                DynamicTest.dynamicTest(q.id() + " " + s.name() + ": " + wording, () -> {
                    assertThat(parser.parse(q.id(), wording).is(s.name())).as(parser.parse(q.id(), wording).toString()).isTrue();
                    // as a word-level tokenizer gives it back
                    assertThat(parser.parse(q.id(), Words.of(wording).toString()).is(s.name())).isTrue();
                }))));
    }

    @Test
    void wordingsAreShortAndSeparateAndOfASmallVocabulary() {
        var words = new HashSet<String>();
        var trainQuestions = new HashSet<String>();
        for (var question : logic.questions()) {
            checkShape(question.ask(), words);
            question.ask().train().forEach(p -> trainQuestions.addAll(wordsOf(p)));
            question.symbols().stream().filter(s -> !s.name().equals(UnknownSymbol.NAME)).forEach(s -> checkShape(s.answers(), words));
        }
        assertThat(words.size()).isLessThan(220);
        for (var question : logic.questions()) {
            question.ask().test().forEach(p -> assertThat(trainQuestions).as(p).containsAll(wordsOf(p)));
        }
    }

    private static void checkShape(Wordings wordings, Set<String> words) {
        assertThat(wordings.train()).hasSize(5).doesNotHaveDuplicates().doesNotContainAnyElementsOf(wordings.test());
        assertThat(wordings.test()).hasSize(3).doesNotHaveDuplicates();
        wordings.all().forEach(wording -> {
            assertThat(Words.of(wording).size()).as(wording).isBetween(4, 9);
            words.addAll(wordsOf(wording));
        });
    }

    private static Set<String> wordsOf(String text) {
        return new HashSet<>(List.of(Words.of(text).toString().split(" ")));
    }

    @Test
    void labelsOfDataSetsNamePaths() {
        assertThat(logic.diagnosis("adequate_AML_Mono").name()).isEqualTo("aml");
        assertThat(logic.diagnosis("ADEQUATE_mm").name()).isEqualTo("mm");
        assertThat(logic.diagnosis("Blood").path()).containsEntry("content", "blood").containsEntry("diagnosis", "inadequate");
        assertThat(logic.onOnePath("quality", "inadequate", "content", "clot")).isTrue();
        assertThat(logic.onOnePath("quality", "adequate", "content", "clot")).isFalse();
        assertThat(logic.diagnoses()).hasSize(5).allSatisfy(d -> assertThat(d.path()).hasSize(5));
    }
}
