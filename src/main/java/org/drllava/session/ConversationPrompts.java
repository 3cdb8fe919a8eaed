package org.drllava.session;

import java.util.ArrayList;
import java.util.List;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.dataset.ShuffledEpochs;
import org.drllava.ppo.PpoPrompt;
import org.drllava.ppo.PromptSource;
import org.drllava.rollout.Dialogue;

/**
 * Conversations of a file as prompts: shuffled epochs laid end to end, from which each iteration takes the next ones. Where
 * there are fewer than an iteration wants, some are played more than once, with other random numbers.
 */
final class ConversationPrompts implements PromptSource {
    private final List<PpoPrompt> prompts;
    private final ShuffledEpochs epochs;

    ConversationPrompts(ModelSession session, Pictures pictures, List<Conversation> conversations, long seed) {
        prompts = conversations.stream().map(conversation -> {
            Dialogue dialogue = session.encoder().dialogue(0, conversation.exchanges());
            return new PpoPrompt(conversation.id(), dialogue, conversation.exchanges(), pictures.number(conversation), conversation.diagnosis());
        }).toList();
        epochs = new ShuffledEpochs(prompts.size(), seed * 0x9E3779B97F4A7C15L);
    }

    @Override
    public List<PpoPrompt> prompts(long iteration, int count) {
        List<PpoPrompt> taken = new ArrayList<>();
        for (long place = iteration * count; place < (iteration + 1) * count; place++) {
            taken.add(numbered(prompts.get(epochs.at(place).index()), place));
        }
        return taken;
    }

    /** The number tells the random numbers of one playing from those of the next. */
    private static PpoPrompt numbered(PpoPrompt prompt, long number) {
        Dialogue dialogue = new Dialogue(number, prompt.dialogue().opening(), prompt.dialogue().followUps());
        return new PpoPrompt(prompt.id(), dialogue, prompt.exchanges(), prompt.image(), prompt.label());
    }
}
