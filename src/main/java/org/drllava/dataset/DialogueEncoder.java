package org.drllava.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.conversation.Exchange;
import org.drllava.common.InputException;
import org.drllava.model.LlavaConfig;
import org.drllava.rollout.Dialogue;
import org.drllava.rollout.Episode;
import org.drllava.text.PromptTemplate;
import org.drllava.text.Tokenizer;
import org.drllava.text.Encoded;
import org.drllava.text.Turn;

/** Turns conversations into tokens for one model: its tokenizer, its template, its image token. */
public record DialogueEncoder(Tokenizer tokenizer, PromptTemplate template, LlavaConfig config) {
    /** Questions and answers, for supervised training. */
    public Encoded encode(Conversation conversation) {
        List<Turn> turns = conversation.exchanges().stream().map(e -> new Turn(e.question(), e.answer())).toList();
        return template.conversation(tokenizer, turns, config.imageTokenId(), config.imageFeatures());
    }

    /** Questions alone; the model answers. @param number of the conversation in its run */
    public Dialogue dialogue(long number, List<Exchange> exchanges) {
        List<int[]> followUps = new ArrayList<>();
        for (Exchange exchange : exchanges.subList(1, exchanges.size())) {
            followUps.add(template.followUp(tokenizer, exchange.question()));
        }
        return new Dialogue(number, template.opening(tokenizer, exchanges.getFirst().question(), config.imageTokenId(),
                config.imageFeatures()), followUps);
    }

    /** What the model said in each turn. */
    public List<String> answers(Episode episode) {
        return episode.spans().stream().map(span -> tokenizer.decode(episode.text(span)).strip()).toList();
    }

    public int endToken() {
        return tokenizer.idOf("</s>").orElseThrow(() -> new InputException("the tokenizer has no end token </s>"));
    }

    /** Tokens that an answer never holds: image, begin, unknown, padding. */
    public Set<Integer> suppressed() {
        Set<Integer> tokens = new TreeSet<>();
        tokens.add(config.imageTokenId());
        for (String special : tokenizer.specialTokens()) {
            if (!special.equals("</s>")) {
                tokenizer.idOf(special).ifPresent(tokens::add);
            }
        }
        return tokens;
    }
}
