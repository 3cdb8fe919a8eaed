package org.drllava.session;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.drllava.checkpoint.Sha256;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.common.InputException;
import org.drllava.common.Progress;
import org.drllava.dataset.ImageFeatures;
import org.drllava.image.ImageFiles;
import org.drllava.tensor.Team;
import org.drllava.tensor.Team.Share;

/**
 * The pictures that conversations are about, each seen by the vision tower once however many conversations share it.
 *
 * @param numbers  of the pictures among the features, by their path within the images' folder
 * @param features of all pictures
 * @param hash     SHA-256 over the pictures as the model sees them
 */
public record Pictures(Map<String, Integer> numbers, ImageFeatures features, String hash) {
    private static final int UNIT = 8;
    private static final int HASH_BYTES = 32;

    /** As {@link #load(ModelSession, Path, List, Team)}, in one process. */
    public static Pictures load(ModelSession session, Path folder, List<Conversation> conversations) {
        return load(session, folder, conversations, Team.alone(session.workers()));
    }

    /**
     * Reads the pictures and computes their features, each on one rank of the team; those of all belong to the innermost scope.
     *
     * @throws InputException naming a file that is not there and the conversation that needs it, or a file that is no picture
     */
    public static Pictures load(ModelSession session, Path folder, List<Conversation> conversations, Team team) {
        SequencedMap<String, Integer> numbers = new LinkedHashMap<>();
        for (Conversation conversation : conversations) {
            if (!numbers.containsKey(conversation.image())) {
                if (!Files.isReadable(folder.resolve(conversation.image()))) {
                    throw new InputException(folder.resolve(conversation.image()) + ": there is no such readable file, which conversation '"
                            + conversation.id() + "' is about.");
                }
                numbers.put(conversation.image(), numbers.size());
            }
        }
        List<String> paths = new ArrayList<>(numbers.keySet());
        Share mine = ImageFeatures.share(paths.size(), UNIT, team, team.ranks().rank());
        byte[] hashes = new byte[mine.size() * HASH_BYTES];
        try (Progress progress = Progress.start("Pictures", mine.size(), "images")) {
            ImageFeatures features = ImageFeatures.compute(session.model(), team, paths.size(), UNIT, number -> {
                float[] pixels = session.preprocessor().apply(ImageFiles.read(folder.resolve(paths.get(number))));
                byte[] hash = Sha256.digest().digest(MemorySegment.ofArray(pixels).toArray(ValueLayout.JAVA_BYTE));
                System.arraycopy(hash, 0, hashes, (number - mine.from()) * HASH_BYTES, HASH_BYTES);
                return pixels;
            }, done -> progress.step(done, ""));
            return new Pictures(Map.copyOf(numbers), features, Sha256.of(team.ranks().gather(hashes)));
        }
    }

    /** The number of a conversation's picture among {@link #features}. */
    public int number(Conversation conversation) {
        return numbers.get(conversation.image());
    }

    /** The numbers of conversations' pictures, in their order. */
    public int[] numbers(List<Conversation> conversations) {
        return conversations.stream().mapToInt(this::number).toArray();
    }
}
