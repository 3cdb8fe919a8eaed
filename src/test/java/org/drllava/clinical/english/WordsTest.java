package org.drllava.clinical.english;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.drllava.clinical.english.Pattern.Use;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            The Sample, is GOOD!           | the sample is good
            It doesn't, can't and can not  | it does not cannot and cannot
            It won’t; it isn’t             | it will not it is not
            A.M.L. is seen                 | aml is seen
            It is M.M.                     | it is mm
            ground-glass (bilateral)       | ground glass bilateral
            SARS‑CoV‑2                     | sars cov 2
            ﬁne smear                      | fine smear
            0.04 ng/ml, 1,000 cells        | 0.04 ng ml 1,000 cells
            45 % or 45%                    | 45% or 45%
            normal.Adequate                | normal adequate
            the patient's marrow           | the patient's marrow
            e\u00ADdema\u200B              | edema
            ~~                             | ~~
            """)
    void textsAreWordsInLowerCase(String text, String words) {
        assertThat(Words.of(text).toString()).isEqualTo(words);
        assertThat(Words.count(text)).isEqualTo(Words.of(text).size());
        assertThat(Words.of(words).toString()).as("words of words").isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            nstemi             ; NSTEMI, N-STEMI, n‑stemi.          ; STEMI, non-STEMI
            non stemi          ; non-STEMI, non STEMI               ; STEMI
            covid 19           ; COVID-19, COVID19, covid 19        ; COVID
            covid19            ; COVID-19, COVID19, covid 19        ; COVID
            covid              ; COVID-19, COVID19, Covid           ; COVIDs
            aml                ; AML, A.M.L., AML-M2, (aml)         ; AMLx, camel
            leuk*              ; leukemia, leukaemic, leuk          ; aleukia
            red|white cell*    ; red cells, White cell              ; red blood cells, red. Cells
            rich in .. cell*   ; rich in cells, rich in red marrow cells ; rich in, rich in or cells, rich in a b c d cells
            ^yes$              ; Yes, Yes. It is, Answer: yes       ; It is yes
            >20%               ; 45 %, 21%, more than 20 %, at least 30 percent ; 20%, 20, at least 20%, up to 45%
            <=5%               ; 5%, fewer than 5 %, < 4.5%, ≤ 5 %  ; 6%, more than 2%, < 6 %
            blasts <=5%        ; blasts 3%                          ; blasts 30%
            ground-glass       ; ground glass, Ground-Glass         ; ground, glass
            suboptimal         ; sub-optimal, suboptimal            ; optimal
            """)
    void phrasesMatchTheseAndNotThose(String phrase, String these, String those) {
        var reader = new AnswerReader(List.of(new Pattern(0, Phrase.of(phrase), Use.ASSERTS)), Set.of());
        for (var text : these.split(", ")) {
            assertThat(reader.read(text)).as(text).hasSize(1);
        }
        for (var text : those.split(", ")) {
            assertThat(reader.read(text)).as(text).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ".. a", "a ..", "A", "a,b", "a|", "|a", "*", "a**", "^$", "^", ">%", "a >", "a (b)"})
    void otherPhrasesAreRefused(String phrase) {
        assertThatThrownBy(() -> Phrase.of(phrase)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("pattern");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a clot", "the clot|clots", "clot*"})
    void longerMatchesWin(String longer) {
        var reader = new AnswerReader(List.of(new Pattern(0, Phrase.of("clot"), Use.ASSERTS), new Pattern(1, Phrase.of(longer), Use.NOTHING)), Set.of());
        assertThat(reader.read("a clot and the clot")).hasSize(longer.equals("clot*") ? 2 : 1);
    }
}
