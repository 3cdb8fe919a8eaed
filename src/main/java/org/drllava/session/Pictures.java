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

/**
 * The pictures that conversations are about, each seen by the vision tower once however many conversations share it.
 *
 * @param numbers  of the pictures among the features, by their path within the images' folder
 * @param features of all pictures
 * @param hash     SHA-256 over the pictures as the model sees them
 */
public record Pictures(Map<String, Integer> numbers, ImageFeatures features, String hash) {
    private static final int UNIT = 32;

    /**
     * Reads the pictures and computes their features, which belong to the innermost scope.
     *
     * @throws InputException naming a file that is not there and the conversation that needs it, or a file that is no picture
     */
    public static Pictures load(ModelSession session, Path folder, List<Conversation> conversations) {
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
        byte[][] hashes = new byte[paths.size()][];
        try (Progress progress = Progress.start("Pictures", paths.size(), "images")) {
            ImageFeatures features = ImageFeatures.compute(session.model(), session.workers(), paths.size(), UNIT, number -> {
                float[] pixels = session.preprocessor().apply(ImageFiles.read(folder.resolve(paths.get(number))));
                hashes[number] = Sha256.digest().digest(MemorySegment.ofArray(pixels).toArray(ValueLayout.JAVA_BYTE));
                return pixels;
            }, done -> progress.step(done, ""));
            return new Pictures(Map.copyOf(numbers), features, Sha256.of(List.of(hashes)));
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
