package org.drllava.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.conversation.Exchange;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Question;
import org.drllava.dataset.DialogueEncoder;
import org.drllava.model.AnswerRows;
import org.drllava.model.TokenCache;
import org.drllava.model.Network;
import org.drllava.model.TokenBatch;
import org.drllava.model.TokenScores;
import org.drllava.rollout.Episode;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;

/**
 * How probable a model finds each diagnosis at the diagnosis question, after the answers it has given itself:
 * {@code p(s) = L(s) / sum of L}, with L(s) the mean over the symbol's test wordings of the probability of the wording's tokens,
 * its end token included, at temperature 1. The mean makes a symbol with more wordings no likelier. A sequence's probability is not
 * divided by its length: as it is, p(s) is what sampling would give if the model could say nothing but these wordings, each
 * symbol's as many.
 */
record DiagnosisProbabilities(Network network, DialogueEncoder encoder, ClinicalLogic logic) {

    /**
     * @param images [conversations, features, hidden], projected
     * @return a map from symbol to probability for each conversation, empty where the diagnosis is not asked for
     */
    List<Map<String, Double>> of(List<Conversation> conversations, List<Episode> episodes, Tensor images) {
        Question diagnosis = logic.questions().getLast();
        int[] asked = IntStream.range(0, conversations.size()).filter(i -> turn(conversations.get(i), diagnosis) >= 0).toArray();
        List<Map<String, Double>> probabilities = new ArrayList<>();
        conversations.forEach(_ -> probabilities.add(Map.of()));
        if (asked.length == 0) {
            return probabilities;
        }
        List<int[]> prompts = IntStream.of(asked).mapToObj(i -> Arrays.copyOf(episodes.get(i).tokens(),
                episodes.get(i).spans().get(turn(conversations.get(i), diagnosis)).start())).toList();
        try (TensorScope scope = TensorScope.open()) {
            Tensor shown = Ops.indexSelect(images, 0, Tensors.of(images.device(), asked, asked.length));
            List<Map<String, Double>> computed = normalised(likelihoods(diagnosis, prompts, shown), diagnosis);
            for (int i = 0; i < asked.length; i++) {
                probabilities.set(asked[i], computed.get(i));
            }
        }
        return probabilities;
    }

    private static int turn(Conversation conversation, Question question) {
        return conversation.exchanges().stream().map(Exchange::questionId).toList().indexOf(question.id());
    }

    /** [symbols, prompts], log L. The prompts are read once; each wording is tried behind them and taken back. */
    private double[][] likelihoods(Question diagnosis, List<int[]> prompts, Tensor images) {
        List<List<int[]>> wordings = diagnosis.symbols().stream().map(symbol -> symbol.answers().test().stream()
                .map(wording -> encoder.template().answer(encoder.tokenizer(), wording)).toList()).toList();
        int longest = wordings.stream().flatMap(List::stream).mapToInt(tokens -> tokens.length).max().orElse(0);
        TokenCache cache = network.model().newCache(prompts.size(), prompts.stream().mapToInt(p -> p.length).max().orElse(0) + longest);
        // A prompt's last token is read anew with each wording, as its state predicts the wording's first token.
        try (TensorScope scope = TensorScope.open()) {
            network.model().extend(cache, TokenBatch.of(prompts.stream().map(p -> Arrays.copyOf(p, p.length - 1)).toList()), images, network.adapter());
        }
        double[][] likelihoods = new double[wordings.size()][];
        for (int symbol = 0; symbol < likelihoods.length; symbol++) {
            List<double[]> each = wordings.get(symbol).stream().map(tokens -> logprobs(cache, prompts, tokens)).toList();
            likelihoods[symbol] = IntStream.range(0, prompts.size())
                    .mapToDouble(i -> logSumExp(each.stream().mapToDouble(row -> row[i]).toArray()) - Math.log(each.size())).toArray();
        }
        return likelihoods;
    }

    /** [prompts], log-probability of an answer's tokens; the cache is left as it was. */
    private double[] logprobs(TokenCache cache, List<int[]> prompts, int[] answer) {
        int count = prompts.size();
        int[] rows = IntStream.range(0, count * answer.length).toArray();
        int[] targets = IntStream.range(0, count * answer.length).map(i -> answer[i % answer.length]).toArray();
        try (TensorScope scope = TensorScope.open()) {
            TokenBatch batch = TokenBatch.of(prompts.stream().map(prompt -> behind(prompt[prompt.length - 1], answer)).toList());
            Tensor hidden = network.model().extend(cache, batch, null, network.adapter());
            float[] tokens = TokenScores.logprobs(network.model(), hidden, new AnswerRows(rows, targets), 1).toFloats();
            double[] sums = new double[count];
            for (int i = 0; i < tokens.length; i++) {
                sums[i / answer.length] += tokens[i];
            }
            for (int row = 0; row < count; row++) {
                cache.rewind(row, prompts.get(row).length - 1);
            }
            return sums;
        }
    }

    /** What predicts the answer: the token before it and all of its own but the last. */
    private static int[] behind(int before, int[] answer) {
        int[] tokens = new int[answer.length];
        tokens[0] = before;
        System.arraycopy(answer, 0, tokens, 1, answer.length - 1);
        return tokens;
    }

    private static List<Map<String, Double>> normalised(double[][] likelihoods, Question diagnosis) {
        return IntStream.range(0, likelihoods[0].length).mapToObj(i -> {
            double all = logSumExp(Arrays.stream(likelihoods).mapToDouble(symbol -> symbol[i]).toArray());
            Map<String, Double> probabilities = new LinkedHashMap<>();
            for (int symbol = 0; symbol < likelihoods.length; symbol++) {
                probabilities.put(diagnosis.names().get(symbol), Math.exp(likelihoods[symbol][i] - all));
            }
            return probabilities;
        }).toList();
    }

    private static double logSumExp(double[] values) {
        double most = Arrays.stream(values).max().orElse(Double.NEGATIVE_INFINITY);
        return most + Math.log(Arrays.stream(values).map(value -> Math.exp(value - most)).sum());
    }
}
