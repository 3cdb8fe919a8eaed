package org.drllava.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.drllava.clinical.data.Duplicates;
import org.drllava.clinical.data.LabelledImage;
import org.drllava.common.InputException;
import org.drllava.common.Progress;
import org.drllava.image.ImageFiles;

/** Looks at the pictures themselves before anything is built on them. */
final class ImageCheck {
    private static final int MOST_NAMED = 10;

    private ImageCheck() {}

    /**
     * The images that can be read, in their order.
     *
     * @param report told of each that cannot, and of pictures that are there more than once
     * @throws InputException when none can be read
     */
    static List<LabelledImage> readable(List<LabelledImage> images, PrintWriter report) {
        List<String> faults = faults(images);
        if (faults.stream().noneMatch(String::isEmpty)) {
            throw new InputException("None of the " + images.size() + " images can be read; the first: " + faults.getFirst());
        }
        List<LabelledImage> readable = new ArrayList<>();
        for (int i = 0; i < faults.size(); i++) {
            if (faults.get(i).isEmpty()) {
                readable.add(images.get(i));
            } else {
                report.println("left out: " + faults.get(i));
            }
        }
        Duplicates.find(readable).forEach(group -> report.println(inWords(group)));
        report.flush();
        return readable;
    }

    /** For each image what keeps it from being read, or an empty text. */
    private static List<String> faults(List<LabelledImage> images) {
        try (Progress progress = Progress.start("Read", images.size(), "images")) {
            return IntStream.range(0, images.size()).parallel().mapToObj(i -> {
                String fault = fault(images.get(i).file());
                progress.step("");
                return fault;
            }).toList();
        }
    }

    private static String fault(Path file) {
        try {
            ImageFiles.check(file);
            return "";
        } catch (InputException e) {
            return e.getMessage();
        }
    }

    private static String inWords(List<LabelledImage> group) {
        var files = group.stream().limit(MOST_NAMED).map(image -> image.file().toString()).collect(Collectors.joining(" = "))
                + (group.size() > MOST_NAMED ? " and " + (group.size() - MOST_NAMED) + " more" : "");
        boolean labels = group.stream().map(LabelledImage::label).distinct().count() > 1;
        boolean patients = group.stream().map(LabelledImage::patient).distinct().count() > 1;
        return "duplicate: " + files
                + (labels ? "; under different labels: " + group.stream().map(LabelledImage::label).distinct().collect(Collectors.joining(", ")) : "")
                + (patients ? "; of different patients, whom a split may part" : "");
    }
}
