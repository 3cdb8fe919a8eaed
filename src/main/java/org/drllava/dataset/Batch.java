package org.drllava.dataset;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.drllava.common.InputException;

/**
 * Conversations that belong together, worked on in units that ranks share: {@code size = unit × accumulation × ranks}. The
 * unit is what a device takes at once, and stays the same on any number of ranks, as the size does.
 *
 * @param name   what it is, for people: {@code minibatch}
 * @param option that sets the size
 */
public record Batch(String name, String option, int size, int unit) {
    /** Units a rank takes one after another, or nothing where the units cannot be shared evenly. */
    public Optional<Integer> accumulation(int ranks) {
        return size % ((long) unit * ranks) == 0 ? Optional.of(size / unit / ranks) : Optional.empty();
    }

    /** @throws InputException naming the nearest that can be shared, unless all batches can be by {@code ranks} */
    public static void requireShares(List<Batch> batches, int ranks) {
        for (Batch batch : batches) {
            if (ranks > 1 && batch.accumulation(ranks).isEmpty()) {
                throw new InputException(batch.remedy(ranks));
            }
        }
    }

    private String remedy(int ranks) {
        int step = Math.multiplyExact(unit, ranks);
        int nearest = Math.max(step, Math.round((float) size / step) * step);
        int fewer = ranks;
        while (accumulation(fewer).isEmpty()) { // one rank may have a last unit that is not full
            if (--fewer == 1) {
                break;
            }
        }
        return "The %s of %d conversations (%s) in units of %d cannot be shared evenly by %d ranks; the nearest that can: %s %d, or %d rank%s."
                .formatted(name, size, option, unit, ranks, option, nearest, fewer, fewer == 1 ? "" : "s");
    }

    /** How batches come about on 1, 2, 4 and 8 ranks, for people. */
    public static String table(List<Batch> batches) {
        StringBuilder table = new StringBuilder("conversations = per device x accumulation x ranks\n");
        for (Batch batch : batches) {
            table.append('\n').append(batch.name).append(" (").append(batch.option).append(")\n");
            for (int ranks : new int[] {1, 2, 4, 8}) {
                int by = ranks;
                table.append(batch.accumulation(ranks).map(times -> String.format(Locale.ROOT, "  %d = %d x %d x %d%n", batch.size, batch.unit, times, by))
                        .orElseGet(() -> "  " + by + (by == 1 ? " rank: the last unit is not full\n" : " ranks: " + batch.remedy(by) + "\n")));
            }
        }
        return table.toString();
    }
}
