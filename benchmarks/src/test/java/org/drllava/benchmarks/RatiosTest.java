package org.drllava.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class RatiosTest {
    @Test
    void timesCountByTheBestIteration() {
        assertThat(rows("""
                [{"benchmark": "a.b.Linear.atenBf16", "mode": "avgt", "params": {"rows": "8"},
                  "primaryMetric": {"scoreUnit": "us/op", "rawData": [[9, 6.0], [7]]}, "secondaryMetrics": {}},
                 {"benchmark": "a.b.Linear.aten", "mode": "avgt", "params": {"rows": "8"},
                  "primaryMetric": {"scoreUnit": "us/op", "rawData": [[100]]}, "secondaryMetrics": {}},
                 {"benchmark": "a.b.Linear.kernelBf16", "mode": "avgt", "params": {"rows": "8"},
                  "primaryMetric": {"scoreUnit": "us/op", "rawData": [[5, 4], [123]]}, "secondaryMetrics": {}}]
                """)).containsExactly("Linear.kernelBf16 rows 8 4.00 6.00 us/op 1.50");
    }

    @Test
    void timedCallsCountByTheFastest() {
        assertThat(rows("""
                [{"benchmark": "a.Dispatch.panama", "mode": "sample", "primaryMetric": {"scoreUnit": "ns/op",
                  "scorePercentiles": {"0.0": 800, "50.0": 900}, "rawDataHistogram": []}, "secondaryMetrics": {}},
                 {"benchmark": "a.Dispatch.javaCpp", "mode": "sample", "primaryMetric": {"scoreUnit": "ns/op",
                  "scorePercentiles": {"0.0": 400, "50.0": 9000}, "rawDataHistogram": []}, "secondaryMetrics": {}}]
                """)).containsExactly("Dispatch.panama 800 400 ns/op 0.50");
    }

    @Test
    void ofRolloutsTokensCount() {
        assertThat(rows("""
                [{"benchmark": "a.Rollout.kernel", "mode": "thrpt", "params": {"batch": "8", "turns": "1"},
                  "primaryMetric": {"scoreUnit": "ops/s", "rawData": [[1]]}, "secondaryMetrics": {"tokens": {"rawData": [[20, 30.0]]}}},
                 {"benchmark": "a.Rollout.aten", "mode": "thrpt", "params": {"batch": "8", "turns": "1"},
                  "primaryMetric": {"scoreUnit": "ops/s", "rawData": [[1]]}, "secondaryMetrics": {"tokens": {"rawData": [[10, 12]]}}}]
                """)).containsExactly("Rollout.kernel batch 8, turns 1 30.0 12.0 tokens/s 2.50");
    }

    @Test
    void whatHasNoPeerIsLeftOut() {
        assertThat(rows("""
                [{"benchmark": "a.Reward.parsing", "mode": "thrpt", "primaryMetric": {"scoreUnit": "ops/s", "rawData": [[1]]},
                  "secondaryMetrics": {}},
                 {"benchmark": "a.Linear.kernel", "mode": "avgt", "params": {"rows": "8"},
                  "primaryMetric": {"scoreUnit": "us/op", "rawData": [[5]]}, "secondaryMetrics": {}},
                 {"benchmark": "a.Linear.aten", "mode": "avgt", "params": {"rows": "9"},
                  "primaryMetric": {"scoreUnit": "us/op", "rawData": [[5]]}, "secondaryMetrics": {}}]
                """)).isEmpty();
    }

    /** Without the table's bars and padding. */
    private static List<String> rows(String json) {
        return Ratios.rows(JsonMapper.shared().readTree(json)).stream().map(row -> row.replaceAll("[| ]+", " ").strip()).toList();
    }
}
