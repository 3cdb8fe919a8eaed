package org.drllava.distributed;

import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.drllava.common.InputException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** What must be the same on every rank, such as options and the hashes of data, by the name under which the user knows it. */
public final class Identity {
    private Identity() {}

    /**
     * For what is known only once the ranks are joined. Every rank calls it.
     *
     * @throws InputException naming the first thing that is not the same, and two ranks; on every rank alike
     */
    public static void requireSame(Collectives ranks, SortedMap<String, String> values) {
        var all = ranks.gather(JsonMapper.shared().writeValueAsBytes(values)).stream()
                .map(json -> JsonMapper.shared().readValue(json, new TypeReference<TreeMap<String, String>>() {})).toList();
        for (int rank = 1; rank < all.size(); rank++) {
            difference(0, all.getFirst(), rank, all.get(rank)).ifPresent(sentence -> {
                throw new InputException(sentence);
            });
        }
    }

    /** A sentence on the first thing in which two ranks differ. */
    static Optional<String> difference(int rank, SortedMap<String, String> values, int otherRank, SortedMap<String, String> others) {
        SortedSet<String> names = new TreeSet<>(values.keySet());
        names.addAll(others.keySet());
        return names.stream().filter(name -> !String.valueOf(values.get(name)).equals(String.valueOf(others.get(name)))).findFirst()
                .map(name -> "Ranks %d and %d do not run the same: %s is %s on rank %d and %s on rank %d.".formatted(rank, otherRank, name,
                        values.getOrDefault(name, "unset"), rank, others.getOrDefault(name, "unset"), otherRank));
    }
}
