package org.drllava.tensor;

import java.util.List;
import org.drllava.distributed.Collectives;
import org.drllava.distributed.Rows;
import org.drllava.distributed.SingleProcess;

/**
 * Everybody who works on a run: this process's threads, and the other ranks. Work comes in units that are fixed by the run's
 * settings; a rank takes a share of consecutive ones, which its workers do side by side.
 */
public record Team(Workers workers, Collectives ranks, Reduction reduction) {
    /** One process. */
    public static Team alone(Workers workers) {
        return new Team(workers, new SingleProcess(), Reduction.EXACT);
    }

    /** Units {@code from} (inclusive) to {@code to} (exclusive). */
    public record Share(int from, int to) {
        public int size() {
            return to - from;
        }

        /** The part of {@code all} that the share names, of as many as there are units. */
        public <T> List<T> of(List<T> all) {
            return all.subList(from, to);
        }
    }

    /** The units of {@code units} that rank {@code rank} takes: as many as any other, or one less. */
    public Share share(int units, int rank) {
        return new Share((int) ((long) units * rank / ranks.size()), (int) ((long) units * (rank + 1) / ranks.size()));
    }

    /** This rank's units. */
    public Share share(int units) {
        return share(units, ranks.rank());
    }

    /** Whether this process writes files and shows progress. */
    public boolean leads() {
        return ranks.rank() == 0;
    }

    /** What every rank has found, in the ranks' order. */
    public List<double[]> gather(List<double[]> mine) {
        return Rows.gather(ranks, mine);
    }
}
