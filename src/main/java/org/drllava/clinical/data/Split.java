package org.drllava.clinical.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Images for training, validation and testing. No patient is in two parts; patients of each label are shared out by the same
 * fractions, a patient with images of several labels counting for the one that most of them have.
 */
public record Split(List<LabelledImage> train, List<LabelledImage> validation, List<LabelledImage> test) {
    /**
     * Splits by patient. The same images (in any order), fractions and seed give the same parts.
     *
     * @param validation share of the patients of each label, 0..1; the two together at most 1, the rest is for training
     */
    public static Split byPatient(List<LabelledImage> images, double validation, double test, long seed) {
        if (!(validation >= 0 && test >= 0 && validation + test <= 1)) {
            throw new IllegalArgumentException("the shares for validation and test, " + validation + " and " + test + ", are not parts of 1");
        }
        var ofPatient = byName(images);
        var patientsOfLabel = new TreeMap<String, List<String>>();
        ofPatient.forEach((patient, all) -> patientsOfLabel.computeIfAbsent(usualLabel(all), _ -> new ArrayList<>()).add(patient));
        var parts = List.of(new ArrayList<LabelledImage>(), new ArrayList<LabelledImage>(), new ArrayList<LabelledImage>());
        var random = Random.from(new SplittableRandom(seed));
        // What rounding owes a part is carried to the next label, so that many rare labels do not leave a part empty.
        double owedTest = 0, owedValidation = 0;
        for (var patients : patientsOfLabel.values()) {
            Collections.shuffle(patients, random);
            owedTest += test * patients.size();
            owedValidation += validation * patients.size();
            int inTest = (int) Math.min(patients.size(), Math.round(owedTest));
            int inValidation = (int) Math.min(patients.size() - inTest, Math.max(0, Math.round(owedValidation)));
            owedTest -= inTest;
            owedValidation -= inValidation;
            for (int p = 0; p < patients.size(); p++) {
                parts.get(p < inTest ? 2 : p < inTest + inValidation ? 1 : 0).addAll(ofPatient.get(patients.get(p)));
            }
        }
        return new Split(List.copyOf(parts.get(0)), List.copyOf(parts.get(1)), List.copyOf(parts.get(2)));
    }

    /** Number of images of each label, by label. */
    public static Map<String, Integer> labelCounts(List<LabelledImage> images) {
        var counts = new TreeMap<String, Integer>();
        images.forEach(image -> counts.merge(image.label(), 1, Integer::sum));
        return counts;
    }

    private static String usualLabel(List<LabelledImage> images) {
        return Collections.max(labelCounts(images).entrySet(), Map.Entry.comparingByValue()).getKey();
    }

    private static TreeMap<String, List<LabelledImage>> byName(List<LabelledImage> images) {
        var groups = new TreeMap<String, List<LabelledImage>>();
        images.stream().sorted(Comparator.comparing(LabelledImage::file)).forEach(
                image -> groups.computeIfAbsent(image.patient(), _ -> new ArrayList<>()).add(image));
        return groups;
    }
}
