package org.drllava.common;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * One line of progress on standard error, with rate and time left:
 *
 * <pre>PPO  42/150 it  28 %  1.6 s/it  left 2 min 53 s  reward 3.1</pre>
 *
 * On a terminal the line is rewritten in place, ten times a second at most. Elsewhere (a file, a pipe, {@code TERM=dumb},
 * {@code NO_PROGRESS} set) whole lines are printed: the first, then one after ten seconds or at the next tenth of the way,
 * whichever comes first. Several threads may step. Where several processes do the same, all but one are {@link #mute mute}.
 */
public final class Progress implements AutoCloseable {
    private static final double REDRAW_SECONDS = 0.1;
    private static final double PLAIN_SECONDS = 10;
    /** Weight of the newest step in the rate: about the last twenty steps count, so a change of pace shows soon. */
    private static final double NEWEST = 0.1;
    private static final String CLEAR_LINE = "\r\u001b[K";

    private static volatile boolean mute;

    private final String name;
    private final long total;
    private final String unit;
    private final PrintStream out;
    private final boolean live;
    private final int width;
    private final LongSupplier nanoTime;
    private final long startNanos;

    private long done;
    private long lastStepNanos;
    private double secondsPerUnit;
    private double weight;
    private long lastPrintNanos;
    private long tenthPrinted = -1;
    private String status = "";
    private boolean closed;

    /**
     * @param done     units done before, by an earlier run
     * @param total    units in all; 0 or less when unknown, then there is no percentage and no time left
     * @param live     whether to rewrite one line in place
     * @param width    columns that a line may take
     * @param nanoTime a monotonic clock in nanoseconds
     */
    Progress(String name, long done, long total, String unit, PrintStream out, boolean live, int width, LongSupplier nanoTime) {
        this.name = name;
        this.done = done;
        this.total = total;
        this.unit = unit;
        this.out = out;
        this.live = live;
        this.width = width;
        this.nanoTime = nanoTime;
        startNanos = nanoTime.getAsLong();
        lastStepNanos = startNanos;
        lastPrintNanos = startNanos;
    }

    /** Progress over {@code total} units (0 when unknown), each called {@code unit} in the line, for example "it". */
    public static Progress start(String name, long total, String unit) {
        return resume(name, 0, total, unit);
    }

    /** As {@link #start}, where an earlier run did the first {@code done} units; they count in the way, not in the rate. */
    public static Progress resume(String name, long done, long total, String unit) {
        PrintStream out = mute ? new PrintStream(OutputStream.nullOutputStream()) : System.err;
        return new Progress(name, done, total, unit, out, onTerminal(), terminalWidth(), System::nanoTime);
    }

    /** Nothing is shown of what starts from now on: another process of the same run shows it. */
    public static void mute() {
        mute = true;
    }

    /** A line of its own, from where no progress is at hand; a progress line is drawn again when it is next due. */
    public static void warn(String line) {
        if (!mute) {
            System.err.println((onTerminal() ? CLEAR_LINE : "") + "warning: " + line);
        }
    }

    /** One more unit is done; {@code status} is a few words on how it went, shown at the end of the line. */
    public void step(String status) {
        step(1, status);
    }

    /** {@code units} more are done. */
    public synchronized void step(long units, String status) {
        long now = nanoTime.getAsLong();
        if (units > 0) {
            double seconds = (now - lastStepNanos) / 1e9 / units;
            secondsPerUnit += NEWEST * (seconds - secondsPerUnit);
            weight += NEWEST * (1 - weight);
            lastStepNanos = now;
        }
        done += units;
        this.status = oneLine(status);
        if (isDue(now)) {
            print(now);
        }
    }

    /** Prints a line of its own above the progress line. */
    public synchronized void note(String line) {
        if (live) {
            out.print(CLEAR_LINE);
        }
        out.println(line);
        if (live && !closed) {
            print(nanoTime.getAsLong());
        }
    }

    /** Ends with a line that says how far it came, in which time. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        double seconds = (nanoTime.getAsLong() - startNanos) / 1e9;
        String verb = total <= 0 || done >= total ? "done in " : "stopped after ";
        var line = head() + "  " + verb + duration(seconds) + (status.isEmpty() ? "" : "  " + status);
        out.println(live ? CLEAR_LINE + fitted(line) : line);
        out.flush();
    }

    private boolean isDue(long now) {
        double quietSeconds = (now - lastPrintNanos) / 1e9;
        if (live) {
            return tenthPrinted < 0 || quietSeconds >= REDRAW_SECONDS;
        }
        return tenthPrinted < 0 || quietSeconds >= PLAIN_SECONDS || tenth() > tenthPrinted;
    }

    private void print(long now) {
        lastPrintNanos = now;
        tenthPrinted = tenth();
        if (live) {
            out.print(CLEAR_LINE + fitted(line()));
        } else {
            out.println(line());
        }
        out.flush();
    }

    private long tenth() {
        return total <= 0 ? 0 : 10 * Math.min(done, total) / total;
    }

    private String head() {
        return total > 0 ? name + "  " + done + "/" + total + " " + unit : name + "  " + done + " " + unit;
    }

    private String line() {
        var line = new StringBuilder(head());
        if (total > 0) {
            line.append("  ").append(100 * Math.min(done, total) / total).append(" %");
        }
        if (weight > 0) {
            double pace = secondsPerUnit / weight;
            line.append("  ").append(rate(pace));
            if (done < total) {
                line.append("  left ").append(duration(pace * (total - done)));
            }
        }
        return status.isEmpty() ? line.toString() : line.append("  ").append(status).toString();
    }

    /** Seconds a unit when slow, units a second when fast, so that the number is never below 1. */
    private String rate(double secondsPerUnit) {
        if (!(secondsPerUnit > 0)) {
            return "- " + unit + "/s";
        }
        return secondsPerUnit >= 1
                ? String.format(Locale.ROOT, "%.1f s/%s", secondsPerUnit, unit)
                : String.format(Locale.ROOT, "%.1f %s/s", 1 / secondsPerUnit, unit);
    }

    static String duration(double seconds) {
        long s = Math.round(seconds);
        if (s < 60) {
            return s + " s";
        }
        return s < 3600 ? s / 60 + " min " + s % 60 + " s" : s / 3600 + " h " + s % 3600 / 60 + " min";
    }

    /** A line that wraps cannot be rewritten in place. */
    private String fitted(String line) {
        return line.length() < width ? line : line.substring(0, Math.max(0, width - 1));
    }

    /** The status may hold a model's words: no line break or escape sequence of theirs may reach the terminal. */
    private static String oneLine(String status) {
        return status == null ? "" : status.replaceAll("\\p{Cntrl}+", " ").strip();
    }

    /** Java only knows whether standard input and output are a terminal, so Linux is asked where standard error goes. */
    private static boolean onTerminal() {
        if (System.getenv("NO_PROGRESS") != null || "dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            var target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException notLinux) {
            return System.console() != null && System.console().isTerminal();
        }
    }

    private static int terminalWidth() {
        try {
            return Math.max(20, Integer.parseInt(System.getenv().getOrDefault("COLUMNS", "100")));
        } catch (NumberFormatException notANumber) {
            return 100;
        }
    }
}
