package org.drllava.clinical.reward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.drllava.clinical.english.Words;
import org.drllava.clinical.logic.AnswerParser;
import org.drllava.clinical.logic.ClinicalLogic;
import org.junit.jupiter.api.Test;

class VerbosityTest {
    private final AnswerParser parser = new AnswerParser(ClinicalLogic.shipped("painted-marrow"));

    private int trailing(String text) {
        return Verbosity.trailing(parser, "diagnosis", text, parser.parse("diagnosis", text));
    }

    @Test
    void wordsInARunOfThreeThatWasSaidBeforeAreRepeated() {
        assertThat(Verbosity.repeated("")).isZero();
        assertThat(Verbosity.repeated("no clots")).isZero();
        assertThat(Verbosity.repeated("no clots here, no clots there")).isZero();
        assertThat(Verbosity.repeated("no clots here, No clots HERE")).isEqualTo(3);
        assertThat(Verbosity.repeated("no clots here and I say no clots here at all")).isEqualTo(3);
        assertThat(Verbosity.repeated("we see no clots here; we see no clots here")).isEqualTo(5);
        assertThat(Verbosity.repeated("very very very")).isZero();
        assertThat(Verbosity.repeated("very very very very")).isEqualTo(3);
        assertThat(Verbosity.repeated("a b c a b c a b c")).isEqualTo(6);
    }

    @Test
    void wordsBehindTheFewestSentencesThatAnswerAreTrailing() {
        assertThat(trailing("This is multiple myeloma.")).isZero();
        assertThat(trailing("This is multiple myeloma")).isZero();
        assertThat(trailing("This is multiple myeloma. I am sure of it.")).isEqualTo(5);
        assertThat(trailing("Let me see. This is multiple myeloma! Well, well?")).isEqualTo(2);
        assertThat(trailing("This is multiple myeloma.\n\nASSISTANT")).isEqualTo(1);
        assertThat(trailing("This is multiple\nmyeloma, at 3.5 percent.")).isZero();
        assertThat(trailing("This is multiple myeloma, I am sure of it.")).isZero(); // one sentence
        assertThat(trailing("It is not AML. It is not multiple myeloma. The end.")).isEqualTo(2); // both denials are needed
        assertThat(trailing("This is AML. Or multiple myeloma. Or so.")).isZero(); // a conflict answers nothing
        assertThat(trailing("Hello. Hello.")).isZero();
        assertThat(trailing("")).isZero();
        assertThat(trailing("multiple myeloma. .")).isZero();
    }

    @Test
    void wordsPastALimitAreCountedAsWordsAre() {
        long seed = 20261203;
        var random = new Random(seed);
        var pieces = List.of("no", " ", "can", " not", "n't", "'", "COVID-19", "covid19", "A.M.L.", "<", ">", "0.04", "%", ",", ". ", "w/o", "dont", "é", "ﬁ",
                "…", "-", "\n", "wont", "3,5", "cannot", "_", "½");
        for (int trial = 0; trial < 3000; trial++) {
            var text = String.join("", random.ints(random.nextInt(12), 0, pieces.size()).mapToObj(pieces::get).toList());
            int limit = random.nextInt(8);
            assertThat(Words.beyond(text, limit)).as("seed %d: '%s' past %d", seed, text, limit).isEqualTo(Math.max(0, Words.of(text).size() - limit));
        }
    }
}
