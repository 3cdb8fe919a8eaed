package org.drllava.benchmarks.gpu;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A line of the table.
 *
 * @param gigabytes of memory a second, of those that must be moved
 * @param teraflops 10^12 floating-point operations a second, 0 where they are not counted
 */
record Line(String name, Parity parity, double microseconds, double gigabytes, double teraflops) {
    static final String HEADING = String.format("%-36s %10s %10s %5s %12s %8s %9s", "", "error", "bound", "", "microseconds", "GB/s", "TFLOP/s");

    /** @param bytes of one call; @param products multiply-adds of one call */
    static Line of(String name, Parity parity, double microseconds, double bytes, double products) {
        return new Line(name, parity, microseconds, bytes / microseconds / 1e3, 2 * products / microseconds / 1e6);
    }

    boolean ok() {
        return parity.ok();
    }

    String row() {
        String held = parity == Parity.NONE ? String.format("%10s %10s %5s", "", "", "")
                : String.format(Locale.ROOT, "%10.2g %10.2g %5s", parity.error(), parity.bound(), ok() ? "ok" : "FAIL");
        return String.format(Locale.ROOT, "%-36s %s %12.1f %8.0f %9s", name, held, microseconds, gigabytes,
                teraflops == 0 ? "" : String.format(Locale.ROOT, "%.2f", teraflops));
    }

    private String json() {
        return String.format(Locale.ROOT, "{\"name\": \"%s\", \"result\": \"%s\", \"error\": %s, \"bound\": %s, \"ok\": %b, "
                + "\"microseconds\": %.2f, \"gb_per_s\": %.1f, \"tflop_per_s\": %.3f}", name, parity.name(),
                Double.isFinite(parity.error()) ? parity.error() : "null", parity.bound(), ok(), microseconds, gigabytes, teraflops);
    }

    static String json(String device, Instant when, List<Line> lines) {
        return "{\"device\": \"" + device.replaceAll("[\"\\\\]", "") + "\",\n \"when\": \"" + when
                + "\",\n \"command\": \"tools/gpu-check\",\n \"lines\": [\n  " + lines.stream().map(Line::json).collect(Collectors.joining(",\n  ")) + "]}\n";
    }
}
