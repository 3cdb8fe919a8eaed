package org.drllava.tensor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * The order in which the gradients of a step's units are added: the units are halved, the first half the larger, down to
 * single units, and every part is the sum of its halves. It depends on the number of units alone, so that whoever computes
 * which part of it comes to the same bits.
 */
final class UnitTree {
    /** Units {@code from} (inclusive) to {@code to} (exclusive). */
    record Part(int from, int to) {
        boolean single() {
            return to - from == 1;
        }

        Part left() {
            return new Part(from, middle());
        }

        Part right() {
            return new Part(middle(), to);
        }

        private int middle() {
            return from + (to - from + 1) / 2;
        }
    }

    private final Part root;
    private final Map<Part, Part> parents = new HashMap<>();

    UnitTree(int units) {
        if (units < 1) {
            throw new IllegalArgumentException(units + " units cannot be added");
        }
        root = new Part(0, units);
        link(root);
    }

    private void link(Part part) {
        if (!part.single()) {
            for (Part half : List.of(part.left(), part.right())) {
                parents.put(half, part);
                link(half);
            }
        }
    }

    int units() {
        return root.to();
    }

    /** The part that {@code part} is a half of; null for the whole. */
    Part parent(Part part) {
        return parents.get(part);
    }

    /** The fewest parts that units {@code from} to {@code to} consist of, in order. */
    List<Part> cover(int from, int to) {
        List<Part> parts = new ArrayList<>();
        cover(root, from, to, parts);
        return parts;
    }

    private static void cover(Part part, int from, int to, List<Part> parts) {
        if (part.to() <= from || part.from() >= to) {
            return;
        }
        if (from <= part.from() && part.to() <= to) {
            parts.add(part);
        } else {
            cover(part.left(), from, to, parts);
            cover(part.right(), from, to, parts);
        }
    }

    /** The value of the whole, from those of parts that cover it. @param known null where a part's value has to be made of its halves' */
    <T> T reduce(Function<Part, T> known, BinaryOperator<T> add) {
        return reduce(root, known, add);
    }

    private static <T> T reduce(Part part, Function<Part, T> known, BinaryOperator<T> add) {
        T value = known.apply(part);
        return value != null ? value : add.apply(reduce(part.left(), known, add), reduce(part.right(), known, add));
    }
}
