package org.drllava.clinical.paraphrase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.LogicFile;
import org.drllava.clinical.paraphrase.Rejection.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcceptanceTest {
    private static final ClinicalLogic LOGIC = new LogicFile("test", ClinicalLogic.shippedText("painted-marrow")
            .replace("name: painted bone marrow", "name: test\nslots: [note]")
            .replace("- Is any kind of cell increased here?", "- \"With {note} and {earlier}, which cells are increased?\"")).load();
    private static final Rephrasing DIAGNOSIS_IS_AML = answer("diagnosis", "aml", "My diagnosis is AML.");
    private static final Rephrasing WHICH_CELLS = question("cells", "Which cells grow too much here?");

    private final Acceptance acceptance = new Acceptance(LOGIC);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            I would call this AML.                       |
            acute myeloid leukaemia, in short            |
            I would call this multiple myeloma.          | OTHER_SYMBOL
            It is not AML but multiple myeloma.          | OTHER_SYMBOL
            This might be anything.                      | NO_SYMBOL
            AML or multiple myeloma.                     | CONFLICT
            This patient has AML.                        | HELD_OUT
            this patient has AML!                        | HELD_OUT
            My diagnosis: is aml                         | DUPLICATE
            The patient whose picture is shown here has what all of us call AML. | LENGTH
            ...                                          | LENGTH
            This is AML {note}.                          | SLOTS
            This is AML }.                               | SLOTS
            """)
    void anAnswer(String text, Reason reason) {
        assertJudged(DIAGNOSIS_IS_AML, text, reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Is there a kind of cell that grows too much? |
            Is there a kind of cell that grows too much  | NO_QUESTION
            Too many cells.                              | NO_QUESTION
            Which cells grow, too much here?             | DUPLICATE
            Which kind of cells is increased here?       | HELD_OUT
            Do you see anything abnormal here?           | OTHER_QUESTION
            is there any disease in this picture?        | OTHER_QUESTION
            Given {note}, which cells grow too much?     | SLOTS
            """)
    void aQuestion(String text, Reason reason) {
        assertJudged(WHICH_CELLS, text, reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {earlier} Given {note}, which cells are too many?  |
            Given {note}, which cells are too many?            | SLOTS
            {earlier} Given { note }, which cells are many?    | SLOTS
            {earlier} {earlier} Given {note}, which cells?     | SLOTS
            """)
    void slotsStay(String text, Reason reason) {
        assertJudged(question("cells", "With {note} and {earlier}, which cells are increased?"), text, reason);
    }

    @Test
    void controlCharactersAndEndlessWordsAreRefused() {
        for (var text : List.of("This is\u0007 AML.", "This is \u001b[31mAML.", "This is \u202eAML.", "This is \ud800AML.")) {
            assertJudged(DIAGNOSIS_IS_AML, text, Reason.CHARACTERS);
        }
        assertJudged(DIAGNOSIS_IS_AML, "AML " + "x".repeat(1000), Reason.LENGTH);
    }

    @Test
    void theFirstOfTwoIsTakenAndNoMoreThanAskedFor() {
        acceptance.judge(new Outcome.Proposed(DIAGNOSIS_IS_AML, List.of("I call it AML.", "I call it: AML", "AML it is."), false));
        acceptance.judge(new Outcome.Proposed(answer("diagnosis", "aml", "This sample shows AML."), List.of("I CALL IT AML", "AML, I say.", "AML again."), true));
        assertThat(acceptance.kept()).containsOnly(Map.entry(DIAGNOSIS_IS_AML.meaning(), List.of("I call it AML.", "AML, I say.")));
        assertThat(acceptance.rejected()).extracting(Rejection::reason).containsExactly(Reason.DUPLICATE, Reason.DUPLICATE);
    }

    @Test
    void twoQuestionsDoNotGetOneWording() {
        acceptance.judge(new Outcome.Proposed(WHICH_CELLS, List.of("What about the cells?"), false));
        acceptance.judge(new Outcome.Proposed(question("content", "What is in this field?"), List.of("What about the cells?"), false));
        assertThat(acceptance.rejected()).extracting(Rejection::reason, Rejection::detail)
                .containsExactly(tuple(Reason.OTHER_QUESTION, "cells"));
    }

    private void assertJudged(Rephrasing rephrasing, String text, Reason reason) {
        int before = acceptance.rejected().size();
        acceptance.judge(new Outcome.Proposed(rephrasing, List.of(text), false));
        if (reason == null) {
            assertThat(acceptance.rejected()).isEmpty();
            assertThat(acceptance.kept()).containsOnly(Map.entry(rephrasing.meaning(), List.of(text)));
        } else {
            assertThat(acceptance.kept()).isEmpty();
            assertThat(acceptance.rejected()).hasSize(before + 1).last().extracting(Rejection::text, Rejection::reason).containsExactly(text, reason);
        }
    }

    private static Rephrasing question(String id, String wording) {
        return new Rephrasing(new Meaning(id, Optional.empty()), wording, "resident", 2, 40, Optional.empty());
    }

    private static Rephrasing answer(String id, String symbol, String wording) {
        return new Rephrasing(new Meaning(id, Optional.of(symbol)), wording, "resident", 2, 11, Optional.of("What is it?"));
    }
}
