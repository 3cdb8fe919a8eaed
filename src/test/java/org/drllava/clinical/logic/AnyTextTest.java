package org.drllava.clinical.logic;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.drllava.clinical.english.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the answer is, it is read, in time that grows with its length, and alike by all threads. */
class AnyTextTest {
    private static final long SEED = 7;
    /** Ten times what a slow core needs; reading in quadratic time would take a hundred times as long. */
    private static final double MILLISECONDS_FOR_10_000 = 500;

    private final ClinicalLogic logic = ClinicalLogic.shipped("bone-marrow");
    private final AnswerParser parser = new AnswerParser(logic);

    @Test
    void soupOfTheLogicsWordsIsRead() {
        var random = new Random(SEED);
        var words = vocabulary();
        for (int i = 0; i < 2_000; i++) {
            read(soup(words, random.nextInt(40), random), i);
        }
    }

    @Test
    void anyUnicodeIsRead() {
        var random = new Random(SEED);
        for (int i = 0; i < 2_000; i++) {
            read(random.ints(random.nextInt(60), 0, 0x11000).mapToObj(c -> String.valueOf((char) c)).collect(Collectors.joining()), i);
            read(random.ints(random.nextInt(60), 0, 128).mapToObj(c -> String.valueOf((char) c)).collect(Collectors.joining()), i);
        }
    }

    private void read(String text, int i) {
        var question = logic.questions().get(i % logic.questions().size());
        var evidence = parser.parse(question.id(), text).evidence();
        assertThat(evidence).as("seed %d, %d: %s", SEED, i, text).allSatisfy(e -> {
            assertThat(e.words()).isNotBlank();
            assertThat(question.names()).contains(e.symbol());
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"no blasts, ", "blasts and ", "whether ", "not ", "qqqqqqqq", "initially normal but ", "no normal and ", "normal or not, ", "normal ", "a-b-", "x.y.", "1,", "which is normal? no "})
    void longAnswersTakeLittleTime(String part) {
        var text = part.repeat(10_000);
        assertThat(milliseconds(List.of(text))).as("10,000 times '%s'", part).isLessThan(MILLISECONDS_FOR_10_000);
    }

    @Test
    void wordsNeverMetTakeLittleTime() {
        var random = new Random(SEED);
        var texts = IntStream.range(0, 5).mapToObj(_ -> IntStream.range(0, 10_000).mapToObj(_ -> random.ints(5 + random.nextInt(8), 'a', 'z' + 1)
                .mapToObj(Character::toString).collect(Collectors.joining())).collect(Collectors.joining(" "))).toList();
        assertThat(milliseconds(texts)).isLessThan(MILLISECONDS_FOR_10_000);
    }

    /** The least processor time that one of the texts takes, when each is read three times. */
    private double milliseconds(List<String> texts) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 3 * texts.size(); i++) {
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            parser.parse("cells", texts.get(i % texts.size()));
            best = Math.min(best, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start);
        }
        return best / 1e6;
    }

    @Test
    void threadsReadAlike() {
        var random = new Random(SEED);
        var words = vocabulary();
        var texts = IntStream.range(0, 2_000).mapToObj(i -> soup(words, 12, random) + (i % 3 == 0 ? " misspeltt" + i : "")).toList();
        var alone = texts.stream().map(text -> parser.parse("diagnosis", text).toString()).toList();
        var shared = new AnswerParser(logic);
        var together = new ConcurrentHashMap<Integer, String>();
        IntStream.range(0, texts.size()).parallel().forEach(i -> together.put(i, shared.parse("diagnosis", texts.get(i)).toString()));
        assertThat(IntStream.range(0, texts.size()).mapToObj(together::get).toList()).isEqualTo(alone);
    }

    private List<String> vocabulary() {
        var words = logic.questions().stream().flatMap(q -> q.symbols().stream()).flatMap(s -> s.answers().all())
                .flatMap(w -> List.of(Words.of(w).toString().split(" ")).stream()).distinct().sorted().collect(Collectors.toList());
        words.addAll(List.of(",", ".", "?", "no", "not", "neither", "nor", "but", "cannot", "exclude", "ruled out", "whether", "than", "more", "initially", "so are", "5%", "45 %"));
        return words;
    }

    private static String soup(List<String> words, int length, Random random) {
        return random.ints(length, 0, words.size()).mapToObj(words::get).collect(Collectors.joining(" "));
    }
}
