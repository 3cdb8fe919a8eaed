package org.drllava.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.drllava.common.StepLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeriesTest {
    @Test
    void aFieldOverTheStepsWithGapsWhereItHasNoNumber(@TempDir Path folder) throws IOException {
        var file = folder.resolve("log.jsonl");
        try (var log = StepLog.create(file)) {
            log.append(7, Map.of("loss", 0.5));
            log.append(8, Map.of("loss", Double.NaN));
            log.append(9, Map.of("other", 1));
            log.append(12, Map.of("loss", 2));
        }
        var series = Series.of(StepLog.read(file), "loss", "policy loss");
        assertThat(series.name()).isEqualTo("policy loss");
        assertThat(series.x()).containsExactly(7, 8, 9, 12);
        assertThat(series.y()).containsExactly(0.5, Double.NaN, Double.NaN, 2);
    }
}
