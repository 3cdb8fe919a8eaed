package org.drllava.clinical.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.drllava.clinical.data.LabelledImage;
import org.drllava.clinical.logic.AnswerParser;
import org.drllava.clinical.logic.Wording;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which conversations there are about a set of images, and what decides their words. */
class CurationTest {
    private static Curation curation(String scenarios, int perImage, boolean balanced, List<LabelledImage> images) {
        var mix = ScenarioMix.parse(scenarios, perImage == 0 ? OptionalInt.empty() : OptionalInt.of(perImage), "test");
        return new Curation(Clinic.LOGIC, Clinic.ROOT, Wording.TRAIN, mix, balanced, 4, images);
    }

    private static Map<String, Long> scenarios(List<Conversation> of) {
        return of.stream().collect(Collectors.groupingBy(c -> c.scenario().orElseThrow(), Collectors.counting()));
    }

    /** The demo trains on these bytes: its published figures are theirs. */
    @ParameterizedTest
    @CsvSource({"TRAIN,fe01f5a14fed74789408a2529b29d9908450c903ded24342d91c669c72a2fbae",
            "TEST,7b84b13c3051ac7e6e1b33a9e30c7e56dec26633f103467a52d6b9b5a698d29c"})
    void plainConversationsAreWhatTheyWereBeforeThereWereScenarios(Wording wording, String sha256) throws Exception {
        var writer = new ConversationWriter(Clinic.LOGIC, Clinic.ROOT, wording, 11);
        var all = new ArrayList<>(writer.curate(Clinic.images(10)));
        List.copyOf(all).forEach(conversation -> all.add(writer.rewrite(conversation, 3)));
        var bytes = ConversationJson.text(all).getBytes(StandardCharsets.UTF_8);
        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes))).isEqualTo(sha256);
        var natural = Clinic.curate(Clinic.LOGIC, "natural", wording, 11, Clinic.images(10));
        assertThat(natural).extracting(Conversation::exchanges).isEqualTo(all.subList(0, 10).stream().map(Conversation::exchanges).toList());
    }

    @Test
    void seedImageAndEpochAloneDecideTheWords() {
        var all = Clinic.curate(Clinic.LOGIC, "all", Wording.TRAIN, 1, Clinic.images(20));
        assertThat(ConversationJson.text(Clinic.curate(Clinic.LOGIC, "all", Wording.TRAIN, 1, Clinic.images(20)))).isEqualTo(ConversationJson.text(all));
        assertThat(Clinic.curate(Clinic.LOGIC, "all", Wording.TRAIN, 1, Clinic.images(20).subList(7, 8))).isEqualTo(
                all.stream().filter(c -> c.image().equals("p7_0.png")).toList());
        assertThat(Clinic.curate(Clinic.LOGIC, "disagree", Wording.TRAIN, 1, Clinic.images(20))).isEqualTo(
                all.stream().filter(c -> c.scenario().orElseThrow().equals("disagree")).toList());
        assertThat(Clinic.curate(Clinic.LOGIC, "all", Wording.TRAIN, 2, Clinic.images(20))).isNotEqualTo(all);
        var writer = new ConversationWriter(Clinic.LOGIC, Clinic.ROOT, Wording.TRAIN, 1);
        var plain = writer.curate(Clinic.images(8)).getLast();
        assertThat(writer.rewrite(plain, 0)).isEqualTo(plain);
        assertThat(writer.rewrite(plain, 1)).isNotEqualTo(plain);
    }

    @Test
    void weightsCountAndNumbersShareOut() {
        assertThat(scenarios(curation("natural:3,disagree", 0, false, Clinic.images(5)).conversations().toList())).isEqualTo(Map.of("natural", 15L, "disagree", 5L));
        var eight = curation("natural:3,disagree:1", 8, false, Clinic.images(5)).conversations().toList();
        assertThat(scenarios(eight)).isEqualTo(Map.of("natural", 30L, "disagree", 10L));
        assertThat(eight).extracting(Conversation::id).doesNotHaveDuplicates().contains("p0_0", "p0_0#natural:6", "p0_0#disagree", "p0_0#disagree:2");
        assertThat(eight).extracting(Conversation::exchanges).doesNotHaveDuplicates();
        assertThat(scenarios(curation("natural:3,disagree", 1, false, Clinic.images(400)).conversations().toList()).get("natural")).isBetween(260L, 340L);
        var single = curation("single", 7, false, Clinic.images(1)).conversations().toList();
        assertThat(single).hasSize(7);
        assertThat(single.subList(0, 5)).extracting(c -> c.exchanges().getFirst().questionId()).doesNotHaveDuplicates();
    }

    @Test
    void balanceGivesEachDiagnosisAsManyConversationsAsTheMostFrequentOne() {
        for (var scenarios : List.of("natural", "all", "hint-wrong,random:2")) {
            for (int perImage : new int[] {0, 1, 3}) {
                var images = IntStream.range(0, 24).mapToObj(i -> Clinic.image(i, i < 17 ? "aml" : i < 21 ? "adequate_MM" : "clot", Map.of())).toList();
                var curation = curation(scenarios, perImage, true, images);
                var all = curation.conversations().toList();
                var counts = all.stream().collect(Collectors.groupingBy(Conversation::diagnosis, Collectors.counting()));
                assertThat(counts).isEqualTo(curation.counts()).containsOnlyKeys("aml", "mm", "clot");
                assertThat(counts.values().stream().distinct()).hasSize(1);
                assertThat(all).extracting(Conversation::id).doesNotHaveDuplicates();
                assertThat(all.subList(0, all.size() - 1)).startsWith(curation(scenarios, perImage, false, images).conversations().toArray(Conversation[]::new));
                var clots = all.stream().filter(c -> c.diagnosis().equals("clot")).collect(Collectors.groupingBy(Conversation::image, Collectors.counting()));
                assertThat(clots.values().stream().mapToLong(n -> n).max().orElseThrow() - clots.values().stream().mapToLong(n -> n).min().orElseThrow())
                        .as("images of a diagnosis are taken equally often").isLessThanOrEqualTo(all.size() / images.size());
            }
        }
    }

    @Test
    void everyAnswerOfABalancedSetStillSaysWhatTheLabelMeans() {
        var parser = new AnswerParser(Clinic.LOGIC);
        curation("all", 5, true, Clinic.images(7)).conversations().forEach(conversation -> conversation.exchanges().forEach(exchange -> assertThat(
                parser.parse(exchange.questionId(), exchange.answer()).is(Clinic.LOGIC.diagnosis(conversation.diagnosis()).path().get(exchange.questionId()))).isTrue()));
    }

    @Test
    void imagesThatDifferInTheirSuffixKeepIt() {
        var images = List.of(new LabelledImage(Path.of("images/a.png"), "mm", "a"), new LabelledImage(Path.of("images/a.jpg"), "mm", "a"),
                new LabelledImage(Path.of("images/sub/.a"), "mm", "a"));
        assertThat(curation("natural", 0, false, images).conversations()).extracting(Conversation::id).containsExactly("a.png", "a.jpg", "sub/.a");
        var outside = List.of(new LabelledImage(Path.of("elsewhere/a.png"), "mm", "a"));
        assertThatThrownBy(() -> curation("natural", 0, false, outside)).isInstanceOf(InputException.class).hasMessageContaining("lies outside");
        assertThat(curation("all", 2, true, List.of()).conversations()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            natural:       | found ''
            natural:-1     | found '-1'
            natural:1000   | found '1000'
            natural:1:2    | found '1:2'
            natural,,valid | there is no scenario ''
            HINT_RIGHT     | there is no scenario 'HINT_RIGHT'
            valid,valid    | valid is named twice
            """)
    void faultyMixesAreRefused(String mix, String message) {
        assertThatThrownBy(() -> ScenarioMix.parse(mix, OptionalInt.empty(), "--scenario")).isInstanceOf(InputException.class)
                .hasMessageStartingWith("--scenario: ").hasMessageContaining(message);
    }
}
