package org.drllava.clinical.conversation;

import java.util.List;
import java.util.Optional;

/**
 * Questions and answers about one image.
 *
 * @param image     path of the image within its folder, with {@code /}
 * @param exchanges in the order asked
 * @param diagnosis name of a path of the logic
 * @param patient   whose image it is, if known; splits and intervals go by patient
 * @param scenario  the name of the {@link Scenario} it was written for, if any
 */
public record Conversation(String id, String image, List<Exchange> exchanges, String diagnosis, Optional<String> patient, Optional<String> scenario) {
    public Conversation {
        exchanges = List.copyOf(exchanges);
    }

    /** A conversation of no scenario. */
    public Conversation(String id, String image, List<Exchange> exchanges, String diagnosis, Optional<String> patient) {
        this(id, image, exchanges, diagnosis, patient, Optional.empty());
    }
}
