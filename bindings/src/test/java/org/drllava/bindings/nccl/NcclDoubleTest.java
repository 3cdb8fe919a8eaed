package org.drllava.bindings.nccl;

import java.util.ArrayList;
import java.util.List;
import org.drllava.bindings.Doubles;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The binding of NCCL with a stand-in behind it: every rank a process that runs {@link NcclProgram}, which checks what it gets. */
class NcclDoubleTest {
    @ParameterizedTest
    @CsvSource({"collectives, 2", "collectives, 4", "groups, 4", "blocking, 2", "early, 2", "unlike, 2", "gone, 3", "aborted, 2", "missing, 2"})
    void works(String task, int size) {
        List<Doubles> ranks = new ArrayList<>();
        try {
            ranks.add(Doubles.start(NcclProgram.class, task, 0, size));
            String id = ranks.getFirst().line();
            for (int rank = 1; rank < size; rank++) {
                ranks.add(Doubles.start(NcclProgram.class, task, rank, size, id));
            }
            ranks.forEach(Doubles::succeeds);
        } finally {
            ranks.forEach(Doubles::close);
        }
    }
}
