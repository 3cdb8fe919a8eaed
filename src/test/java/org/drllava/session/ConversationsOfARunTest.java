package org.drllava.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.ppo.PpoPrompt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConversationsOfARunTest {
    @TempDir
    private Path folder;

    /** Five conversations, seven an iteration: 35 = 7 epochs = 5 iterations. */
    @Test
    void epochsAreLaidEndToEnd() {
        TinyClinic clinic = TinyClinic.write(folder, 5);
        try (ModelSession session = clinic.open(1)) {
            List<Conversation> conversations = clinic.readConversations();
            Pictures pictures = Pictures.load(session, clinic.images(), conversations);
            var prompts = new ConversationPrompts(session, pictures, conversations, 3);
            Set<Long> numbers = new HashSet<>();
            List<PpoPrompt> all = new java.util.ArrayList<>();
            for (int iteration = 0; iteration < 5; iteration++) {
                all.addAll(prompts.prompts(iteration, 7));
            }
            all.forEach(prompt -> numbers.add(prompt.dialogue().number()));
            assertThat(numbers).hasSize(35);
            Set<List<String>> orders = new HashSet<>();
            for (int epoch = 0; epoch < 7; epoch++) {
                List<String> ids = all.subList(5 * epoch, 5 * epoch + 5).stream().map(PpoPrompt::id).toList();
                assertThat(ids).containsExactlyInAnyOrderElementsOf(conversations.stream().map(Conversation::id).toList());
                orders.add(ids);
            }
            assertThat(orders).as("orders of epochs").hasSizeGreaterThan(1);

            var again = new ConversationPrompts(session, pictures, conversations, 3);
            assertThat(again.prompts(3, 7)).extracting(PpoPrompt::id).isEqualTo(all.subList(21, 28).stream().map(PpoPrompt::id).toList());
            assertThat(again.prompts(0, 1)).hasSize(1);
        }
    }

    @Test
    void aPictureOfSeveralConversationsIsSeenOnce() {
        TinyClinic clinic = TinyClinic.write(folder, 2);
        try (ModelSession session = clinic.open(1)) {
            List<Conversation> two = clinic.readConversations();
            List<Conversation> four = List.of(two.get(1), two.get(0), two.get(1), two.get(1));
            Pictures pictures = Pictures.load(session, clinic.images(), four);
            assertThat(pictures.features().images()).isEqualTo(2);
            assertThat(pictures.numbers(four)).containsExactly(0, 1, 0, 0);
            assertThat(Pictures.load(session, clinic.images(), two).hash()).isNotEqualTo(pictures.hash());
            assertThat(Pictures.load(session, clinic.images(), four).hash()).isEqualTo(pictures.hash());
        }
    }

    @Test
    void noPatientIsInBothParts() {
        List<Conversation> all = java.util.stream.IntStream.range(0, 40).mapToObj(i -> new Conversation("c" + i, i + ".png", List.of(), i % 2 == 0 ? "aml" : "mm",
                i < 30 ? java.util.Optional.of("p" + i / 3) : java.util.Optional.empty())).toList();
        HeldOut parts = HeldOut.byPatient(all, 0.3, 1);
        assertThat(parts.sharedPatients()).isEmpty();
        assertThat(parts.validation().size()).isBetween(8, 16);
        assertThat(parts.training()).hasSize(40 - parts.validation().size()).isSortedAccordingTo(java.util.Comparator.comparingInt(all::indexOf));
        assertThat(HeldOut.byPatient(all, 0, 1).validation()).isEmpty();
        assertThat(new HeldOut(all, all.subList(0, 4)).sharedPatients()).containsExactly("p0", "p1");
    }
}
