package org.drllava.rollout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Dialogues about one picture that begin with the same tokens, so that these need to be read once.
 *
 * @param members indices of the dialogues, the first of which reads for all
 * @param length  tokens that they share
 */
record SharedPrefix(List<Integer> members, int length) {
    /** Shorter ones are not worth a pass of their own. */
    private static final int SHORTEST = 16;

    /**
     * Those that are worth it.
     *
     * @param pictures number of each dialogue's picture
     * @param image    the token that stands for features; a prefix holds all of them, as they come together
     */
    static List<SharedPrefix> of(List<Dialogue> dialogues, int[] pictures, int image) {
        Map<Integer, List<Integer>> byPicture = new LinkedHashMap<>();
        for (int i = 0; i < pictures.length; i++) {
            byPicture.computeIfAbsent(pictures[i], _ -> new ArrayList<>()).add(i);
        }
        List<SharedPrefix> shared = new ArrayList<>();
        for (List<Integer> members : byPicture.values()) {
            int[] first = dialogues.get(members.getFirst()).opening();
            int length = first.length;
            for (int member : members) {
                int[] other = dialogues.get(member).opening();
                int mismatch = Arrays.mismatch(first, other);
                length = Math.min(length, mismatch < 0 ? first.length : mismatch);
                length = Math.min(length, other.length - 1); // the last token is read with the row's own state as result
            }
            if (members.size() > 1 && length >= SHORTEST && !has(first, image, length)) {
                shared.add(new SharedPrefix(members, length));
            }
        }
        return shared;
    }

    private static boolean has(int[] tokens, int image, int from) {
        return Arrays.stream(tokens, from, tokens.length).anyMatch(token -> token == image);
    }
}
