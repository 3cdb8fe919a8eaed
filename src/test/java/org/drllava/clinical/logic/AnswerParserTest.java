package org.drllava.clinical.logic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Set;
import org.drllava.clinical.english.Stance;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerParserTest {
    private final AnswerParser parser = new AnswerParser(ClinicalLogic.shipped("painted-marrow"));

    /** The first block holds the strings that substring rules read wrongly: "no" in diagnosis, "mm" in common, … */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            quality     | adequate for diagnosis                                 | adequate
            quality     | inappropriate                                          | inadequate
            quality     | suboptimal                                             | inadequate
            quality     | Unsuitable for review.                                 | inadequate
            content     | a blood clot                                           | clot
            abnormality | no evidence of malignancy                              | normal
            cells       | no increase of plasma cells                            | none
            abnormality | a notable finding                                      | -
            cells       | There is a noticeable change.                          | -
            diagnosis   | notable                                                | -
            diagnosis   | immature cells                                         | -
            diagnosis   | This is common.                                        | -
            diagnosis   | A biopsy is recommended.                               | -
            diagnosis   | The patient does not have multiple myeloma.            | -
            diagnosis   | No sign of disease                                     | normal
            diagnosis   | Healthy.                                               | normal
            diagnosis   | leukemia                                               | aml
            diagnosis   | unhealthy                                              | -
            diagnosis   | NSTEMI                                                 | -

            quality     | not suitable                                           | inadequate
            quality     | The sample isn't adequate.                             | inadequate
            quality     | It can not be used.                                    | inadequate
            quality     | not only adequate and clear                            | adequate
            quality     | This is without doubt a suitable sample.               | adequate
            quality     | The quality is not poor.                               | adequate
            quality     | Yes.                                                   | adequate
            quality     | No                                                     | inadequate
            quality     | Yes, it is fine for a diagnosis.                       | adequate
            quality     | No, it is good.                                        | adequate
            quality     | No, the sample is of low quality.                      | inadequate
            quality     | captain                                                | -
            quality     | A good diagnosis cannot be made.                       | inadequate
            content     | clotted blood                                          | clot
            content     | a clot of red cells                                    | clot
            content     | no clot but mostly blood                               | blood
            content     | There is no clot; the field is cellular.               | cellular
            content     | Red blood cells only                                   | blood
            content     | rich in blood forming cells                            | cellular
            content     | free of clots                                          | -
            abnormality | Nothing malignant is seen.                             | normal
            abnormality | Malignancy is absent.                                  | normal
            abnormality | Signs of disease were not found.                       | normal
            abnormality | free from disease                                      | normal
            abnormality | not normal                                             | abnormal
            abnormality | There is no leukemia, myeloma, or other disease.       | normal
            abnormality | No, there is no sign of disease.                       | normal
            abnormality | Disease cannot be excluded.                            | inadequate
            abnormality | The patient is not a smoker and the marrow is abnormal | abnormal
            cells       | without plasma cells                                   | none
            cells       | no plasma cells, but many myeloblasts                  | myeloblasts
            cells       | Plasma cells, not blasts, are increased.               | plasma_cells
            cells       | Myeloblasts are increased and plasma cells are not.    | myeloblasts
            cells       | Plasma cells are not increased.                        | none
            cells       | neither blasts nor plasma cells                        | none
            cells       | The increased cells are not myeloblasts.               | -
            cells       | Too few cells to judge.                                | inadequate
            diagnosis   | AML and not multiple myeloma                           | aml
            diagnosis   | MM rather than AML                                     | mm
            diagnosis   | Leukemia is ruled out, it is multiple myeloma.         | mm
            diagnosis   | neither leukemia nor myeloma                           | normal
            diagnosis   | There's no evidence of AML or MM.                      | normal
            diagnosis   | The patient doesn't have any blood cancer.             | normal
            diagnosis   | acute lymphoblastic leukemia                           | -
            diagnosis   | There is no diagnosis possible.                        | inadequate
            diagnosis   |  MULTIPLE   MYELOMA !!                                 | mm
            """)
    void reads(String question, String text, String symbol) {
        var parsed = parser.parse(question, text);
        var read = switch (parsed) {
            case Parsed.Symbol(var name, _) -> name;
            case Parsed.NoMatch _ -> "-";
            case Parsed.Conflict(var symbols, _) -> "conflict " + symbols;
        };
        assertThat(read).as(parsed.toString()).isEqualTo(symbol);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            quality   | The sample is adequate. The sample is inadequate. | adequate, inadequate
            quality   | The sample is good, and it is poor.               | adequate, inadequate
            content     | blood and clot                                    | blood, clot
            cells     | myeloblasts and plasma cells                      | myeloblasts, plasma_cells
            diagnosis | AML or MM                                         | aml, mm
            diagnosis | It is AML. It is not AML.                         | aml
            """)
    void twoAssertionsAreAConflict(String question, String text, String symbols) {
        assertThat(parser.parse(question, text)).isInstanceOfSatisfying(Parsed.Conflict.class,
                c -> assertThat(c.symbols()).isEqualTo(Set.copyOf(Arrays.asList(symbols.split(", ")))));
    }

    @Test
    void saysWhichRuleFiredOnWhichWords() {
        assertThat(parser.parse("diagnosis", "No leukemia; this is Multiple Myeloma.").evidence()).containsExactly(
                new Parsed.Evidence("aml", "leukemia", "leukemia", "leukemia", Stance.DENIED),
                new Parsed.Evidence("mm", "multiple myeloma", "multiple myeloma", "multiple myeloma", Stance.ASSERTED));
    }

    @Test
    void textWithoutWordsSaysNothing() {
        for (var text : new String[] {"", " \n", "?!.,", "\u0000\uD83D", "---", "no ".repeat(3), "x".repeat(10_000)}) {
            assertThat(parser.parse("diagnosis", text)).as(text).isInstanceOf(Parsed.NoMatch.class);
        }
    }

    @Test
    void unknownQuestionIsAnError() {
        assertThatThrownBy(() -> parser.parse("colour", "blue")).isInstanceOf(InputException.class).hasMessageContaining("colour");
    }
}
