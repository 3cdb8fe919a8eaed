package org.drllava.clinical.logic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.drllava.clinical.english.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The three logics that ship: names that others rely on, enough wordings, the medicine of the paths. */
class ShippedLogicsTest {
    private static final Map<String, Map<String, List<String>>> SYMBOLS = Map.of(
            "bone-marrow", Map.of(
                    "quality", List.of("adequate", "inadequate", "unknown"),
                    "content", List.of("cellular", "blood", "clot", "unknown"),
                    "abnormality", List.of("normal", "abnormal", "inadequate", "unknown"),
                    "cells", List.of("none", "myeloblasts", "plasma_cells", "inadequate", "unknown"),
                    "diagnosis", List.of("normal", "aml", "mm", "inadequate", "unknown")),
            "chest-xray", Map.of(
                    "quality", List.of("adequate", "inadequate", "unknown"),
                    "abnormality", List.of("normal", "abnormal", "unknown"),
                    "finding", List.of("covid_pattern", "pneumonia_pattern", "none", "unknown"),
                    "diagnosis", List.of("no_finding", "covid19", "pneumonia", "unknown")),
            "ecg", Map.of(
                    "st_elevation", List.of("yes", "no", "unknown"),
                    "st_depression", List.of("yes", "no", "unknown"),
                    "troponin", List.of("yes", "no", "unknown"),
                    "diagnosis", List.of("stemi", "nstemi", "none", "unknown")));

    private static final Map<String, CheckedLogic> CHECKED = SYMBOLS.keySet().stream()
            .collect(Collectors.toMap(name -> name, name -> CheckedLogic.of(ClinicalLogic.shippedText(name))));

    @ParameterizedTest
    @ValueSource(strings = {"bone-marrow", "chest-xray", "ecg"})
    void questionsAndSymbolsHaveTheAgreedNames(String name) {
        var logic = shipped(name);
        assertThat(logic.questions().stream().collect(Collectors.toMap(Question::id, Question::names))).isEqualTo(SYMBOLS.get(name));
        assertThat(logic.questions().getLast().id()).isEqualTo("diagnosis");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bone-marrow", "chest-xray", "ecg"})
    void checksFindNothing(String name) {
        assertThat(CHECKED.get(name).findings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bone-marrow", "chest-xray", "ecg"})
    void everyPhraseHasEightWordingsToTrainAndFiveToTest(String name) {
        var logic = shipped(name);
        var trained = new HashSet<String>();
        wordings(logic).forEach(w -> w.train().forEach(t -> trained.add(Words.of(t).toString())));
        wordings(logic).forEach(w -> {
            assertThat(withoutSlots(w.train())).as(w.toString()).hasSizeGreaterThanOrEqualTo(8).doesNotHaveDuplicates();
            assertThat(withoutSlots(w.test())).as(w.toString()).hasSizeGreaterThanOrEqualTo(5).doesNotHaveDuplicates();
        });
        assertThat(wordings(logic).flatMap(w -> w.test().stream()).filter(t -> trained.contains(Words.of(t).toString()))).as("trained on as well").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bone-marrow", "chest-xray", "ecg"})
    void wordingsAreFourToSixteenWordsLong(String name) {
        var logic = shipped(name);
        wordings(logic).flatMap(Wordings::all).filter(w -> !w.contains("{")).forEach(w -> assertThat(w.split(" ").length).as(w).isBetween(4, 16));
        logic.questions().stream().flatMap(q -> q.symbols().stream()).flatMap(s -> s.answers().all())
                .forEach(w -> assertThat(Words.of(w).size()).as(w).isLessThanOrEqualTo(logic.reward().lengthLimit()));
    }

    @Test
    void bloodAndClotLeaveTheLaterMarrowQuestionsInadequate() {
        var marrow = shipped("bone-marrow");
        assertThat(paths(marrow)).containsOnly(
                Map.entry("normal", "adequate cellular normal none normal"),
                Map.entry("aml", "adequate cellular abnormal myeloblasts aml"),
                Map.entry("mm", "adequate cellular abnormal plasma_cells mm"),
                Map.entry("blood", "inadequate blood inadequate inadequate inadequate"),
                Map.entry("clot", "inadequate clot inadequate inadequate inadequate"));
        assertThat(List.of("adequate_normal", "ADEQUATE_AML", "adequate_aml_mono", "adequate_MM", "Blood", "CLOT", "healthy").stream()
                .map(label -> marrow.diagnosis(label).name())).containsExactly("normal", "aml", "aml", "mm", "blood", "clot", "normal");
    }

    @Test
    void aFilmThatCannotBeReadLeavesTheRestUnknown() {
        var chest = shipped("chest-xray");
        assertThat(paths(chest)).containsOnly(
                Map.entry("no_finding", "adequate normal none no_finding"),
                Map.entry("covid19", "adequate abnormal covid_pattern covid19"),
                Map.entry("pneumonia", "adequate abnormal pneumonia_pattern pneumonia"),
                Map.entry("inadequate", "inadequate unknown unknown unknown"));
        assertThat(List.of("No Finding", "NORMAL", "COVID-19", "COVID", "PNEUMONIA", "Bacterial Pneumonia").stream()
                .map(label -> chest.diagnosis(label).name())).containsExactly("no_finding", "no_finding", "covid19", "covid19", "pneumonia", "pneumonia");
        assertThat(chest.findDiagnosis("Viral Pneumonia")).isEmpty();
    }

    @Test
    void stElevationTellsTheInfarctionsApartAndBothAskForTroponin() {
        var ecg = shipped("ecg");
        assertThat(ecg.slots()).containsExactly("note", "troponin");
        Set<String> seen = new HashSet<>();
        for (var diagnosis : ecg.diagnoses()) {
            var path = diagnosis.path();
            assertThat(seen.add(path.toString())).as(diagnosis.name()).isTrue();
            switch (path.get("diagnosis")) {
                case "stemi" -> assertThat(path).containsEntry("st_elevation", "yes").containsEntry("troponin", "yes");
                case "nstemi" -> assertThat(path).containsEntry("st_elevation", "no").containsEntry("troponin", "yes");
                default -> assertThat(path).containsEntry("diagnosis", "none");
            }
        }
        for (var question : List.of("st_elevation", "st_depression", "troponin")) {
            assertThat(ecg.onOnePath(question, "yes", "diagnosis", "none")).as(question).isTrue();
            assertThat(ecg.onOnePath(question, "no", "diagnosis", "none")).as(question).isTrue();
        }
        assertThat(List.of("STEMI", "NSTEMI", "normal").stream().map(label -> ecg.diagnosis(label).path().get("diagnosis"))).containsExactly("stemi", "nstemi", "none");
        assertThat(ecg.findDiagnosis("MI")).isEmpty();
    }

    @Test
    void ecgQuestionsTakeUpTheNoteTheTroponinAndWhatWasSaidBefore() {
        var ecg = shipped("ecg");
        assertThat(ecg.question("st_elevation").ask().all()).anyMatch(w -> w.contains("{note}")).noneMatch(w -> w.contains("{earlier}"));
        assertThat(ecg.question("diagnosis").ask().all()).anyMatch(w -> w.contains("{troponin}")).anyMatch(w -> w.contains("{earlier}"));
        assertThat(ecg.question("diagnosis").after()).containsExactly("troponin");
        // The value would give the answer away.
        ecg.questions().stream().filter(q -> !q.id().equals("diagnosis")).forEach(q -> assertThat(q.ask().all()).noneMatch(w -> w.contains("{troponin}")));
    }

    private static ClinicalLogic shipped(String name) {
        return CHECKED.get(name).orThrow(name);
    }

    private static Stream<Wordings> wordings(ClinicalLogic logic) {
        return logic.questions().stream().flatMap(q -> Stream.concat(Stream.of(q.ask()), q.symbols().stream().map(Question.Symbol::answers)));
    }

    private static List<String> withoutSlots(List<String> wordings) {
        return wordings.stream().filter(w -> !w.contains("{")).toList();
    }

    private static Map<String, String> paths(ClinicalLogic logic) {
        return logic.diagnoses().stream().collect(Collectors.toMap(Diagnosis::name, d -> String.join(" ", d.path().values())));
    }
}
