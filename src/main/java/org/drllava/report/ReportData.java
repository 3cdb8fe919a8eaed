package org.drllava.report;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.evaluate.Confusion;

/**
 * All that a report shows. An empty list leaves its section out.
 *
 * @param lead        paragraphs that say what was done, what came out and what it does not show
 * @param facts       the run in short: machine, model, data, seed
 * @param arms        models compared, the one that the others are held against first
 * @param curves      plots of the training
 * @param confusions  diagnoses by true label, usually before and after
 * @param samples     conversations with a picture
 * @param phases      where the time went
 * @param settings    the configuration as YAML or JSON; empty for none
 * @param logic       what was asked and which answers belong together, to be drawn
 */
public record ReportData(
        String title, List<String> lead, List<Fact> facts, List<Arm> arms, List<Curve> curves,
        List<DiagnosisMatrix> confusions, List<SampleConversation> samples, List<Phase> phases, String settings,
        Optional<ClinicalLogic> logic) {

    public record Fact(String name, String value) {}

    public record Phase(String name, double seconds) {
        public Phase {
            if (!(seconds >= 0) || Double.isInfinite(seconds)) {
                throw new IllegalArgumentException(name + " took " + seconds + " seconds");
            }
        }
    }

    /** One model's diagnoses. */
    public record DiagnosisMatrix(String title, Confusion confusion) {}

    public ReportData {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(logic, "logic");
        lead = List.copyOf(lead);
        facts = List.copyOf(facts);
        arms = List.copyOf(arms);
        curves = List.copyOf(curves);
        confusions = List.copyOf(confusions);
        samples = List.copyOf(samples);
        phases = List.copyOf(phases);
    }
}
