package org.drllava.checkpoint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.drllava.common.InputException;
import org.drllava.distributed.Collectives;

/**
 * All that decides what a run comes to, by the name under which the user gives it: options with their values, data with
 * their hashes. A run may only be resumed with the same.
 */
public record RunSettings(SortedMap<String, String> values) {
    private static final String SEPARATOR = "\0";
    private static final String PREFIX = "setting ";

    public RunSettings {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    /** SHA-256 of names and values. */
    public String hash() {
        MessageDigest digest = Sha256.digest();
        values.forEach((name, value) -> digest.update((name.length() + " " + name + " " + value.length() + " " + value).getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** As a {@link RunState} keeps them among its strings. */
    public Map<String, String> asStrings() {
        Map<String, String> strings = new LinkedHashMap<>();
        values.forEach((name, value) -> strings.put(PREFIX + name, value));
        return strings;
    }

    /** @throws InputException on every rank, naming the first setting in which a rank differs from rank 0 */
    public void requireSame(Collectives ranks) {
        StringJoiner joined = new StringJoiner(SEPARATOR);
        values.forEach((name, value) -> joined.add(name).add(value));
        List<byte[]> all = ranks.gather(joined.toString().getBytes(StandardCharsets.UTF_8));
        String[] first = parts(all.getFirst());
        for (int rank = 1; rank < all.size(); rank++) {
            String[] other = parts(all.get(rank));
            for (int i = 0; i + 1 < Math.min(first.length, other.length); i += 2) {
                if (!first[i].equals(other[i]) || !first[i + 1].equals(other[i + 1])) {
                    throw new InputException("Rank " + rank + " was started with " + other[i] + " " + other[i + 1] + ", rank 0 with " + first[i] + " "
                            + first[i + 1] + "; all ranks need the same settings and data.");
                }
            }
        }
    }

    private static String[] parts(byte[] settings) {
        return new String(settings, StandardCharsets.UTF_8).split(SEPARATOR, -1);
    }

    /** @param where names the checkpoint; @throws InputException naming the first setting that is not the one {@code state} was made with */
    public void requireSame(RunState state, String where) {
        if (state.configHash().equals(hash())) {
            return;
        }
        values.forEach((name, value) -> {
            String before = state.strings().get(PREFIX + name);
            if (!value.equals(before)) {
                throw new InputException(where + " was made with " + name + " " + (before == null ? "unset" : before) + ", not " + value
                        + "; resume with the same settings and data, or start anew in another folder.");
            }
        });
        throw new InputException(where + " was made with other settings; start anew in another folder.");
    }
}
