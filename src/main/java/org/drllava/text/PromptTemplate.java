package org.drllava.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.drllava.common.AtomicFile;
import org.drllava.common.InputException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The Vicuna-v1 conversation that LLaVA-1.5 was trained on:
 * {@code <s>SYSTEM USER: <image>\nQ1 ASSISTANT: A1</s>USER: Q2 ASSISTANT: A2</s>}, the image mark standing for as many
 * image tokens as the picture has features.
 *
 * <p>Token in, token out: the pieces are tokenised one by one and joined, so a conversation encoded for training and
 * one grown turn by turn in a rollout have the same ids, namely those that the whole text has.
 *
 * @param system what the conversation opens with; may be empty
 */
public record PromptTemplate(String system) {
    /** The system text of Vicuna v1. */
    public static final PromptTemplate VICUNA_V1 = new PromptTemplate("A chat between a curious user and an artificial "
            + "intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions.");
    /** What stands for the picture in a text. */
    public static final String IMAGE_MARK = "<image>";
    /** The file in a model folder that replaces the system text. */
    public static final String FILE_NAME = "prompt_template.json";

    private static final String BEGIN = "<s>";
    private static final String END = "</s>";
    private static final String UNKNOWN = "<unk>";
    private static final String ROLE = "ASSISTANT:";
    private static final int MOST_IMAGE_FEATURES = 1 << 20;
    private static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    public PromptTemplate {
        system = system.strip();
    }

    /**
     * Reads {@code prompt_template.json}, {@code {"system": "…"}}, of a model folder; Vicuna v1 where there is none.
     *
     * @throws InputException when the file is there but is something else
     */
    public static PromptTemplate load(Path modelDirectory) {
        var file = modelDirectory.resolve(FILE_NAME);
        if (Files.notExists(file)) return VICUNA_V1;
        try {
            var read = JSON.readValue(file.toFile(), Fields.class);
            if (read != null && read.system() != null) return new PromptTemplate(read.system());
        } catch (JacksonException e) {
            throw new InputException(file + " should be {\"system\": \"text\"}: " + e.getOriginalMessage(), e);
        }
        throw new InputException(file + ": system is missing; expected {\"system\": \"text\"}.");
    }

    /** Writes {@code prompt_template.json} into an existing folder. */
    public void save(Path modelDirectory) {
        AtomicFile.write(modelDirectory.resolve(FILE_NAME), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(new Fields(system)));
    }

    /**
     * The ids from the begin token to the first {@code ASSISTANT:}, both included. Surrounding white space of the
     * question is dropped.
     *
     * @param imageTokenId the id that stands for one image feature; need not be in the tokenizer's vocabulary
     * @param imageFeatures how often it is repeated
     * @throws InputException when the question holds the image mark or a special token
     */
    public int[] opening(Tokenizer tokenizer, String firstQuestion, int imageTokenId, int imageFeatures) {
        if (imageFeatures < 0 || imageFeatures > MOST_IMAGE_FEATURES) {
            throw new IllegalArgumentException(imageFeatures + " image features; expected 0 to " + MOST_IMAGE_FEATURES);
        }
        requirePlain(tokenizer, "system text", system);
        int[] image = new int[imageFeatures];
        Arrays.fill(image, imageTokenId);
        return join(new int[] {required(tokenizer, BEGIN)}, tokenizer.encodePlain(systemText()), image,
                afterEnd(tokenizer, "", openingText(plain(tokenizer, "question", firstQuestion))));
    }

    /**
     * The ids of {@code USER: Q ASSISTANT:} right after an end token.
     *
     * @throws InputException when the question holds the image mark or a special token
     */
    public int[] followUp(Tokenizer tokenizer, String question) {
        return afterEnd(tokenizer, "", followUpText(plain(tokenizer, "question", question)));
    }

    /**
     * The ids of an answer as it goes on after {@code ASSISTANT:}, with its end token; an empty answer is the end token
     * alone. Surrounding white space is dropped.
     *
     * @throws InputException when the answer holds the image mark or a special token
     */
    public int[] answer(Tokenizer tokenizer, String answer) {
        var text = plain(tokenizer, "answer", answer);
        var end = new int[] {required(tokenizer, END)};
        return text.isEmpty() ? end : join(afterEnd(tokenizer, ROLE, answerText(text)), end);
    }

    /**
     * A whole conversation: {@link #opening}, then {@link #answer} and {@link #followUp} in turn.
     *
     * @throws InputException as the parts do, also when a text would give the image token, or when there is no turn
     */
    public Encoded conversation(Tokenizer tokenizer, List<Turn> turns, int imageTokenId, int imageFeatures) {
        if (turns.isEmpty()) throw new InputException("A conversation should have at least one question and answer.");
        int[] ids = {};
        int[] learnt = {};
        for (var turn : turns) {
            int[] question = ids.length == 0
                    ? opening(tokenizer, turn.question(), imageTokenId, imageFeatures)
                    : followUp(tokenizer, turn.question());
            int[] answer = answer(tokenizer, turn.answer());
            int from = ids.length + question.length;
            ids = join(ids, question, answer);
            learnt = join(learnt, IntStream.range(from, ids.length).toArray());
        }
        if (Arrays.stream(ids).filter(id -> id == imageTokenId).count() != imageFeatures) {
            throw new InputException("A text of the conversation holds the image token " + imageTokenId + "; only the picture may.");
        }
        var learn = new boolean[ids.length];
        for (int position : learnt) learn[position] = true;
        return new Encoded(ids, learn);
    }

    String systemText() {
        return system.isEmpty() ? "USER: " : system + " USER: ";
    }

    static String openingText(String question) {
        return "\n" + question + " " + ROLE;
    }

    static String followUpText(String question) {
        return "USER: " + question + " " + ROLE;
    }

    static String answerText(String answer) {
        return " " + answer;
    }

    /** Tokenises behind an end token, so that no "start of text" mark of the tokenizer gets in. */
    private static int[] afterEnd(Tokenizer tokenizer, String before, String text) {
        int[] head = tokenizer.encodePlain(END + before);
        int[] whole = tokenizer.encodePlain(END + before + text);
        if (!Arrays.equals(head, 0, head.length, whole, 0, Math.min(head.length, whole.length))) {
            throw new InputException("The tokenizer joins \"" + before + "\" with the text that follows it: \"" + shortened(text) + "\".");
        }
        return Arrays.copyOfRange(whole, head.length, whole.length);
    }

    private static String plain(Tokenizer tokenizer, String what, String text) {
        var stripped = text.strip();
        requirePlain(tokenizer, what, stripped);
        return stripped;
    }

    /** Text from outside must not be able to end an answer or to put a picture in. */
    private static void requirePlain(Tokenizer tokenizer, String what, String text) {
        if (text.contains(IMAGE_MARK)) throw injected(what, text, IMAGE_MARK);
        for (var special : tokenizer.specialTokens()) {
            if (text.contains(special)) throw injected(what, text, special);
        }
        int unknown = tokenizer.idOf(UNKNOWN).orElse(-1);
        for (int id : tokenizer.encodePlain(text)) {
            if (id != unknown && tokenizer.isSpecial(id)) throw injected(what, text, tokenizer.token(id));
        }
    }

    private static InputException injected(String what, String text, String token) {
        return new InputException("The " + what + " \"" + shortened(text) + "\" holds " + token + ", which only the template may set.");
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }

    private static int required(Tokenizer tokenizer, String token) {
        return tokenizer.idOf(token).orElseThrow(() -> new InputException("The tokenizer should have the token " + token + ", which the Vicuna v1 prompt needs."));
    }

    private static int[] join(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }

    private record Fields(String system) {}
}
