package org.drllava.clinical.logic;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.drllava.clinical.english.Words;
import org.drllava.common.InputException;

/**
 * What a specialty asks about an image, what may be answered, and which answers belong together (Dr-LLaVA, arXiv 2405.19567,
 * section 3: symbolic representation of a clinical decision). Read from YAML; docs/logic.md explains the format.
 *
 * @param questions in natural order
 * @param diagnoses the allowed paths, a symbol for every question
 * @param slots     names that may stand in braces in a question's wordings, as {@code {note}}, and that an image's data fill;
 *                  {@link #EARLIER} is always there and not among them
 */
public record ClinicalLogic(String name, List<Question> questions, List<Diagnosis> diagnoses, RewardWeights reward, List<String> slots) {
    /** Slot that a later question fills with what was answered before. */
    public static final String EARLIER = "earlier";

    /** Names of the logics that come with the program. */
    public static final List<String> SHIPPED = List.of("bone-marrow", "chest-xray", "ecg", "painted-marrow");

    /** Reads a logic file. Throws {@link InputException} naming file, line, column and fault; {@code logic check} says what is checked. */
    public static ClinicalLogic load(Path file) {
        return LogicFile.of(file).load();
    }

    /** A logic that comes with the program; {@code name} is one of {@link #SHIPPED}. */
    public static ClinicalLogic shipped(String name) {
        return LogicFile.shipped(name).load();
    }

    /** The YAML text of a shipped logic, to be written where a user can change it. */
    public static String shippedText(String name) {
        return LogicFile.shipped(name).text();
    }

    /** The question of that id; throws {@link InputException} for another. */
    public Question question(String id) {
        return questions.get(indexOf(id));
    }

    /** The place of a question in natural order, from 0; throws {@link InputException} for an unknown id. */
    public int indexOf(String id) {
        for (int i = 0; i < questions.size(); i++) {
            if (questions.get(i).id().equals(id)) {
                return i;
            }
        }
        throw new InputException("there is no question '" + id + "' in the logic '" + name + "'; its questions are "
                + String.join(", ", questions.stream().map(Question::id).toList()) + ".");
    }

    /** The diagnosis of that name or data-set label, whatever its case; throws {@link InputException} with the known ones for another. */
    public Diagnosis diagnosis(String nameOrLabel) {
        return findDiagnosis(nameOrLabel).orElseThrow(() -> new InputException(
                "unknown label '" + nameOrLabel + "'; known labels are " + String.join(", ", knownLabels()) + "."));
    }

    /** As {@link #diagnosis}, empty for an unknown label. */
    public Optional<Diagnosis> findDiagnosis(String nameOrLabel) {
        return diagnoses.stream().filter(d -> d.name().equalsIgnoreCase(nameOrLabel)
                || d.labels().stream().anyMatch(label -> label.equalsIgnoreCase(nameOrLabel))).findFirst();
    }

    /** Names and labels of all diagnoses, in lower case. */
    public TreeSet<String> knownLabels() {
        var known = new TreeSet<String>();
        for (var diagnosis : diagnoses) {
            known.add(diagnosis.name().toLowerCase(Locale.ROOT));
            diagnosis.labels().forEach(label -> known.add(label.toLowerCase(Locale.ROOT)));
        }
        return known;
    }

    /** Whether some path gives these two symbols to these two questions. */
    public boolean onOnePath(String questionA, String symbolA, String questionB, String symbolB) {
        return diagnoses.stream().anyMatch(d -> symbolA.equals(d.path().get(questionA)) && symbolB.equals(d.path().get(questionB)));
    }
}
