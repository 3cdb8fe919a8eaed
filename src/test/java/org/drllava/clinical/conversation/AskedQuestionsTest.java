package org.drllava.clinical.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import org.drllava.clinical.logic.Wording;
import org.junit.jupiter.api.Test;

class AskedQuestionsTest {
    private final AskedQuestions asked = new AskedQuestions(Clinic.LOGIC);

    @Test
    void wordingsAreKnownWhateverTheirCaseAndPunctuation() {
        for (var question : Clinic.LOGIC.questions()) {
            question.ask().all().forEach(wording -> assertThat(asked.find(wording)).contains(question.id()));
        }
        assertThat(asked.find("is this smear of good quality")).contains("quality");
        assertThat(asked.find("What time is it?")).isEmpty();
        assertThat(asked.find("Is this smear of good quality? What time is it?")).isEmpty();
        assertThat(asked.find("quality")).isEmpty();
        assertThat(asked.find("")).isEmpty();
    }

    @Test
    void hintsBeforeAQuestionAreOverread() {
        for (var wording : Wording.values()) {
            for (var conversation : Clinic.curate(Clinic.LOGIC, "all", wording, 8, Clinic.images(5))) {
                conversation.exchanges().forEach(exchange -> assertThat(asked.find(exchange.question())).as(exchange.question()).contains(exchange.questionId()));
            }
        }
    }
}
