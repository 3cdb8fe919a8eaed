package org.drllava.clinical.io;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with a file, so that a user hears of everything at once. */
public final class Findings {
    private final List<Finding> found = new ArrayList<>();
    private int errors;

    public void error(Place place, String sentence) {
        found.add(new Finding(Finding.Severity.ERROR, place, sentence));
        errors++;
    }

    public void warning(Place place, String sentence) {
        found.add(new Finding(Finding.Severity.WARNING, place, sentence));
    }

    /** How many errors there are so far. */
    public int errors() {
        return errors;
    }

    /** Everything found, in the order of the file. */
    public List<Finding> inOrder() {
        return found.stream().sorted(Comparator.comparing(Finding::place)).toList();
    }
}
