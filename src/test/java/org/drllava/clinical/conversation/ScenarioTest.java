package org.drllava.clinical.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.drllava.clinical.conversation.Scenario.Hint;
import org.drllava.clinical.data.LabelledImage;
import org.drllava.clinical.logic.AnswerParser;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Parsed;
import org.drllava.clinical.logic.Wording;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** What each scenario asks about three images, and that its right answers are always the image's. */
class ScenarioTest {
    private static final ClinicalLogic LOGIC = Clinic.LOGIC;
    private static final List<String> NATURAL = List.of("quality", "content", "abnormality", "cells", "diagnosis");
    private static final List<LabelledImage> THREE = List.of(Clinic.image(0, "aml", Map.of()), Clinic.image(1, "healthy", Map.of()),
            Clinic.image(2, "clot", Map.of()));
    private final AnswerParser parser = new AnswerParser(LOGIC);

    @TempDir Path folder;

    private static List<Conversation> three(Scenario scenario, Wording wording, long seed) {
        return Clinic.curate(LOGIC, scenario.label(), wording, seed, THREE);
    }

    private static List<String> asked(Conversation conversation) {
        return conversation.exchanges().stream().map(Exchange::questionId).toList();
    }

    private String read(String question, String text) {
        return parser.parse(question, text) instanceof Parsed.Symbol(var name, _) ? name : "nothing";
    }

    @Test
    void singleAsksEachQuestionInAConversationOfItsOwn() {
        var all = three(Scenario.SINGLE, Wording.TRAIN, 1);
        assertThat(all).hasSize(15).allSatisfy(c -> assertThat(c.exchanges()).hasSize(1));
        assertThat(all.stream().flatMap(c -> asked(c).stream()).toList().subList(5, 10)).isEqualTo(NATURAL);
        assertThat(all.get(5).id()).isEqualTo("p1_0#single/quality");
        assertThat(all.get(5).image()).isEqualTo("p1_0.png");
        assertThat(all.subList(10, 15).stream().map(c -> read(asked(c).getFirst(), c.exchanges().getFirst().answer())))
                .containsExactly("inadequate", "clot", "inadequate", "inadequate", "inadequate");
    }

    @Test
    void wholeConversationsComeInTheOrderOfTheirName() {
        assertThat(three(Scenario.NATURAL, Wording.TRAIN, 1)).hasSize(3).allSatisfy(c -> assertThat(asked(c)).isEqualTo(NATURAL))
                .extracting(Conversation::id).containsExactly("p0_0", "p1_0", "p2_0");
        assertThat(three(Scenario.REVERSED, Wording.TEST, 1)).hasSize(3).allSatisfy(c -> assertThat(asked(c)).isEqualTo(NATURAL.reversed()));
        var orders = new HashSet<List<String>>();
        var counts = new HashSet<Integer>();
        for (int seed = 0; seed < 60; seed++) {
            three(Scenario.SHUFFLED, Wording.TRAIN, seed).forEach(c -> {
                assertThat(asked(c)).containsExactlyInAnyOrderElementsOf(NATURAL);
                orders.add(asked(c));
            });
            three(Scenario.RANDOM, Wording.TRAIN, seed).forEach(c -> {
                assertThat(asked(c)).doesNotHaveDuplicates().isSubsetOf(NATURAL);
                counts.add(c.exchanges().size());
            });
        }
        assertThat(orders).hasSizeGreaterThan(80);
        assertThat(counts).containsExactlyInAnyOrder(2, 3, 4, 5);
    }

    @Test
    void validOrdersKeepToAfterAndAreAllReached() throws Exception {
        var logic = Clinic.changed(folder, "  - id: cells\n", "  - id: cells\n    after: [content, abnormality]\n");
        var orders = new HashSet<List<String>>();
        for (int seed = 0; seed < 400; seed++) {
            Clinic.curate(logic, "valid", Wording.TRAIN, seed, THREE).forEach(c -> orders.add(asked(c)));
        }
        assertThat(orders).hasSize(40).allSatisfy(order -> // a third of the 120 orders have cells behind both
                assertThat(order.indexOf("cells")).isGreaterThan(Math.max(order.indexOf("content"), order.indexOf("abnormality"))));
    }

    @Test
    void hintsSpeakOfAnEarlierQuestion() {
        for (var scenario : List.of(Scenario.HINT_RIGHT, Scenario.HINT_WRONG)) {
            var all = three(scenario, Wording.TRAIN, 3);
            assertThat(all.stream().map(c -> asked(c).getFirst()).toList().subList(0, 4)).isEqualTo(NATURAL.subList(1, 5));
            assertThat(all).hasSize(12).allSatisfy(c -> {
                var exchange = c.exchanges().getFirst();
                var path = LOGIC.diagnosis(c.diagnosis()).path();
                var hint = hint(exchange, scenario, Wording.TRAIN);
                boolean right = scenario == Scenario.HINT_RIGHT;
                var earlier = NATURAL.subList(0, NATURAL.indexOf(exchange.questionId()));
                assertThat(earlier).as(hint).anySatisfy(id -> {
                    assertThat(LOGIC.question(id).symbols()).anySatisfy(s -> assertThat(s.answers().train()).contains(hint));
                    assertThat(read(id, hint).equals(path.get(id))).isEqualTo(right);
                });
                assertThat(exchange.hint().orElseThrow().equals(path.get(exchange.questionId()))).isEqualTo(right);
            });
        }
    }

    @ParameterizedTest
    @EnumSource(value = Scenario.class, names = {"CLINICIAN_RIGHT", "CLINICIAN_WRONG", "AGREE", "DISAGREE"})
    void opinionsAnswerTheQuestionItselfAsTheHintSays(Scenario scenario) {
        var symbols = new HashSet<String>();
        for (var wording : Wording.values()) {
            for (int seed = 0; seed < 20; seed++) {
                var all = three(scenario, wording, seed);
                assertThat(all).hasSize(scenario.oneQuestion() ? 15 : 3);
                for (var conversation : all) {
                    for (var exchange : conversation.exchanges()) {
                        var claimed = exchange.hint().orElseThrow();
                        var right = LOGIC.diagnosis(conversation.diagnosis()).path().get(exchange.questionId());
                        assertThat(read(exchange.questionId(), hint(exchange, scenario, wording))).isEqualTo(claimed);
                        assertThat(claimed.equals(right)).isEqualTo(scenario.hintIsRight());
                        symbols.add(exchange.questionId() + " " + right + " " + claimed);
                    }
                }
            }
        }
        // aml: 1 + 2 + 2 + 3 + 3 wrong claims; healthy the same; clot: 1 + 2 + 2 + 3 + 3 with two answers shared between aml and healthy.
        assertThat(symbols).hasSize(scenario.hintIsRight() ? 13 : 30);
    }

    /** The sentence between a lead-in and the question. */
    private static String hint(Exchange exchange, Scenario scenario, Wording wording) {
        var question = LOGIC.question(exchange.questionId()).ask().of(wording).stream().filter(exchange.question()::endsWith).findFirst().orElseThrow();
        var before = exchange.question().substring(0, exchange.question().length() - question.length()).strip();
        return LeadIns.of(scenario.hint(), wording).stream().map(leadIn -> leadIn.split("\\{hint}", -1))
                .filter(parts -> before.startsWith(parts[0]) && before.endsWith(parts[1]))
                .map(parts -> before.substring(parts[0].length(), before.length() - parts[1].length())).findFirst().orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(Scenario.class)
    void everyReferenceAnswerIsReadAsTheLabelsSymbol(Scenario scenario) {
        var random = new Random(20);
        for (int i = 0; i < 10; i++) {
            long seed = random.nextLong();
            for (var wording : Wording.values()) {
                for (var conversation : Clinic.curate(LOGIC, scenario.label(), wording, seed, Clinic.images(5))) {
                    assertThat(conversation.scenario()).contains(scenario.label());
                    for (var exchange : conversation.exchanges()) {
                        assertThat(read(exchange.questionId(), exchange.answer())).as("seed %d, %s", seed, conversation)
                                .isEqualTo(LOGIC.diagnosis(conversation.diagnosis()).path().get(exchange.questionId()));
                        assertThat(LOGIC.question(exchange.questionId()).ask().of(wording)).anySatisfy(w -> assertThat(exchange.question()).endsWith(w));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bone-marrow", "chest-xray", "ecg"})
    void soItIsInTheShippedLogicsWhoseQuestionsAreToldFromTheirWords(String name) {
        var logic = ClinicalLogic.shipped(name);
        var reader = new AnswerParser(logic);
        var asked = new AskedQuestions(logic);
        var slots = logic.slots().stream().collect(Collectors.toMap(slot -> slot, slot -> "as known of " + slot));
        for (int i = 0; i < logic.diagnoses().size(); i++) {
            var image = List.of(Clinic.image(i, logic.diagnoses().get(i).name(), slots));
            for (var wording : Wording.values()) {
                for (var conversation : Clinic.curate(logic, "all", wording, 31 + i, image)) {
                    for (var exchange : conversation.exchanges()) {
                        assertThat(reader.parse(exchange.questionId(), exchange.answer()).is(logic.diagnosis(conversation.diagnosis()).path().get(exchange.questionId())))
                                .as("%s", conversation).isTrue();
                        assertThat(asked.find(exchange.question())).as(exchange.question()).contains(exchange.questionId());
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Hint.class, mode = Mode.EXCLUDE, names = "NONE")
    void leadInsAreManyAndHeldOutOnesNeverTrained(Hint hint) {
        assertThat(LeadIns.of(hint, Wording.TRAIN)).hasSizeGreaterThanOrEqualTo(8).doesNotHaveDuplicates()
                .doesNotContainAnyElementsOf(LeadIns.of(hint, Wording.TEST)).allSatisfy(text -> assertThat(text).containsOnlyOnce("{hint}"));
        assertThat(LeadIns.of(hint, Wording.TEST)).hasSizeGreaterThanOrEqualTo(5).doesNotHaveDuplicates()
                .allSatisfy(text -> assertThat(text).containsOnlyOnce("{hint}"));
    }

    @Test
    void slotsAreFilledFromTheImageAndFromEarlierAnswersOrNotUsed() throws Exception {
        var logic = Clinic.changed(folder, "        - What is your diagnosis for this patient?\n",
                "        - 'The note says {note} and you said \"{earlier}\" What now?'\n        - 'With {note}, what is your diagnosis?'\n");
        var questions = new HashSet<String>();
        for (int seed = 0; seed < 200; seed++) {
            var image = List.of(Clinic.image(0, "aml", Map.of("note", "$1 {earlier}")));
            for (var conversation : Clinic.curate(logic, "natural,single", Wording.TRAIN, seed, image)) {
                var last = conversation.exchanges().getLast();
                var earlier = conversation.exchanges().size() == 1 ? "no such words" : conversation.exchanges().get(3).answer();
                questions.add(conversation.scenario().orElseThrow() + ": " + last.question().replace(earlier, "EARLIER"));
                assertThat(new AskedQuestions(logic).find(last.question())).contains(last.questionId());
            }
            assertThat(Clinic.curate(logic, "natural", Wording.TRAIN, seed, List.of(Clinic.image(0, "aml", Map.of()))).getFirst().exchanges().getLast().question())
                    .doesNotContain("What now", "With ");
        }
        assertThat(questions).contains("natural: The note says $1 {earlier} and you said \"EARLIER\" What now?", "natural: With $1 {earlier}, what is your diagnosis?",
                "single: With $1 {earlier}, what is your diagnosis?").noneSatisfy(q -> assertThat(q).startsWith("single: The note"));
    }

    @Test
    void aBareYesIsNeitherAHintNorTheAnswerToOne() throws Exception {
        var logic = Clinic.changed(folder, "          - The sample is not good enough.\n", "          - \"No.\"\n");
        var plain = new HashSet<String>();
        for (int seed = 0; seed < 60; seed++) {
            Clinic.curate(logic, "natural", Wording.TRAIN, seed, THREE).forEach(c -> plain.add(c.exchanges().getFirst().answer()));
            assertThat(Clinic.curate(logic, "hint-right,hint-wrong,agree,disagree", Wording.TRAIN, seed, THREE)).allSatisfy(c -> assertThat(c.exchanges())
                    .noneMatch(exchange -> exchange.answer().equals("No.") || exchange.question().contains("No.\"") || exchange.question().contains(": No.")));
        }
        assertThat(plain).contains("No.");
    }

    @Test
    void aLogicInWhichNothingCanBeWrongHasNoWrongHints() {
        var one = new ClinicalLogic("one", LOGIC.questions(), LOGIC.diagnoses().subList(0, 1), LOGIC.reward(), List.of());
        var image = List.of(Clinic.image(0, "normal", Map.of()));
        assertThat(Clinic.curate(one, "hint-wrong,clinician-wrong,disagree", Wording.TRAIN, 0, image)).isEmpty();
        assertThat(Clinic.curate(one, "all", Wording.TRAIN, 0, image)).extracting(Conversation::scenario).contains(Optional.of("agree"), Optional.of("hint-right"));
        assertThatThrownBy(() -> Clinic.curate(one, "all", Wording.TRAIN, 0, List.of(Clinic.image(0, "mm", Map.of())))).isInstanceOf(InputException.class);
    }
}
