package org.drllava.tensor;

import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/** An array in plain Java doubles, defined element by element: what operators are held against. */
record Plain(double[] values, int... shape) {
    /** The array whose element at index i is {@code element(i)}. */
    static Plain of(ToDoubleFunction<int[]> element, int... shape) {
        int count = 1;
        for (int size : shape) {
            count *= size;
        }
        double[] values = new double[count];
        int[] index = new int[shape.length];
        for (int i = 0; i < count; i++) {
            values[i] = element.applyAsDouble(index);
            for (int d = shape.length - 1; d >= 0 && ++index[d] == shape[d]; d--) {
                index[d] = 0;
            }
        }
        return new Plain(values, shape);
    }

    /** What {@code tensor} holds. */
    static Plain of(Tensor tensor) {
        float[] floats = tensor.toFloats();
        double[] values = new double[floats.length];
        int[] shape = new int[tensor.dimensions()];
        for (int i = 0; i < values.length; i++) {
            values[i] = floats[i];
        }
        for (int d = 0; d < shape.length; d++) {
            shape[d] = (int) tensor.size(d);
        }
        return new Plain(values, shape);
    }

    /** The element at {@code index}; leading dimensions that this array lacks are passed over, sizes of 1 are stretched. */
    double at(int... index) {
        int place = 0;
        for (int d = 0; d < shape.length; d++) {
            place = place * shape[d] + (shape[d] == 1 ? 0 : index[index.length - shape.length + d]);
        }
        return values[place];
    }

    Plain map(DoubleUnaryOperator f) {
        return of(i -> f.applyAsDouble(at(i)), shape);
    }

    static double sum(int n, java.util.function.IntToDoubleFunction term) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += term.applyAsDouble(i);
        }
        return sum;
    }

    /** The error function by its Taylor series, exact to doubles for the small arguments here. */
    static double erf(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++) {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }
}
