package org.drllava.clinical.english;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.drllava.clinical.english.Pattern.Use;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How texts mean what they mention, with patterns of single words; owners are normal, blasts, plasma cells and clots. */
class StanceTest {
    private final AnswerReader reader = new AnswerReader(List.of(
            pattern(0, "normal"), pattern(1, "blast|blasts|leukaemia"), pattern(1, "malignan*"), pattern(2, "plasma cell*"), pattern(2, "myeloma"),
            pattern(3, "clot|clots|clotted")), Set.of());

    private static Pattern pattern(int owner, String phrase) {
        return new Pattern(owner, Phrase.of(phrase), Use.ASSERTS);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            blasts                                                  | ASSERTED
            There is no evidence of malignancy.                     | DENIED
            without blasts                                          | DENIED
            The patient denies leukaemia.                           | DENIED
            negative for malignancy                                 | DENIED
            in the absence of blasts                                | DENIED
            The smear failed to show blasts.                        | DENIED
            far from normal                                         | DENIED
            anything but normal                                     | DENIED
            Malignancy is absent.                                   | DENIED
            Leukaemia has been ruled out.                           | DENIED
            Leukaemia is out of the question.                       | DENIED
            Blasts were not identified.                             | DENIED
            Blasts could not be found.                              | DENIED
            non-malignant                                           | DENIED
            Blasts: none                                            | DENIED
            Malignant? No.                                          | DENIED
            Is it malignant? Not as far as I can see.               | DENIED
            You ask whether it is normal: it is not.                | DENIED
            You ask whether it is normal: it is.                    | ASSERTED
            I don't think that this is leukaemia                    | DENIED
            Blasts make up fewer than 5 % of the cells.             | ASSERTED
            Blasts are below 5 %.                                   | DENIED
            blasts < 5%                                             | DENIED
            45 % blasts                                             | ASSERTED
            2 percent blasts                                        | DENIED
            not only blasts                                         | ASSERTED
            There is no doubt that this is leukaemia.               | ASSERTED
            not without blasts                                      | ASSERTED
            It is none other than leukaemia.                        | ASSERTED
            a few blasts                                            | ASSERTED
            No the marrow is normal                                 | ASSERTED
            It cannot be denied that there are blasts.              | ASSERTED
            not possible on a clotted smear                         | ASSERTED
            No diagnosis can be drawn from such a clotted smear.    | ASSERTED
            The patient is not a smoker and the marrow is normal    | ASSERTED
            suggestive of leukaemia                                 | HEDGED
            Leukaemia is likely.                                    | HEDGED
            I would favour leukaemia.                               | HEDGED
            Leukaemia is unlikely.                                  | DENIED
            Leukaemia cannot be ruled out.                          | OPEN
            I cannot exclude leukaemia.                             | OPEN
            Malignancy can neither be confirmed nor excluded.       | OPEN
            not necessarily malignant                               | OPEN
            whether it is normal                                    | ASKED
            normal or not                                           | ASKED
            A biopsy is needed to rule out leukaemia.               | ASKED
            An abnormal film would show blasts                      | ASKED
            Is it normal?                                           | ASKED
            A normal marrow would look different.                   | DENIED
            The marrow deviates from normal.                        | DENIED
            It does not deviate from normal.                        | ASSERTED
            The cells have lost their normal look.                  | DENIED
            No sign that it is anything but normal.                 | ASSERTED
            I cannot overlook the blasts.                           | ASSERTED
            The diagnosis of leukaemia is wrong.                    | DENIED
            Blasts are rare.                                        | DENIED
            Leukaemia could easily be missed.                       | OPEN
            Were it leukaemia, it would be cellular.                | DENIED
            compared with a normal marrow                           | ASKED
            My diagnosis would be leukaemia.                        | ASSERTED
            I would describe blasts if there were any.              | ASKED
            I would describe blasts if there were any. There aren't | DENIED
            Perhaps leukaemia.                                      | POSSIBLE
            It could be leukaemia.                                  | POSSIBLE
            I can neither confirm nor exclude leukaemia.            | OPEN
            Leukaemia is not proven.                                | OPEN
            I hesitate to call this normal.                         | DENIED
            I would not hesitate to call this normal.               | ASSERTED
            There is no reason to suspect leukaemia.                | DENIED
            I see no reason not to call it leukaemia.               | ASSERTED
            The marrow can confidently be called normal, can't it?  | ASSERTED
            It isn't normal, is it?                                 | DENIED
            Normal? Definitely not.                                 | DENIED
            Is it malignant? I don't think so.                      | DENIED
            Is it malignant? I think so.                            | ASSERTED
            Blasts: fewer than 5 %.                                 | DENIED
            Blasts, but I cannot tell how many.                     | ASSERTED
            Blasts are no longer seen.                              | DENIED
            What looks like blasts is debris.                       | DENIED
            The suspected clot is just an artefact.                 | DENIED
            What you call blasts are lymphocytes.                   | DENIED
            I searched for blasts in vain.                          | DENIED
            Leukaemia can safely be ruled out.                      | DENIED
            There were blasts last year.                            | ASKED
            The previous smear was normal.                          | ASKED
            It would be a leukaemia if they were immature.          | ASKED
            The clinician believes that it is leukaemia.            | ASKED
            You suspect leukaemia.                                  | ASKED
            The clinician believes it is leukaemia, and I agree.    | ASSERTED
            The clinician suspects leukaemia. I disagree.           | DENIED
            The clinician suspects leukaemia. I see no sign of it.  | DENIED
            I disagree with the doctor, who thinks it is normal.    | DENIED
            The doctor thinks it is not normal, but I disagree.     | ASSERTED
            The doctor sees no blasts. I do see them.               | ASSERTED
            Your suspicion of leukaemia is wrong.                   | DENIED
            I was told that it is leukaemia.                        | ASKED
            I was told it is leukaemia, but it is not.              | DENIED
            The clinician's claim that it is leukaemia is wrong.    | DENIED
            Leukaemia, what else?                                   | ASSERTED
            It may or may not be leukaemia.                         | OPEN
            Leukaemia is possible but not proven.                   | OPEN
            There is nothing normal about it.                       | DENIED
            The blasts turned out to be debris.                     | DENIED
            Because of the clots I cannot judge this.               | ASSERTED
            With such a clotted smear nothing can be judged.        | ASSERTED
            It cannot be judged, as the smear is clotted.           | ASSERTED
            The smear has more than 20 % blasts.                    | ASSERTED
            The poor stain precludes the detection of blasts.       | ASKED
            There were no blasts last year.                         | ASKED
            Leukaemia? There is nothing to suggest it.              | DENIED
            Your diagnosis of leukaemia is correct.                 | ASSERTED
            """)
    void oneMention(String text, Stance stance) {
        assertThat(reader.read(text)).as(text).extracting(Mention::stance).containsExactly(stance);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            no clots, blasts, or plasma cells                                 | DENIED DENIED DENIED
            neither blasts nor plasma cells                                   | DENIED DENIED
            no blasts, clots and plasma cells                                 | DENIED DENIED DENIED
            No clots, and many plasma cells.                                  | DENIED ASSERTED
            no blasts, clots, and plasma cells                                | DENIED DENIED DENIED
            No blasts, but plasma cells.                                      | DENIED ASSERTED
            not blasts but plasma cells                                       | DENIED ASSERTED
            Plasma cells, not blasts, are seen.                               | ASSERTED DENIED
            The plasma cells are not blasts.                                  | ASSERTED DENIED
            Blasts are absent and plasma cells are increased.                 | DENIED ASSERTED
            Blasts and plasma cells are not seen.                             | DENIED DENIED
            Blasts are absent, and so are plasma cells.                       | DENIED DENIED
            Myeloma rather than leukaemia.                                    | ASSERTED DENIED
            Rather than blasts we see clots.                                  | DENIED ASSERTED
            more plasma cells than blasts                                     | ASSERTED DENIED
            fewer blasts than plasma cells                                    | DENIED ASSERTED
            I favour leukaemia over myeloma.                                  | HEDGED DENIED
            Plasma cells outnumber blasts.                                    | ASSERTED DENIED
            Initially normal, but on review there are blasts.                 | WITHDRAWN ASSERTED
            I first thought of leukaemia, but this is myeloma.                | WITHDRAWN ASSERTED
            It is leukaemia, or rather myeloma.                               | WITHDRAWN ASSERTED
            It looks like leukaemia. On closer inspection it is myeloma.      | WITHDRAWN ASSERTED
            The marrow seems normal, yet there are blasts.                    | WITHDRAWN ASSERTED
            It is not just clots. There are plasma cells.                     | WITHDRAWN ASSERTED
            not only clots but also plasma cells                              | ASSERTED ASSERTED
            leukaemia versus myeloma                                          | ASSERTED ASSERTED
            Either leukaemia or myeloma.                                      | ASSERTED ASSERTED
            Not malignant-looking, though blasts are there.                   | CONCEDED ASSERTED
            There are blasts. There are no blasts.                            | ASSERTED DENIED
            whether it is normal or malignant                                 | ASKED ASKED
            Whether it is malignant is unclear, but it is clotted.            | ASKED ASSERTED
            There is no leukaemia in this normal marrow.                      | DENIED ASSERTED
            Absent: blasts, clots. Present: plasma cells.                     | DENIED DENIED ASSERTED
            Were it myeloma, plasma cells would abound. It is leukaemia.      | DENIED ASKED ASSERTED
            If it was myeloma, plasma cells would abound.                     | ASKED ASKED
            If it was not myeloma, I would call it leukaemia.                 | DENIED ASSERTED
            Leukaemia would be rich in blasts; these are plasma cells.        | ASKED ASKED ASSERTED
            Although he had leukaemia, this marrow is normal.                 | WITHDRAWN ASSERTED
            In contrast to a normal marrow there are blasts.                  | DENIED ASSERTED
            Blasts and large clots are absent.                                | DENIED DENIED
            The marrow is normal except for a few clots.                      | WITHDRAWN ASSERTED
            The clinician thinks of leukaemia. I think of myeloma.            | ASKED HEDGED
            The doctor says it is myeloma, but it is leukaemia.               | ASKED ASSERTED
            Leukaemia would be worse. This is myeloma.                        | WITHDRAWN ASSERTED
            Neither leukaemia nor myeloma can be proven or excluded.          | OPEN OPEN
            Leukaemia and myeloma can both be excluded.                       | DENIED DENIED
            Perhaps leukaemia, perhaps myeloma.                               | POSSIBLE POSSIBLE
            The previous smear was normal, this one has blasts.               | ASKED ASSERTED
            It is normal despite a few blasts.                                | ASSERTED WITHDRAWN
            Where I would expect blasts there are clots.                      | DENIED ASSERTED
            Leukaemia can be excluded, and so can myeloma.                    | DENIED DENIED
            """)
    void severalMentions(String text, String stances) {
        assertThat(reader.read(text).stream().map(m -> m.stance().name()).collect(Collectors.joining(" "))).as(text).isEqualTo(stances);
    }
}
