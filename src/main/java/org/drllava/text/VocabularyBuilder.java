package org.drllava.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.drllava.common.AtomicFile;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes the word vocabulary of a small model: every word of its texts is one token, every other word falls back to
 * words and letters. What it writes loads in {@link Tokenizer} and, unchanged, in Python's {@code AutoTokenizer}.
 *
 * <p>Ids: {@code <unk> <s> </s> <image>}, then the words, then the single characters, both in the order of their UTF-16
 * codes. A word after a space starts with {@code ▁}; one right after a line break, a bracket or an end token does not.
 */
public final class VocabularyBuilder {
    private static final List<String> SPECIAL = List.of("<unk>", "<s>", "</s>", PromptTemplate.IMAGE_MARK);
    private static final String SPACE = "▁";
    /** Log-likelihoods: any split of a word costs more than the word, and letters more than words. */
    private static final double WORD_SCORE = -1, CHARACTER_SCORE = -10;
    private static final Pattern RUN = Pattern.compile("( ?)([^\\s▁]+)");
    private static final Pattern CORE = Pattern.compile("[\\p{L}\\p{N}](?:.*[\\p{L}\\p{N}\\p{M}])?");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final TreeSet<String> words = new TreeSet<>();
    private final TreeSet<String> characters = new TreeSet<>();

    /** Starts with the letters, digits and signs of ASCII, tab and line break. */
    public VocabularyBuilder() {
        for (char c = '!'; c <= '~'; c++) characters.add(String.valueOf(c));
        characters.addAll(List.of("\n", "\t", SPACE));
    }

    /** Adds a text that stands alone: its first word counts as one after a space. */
    public VocabularyBuilder add(String text) {
        return addRunning(" " + text);
    }

    /** Adds the texts of conversations, each question both as the first one and as a later one. */
    public VocabularyBuilder addConversations(PromptTemplate template, Collection<String> questions, Collection<String> answers) {
        add(template.systemText());
        questions.forEach(question -> addRunning(PromptTemplate.openingText(question.strip())));
        questions.forEach(question -> addRunning(PromptTemplate.followUpText(question.strip())));
        answers.forEach(answer -> addRunning(PromptTemplate.answerText(answer.strip())));
        return this;
    }

    /** All tokens in the order of their ids. */
    public List<String> tokens() {
        var all = new ArrayList<>(SPECIAL);
        words.stream().filter(word -> !characters.contains(word)).forEach(all::add);
        all.addAll(characters);
        return List.copyOf(all);
    }

    /** Writes {@code tokenizer.json} and {@code tokenizer_config.json} into an existing folder. */
    public void write(Path directory) {
        var pretty = JSON.writerWithDefaultPrettyPrinter();
        AtomicFile.write(directory.resolve("tokenizer.json"), pretty.writeValueAsBytes(tokenizer()));
        AtomicFile.write(directory.resolve("tokenizer_config.json"), pretty.writeValueAsBytes(config()));
    }

    private VocabularyBuilder addRunning(String text) {
        text.codePoints().filter(c -> c != ' ').forEach(c -> characters.add(Character.toString(c)));
        var runs = RUN.matcher(text);
        while (runs.find()) {
            var core = CORE.matcher(runs.group(2));
            if (!core.find()) continue;
            // After an opening bracket or quote the word does not touch the space.
            boolean spaced = !runs.group(1).isEmpty() && core.start() == 0;
            words.add(spaced ? SPACE + core.group() : core.group());
        }
        return this;
    }

    private Map<String, Object> tokenizer() {
        var tokens = tokens();
        var scored = new ArrayList<List<Object>>(tokens.size());
        for (int id = 0; id < tokens.size(); id++) {
            var token = tokens.get(id);
            scored.add(List.of(token, id < SPECIAL.size() ? 0.0 : characters.contains(token) ? CHARACTER_SCORE : WORD_SCORE));
        }
        var metaspace = ordered("type", "Metaspace", "replacement", SPACE, "prepend_scheme", "first", "split", true);
        var begin = Map.of("SpecialToken", ordered("id", "<s>", "type_id", 0));
        var first = Map.of("Sequence", ordered("id", "A", "type_id", 0));
        var second = Map.of("Sequence", ordered("id", "B", "type_id", 0));
        return ordered("version", "1.0", "truncation", null, "padding", null,
                "added_tokens", added(),
                "normalizer", null,
                "pre_tokenizer", metaspace,
                "post_processor", ordered("type", "TemplateProcessing", "single", List.of(begin, first),
                        "pair", List.of(begin, first, begin, second),
                        "special_tokens", Map.of("<s>", ordered("id", "<s>", "ids", List.of(1), "tokens", List.of("<s>")))),
                "decoder", metaspace,
                "model", ordered("type", "Unigram", "unk_id", 0, "vocab", scored, "byte_fallback", false));
    }

    private static List<Map<String, Object>> added() {
        var added = new ArrayList<Map<String, Object>>();
        for (int id = 0; id < SPECIAL.size(); id++) {
            added.add(ordered("id", id, "content", SPECIAL.get(id), "single_word", false, "lstrip", false, "rstrip", false,
                    "normalized", false, "special", true));
        }
        return added;
    }

    private static Map<String, Object> config() {
        return ordered("tokenizer_class", "PreTrainedTokenizerFast", "bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>",
                "pad_token", "<unk>", "clean_up_tokenization_spaces", false, "padding_side", "left",
                "model_max_length", 1_000_000, "extra_special_tokens", Map.of("image_token", PromptTemplate.IMAGE_MARK));
    }

    private static Map<String, Object> ordered(Object... keysAndValues) {
        var map = new LinkedHashMap<String, Object>();
        for (int i = 0; i < keysAndValues.length; i += 2) map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        return map;
    }
}
