package org.drllava.clinical.reward;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import org.drllava.clinical.logic.ClinicalLogic;

/** Logics about nothing, of random size: every symbol on some path, no path twice. */
public final class RandomLogic {
    private static final List<String> SYMBOLS = List.of("amber", "cobalt", "scarlet", "turquoise", "violet", "bronze");
    private static final List<String> QUESTIONS = List.of("roof", "garden", "window", "cellar", "kitchen", "chimney", "attic", "porch", "stairs", "fence");

    private RandomLogic() {}

    /** @param reward the YAML of its reward, on one line */
    public static ClinicalLogic of(Random random, int questions, int mostSymbols, int diagnoses, String reward, Path folder) {
        var symbols = new ArrayList<List<String>>();
        for (int q = 0; q < questions; q++) {
            symbols.add(SYMBOLS.subList(0, 2 + random.nextInt(mostSymbols - 1)));
        }
        var paths = new LinkedHashSet<List<String>>();
        symbols.replaceAll(of -> shuffled(of, random));
        for (int d = 0; d < Math.max(diagnoses, mostSymbols); d++) {
            int first = d;
            paths.add(symbols.stream().map(of -> first < of.size() ? of.get(first) : of.get(random.nextInt(of.size()))).toList());
        }
        return write(symbols, List.copyOf(paths), reward, folder);
    }

    private static List<String> shuffled(List<String> list, Random random) {
        var copy = new ArrayList<>(list);
        Collections.shuffle(copy, random);
        return copy;
    }

    private static ClinicalLogic write(List<List<String>> symbols, List<List<String>> paths, String reward, Path folder) {
        var yaml = new StringBuilder("name: random\nquestions:\n");
        for (int q = 0; q < symbols.size(); q++) {
            yaml.append("  - id: %1$s\n    ask: {train: [Which colour has the %1$s?], test: [What is the colour of the %1$s?]}\n    symbols:\n"
                    .formatted(QUESTIONS.get(q)));
            symbols.get(q).forEach(s -> yaml.append("      %1$s: {patterns: [%1$s], train: [It is %1$s.], test: [We see %1$s here.]}\n".formatted(s)));
        }
        yaml.append("diagnoses:\n");
        for (int d = 0; d < paths.size(); d++) {
            var path = new ArrayList<String>();
            for (int q = 0; q < symbols.size(); q++) {
                path.add(QUESTIONS.get(q) + ": " + paths.get(d).get(q));
            }
            yaml.append("  house%d: {path: {%s}}\n".formatted(d, String.join(", ", path)));
        }
        try {
            var file = Files.createTempFile(folder, "random", ".yaml");
            Files.writeString(file, yaml.append("reward: ").append(reward).append('\n'));
            return ClinicalLogic.load(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
