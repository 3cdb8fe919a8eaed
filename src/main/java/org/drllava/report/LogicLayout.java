package org.drllava.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Diagnosis;
import org.drllava.clinical.logic.Question;

/**
 * Where the parts of a logic's drawing go, in pixels. Diagnoses are sorted so that those with the same beginning lie together;
 * each keeps its rank in every box that it passes, so two lines cross only where their paths do.
 *
 * @param order    the diagnoses from top to bottom
 * @param columns  one a question
 * @param headerY  baseline of the questions' names
 */
record LogicLayout(List<Diagnosis> order, List<Column> columns, List<Box> diagnosisBoxes, List<Arc> arcs, int headerY, int width, int height) {
    static final int MARGIN = 28;
    static final int PADDING = 12;

    private static final int GAP = 64;
    private static final int LINE = 8;
    private static final int BOX = 34;
    private static final int BETWEEN = 16;
    private static final int LEGEND = 56;
    private static final int NARROWEST = 108;
    private static final int WIDEST = 210;
    /** Of a wide sans-serif at 13 pixels, as the reader's font is not known here. */
    private static final double LETTER = 7.8;

    record Box(String name, int x, int y, int width, int height, int paths) {
        int middle() {
            return y + height / 2;
        }
    }

    record Column(String id, String title, List<String> wording, int x, int width, List<Box> boxes) {}

    /** Where a line enters and leaves a box. */
    record Port(int left, int right, double y) {}

    /** From the question that is asked first to the one that comes after it. */
    record Arc(int from, int to, int base, int top) {}

    static LogicLayout of(ClinicalLogic logic) {
        var order = sorted(logic);
        var after = direct(logic);
        int levels = after.values().stream().flatMap(Set::stream).toList().isEmpty() ? 0 : logic.questions().size();
        int headerY = 92 + (levels == 0 ? 0 : 8 + 7 * Math.min(levels, 9));
        int wordingLines = 0;
        var wordings = new ArrayList<List<String>>();
        var widths = new ArrayList<Integer>();
        for (var question : logic.questions()) {
            int width = Math.clamp(2 * PADDING + pixels(longest(question)), NARROWEST, WIDEST);
            widths.add(width);
            wordings.add(wrapped(question.ask().train().stream().filter(w -> !w.contains("{")).findFirst().orElse(""), width + GAP / 3));
            wordingLines = Math.max(wordingLines, wordings.getLast().size());
        }
        int top = headerY + 18 + 15 * wordingLines + 10;
        var diagnosisTops = new ArrayList<Integer>(); // where each diagnosis's box begins, and where the last ends
        int bottom = top;
        for (var diagnosis : order) {
            diagnosisTops.add(bottom);
            bottom += diagnosisHeight(diagnosis) + BETWEEN / 2;
        }
        int x = MARGIN;
        var columns = new ArrayList<Column>();
        for (int i = 0; i < widths.size(); i++) {
            var question = logic.questions().get(i);
            var boxes = stacked(question, order, diagnosisTops, x, top, widths.get(i));
            columns.add(new Column(question.id(), question.id().replace('_', ' '), wordings.get(i), x, widths.get(i), boxes));
            bottom = Math.max(bottom, boxes.getLast().y() + boxes.getLast().height());
            x += widths.get(i) + GAP;
        }
        x += GAP / 3; // most lines turn here
        int diagnosisWidth = Math.clamp(2 * PADDING + 6 + pixels(order.stream().flatMap(d -> Stream.of(d.name(), String.join(", ", d.labels())))
                .mapToInt(String::length).max().orElse(0)), NARROWEST, WIDEST + 30);
        var diagnosisBoxes = new ArrayList<Box>();
        for (int rank = 0; rank < order.size(); rank++) {
            diagnosisBoxes.add(new Box(order.get(rank).name(), x, diagnosisTops.get(rank), diagnosisWidth, diagnosisHeight(order.get(rank)), 1));
        }
        return new LogicLayout(order, columns, diagnosisBoxes, arcs(after, columns, headerY - 18), headerY, Math.max(x + diagnosisWidth + MARGIN, 640), bottom + LEGEND);
    }

    Box diagnosisBox(int rank) {
        return diagnosisBoxes.get(rank);
    }

    /** Where the line of a diagnosis passes, column by column, its own box last. */
    List<Port> ports(int rank) {
        var ports = new ArrayList<Port>();
        for (var column : columns) {
            var symbol = order.get(rank).path().get(column.id());
            var box = column.boxes().stream().filter(b -> b.name().equals(symbol)).findFirst().orElseThrow();
            long before = order.subList(0, rank).stream().filter(d -> d.path().get(column.id()).equals(symbol)).count();
            ports.add(new Port(box.x(), box.x() + box.width(), box.middle() + LINE * (before - (box.paths() - 1) / 2.0)));
        }
        var own = diagnosisBoxes.get(rank);
        ports.add(new Port(own.x(), own.x() + own.width(), own.middle()));
        return ports;
    }

    /** By the first symbol, then the second …; a symbol counts as early as the file's first diagnosis that has it. */
    private static List<Diagnosis> sorted(ClinicalLogic logic) {
        Comparator<Diagnosis> order = (_, _) -> 0;
        for (var question : logic.questions()) {
            order = order.thenComparingInt(d -> logic.diagnoses().stream().map(other -> other.path().get(question.id())).toList().indexOf(d.path().get(question.id())));
        }
        return logic.diagnoses().stream().sorted(order).toList();
    }

    private static int diagnosisHeight(Diagnosis diagnosis) {
        return diagnosis.labels().isEmpty() ? BOX : BOX + 12;
    }

    /** Symbols amid the diagnoses that they lead to, as far as they leave each other room; those without one below. */
    private static List<Box> stacked(Question question, List<Diagnosis> order, List<Integer> diagnosisTops, int x, int top, int width) {
        record Ranked(String name, int paths, double rank, double middle) {}
        var ranked = question.names().stream().map(name -> {
            int[] ranks = IntStream.range(0, order.size()).filter(r -> order.get(r).path().get(question.id()).equals(name)).toArray();
            return new Ranked(name, ranks.length, Arrays.stream(ranks).average().orElse(order.size()),
                    Arrays.stream(ranks).mapToDouble(r -> diagnosisTops.get(r) + diagnosisHeight(order.get(r)) / 2.0).average().orElse(0));
        }).sorted(Comparator.comparingDouble(Ranked::rank)).toList();
        var boxes = new ArrayList<Box>();
        int y = top;
        for (var symbol : ranked) {
            int height = symbol.paths() == 0 ? BOX - 8 : Math.max(BOX, LINE * symbol.paths() + PADDING);
            y = Math.max(y, (int) Math.round(symbol.middle() - height / 2.0));
            boxes.add(new Box(symbol.name(), x, y, width, height, symbol.paths()));
            y += height + BETWEEN;
        }
        return boxes;
    }

    /** What each question comes after, without what follows from the rest. */
    private static Map<String, Set<String>> direct(ClinicalLogic logic) {
        Map<String, Set<String>> direct = new HashMap<>();
        for (var question : logic.questions()) {
            var kept = new HashSet<>(question.after());
            question.after().forEach(id -> kept.removeAll(before(logic, id, new HashSet<>())));
            direct.put(question.id(), kept);
        }
        return direct;
    }

    private static Set<String> before(ClinicalLogic logic, String id, Set<String> found) {
        logic.question(id).after().stream().filter(found::add).forEach(earlier -> before(logic, earlier, found));
        return found;
    }

    private static List<Arc> arcs(Map<String, Set<String>> after, List<Column> columns, int base) {
        var arcs = new ArrayList<Arc>();
        for (int i = 0; i < columns.size(); i++) {
            var column = columns.get(i);
            for (int j = 0; j < columns.size(); j++) {
                if (after.get(column.id()).contains(columns.get(j).id())) {
                    int span = Math.min(Math.abs(i - j), 9);
                    // Leaving further right than arriving keeps arcs that meet at a question apart.
                    arcs.add(new Arc(columns.get(j).x() + 26, column.x() + 10, base, base - 8 - 7 * span));
                }
            }
        }
        return arcs;
    }

    private static int longest(Question question) {
        return Math.max(question.names().stream().mapToInt(String::length).max().orElse(0), question.id().length() - 2);
    }

    private static int pixels(int letters) {
        return (int) Math.ceil(letters * LETTER);
    }

    /** A text in at most three lines. */
    private static List<String> wrapped(String text, int width) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (var word : text.split(" ")) {
            if (!line.isEmpty() && pixels(line.length() + 1 + word.length()) > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        if (lines.size() > 3) {
            var last = lines.get(2);
            while (pixels(last.length() + 2) > width && last.contains(" ")) {
                last = last.substring(0, last.lastIndexOf(' '));
            }
            lines.set(2, last + " …");
        }
        return lines.stream().limit(3).map(l -> cut(l, width)).toList();
    }

    /** A text that fits into so many pixels. */
    static String cut(String text, int width) {
        int letters = Math.max(1, (int) (width / LETTER));
        return text.length() <= letters ? text : text.substring(0, text.offsetByCodePoints(0, Math.min(text.codePointCount(0, text.length()), letters) - 1)) + "…";
    }
}
