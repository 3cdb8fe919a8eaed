package org.drllava.tensor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * Trainable parameters, all in one flat float32 buffer in a fixed order, so that an optimiser step, a norm and a checkpoint
 * are one operation each. Belongs to the scope it was made in.
 */
public final class ParameterArena {
    private record Place(long offset, long[] shape) {}

    private final SequencedMap<String, Place> places = new LinkedHashMap<>();
    private final Tensor values;

    /** All zeros; {@code shapes} sets the order. */
    public ParameterArena(Device device, SequencedMap<String, long[]> shapes) {
        long offset = 0;
        for (var entry : shapes.entrySet()) {
            places.put(entry.getKey(), new Place(offset, entry.getValue()));
            offset += Tensor.elements(entry.getValue());
        }
        values = Tensors.zeros(device, DType.FLOAT32, offset);
    }

    /** The flat buffer, float32 [elements]. */
    public Tensor values() {
        return values;
    }

    public SequencedMap<String, long[]> shapes() {
        SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
        places.forEach((name, place) -> shapes.put(name, place.shape()));
        return shapes;
    }

    /** Parameter {@code name} as a tensor over the buffer that is not trained through. */
    public Tensor get(String name) {
        Place place = places.get(name);
        if (place == null) {
            throw new IllegalArgumentException("no parameter " + name);
        }
        return Tensors.alias(values, place.offset(), place.shape());
    }

    /** Every parameter by name, as {@link #get} gives it. */
    public SequencedMap<String, Tensor> byName() {
        SequencedMap<String, Tensor> byName = new LinkedHashMap<>();
        places.keySet().forEach(name -> byName.put(name, get(name)));
        return byName;
    }

    /**
     * A set of leaf tensors over the buffer with gradients of their own. Each thread that runs backward passes uses its own
     * set; all see the same values. Belongs to the innermost scope.
     */
    public Leaves leaves() {
        Tensor gradient = Tensors.zeros(values.device(), DType.FLOAT32, values.elements());
        SequencedMap<String, Tensor> byName = new LinkedHashMap<>();
        SequencedMap<String, Tensor> gradients = new LinkedHashMap<>();
        for (Map.Entry<String, Place> entry : places.entrySet()) {
            Place place = entry.getValue();
            gradients.put(entry.getKey(), Tensors.alias(gradient, place.offset(), place.shape()));
            byName.put(entry.getKey(), Autograd.leaf(get(entry.getKey()), gradients.get(entry.getKey())));
        }
        return new Leaves(byName, gradients, gradient);
    }

    /**
     * Leaf tensors by name, their gradients by name, and the flat buffer (float32 [elements]) that these are parts of.
     */
    public record Leaves(SequencedMap<String, Tensor> byName, SequencedMap<String, Tensor> gradients, Tensor gradient) {
        /** Adds the gradient of {@code loss}, a recorded tensor with one element, to {@link #gradient}. */
        public void backward(Tensor loss) {
            Autograd.backward(loss, byName.values().toArray(Tensor[]::new));
        }

        /**
         * The same of a pass that autograd has recorded in part.
         *
         * @param below  the rest's way back, or null
         * @param others leaves besides these that gradients are wanted of
         */
        public void backward(Loss loss, Descent.Below below, Tensor... others) {
            Stream<Tensor> leaves = Stream.concat(byName.values().stream(), Stream.of(others));
            Stream<Tensor> all = below == null ? leaves : Stream.concat(leaves, Stream.of(below.leaf()));
            Autograd.backwardFrom(loss.end(), loss.slope(), all.toArray(Tensor[]::new));
            if (below != null) {
                below.backward();
            }
        }
    }
}
