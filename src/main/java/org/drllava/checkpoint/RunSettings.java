package org.drllava.checkpoint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.drllava.common.InputException;

/**
 * All that decides what a run comes to, by the name under which the user gives it: options with their values, data with
 * their hashes. A run may only be resumed with the same.
 */
public record RunSettings(SortedMap<String, String> values) {
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
