package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogicParseCommandTest {
    private static Ran parse(String answers, String question) {
        return Ran.reading(answers, "logic", "parse", "--logic", "painted-marrow", "--question", question);
    }

    @Test
    void anAnswerALineIsASymbolALineWithItsReasons() {
        var ran = parse("No leukaemia; this is Multiple Myeloma.\nmultiple mieloma\r\nAML or MM\nWhat?\n\nno disease", "diagnosis").succeeds();
        assertThat(ran.out().lines()).containsExactly(
                "mm\tleukaemia; multiple myeloma\tleukaemia; multiple myeloma\tdenied; asserted",
                "mm\tmultiple myeloma\tmultiple mieloma (multiple myeloma)\tasserted",
                "conflict\taml; mm\taml; mm\tasserted; asserted",
                "no_match\t\t\t",
                "no_match\t\t\t",
                "normal\tdisease\tdisease\tdenied");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void nothingGivesNothing() {
        assertThat(parse("", "diagnosis").succeeds().out()).isEmpty();
    }

    @Test
    void anUnknownQuestionIsToldTheKnownOnes() {
        parse("yes", "colour").refuses("colour", "quality", "content", "diagnosis");
        Ran.reading("yes", "logic", "parse", "--logic", "painted-marrow").refuses("--question");
        Ran.reading("yes", "logic", "parse", "--logic", "/not/there.yaml", "--question", "quality").refuses("/not/there.yaml");
    }

    @Test
    void whatIsNoAnswerIsNamed() {
        parse("yes\n" + "no ".repeat(400_000), "quality").refuses("standard input: line 2 is longer than 1 MiB");
        Ran.reading(new byte[] {'n', 'o', '\n', (byte) 0xc3}, "logic", "parse", "--logic", "painted-marrow", "--question", "quality")
                .refuses("standard input: line 2 is not UTF-8");
    }
}
