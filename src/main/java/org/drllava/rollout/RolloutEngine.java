package org.drllava.rollout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.drllava.model.DecodeStep;
import org.drllava.model.TokenCache;
import org.drllava.model.LlavaModel;
import org.drllava.model.LoraAdapter;
import org.drllava.model.TokenBatch;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;

/**
 * Plays whole conversations: questions are given, answers are sampled turn by turn, and keys and values stay cached over
 * all turns, so nothing is encoded twice; what dialogues about one picture begin with is read once for all of them. Every row
 * has a length of its own; a row whose answer has ended waits for the others and then all next questions are read in one step.
 */
public final class RolloutEngine {
    private final LlavaModel model;
    private final LoraAdapter adapter;
    private final Sampling sampling;
    private final int endToken;
    private final int maxAnswerTokens;

    /** @param adapter or null; @param maxAnswerTokens of one answer, its end token included */
    public RolloutEngine(LlavaModel model, LoraAdapter adapter, Sampling sampling, int endToken, int maxAnswerTokens) {
        this.model = model;
        this.adapter = adapter;
        this.sampling = sampling;
        this.endToken = endToken;
        this.maxAnswerTokens = maxAnswerTokens;
    }

    /**
     * @param dialogues decoded together; they may differ in turns and lengths
     * @param images    [dialogues, features, hidden], projected; null when the openings have no image tokens
     * @param pictures  a number for each dialogue, the same where the image is
     * @param seed      of the run
     * @param step      of the run; seed, step, conversation and position decide every sample
     */
    public List<Episode> run(List<Dialogue> dialogues, Tensor images, int[] pictures, long seed, long step) {
        try (TensorScope scope = TensorScope.open(); Autograd.Guard off = Autograd.off()) {
            List<Row> rows = dialogues.stream().map(Row::new).toList();
            TokenCache cache = model.newCache(rows.size(), capacity(dialogues));
            int[] left = readPrefixes(rows, SharedPrefix.of(dialogues, pictures, model.config().imageTokenId()), cache, images);
            long[] numbers = dialogues.stream().mapToLong(Dialogue::number).toArray();
            int turns = dialogues.stream().mapToInt(Dialogue::turns).max().orElse(0);
            try (DecodeStep decode = model.decodeStep(cache, sampling.choice(model.device(), seed, step), numbers)) {
                for (int turn = 0; turn < turns; turn++) {
                    for (Row row : rows) {
                        row.startTurn(turn);
                    }
                    boolean first = turn == 0;
                    while (rows.stream().anyMatch(Row::hasPending)) {
                        if (decode != null && !first && rows.stream().allMatch(row -> row.pending() <= 1)) {
                            advance(rows, decode);
                        } else {
                            advance(rows, cache, first ? select(images, left) : null, seed, step);
                        }
                        first = false;
                    }
                }
            }
            return rows.stream().map(Row::episode).toList();
        }
    }

    /** Reads each prefix in one row and copies it to the others. @return the rows whose images are still to be read */
    private int[] readPrefixes(List<Row> rows, List<SharedPrefix> prefixes, TokenCache cache, Tensor images) {
        Map<Integer, Integer> lengths = new HashMap<>();
        Set<Integer> done = new HashSet<>();
        for (SharedPrefix prefix : prefixes) {
            lengths.put(prefix.members().getFirst(), prefix.length());
            done.addAll(prefix.members());
        }
        if (!prefixes.isEmpty()) {
            try (TensorScope scope = TensorScope.open()) {
                TokenBatch batch = TokenBatch.of(IntStream.range(0, rows.size()).mapToObj(row -> rows.get(row).takePrefix(lengths.getOrDefault(row, 0))).toList());
                model.advance(cache, batch, select(images, IntStream.range(0, rows.size()).filter(lengths::containsKey).toArray()), adapter);
            }
        }
        for (SharedPrefix prefix : prefixes) {
            int first = prefix.members().getFirst();
            prefix.members().stream().skip(1).forEach(member -> {
                cache.copy(first, member, prefix.length());
                rows.get(member).takePrefix(prefix.length());
            });
        }
        return IntStream.range(0, rows.size()).filter(row -> !done.contains(row)).toArray();
    }

    private static Tensor select(Tensor images, int[] rows) {
        if (images == null || rows.length == 0) {
            return null;
        }
        return rows.length == images.size(0) ? images : Ops.indexSelect(images, 0, Tensors.of(images.device(), rows, rows.length));
    }

    private int capacity(List<Dialogue> dialogues) {
        // One token more a turn: an answer that the limit cuts off gets an end token it did not sample.
        return dialogues.stream().mapToInt(d -> d.promptTokens() + d.turns() * (maxAnswerTokens + 1)).max().orElse(0);
    }

    /** Feeds every row's pending tokens and samples the next token of each row that had some. */
    private void advance(List<Row> rows, TokenCache cache, Tensor images, long seed, long step) {
        try (TensorScope scope = TensorScope.open()) {
            TokenBatch batch = TokenBatch.of(rows.stream().map(Row::takePending).toList());
            List<Row> waiting = new ArrayList<>();
            for (int i = 0; i < rows.size(); i++) {
                if (batch.lengths()[i] > 0) {
                    waiting.add(rows.get(i));
                }
            }
            Tensor logits = model.logits(model.advance(cache, batch, images, adapter));
            Sampling.Chosen chosen = sampling.choose(logits, seed, step, waiting.stream().mapToLong(row -> row.dialogue.number()).toArray(),
                    waiting.stream().mapToLong(row -> row.tokens.size()).toArray());
            for (int i = 0; i < waiting.size(); i++) {
                waiting.get(i).accept(chosen.tokens()[i], chosen.logprobs()[i]);
            }
        }
    }

    /** The same where no row has more than one token pending. */
    private static void advance(List<Row> rows, DecodeStep decode) {
        boolean[] playing = new boolean[rows.size()];
        int[] fed = new int[rows.size()];
        for (int i = 0; i < fed.length; i++) {
            playing[i] = rows.get(i).hasPending();
            fed[i] = playing[i] ? rows.get(i).takePending()[0] : DecodeStep.NONE;
        }
        Sampling.Chosen chosen = Sampling.Chosen.of(decode.run(fed));
        for (int i = 0; i < fed.length; i++) {
            if (playing[i]) {
                rows.get(i).accept(chosen.tokens()[i], chosen.logprobs()[i]);
            }
        }
    }

    /** One conversation while it is played. */
    private final class Row {
        private final Dialogue dialogue;
        private final IntBuffer tokens = new IntBuffer();
        private final List<Boolean> answer = new ArrayList<>();
        private final List<Float> logprobs = new ArrayList<>();
        private final List<Episode.Span> spans = new ArrayList<>();
        private int fed;
        private boolean playing;
        private int answerStart;

        Row(Dialogue dialogue) {
            this.dialogue = dialogue;
        }

        void startTurn(int turn) {
            playing = turn < dialogue.turns();
            if (!playing) {
                return;
            }
            if (turn > 0 && !spans.getLast().ended()) {
                append(endToken, false);
            }
            for (int token : dialogue.prompt(turn)) {
                append(token, false);
            }
            answerStart = tokens.size();
        }

        /** Tokens that a dialogue begins with, which are then in the cache. */
        int[] takePrefix(int length) {
            fed = length;
            return Arrays.copyOf(dialogue.opening(), length);
        }

        boolean hasPending() {
            return playing;
        }

        int pending() {
            return playing ? tokens.size() - fed : 0;
        }

        /** Tokens not yet in the cache; none while the row waits. */
        int[] takePending() {
            if (!playing) {
                return new int[0];
            }
            int[] pending = tokens.copy(fed, tokens.size());
            fed = tokens.size();
            return pending;
        }

        void accept(int token, float logprob) {
            append(token, true);
            logprobs.add(logprob);
            boolean ended = token == endToken;
            if (ended || tokens.size() - answerStart == maxAnswerTokens) {
                spans.add(new Episode.Span(answerStart, tokens.size(), ended));
                playing = false;
            }
        }

        private void append(int token, boolean sampled) {
            tokens.add(token);
            answer.add(sampled);
        }

        Episode episode() {
            boolean[] flags = new boolean[answer.size()];
            for (int i = 0; i < flags.length; i++) {
                flags[i] = answer.get(i);
            }
            float[] sampled = new float[logprobs.size()];
            for (int i = 0; i < sampled.length; i++) {
                sampled[i] = logprobs.get(i);
            }
            return new Episode(tokens.copy(0, tokens.size()), flags, sampled, List.copyOf(spans));
        }
    }
}
