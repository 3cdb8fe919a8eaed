package org.drllava.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.conversation.Exchange;
import org.drllava.clinical.logic.AnswerParser;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.dataset.DialogueEncoder;
import org.drllava.dataset.ImageFeatures;
import org.drllava.model.Network;
import org.drllava.rollout.Dialogue;
import org.drllava.rollout.Episode;
import org.drllava.rollout.RolloutEngine;
import org.drllava.rollout.Sampling;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Workers;

/**
 * Lets a model answer the questions of conversations and reads its answers with the clinical logic. The questions are asked
 * in the conversation's order; the model sees its own earlier answers, never the reference's.
 *
 * @param probabilities whether to compute how probable the model finds each diagnosis, which about doubles the time
 */
public record ModelAnswers(
        Network network, DialogueEncoder encoder, ClinicalLogic logic, Workers workers, int maxAnswerTokens, boolean probabilities) {
    private static final int GROUP = 50;

    /** Greedy answers. @param pictures number of each conversation's picture among {@code images}; @param done told of progress */
    public List<AnsweredConversation> greedy(List<Conversation> conversations, int[] pictures, ImageFeatures images, IntConsumer done) {
        return answer(conversations, pictures, images, Sampling.greedy(encoder.suppressed()), 0, done);
    }

    /** Answers drawn as {@code sampling} says. */
    public List<AnsweredConversation> answer(List<Conversation> conversations, int[] pictures, ImageFeatures images, Sampling sampling,
            long seed, IntConsumer done) {
        try (TensorScope scope = TensorScope.open()) {
            return answer(network.packed(), conversations, pictures, images, sampling, seed, done);
        }
    }

    private List<AnsweredConversation> answer(Network network, List<Conversation> conversations, int[] pictures, ImageFeatures images,
            Sampling sampling, long seed, IntConsumer done) {
        RolloutEngine engine = new RolloutEngine(network.model(), network.adapter(), sampling, encoder.endToken(), maxAnswerTokens);
        AnswerParser parser = new AnswerParser(logic);
        List<AnsweredConversation> answered = new ArrayList<>();
        workers.map((conversations.size() + GROUP - 1) / GROUP, group -> {
            int from = group * GROUP;
            int to = Math.min(conversations.size(), from + GROUP);
            List<Dialogue> dialogues = new ArrayList<>();
            for (int i = from; i < to; i++) {
                dialogues.add(encoder.dialogue(i, conversations.get(i).exchanges()));
            }
            try (Autograd.Guard off = Autograd.off()) {
                int[] shown = Arrays.copyOfRange(pictures, from, to);
                var features = network.model().project(images.select(shown));
                List<Episode> episodes = engine.run(dialogues, features, shown, seed, 0);
                List<Map<String, Double>> diagnoses = probabilities
                        ? new DiagnosisProbabilities(network, encoder, logic).of(conversations.subList(from, to), episodes, features)
                        : Collections.nCopies(to - from, Map.of());
                List<AnsweredConversation> results = new ArrayList<>();
                for (int i = from; i < to; i++) {
                    results.add(read(conversations.get(i), encoder.answers(episodes.get(i - from)), parser, diagnoses.get(i - from)));
                }
                synchronized (answered) {
                    done.accept(to - from);
                }
                return results;
            }
        }).forEach(answered::addAll);
        return answered;
    }

    /** Where nobody says whose a picture is, it is a patient's own. */
    private AnsweredConversation read(Conversation conversation, List<String> texts, AnswerParser parser, Map<String, Double> diagnoses) {
        var path = logic.diagnosis(conversation.diagnosis()).path();
        List<AnsweredTurn> turns = new ArrayList<>();
        for (int turn = 0; turn < texts.size(); turn++) {
            Exchange exchange = conversation.exchanges().get(turn);
            turns.add(new AnsweredTurn(exchange.questionId(), exchange.question(), exchange.hint(), texts.get(turn), path.get(exchange.questionId()),
                    parser.parse(exchange.questionId(), texts.get(turn))));
        }
        return new AnsweredConversation(conversation.id(), conversation.image(), conversation.patient().orElse(conversation.image()),
                conversation.diagnosis(), conversation.scenario(), turns, diagnoses);
    }
}
