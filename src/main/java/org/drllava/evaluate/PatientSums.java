package org.drllava.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sums by patient, a sparse matrix [patients, columns]: all that resampling patients needs, however many conversations there
 * were. Patients with equal rows are the same to every statistic; their row is kept once.
 *
 * @param rows  distinct rows, in the order of the names of the first patients that have them
 * @param rowOf [patients], by name, so that the order of the conversations changes nothing
 */
record PatientSums(List<Row> rows, int[] rowOf) {

    /** @param columns ascending; @param values what each holds; other columns hold 0 */
    record Row(int[] columns, double[] values) {
        static Row of(TreeMap<Integer, Double> sums) {
            return new Row(sums.keySet().stream().mapToInt(Integer::intValue).toArray(), sums.values().stream().mapToDouble(Double::doubleValue).toArray());
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Row row && Arrays.equals(columns, row.columns) && Arrays.equals(values, row.values);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(columns) + Arrays.hashCode(values);
        }

        void addTo(double[] totals, double times) {
            for (int i = 0; i < columns.length; i++) {
                totals[columns[i]] += times * values[i];
            }
        }
    }

    int patients() {
        return rowOf.length;
    }

    /** [columns] over all patients. */
    double[] totals(int columns) {
        var once = new int[rows.size()];
        Arrays.stream(rowOf).forEach(row -> once[row]++);
        return totals(once, columns);
    }

    /** [columns] when each row is counted {@code times} times. */
    double[] totals(int[] times, int columns) {
        var totals = new double[columns];
        for (int row = 0; row < times.length; row++) {
            if (times[row] != 0) {
                rows.get(row).addTo(totals, times[row]);
            }
        }
        return totals;
    }

    /** Collects the sums. */
    static final class Builder {
        private final Map<String, TreeMap<Integer, Double>> byPatient = new TreeMap<>();

        void add(String patient, int column, double value) {
            byPatient.computeIfAbsent(patient, _ -> new TreeMap<>()).merge(column, value, Double::sum);
        }

        PatientSums build() {
            var numbers = new HashMap<Row, Integer>();
            var rows = new ArrayList<Row>();
            var rowOf = new int[byPatient.size()];
            int patient = 0;
            for (var sums : byPatient.values()) {
                var row = Row.of(sums);
                var known = numbers.putIfAbsent(row, rows.size());
                if (known == null) {
                    rows.add(row);
                }
                rowOf[patient++] = known == null ? rows.size() - 1 : known;
            }
            return new PatientSums(List.copyOf(rows), rowOf);
        }
    }
}
