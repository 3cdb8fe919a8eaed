package org.drllava.report;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * An axis from {@code low} to {@code high} with a tick at every multiple of {@code step}, a 1, 2 or 5 of its power of ten.
 */
record Axis(double low, double high, double step) {

    /** The axis over values up to 1e300 with about {@code ticks} ticks; a single value gets some room on both sides. */
    static Axis over(DoubleStream values, int ticks) {
        var range = values.summaryStatistics();
        if (range.getCount() == 0) {
            return new Axis(0, 1, 1);
        }
        double low = range.getMin();
        double high = range.getMax();
        // Below this width ticks would differ by less than doubles of that size can tell.
        double least = Math.max(Math.max(Math.abs(low), Math.abs(high)) * 1e-9, 1e-290);
        if (high - low < least) {
            double room = Math.abs(low) < 1e-290 ? 1 : Math.abs(low) * 0.1;
            low -= room;
            high += room;
        }
        double rough = (high - low) / ticks;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = Arrays.stream(new double[] {1, 2, 5, 10}).filter(m -> m * power >= rough).findFirst().orElse(10) * power;
        return new Axis(low, high, step);
    }

    /** 0 at the low end, 1 at the high end. */
    double place(double value) {
        return (value - low) / (high - low);
    }

    double[] ticks() {
        long first = (long) Math.ceil(low / step - 1e-9);
        long last = (long) Math.floor(high / step + 1e-9);
        return LongStream.rangeClosed(first, last).mapToDouble(i -> i * step).toArray();
    }

    /** As many decimals as the step has; very large and very small numbers as powers. */
    String label(double tick) {
        double largest = Math.max(Math.abs(low), Math.abs(high));
        if (largest >= 1e6 || step < 1e-4) {
            return tick == 0 ? "0" : Html.format("%.1e", tick);
        }
        int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
        return Html.format("%." + decimals + "f", tick == 0 ? 0.0 : tick);
    }
}
