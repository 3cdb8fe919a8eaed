package org.drllava.clinical.paraphrase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogicTextTest {
    private static final Meaning ASK = new Meaning("a", Optional.empty());
    private static final Meaning YES = new Meaning("a", Optional.of("yes"));

    @Test
    void linesAreAddedAndTheRestStays() {
        var text = """
                # 😀 a comment beyond the first plane
                name: "x" # what
                questions:
                - id: a
                  ask:
                    train:   # of the question
                    - Is it?   # the first
                      # about the second
                    -   "Is
                         it so?"
                    # about the tests
                    test: [Is it not?]
                  symbols:
                    yes: {patterns: ["yes"], test: [Oh yes.], train: [Yes it is., 'Yes, so it is.' , # and
                       Yes.]}
                diagnoses: {}""";
        assertThat(new LogicText(text, "x").trainWordings()).isEqualTo(Map.of(ASK, List.of("Is it?", "Is it so?"), YES, List.of("Yes it is.", "Yes, so it is.", "Yes.")));
        var added = new LinkedHashMap<Meaning, List<String>>();
        added.put(YES, List.of("Yes, indeed.", "Yes yes", "yes"));
        added.put(ASK, List.of("Is it, \"really\"?", "So, is it?"));
        assertThat(new LogicText(text, "x").with(added, "by M")).isEqualTo(text
                .replace("         it so?\"\n", "         it so?\"\n    # by M\n    - \"Is it, \\\"really\\\"?\"\n    - So, is it?\n")
                .replace("Yes.]", "Yes., \"Yes, indeed.\", Yes yes, \"yes\"]"));
        assertThat(new LogicText(text, "x").with(Map.of(), "by M")).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "train:\n- A b\n- C d",
        "train:\n    - A b\n    - C d   # last",
        "train:\n  - A b\n\n\n  # end\n\n",
        "train:\n  - A b\n  - |\n    C\n    d\n",
        "train:\n  - A b\n  - |+\n    C\n    d\n\n",
        "train:\n  - A b\n  - >-\n    C\n    d\n  # end\n",
        "train:\n  - A b\n  - >-\n    C\n    d",
        "train:\n  - A b\n  - C\n    d no\n    e\n",
        "train:\n  - \"A b\"\n  - 'C\n\n    d'\n",
        "train: &list\n  - !!str A b\n  - &item C d\n",
        "train: [A b, C d]",
        "train: [A b, C d,]",
        "train: [\n  A b, # one\n  \"C d\" # two\n  ]",
        "train: [A b,\n  C\n  d\n]\n",
        "? train\n: - A b\n  - C d\n",
        "\"train\": # odd\n  -\n    A b\n  -\n    C d\n"
    })
    void everyWayToWriteAList(String train) {
        for (var newline : List.of("\n", "\r\n")) {
            for (var rest : List.of("", "\n      test: [x]\n    symbols: {yes: {train: [u v]}}\n# end")) {
                var text = ("# ü😀\nquestions:\n  - id: a\n    ask:\n      " + train.replace("\n", "\n      ") + rest).replace("\n", newline);
                var before = new LogicText(text, "x").trainWordings();
                assertThat(before.get(ASK)).as(text).isNotEmpty();
                var added = Map.of(ASK, List.of("Is it - really - so?", "No: it # is \\ \"not\", so."));
                var after = new LogicText(text, "x").with(added, "by M");
                assertThat(new LogicText(after, "x").trainWordings().get(ASK)).as(after)
                        .isEqualTo(Stream.of(before.get(ASK), added.get(ASK)).flatMap(List::stream).toList());
                assertOnlyInserted(text, after);
            }
        }
    }

    @Test
    void anyTextsInTheShippedLogics() {
        long seed = 20250301;
        var random = new SplittableRandom(seed);
        for (var name : List.of("painted-marrow", "bone-marrow")) {
            var yaml = ClinicalLogic.shippedText(name);
            var text = new LogicText(yaml, name);
            for (int round = 0; round < 6; round++) {
                var added = new LinkedHashMap<Meaning, List<String>>();
                var expected = new LinkedHashMap<Meaning, List<String>>();
                text.trainWordings().forEach((meaning, wordings) -> {
                    var more = random.ints(random.nextInt(3), 0, 1 << 30).mapToObj(i -> odd(new SplittableRandom(i))).toList();
                    added.put(meaning, more);
                    expected.put(meaning, Stream.of(wordings, more).flatMap(List::stream).toList());
                });
                var after = text.with(added, "by M");
                assertThat(new LogicText(after, name).trainWordings()).as("seed " + seed + ", round " + round).isEqualTo(expected);
                assertThat(after.lines().toList()).containsSubsequence(yaml.lines().toList());
            }
        }
    }

    @Test
    void oneListUnderTwoNamesIsRefused() {
        assertThatThrownBy(() -> new LogicText("questions: [{id: a, ask: {train: &t [b]}, symbols: {yes: {train: *t}}}]", "x.yaml"))
                .isInstanceOf(InputException.class).hasMessageContainingAll("x.yaml", "alias");
    }

    @Test
    void aListThatDefeatsItIsRefusedRatherThanSpoilt() {
        var text = new LogicText("questions:\n- id: a\n  ask:\n    train:\n    - # odd - odd\n      A b\n    - C d\n", "x.yaml");
        assertThatThrownBy(() -> text.with(Map.of(ASK, List.of("Is it?")), "by M")).isInstanceOf(InputException.class)
                .hasMessageContainingAll("x.yaml", "cannot be added to");
    }

    private static void assertOnlyInserted(String before, String after) {
        int head = 0;
        while (head < before.length() && before.charAt(head) == after.charAt(head)) {
            head++;
        }
        assertThat(after).endsWith(before.substring(head)).hasSizeGreaterThan(before.length());
    }

    /** Texts that YAML would take for something else, were they not quoted. */
    private static String odd(SplittableRandom random) {
        var pieces = List.of("no", "yes", "null", "12", "- a", ": ", " #", "\"", "'", "\\", "{b}", "[", "]", ",", "?", "!x", "&y", "*z", "%", "@", "`", "|", ">", "é", "😀", "word", "a b");
        var text = new StringBuilder("x".repeat(random.nextInt(2)));
        for (int i = 0; i <= random.nextInt(6); i++) {
            text.append(i > 0 && random.nextBoolean() ? " " : "").append(pieces.get(random.nextInt(pieces.size())));
        }
        return text.toString().strip();
    }
}
