package org.drllava.clinical.logic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.drllava.clinical.io.Finding;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said about a faulty logic: each fault once, at its line and column. */
class LogicFindingsTest {
    private static List<String> findings(String text) {
        return CheckedLogic.of(text).findings().stream().map(Finding::toString).toList();
    }

    @Test
    void nothingIsSaidAboutTheSmallLogic() {
        assertThat(findings(SmallLogic.TEXT)).isEmpty();
        assertThat(CheckedLogic.of(SmallLogic.TEXT).logic()).isPresent();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            name: small                | nome: small                 | 1:1: error: unknown key 'nome'; did you mean 'name'?
            name: small                | name: 3                     | 1:7: error: expected a text, found the number 3; put quotes around it if it is meant as text.
            name: small                | name:                       | 1:6: error: expected a text, found nothing.
            name: small                | title: x\\nname: small     | 1:1: error: unknown key 'title'; expected one of name, slots, questions, branches, diagnoses, reward.
            name: small                | name: small\\nname: two     | 2:1: error: the key 'name' is given twice, first in line 1; keep one of them.
            after: [quality]           | after: quality              | 20:12: error: expected a list, found the text 'quality'; write it as [quality].
            slots: [note]              | slots: [note, age]          | 2:15: warning: the slot 'age' is never used; put {age} into a wording, or remove it.
            slots: [note]              | slots: [note, label]        | 2:15: error: the slot 'label' needs another name
            "{note} Is this            | "{nota} Is this             | 6:31: error: undeclared slot {nota}; did you mean {note}?
            "{note} Is this            | "{note} {age} Is this       | 6:31: error: undeclared slot {age}; add it to 'slots' at the top.
            "{note} Is this            | "{note} {Is this            | 6:31: error: a brace without its partner
            "Is it sharp?",            | ~~                          | 6:16: error: every train wording of question 'quality' has a slot
            "Is the picture sharp?"    | "is it SHARP"               | 7:14: error: 'is it SHARP' is also a train wording (line 6)
            "Any opacity?"             | "Is it sharp?"              | 21:19: error: 'Is it sharp?' asks both 'quality' and 'opacity'
            ["It is good."]            | []                          | 13:15: error: there is no wording under 'test'; at least one is needed.
            ["It is good."]            | ["It is {note} good."]      | 13:16: error: an answer has no slots
            ["It is good."]            | ["It is good.", "it is good"] | 13:31: warning: 'it is good' is listed twice, first in line 13; keep one.
            ["It is good."]            | ["It is poor."]             | 13:16: error: question 'quality', symbol 'good': 'It is poor.' is read as 'poor', by the pattern 'poor' of 'poor'
            ["It is good."]            | ["It is fine."]             | 13:16: error: question 'quality', symbol 'good': 'It is fine.' is read as no match, no pattern matches; add some of its words to the patterns of 'good'.
            ["It is good."]            | ["It is good and poor."]    | 13:16: error: question 'quality', symbol 'good': 'It is good and poor.' is read as a conflict of 'good' and 'poor'
            "blurred", "poor"          | "blurred", "poor", "crisp*" | 15:39: error: the pattern 'crisp*' of 'poor' overlaps: it also belongs to 'good'
            "blurred", "poor"          | ~"blurred", "poor", "bad|crisply"~ | ~15:39: error: the pattern 'bad|crisply' of 'poor' overlaps: 'crisp*' of 'good' matches the same words~
            "sharp", "good"            | "sharp", "good", "sharp"    | 10:37: warning: the pattern 'sharp' is listed twice; keep one.
            "sharp", "good"            | "sharp", "good", "Crisp"    | ~10:37: error: the pattern 'Crisp' has 'Crisp' where a lower-case word, a stem*, a|choice, a share as >20% or .. is expected; did you mean 'crisp'?~
            "sharp", "good"            | "sharp", "good", "isn't bad" | 10:37: error: the pattern 'isn't bad' can never match, as the words of an answer are written out ('is not bad')
            "blurred", "poor"          | "blurred", "poor", "fine >20%", "fine >20%" | 15:52: warning: the pattern 'fine >20%' is listed twice; keep one.
            denial_of: [poor]          | denial_of: [pour]           | 11:21: error: unknown symbol 'pour'; did you mean 'poor'?
            denial_of: [poor]          | denial_of: [good + poor]    | 11:21: error: 'good' cannot follow from its own denial
            denial_of: [poor]          | explains: [pour]            | 11:20: error: unknown symbol 'pour'; did you mean 'poor'?
            denial_of: [poor]          | explains: [good]            | 11:20: error: 'good' cannot explain itself; name other symbols here.
            denial_of: [poor]          | denialof: [poor]            | 11:9: error: unknown key 'denialof'; did you mean 'denial_of'?
            - id: opacity              | - id: quality               | 19:9: error: the id 'quality' occurs twice, first in line 4; give this question another.
            - id: opacity              | - id: any opacity           | 19:9: error: the name 'any opacity' may only have letters, digits, _, - and ., at most 100 of them; did you mean 'any_opacity'?
            - id: opacity              | - idd: opacity              | 19:5: error: unknown key 'idd'; did you mean 'id'?
            after: [quality]           | after: [qualty]             | 20:13: error: unknown question 'qualty'; did you mean 'quality'?
            after: [quality]           | after: [quality, diagnosis] | 20:22: error: question 'opacity' is unreachable: it would have to be asked after itself (opacity after diagnosis after opacity)
            after: [quality]           | after: [opacity]            | 20:13: error: question 'opacity' is unreachable: it would have to be asked after itself (opacity after opacity)
            unseen: {patterns          | conflict: {patterns         | 26:7: error: 'conflict' is what the parser calls an answer that is no symbol; choose another name.
            - when: {quality: poor}    | - when: {quality: poorly}   | 34:21: error: question 'quality': unknown symbol 'poorly'; did you mean 'poor'?
            opacity: unseen, diagnosis | opacty: unseen, diagnosis   | 35:12: error: unknown question 'opacty'; did you mean 'opacity'?
            diagnosis: pneumonia}      | diagnosis: pneumona}        | 37:62: error: question 'diagnosis': unknown symbol 'pneumona'; did you mean 'pneumonia'?
            labels: [No Finding]       | labels: [pna]               | 38:75: error: the label 'pna' also belongs to 'pneumonia' (case does not matter); keep it for one of them.
            labels: [No Finding]       | labels: [3]                 | 38:75: error: expected a text, found the number 3
            no_match: 0.25             | no_macth: 0.25              | 40:26: error: unknown key 'no_macth'; did you mean 'no_match'?
            no_match: 0.25             | no_match: -1                | 40:36: error: expected a number from 0 to 1000000, found the number -1.
            no_match: 0.25             | length_limit: 2.5           | 40:40: error: expected a whole number from 1 to 1000000, found the number 2.5.
            preset: source             | preset: sourse              | 40:18: error: unknown value 'sourse'; did you mean 'source'?
            neighbours: natural        | neighbours: [natural]       | 40:54: error: expected a text, found a list.
            """)
    void oneFaultIsOneFinding(String right, String wrong, String expected) {
        assertThat(findings(SmallLogic.with(right, wrong.replace("\\n", "\n")))).singleElement().asString().startsWith(expected);
    }

    @Test
    void sharesAndHyphensAreNoFaults() {
        assertThat(findings(SmallLogic.with("\"blurred\", \"poor\"", "\"blurred\", \"poor\", \"dust >20%\", \"out-of-focus\", \"^out .. line*$\""))).isEmpty();
    }

    @Test
    void questionsWithoutUseAreNamed() {
        assertThat(findings(SmallLogic.with(", diagnosis: pneumonia}", "}").replace(" none}", " pneumonia}"))).containsExactly(
                "32:7: warning: symbol 'none' of question 'diagnosis' is never used: no path has it; add it to a path, or remove it.",
                "37:3: error: diagnosis 'pneumonia' has no answer for question 'diagnosis'; add it to the path, or a branch that gives it.");
        var noPath = SmallLogic.TEXT.replace(" opacity: yes,", "").replace(" opacity: no,", "").replace("opacity: unseen, ", "");
        assertThat(findings(noPath)).containsExactly(
                "19:9: error: question 'opacity' is unreachable: no diagnosis has an answer for it; add it to the paths, or remove it.");
        var alike = SmallLogic.TEXT.replace("opacity: no,", "opacity: yes,").replace("opacity: unseen,", "opacity: yes,");
        assertThat(findings(alike)).containsExactly(
                "19:9: warning: every diagnosis answers question 'opacity' with 'yes', so it tells none of them apart; give it to a path with another answer, or remove it.",
                "25:7: warning: symbol 'no' of question 'opacity' is never used: no path has it; add it to a path, or remove it.",
                "26:7: warning: symbol 'unseen' of question 'opacity' is never used: no path has it; add it to a path, or remove it.");
        assertThat(CheckedLogic.of(alike).logic()).as("warnings leave a logic usable").isPresent();
    }

    @Test
    void pathsAndBranchesWithoutUseAreNamed() {
        assertThat(findings(SmallLogic.with("opacity: no, diagnosis: none", "opacity: yes, diagnosis: pneumonia"))).containsExactly(
                "25:7: warning: symbol 'no' of question 'opacity' is never used: no path has it; add it to a path, or remove it.",
                "32:7: warning: symbol 'none' of question 'diagnosis' is never used: no path has it; add it to a path, or remove it.",
                "38:3: warning: diagnosis 'healthy' has the same path as 'pneumonia', so no answer can tell them apart; add a question that does, or make the"
                        + " one a label of the other.");
        var unused = SmallLogic.with("branches:\n", "branches:\n  - {when: {quality: unknown}, then: {opacity: unknown}}\n");
        assertThat(findings(unused)).singleElement().asString().startsWith("34:5: warning: this branch is never taken");
        var contrary = SmallLogic.with("branches:\n", "branches:\n  - {when: {quality: poor}, then: {opacity: yes}}\n");
        assertThat(findings(contrary)).singleElement().asString()
                .startsWith("36:21: error: diagnosis 'unusable' gets 'unseen' for question 'opacity' here and 'yes' from the branch in line 34");
    }

    @Test
    void anOrderAgainstTheListIsAWarning() {
        var swapped = SmallLogic.with("after: [quality]", "after: []").replace("- id: quality", "- id: quality\n    after: [opacity]");
        assertThat(findings(swapped)).containsExactly("4:9: warning: question 'quality' stands before 'opacity', which is to be asked first; swap them,"
                + " as the list is the natural order.");
    }

    @Test
    void everyMistakeIsFoundAtOnce() {
        var faulty = SmallLogic.TEXT.replace("slots: [note]", "slots: [node]").replace("\"It is good.\"", "\"It is poor.\"").replace("labels: [PNA]", "lables: [PNA]")
                .replace("opacity: no,", "").replace("preset: source", "preset: [source]");
        assertThat(findings(faulty)).map(f -> f.substring(0, f.indexOf(": ", f.indexOf(": ") + 2))).containsExactly(
                "6:31: error", "13:16: error", "25:7: warning", "37:74: error", "38:3: error", "40:18: error");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            name: [unclosed            | 2:6: error: not well formed YAML: while parsing a flow sequence that begins at 1:7 expected ',' or ']', but got :
            name: a: b                 | 1:8: error: not well formed YAML: mapping values are not allowed here
            name: *gone                | 1:7: error: not well formed YAML: found undefined alias gone
            """)
    void syntaxErrorsHaveTheirPlace(String first, String expected) {
        assertThat(findings(SmallLogic.with("name: small", first))).singleElement().asString().startsWith(expected);
    }

    @Test
    void whatIsNoLogicAtAll() {
        assertThat(findings("")).containsExactly("1:1: error: the file is empty.");
        assertThat(findings("# nothing\n")).containsExactly("1:1: error: the file is empty.");
        assertThat(findings("- a\n")).containsExactly("1:1: error: expected a mapping (key: value), found a list.");
        assertThat(findings("name: x\n")).containsExactly("1:1: error: the key 'questions' is missing; add it.", "1:1: error: the key 'diagnoses' is missing; add it.");
        assertThat(findings("name: x\nquestions: []\ndiagnoses: {}\n")).containsExactly("2:12: error: there are no questions; write at least one.",
                "3:12: error: 0 diagnoses; from 1 to 1000 are expected.");
        assertThat(findings("a: 1\n---\nb: 2\n")).singleElement().asString().startsWith("2:1: error: not well formed YAML");
        assertThat(findings("name: a\nslots: [\u0007]\n")).singleElement().asString().startsWith("2:9: error: a character that YAML does not allow");
        assertThat(findings("[".repeat(100_000))).singleElement().asString().contains("deep");
        assertThat(findings("\uFEFF" + SmallLogic.TEXT)).as("a byte order mark").isEmpty();
        assertThat(findings(SmallLogic.TEXT.replace("\n", "\r\n"))).as("lines of Windows").isEmpty();
    }

    @Test
    void sizesAreBounded() {
        assertThat(findings(SmallLogic.with("\"It is good.\"", "\"" + "good ".repeat(300) + "\""))).singleElement().asString()
                .startsWith("13:16: error: a text of 1500 characters; at most 1000 are read.");
        assertThat(findings(SmallLogic.with("[\"sharp\", \"good\", \"crisp*\"]", "[" + "\"good\",".repeat(1001) + "]")).getFirst())
                .startsWith("10:19: error: a list of 1001 items; at most 1000 are read.");
    }

    /** Whatever a hand does to a file, it is answered with findings, and a logic exactly when none is an error. */
    @Test
    void randomDamageIsAnswered() {
        long seed = 20_240_519;
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 120; i++) {
            var text = new StringBuilder(SmallLogic.TEXT);
            for (int edits = random.nextInt(1, 4); edits > 0; edits--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, "{}[]:,-\"\n #&*".charAt(random.nextInt(13)));
                    default -> text.delete(at, Math.min(text.length(), at + random.nextInt(40)));
                }
            }
            var checked = CheckedLogic.of(text.toString());
            int lines = (int) text.chars().filter(c -> c == '\n').count() + 2;
            assertThat(checked.logic().isPresent()).as("seed %d, case %d:%n%s", seed, i, text).isEqualTo(checked.findings().stream().noneMatch(Finding::isError));
            assertThat(checked.findings()).allSatisfy(f -> {
                assertThat(f.place().line()).isBetween(1, lines);
                assertThat(f.place().column()).isPositive();
            });
        }
    }

    @Test
    void loadingThrowsTheFirstError() {
        assertThatThrownBy(() -> CheckedLogic.of(SmallLogic.with("\"It is good.\"", "\"It is poor.\"").replace("preset: source", "preset: x")).orThrow("my.yaml"))
                .isInstanceOf(InputException.class).hasMessageStartingWith("my.yaml:13:16: question 'quality', symbol 'good'")
                .hasMessageEndingWith("(\"logic check\" shows 1 more)");
    }
}
