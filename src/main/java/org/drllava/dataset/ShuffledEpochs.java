package org.drllava.dataset;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * All items in an order drawn anew each epoch, epochs laid end to end: what stands at a place follows from seed and place
 * alone, so a resumed run goes on with the items it would have had. For one thread.
 */
public final class ShuffledEpochs {
    private final int size;
    private final long seed;
    private long drawn = -1;
    private List<Integer> order = List.of();

    /** @param size items, at least 1; @param seed epoch e is shuffled with {@code seed + e} */
    public ShuffledEpochs(int size, long seed) {
        this.size = size;
        this.seed = seed;
    }

    /** @param epoch from 0; @param index of the item, below the number of items */
    public record Item(long epoch, int index) {}

    /** @param place from 0 on, without end */
    public Item at(long place) {
        long epoch = place / size;
        if (epoch != drawn) {
            order = new ArrayList<>(IntStream.range(0, size).boxed().toList());
            Collections.shuffle(order, Random.from(new SplittableRandom(seed + epoch)));
            drawn = epoch;
        }
        return new Item(epoch, order.get((int) (place % size)));
    }
}
