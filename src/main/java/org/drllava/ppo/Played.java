package org.drllava.ppo;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.drllava.rollout.Episode;

/** A played conversation and what the networks think of it; as rows of numbers among ranks, exactly. */
record Played(Episode episode, Scoring.Scores scores) {
    /** Rows a conversation. */
    private static final int ROWS = 9;

    static List<Played> of(List<Episode> episodes, List<Scoring.Scores> scores) {
        return IntStream.range(0, episodes.size()).mapToObj(i -> new Played(episodes.get(i), scores.get(i))).toList();
    }

    static List<double[]> toRows(List<Played> played) {
        List<double[]> rows = new ArrayList<>();
        for (Played each : played) {
            Episode episode = each.episode;
            Scoring.Scores s = each.scores;
            rows.add(IntStream.of(episode.tokens()).asDoubleStream().toArray());
            rows.add(IntStream.range(0, episode.answer().length).mapToDouble(i -> episode.answer()[i] ? 1 : 0).toArray());
            rows.add(episode.spans().stream().flatMapToDouble(
                    span -> IntStream.of(span.start(), span.end(), span.ended() ? 1 : 0).asDoubleStream()).toArray());
            for (float[] column : List.of(episode.logprobs(), s.logprobs(), s.referenceLogprobs(), s.values(), s.entropies(), s.referenceEntropies())) {
                rows.add(IntStream.range(0, column.length).mapToDouble(i -> column[i]).toArray());
            }
        }
        return rows;
    }

    static List<Played> fromRows(List<double[]> rows) {
        return IntStream.range(0, rows.size() / ROWS).mapToObj(i -> ofRows(rows.subList(i * ROWS, (i + 1) * ROWS))).toList();
    }

    private static Played ofRows(List<double[]> rows) {
        int[] tokens = integers(rows.get(0));
        boolean[] answer = new boolean[tokens.length];
        for (int i = 0; i < answer.length; i++) {
            answer[i] = rows.get(1)[i] == 1;
        }
        int[] spans = integers(rows.get(2));
        List<Episode.Span> parts = IntStream.range(0, spans.length / 3)
                .mapToObj(i -> new Episode.Span(spans[3 * i], spans[3 * i + 1], spans[3 * i + 2] == 1)).toList();
        return new Played(new Episode(tokens, answer, floats(rows.get(3)), parts), new Scoring.Scores(floats(rows.get(4)), floats(rows.get(5)),
                floats(rows.get(6)), floats(rows.get(7)), floats(rows.get(8))));
    }

    private static int[] integers(double[] row) {
        int[] values = new int[row.length];
        for (int i = 0; i < row.length; i++) {
            values[i] = (int) row[i];
        }
        return values;
    }

    private static float[] floats(double[] row) {
        float[] values = new float[row.length];
        for (int i = 0; i < row.length; i++) {
            values[i] = (float) row[i];
        }
        return values;
    }
}
