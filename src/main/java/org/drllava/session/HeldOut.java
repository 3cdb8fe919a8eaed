package org.drllava.session;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.data.LabelledImage;
import org.drllava.clinical.data.Split;

/** Conversations to learn, and others to see how well it goes. */
public record HeldOut(List<Conversation> training, List<Conversation> validation) {
    /** Sets aside a share of each label's patients with all of their conversations, both parts in the order given. */
    public static HeldOut byPatient(List<Conversation> conversations, double share, long seed) {
        List<LabelledImage> images = conversations.stream()
                .map(conversation -> new LabelledImage(Path.of(conversation.image()), conversation.diagnosis(), patient(conversation))).distinct().toList();
        Set<String> patients = Split.byPatient(images, share, 0, seed).validation().stream().map(LabelledImage::patient).collect(Collectors.toSet());
        var parts = conversations.stream().collect(Collectors.partitioningBy(conversation -> patients.contains(patient(conversation))));
        return new HeldOut(parts.get(false), parts.get(true));
    }

    /** Patients in both parts, sorted. */
    public List<String> sharedPatients() {
        Set<String> shared = new TreeSet<>(training.stream().map(HeldOut::patient).toList());
        shared.retainAll(validation.stream().map(HeldOut::patient).collect(Collectors.toSet()));
        return List.copyOf(shared);
    }

    /** Where nobody says whose a picture is, it is a patient's own. */
    private static String patient(Conversation conversation) {
        return conversation.patient().orElse(conversation.image());
    }
}
