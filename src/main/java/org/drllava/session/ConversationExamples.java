package org.drllava.session;

import java.util.List;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.sft.ExampleSource;
import org.drllava.sft.SftExample;
import org.drllava.text.Encoded;

/** Conversations of a file as examples to learn: the same words, in the file's order of turns, in every epoch. */
record ConversationExamples(List<SftExample> examples) implements ExampleSource {
    /** @throws org.drllava.common.InputException for a conversation that is longer than the model's positions */
    static ConversationExamples of(ModelSession session, Pictures pictures, List<Conversation> conversations) {
        return new ConversationExamples(conversations.stream().map(conversation -> {
            Encoded encoded = session.encoder().encode(conversation);
            Lengths.check(session, conversation, encoded);
            return new SftExample(encoded.ids(), encoded.learn(), pictures.number(conversation));
        }).toList());
    }

    @Override
    public int size() {
        return examples.size();
    }

    @Override
    public SftExample get(long epoch, int index) {
        return examples.get(index);
    }
}
