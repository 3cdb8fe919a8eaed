package org.drllava.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinePlotTest {
    private static final Pattern POINT = Pattern.compile("[ML](-?[\\d.]+) (-?[\\d.]+)");

    private static Series series(int points, IntToDoubleFunction y) {
        return new Series("s", IntStream.range(0, points).mapToDouble(i -> i).toArray(), IntStream.range(0, points).mapToDouble(y).toArray());
    }

    private static String svg(Series... series) {
        return LinePlot.figure(new Curve("Title", "step", "loss", List.of(series))).markup();
    }

    /** Every drawn point lies on the paper; returns how many there are. */
    private static int pointsOnPaper(String svg) {
        int points = 0;
        for (var at = POINT.matcher(svg); at.find(); points++) {
            assertThat(Double.parseDouble(at.group(1))).isBetween(0.0, 420.0);
            assertThat(Double.parseDouble(at.group(2))).isBetween(0.0, 250.0);
        }
        assertThat(svg).doesNotContain("NaN", "Infinity");
        return points;
    }

    private static int gridLines(String svg) {
        return svg.split("class=\"grid\"", -1).length - 1;
    }

    @Test
    void shortLinesAreDrawnPointForPoint() {
        assertThat(svg(series(3, i -> i))).contains("d=\"M52.0 210.0L231.0 110.0L410.0 10.0\"");
    }

    @Test
    void missingValuesInterruptTheLine() {
        assertThat(Polyline.thinned(series(7, i -> i == 3 ? Double.NaN : i)))
                .extracting(List::size).containsExactly(3, 3);
        pointsOnPaper(svg(series(7, i -> i == 3 ? Double.POSITIVE_INFINITY : i)));
    }

    @Test
    void oneValueIsADotAndNoneIsSaid() {
        assertThat(svg(series(1, i -> 0.5))).contains("dots").contains("h0\"");
        assertThat(svg(series(3, i -> Double.NaN), series(0, i -> i))).contains("Nothing to draw").doesNotContain("<svg");
        assertThat(svg()).contains("Nothing to draw");
    }

    @Test
    void tenThousandPointsBecomeFewAndKeepTheirPeaks() {
        var random = new SplittableRandom(2);
        var noisy = series(10_000, i -> i == 7_777 ? 50 : i == 1_234 ? -30 : random.nextDouble());
        var stroke = Polyline.thinned(noisy).getFirst();
        assertThat(stroke).hasSizeLessThanOrEqualTo(800)
                .contains(new Polyline.Point(7_777, 50), new Polyline.Point(1_234, -30))
                .isSortedAccordingTo((a, b) -> Double.compare(a.x(), b.x()));
        assertThat(svg(noisy)).hasSizeLessThan(60_000).contains("line raw");
        assertThat(pointsOnPaper(svg(noisy))).isBetween(800, 1_700);
    }

    @Test
    void everyOtherValueMissingStaysSmall() {
        assertThat(svg(series(10_000, i -> i % 2 == 0 ? Double.NaN : i))).hasSizeLessThan(60_000);
    }

    @Test
    void theRunningMeanIsTheMeanAround() {
        var mean = Polyline.runningMean(series(200, i -> i == 100 ? Double.NaN : i == 0 ? 1e300 : i));
        assertThat(mean.y()[50]).isEqualTo(50);
        assertThat(mean.y()[100]).isNaN();
        assertThat(mean.y()[101]).as("96..106 without 100").isEqualTo((11 * 101 - 100) / 10.0);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -1, 1e-300, 1e300, Double.MAX_VALUE, -Double.MAX_VALUE, Double.MIN_VALUE, 1e9, 123456.789})
    void anySizeOfNumbersFits(double size) {
        for (double other : new double[] {0, size, -size, size * (1 + 1e-15), size * 0.999, 3}) {
            var svg = svg(series(2, i -> i == 0 ? size : other));
            int drawable = (Math.abs(size) <= 1e300 ? 1 : 0) + (Math.abs(other) <= 1e300 ? 1 : 0);
            assertThat(pointsOnPaper(svg)).as("%s to %s", size, other).isEqualTo(drawable == 0 ? 0 : gridLines(svg) + drawable);
            assertThat(gridLines(svg)).as("%s to %s", size, other).isBetween(drawable == 0 ? 0 : 1, 12);
        }
    }

    @Test
    void ticksAreRoundNumbers() {
        var labels = new ArrayList<String>();
        var axis = Axis.over(DoubleStream.of(0.03, 0.98), 5);
        DoubleStream.of(axis.ticks()).mapToObj(axis::label).forEach(labels::add);
        assertThat(labels).containsExactly("0.2", "0.4", "0.6", "0.8");
        var wide = Axis.over(DoubleStream.of(-200, 1000), 5);
        assertThat(DoubleStream.of(wide.ticks()).mapToObj(wide::label)).containsExactly("0", "500", "1000");
    }
}
