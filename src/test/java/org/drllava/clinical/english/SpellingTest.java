package org.drllava.clinical.english;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.Set;
import org.drllava.clinical.english.Pattern.Use;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
    private static final List<String> WORDS = List.of("adequate", "inadequate", "normal", "abnormal", "typical", "leukaemia", "clot", "myeloblasts");

    private final AnswerReader reader = new AnswerReader(
            WORDS.stream().map(word -> new Pattern(WORDS.indexOf(word), Phrase.of(word), Use.ASSERTS)).toList(), Set.of("unusual", "formal"));

    private String read(String word) {
        var mentions = reader.read(word);
        return mentions.isEmpty() ? "-" : mentions.getFirst().readAs();
    }

    @ParameterizedTest
    @CsvSource({
        "adeqaute, adequate", "adequat, adequate", "adequatte, adequate", "adeqyate, adequate", "dequate, adequate", "daequate, adequate",
        "inadequte, inadequate", "nadequate, inadequate", "iadequate, inadequate", "anormal, abnormal", "bnormal, abnormal", "abnoraml, abnormal",
        "normla, normal", "leukemia, leukaemia", "leukaemmia, leukaemia", "myeloblsats, myeloblasts",
        "atypical, -", "formal, -", "wormal, -", "cloot, -", "lot, -", "adqute, -", "leukaemic5, -", "subnormal, -"
    })
    void oneErrorInALongWordIsMended(String typed, String meant) {
        assertThat(read(typed)).isEqualTo(meant);
    }

    @Test
    void beginningsOfWordsAreMendedToo() {
        var stems = new AnswerReader(List.of(new Pattern(0, Phrase.of("malignan*"), Use.ASSERTS)), Set.of());
        assertThat(stems.read("maligancy").getFirst().readAs()).isEqualTo("malignancy");
        assertThat(stems.read("mlignnancy")).isEmpty();
    }

    /** No error turns a word into its opposite, wherever it is made. */
    @Test
    void anErrorLosesAWordOrKeepsIt() {
        long seed = 20;
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            var word = WORDS.get(random.nextInt(WORDS.size()));
            int at = 1 + random.nextInt(word.length() - 1); // before the first letter an error may make the opposite: nadequate
            char letter = (char) ('a' + random.nextInt(26));
            var typed = switch (random.nextInt(3)) {
                case 0 -> word.substring(0, at) + letter + word.substring(at);
                case 1 -> word.substring(0, at) + word.substring(at + 1);
                default -> word.substring(0, at) + letter + word.substring(at + 1);
            };
            assertThat(read(typed)).as("seed " + seed + ": " + typed).isIn(word, "-");
        }
    }
}
