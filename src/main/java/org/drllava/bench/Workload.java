package org.drllava.bench;

import java.nio.file.Path;
import org.drllava.clinical.io.Fields;

/**
 * One PPO iteration as a benchmark: random tokens, forced lengths.
 *
 * @param conversations  rolled out and learnt from an iteration
 * @param turns          questions in each
 * @param prefixTokens   before the image
 * @param questionTokens of each question
 * @param answerTokens   of each answer, none of them an end token
 * @param loraRank       of policy and value adapters
 * @param minibatch      conversations an optimiser step
 * @param warmup         iterations that are not counted
 */
public record Workload(long seed, int conversations, int turns, int prefixTokens, int questionTokens, int answerTokens, int loraRank,
        double loraAlpha, double learningRate, double klCoefficient, int minibatch, int ppoEpochs, int warmup, int iterations) {
    private static final int MOST = 1 << 20;

    /** Reads a workload's JSON; throws an InputException that names file and key. */
    public static Workload read(Path file) {
        Fields w = Fields.json(file).only("seed", "conversations", "turns", "prefix_tokens", "question_tokens", "answer_tokens", "lora_r",
                "lora_alpha", "lr", "kl_coef", "minibatch", "ppo_epochs", "warmup", "iterations");
        return new Workload((long) w.at("seed").number(0), whole(w, "conversations", 1), whole(w, "turns", 1), whole(w, "prefix_tokens", 0),
                whole(w, "question_tokens", 2), whole(w, "answer_tokens", 1), whole(w, "lora_r", 1), w.at("lora_alpha").number(0),
                w.at("lr").number(0), w.at("kl_coef").number(0), whole(w, "minibatch", 1), whole(w, "ppo_epochs", 1), whole(w, "warmup", 0),
                whole(w, "iterations", 1));
    }

    private static int whole(Fields in, String key, int least) {
        double number = in.at(key).number(least);
        if (number != Math.rint(number) || number > MOST) {
            throw in.at(key).wrong("expected a whole number up to " + MOST + ", found " + number + ".");
        }
        return (int) number;
    }

    /** Tokens that an iteration samples. */
    public int newTokens() {
        return conversations * turns * answerTokens;
    }
}
