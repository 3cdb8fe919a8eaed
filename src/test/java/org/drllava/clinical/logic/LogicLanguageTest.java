package org.drllava.clinical.logic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.drllava.clinical.english.Phrase;
import org.drllava.clinical.logic.RewardWeights.Credit;
import org.drllava.clinical.logic.RewardWeights.Neighbours;
import org.junit.jupiter.api.Test;

/** What a logic file means. */
class LogicLanguageTest {
    private final ClinicalLogic logic = read(SmallLogic.TEXT);

    private static ClinicalLogic read(String text) {
        return CheckedLogic.of(text).orThrow("small.yaml");
    }

    @Test
    void everyQuestionHasTheSymbolUnknown() {
        var parser = new AnswerParser(logic);
        for (var question : logic.questions()) {
            var unknown = question.symbol("unknown");
            assertThat(question.names()).last().isEqualTo("unknown");
            assertThat(unknown.answers().train()).as(question.id()).hasSize(8);
            assertThat(unknown.answers().test()).as(question.id()).hasSize(5);
            unknown.answers().all().forEach(w -> assertThat(parser.parse(question.id(), w).is("unknown")).as(w).isTrue());
        }
    }

    @Test
    void theDefaultUnknownLeavesOthersTheirWords() {
        var owned = SmallLogic.with("[\"too dark|bright\"]", "[\"too dark|bright\", \"cannot .. say|tell\", \"unable\"]").replace("\"It is too dark.\"",
                "\"It is too dark.\", \"I cannot say.\", \"I am unable to say.\"");
        var question = read(owned).question("opacity");
        assertThat(question.symbol("unknown").patterns()).extracting(Phrase::toString).contains("not know").doesNotContain("unable to").noneMatch(p -> p.startsWith("cannot .. tell"));
        assertThat(question.symbol("unknown").answers().all()).contains("I do not know.").doesNotContain("I am unable to say.");
        assertThat(new AnswerParser(read(owned)).parse("opacity", "I cannot tell.").is("unseen")).isTrue();
        assertThat(new AnswerParser(read(owned)).parse("quality", "I cannot tell.").is("unknown")).isTrue();
    }

    @Test
    void aDeclaredUnknownStays() {
        var declared = read(SmallLogic.with("      unseen:", "      unknown: {patterns: [\"dunno\"], train: [\"Dunno.\"], test: [\"Well, dunno.\"]}\n      unseen:"));
        assertThat(declared.question("opacity").names()).containsExactly("yes", "no", "unknown", "unseen");
        assertThat(declared.question("opacity").symbol("unknown").answers().train()).containsExactly("Dunno.");
    }

    @Test
    void branchesCompletePaths() {
        assertThat(logic.diagnosis("unusable").path()).isEqualTo(Map.of("quality", "poor", "opacity", "unseen", "diagnosis", "unknown"));
        assertThat(logic.diagnosis("PNA").path()).as("in the order of the questions").containsExactly(Map.entry("quality", "good"), Map.entry("opacity", "yes"),
                Map.entry("diagnosis", "pneumonia"));
    }

    @Test
    void oneBranchMayLeadToAnother() {
        var chained = read(SmallLogic.with("    then: {opacity: unseen, diagnosis: unknown}", "    then: {opacity: unseen}")
                .replace("branches:\n", "branches:\n  - {when: {opacity: unseen}, then: {diagnosis: unknown}}\n"));
        assertThat(chained.diagnosis("unusable").path()).isEqualTo(logic.diagnosis("unusable").path());
        var own = read(SmallLogic.with("{path: {quality: poor}}", "{path: {quality: poor, diagnosis: none}}"));
        assertThat(own.diagnosis("unusable").path()).as("what the path says itself stays").containsEntry("diagnosis", "none").containsEntry("opacity", "unseen");
    }

    @Test
    void orderAndSlotsAreKept() {
        assertThat(logic.question("diagnosis").after()).containsExactly("quality", "opacity");
        assertThat(logic.slots()).containsExactly("note");
        assertThat(logic.question("quality").ask().train()).contains("{note} Is this one sharp?");
    }

    @Test
    void keysOfTheRewardWinOverThePreset() {
        var reward = logic.reward();
        assertThat(reward).isEqualTo(new RewardWeights(1, 0, .25, .25, 1, Neighbours.NATURAL, 0, 11, 0, 0, 0, 2, Credit.CONVERSATION, List.of()));
        assertThat(read(SmallLogic.with("reward: {preset: source, no_match: 0.25, neighbours: natural}", "reward: {preset: source}")).reward())
                .isEqualTo(RewardWeights.SOURCE);
        assertThat(read(SmallLogic.with("reward: {preset: source, no_match: 0.25, neighbours: natural}", "")).reward()).isEqualTo(RewardWeights.DEFAULT);
        assertThat(read(SmallLogic.with("preset: source, no_match: 0.25, neighbours: natural", "correct: 2, wrong: 1.5, no_match: 3, conflict: 4, consistency: 5,"
                + " neighbours: asked, path: 6, length_limit: 7, length_weight: 8, repetition: 9, trailing: 10, unfinished: 11, credit: conversation")).reward())
                .isEqualTo(new RewardWeights(2, 1.5, 3, 4, 5, Neighbours.ASKED, 6, 7, 8, 9, 10, 11, Credit.CONVERSATION, List.of()));
    }

    @Test
    void anchorsSaveRepeatingAList() {
        var shared = read(SmallLogic.with("patterns: [\"too dark|bright\"]", "patterns: &bad [\"too dark|bright\"]")
                .replace("none: {patterns: [\"nothing\"]", "dark: {patterns: *bad, train: [Too dark.], test: [It was too dark.]}\n      none: {patterns: [\"nothing\"]"));
        assertThat(shared.question("diagnosis").symbol("dark").patterns()).isEqualTo(logic.question("opacity").symbol("unseen").patterns());
    }

    @Test
    void theExampleOfTheDocumentationIsWithoutFault() throws Exception {
        var page = Files.readString(Path.of("../docs/logic.md"));
        var start = page.indexOf("```yaml", page.indexOf("## A logic of your own"));
        var example = page.substring(page.indexOf('\n', start) + 1, page.indexOf("```", start + 3));
        assertThat(CheckedLogic.of(example).findings()).isEmpty();
    }

    @Test
    void oneQuestionIsALogic() {
        var one = read("""
                name: one
                questions:
                  - id: sick
                    ask: {train: [Sick?], test: [Ill?]}
                    symbols:
                      yes: {patterns: [sick], train: [Sick.], test: [So sick.]}
                      no: {patterns: [well], train: [Well.], test: [All well.]}
                diagnoses:
                  ill: {path: {sick: yes}}
                  well: {path: {sick: no}}
                """);
        assertThat(one.questions()).hasSize(1);
        assertThat(one.diagnoses()).extracting(Diagnosis::path).isEqualTo(List.of(Map.of("sick", "yes"), Map.of("sick", "no")));
    }
}
