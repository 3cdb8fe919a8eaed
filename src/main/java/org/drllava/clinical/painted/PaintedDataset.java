package org.drllava.clinical.painted;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.drllava.clinical.data.LabelledImage;
import org.drllava.common.AtomicFile;
import org.drllava.image.PngFiles;
import org.drllava.image.RgbImage;

/** A painted data set, split by patient: classes take turns, so each part has them as evenly as its number of patients allows. */
public record PaintedDataset(List<PaintedField> train, List<PaintedField> validation, List<PaintedField> test) {
    /**
     * The sizes of one part.
     *
     * @param patients number of patients
     * @param fields   pictures of each
     */
    public record Part(int patients, int fields) {
        public Part {
            if (patients < 0 || fields < 1 || (long) patients * fields > 10_000_000) {
                throw new IllegalArgumentException("a part has 0 or more patients with 1 or more fields each and at most ten million pictures, not "
                        + patients + " with " + fields);
            }
        }
    }

    /**
     * The data set that a seed stands for. A part's patients do not depend on the other parts' sizes, and a larger part begins with
     * the patients of a smaller one.
     */
    public static PaintedDataset generate(long seed, Part train, Part validation, Part test) {
        return new PaintedDataset(fields("train", seed, 1, train), fields("val", seed, 2, validation), fields("test", seed, 3, test));
    }

    private static List<PaintedField> fields(String name, long seed, int part, Part sizes) {
        var seeds = new SplittableRandom(new SplittableRandom(seed).nextLong() + part);
        var fields = new ArrayList<PaintedField>();
        var specimens = Specimen.values();
        for (int p = 0; p < sizes.patients(); p++) {
            var patient = PaintedPatient.random("%s%04d".formatted(name, p), specimens[p % specimens.length], seeds.nextLong());
            for (int f = 0; f < sizes.fields(); f++) {
                fields.add(new PaintedField(patient, f));
            }
        }
        return List.copyOf(fields);
    }

    /** All parts, one after the other. */
    public List<PaintedField> all() {
        var all = new ArrayList<>(train);
        all.addAll(validation);
        all.addAll(test);
        return all;
    }

    /**
     * Writes fields as NAME.png and labels.csv (image,label,patient) into a folder.
     *
     * @param size side of a picture in pixels
     * @return the images as they lie in the folder, in the fields' order
     */
    public static List<LabelledImage> write(List<PaintedField> fields, int size, Path folder) {
        return write(fields, fields.stream().map(field -> field.paint(size)).toList(), folder);
    }

    /** The same with pictures that are painted already. */
    public static List<LabelledImage> write(List<PaintedField> fields, List<RgbImage> pictures, Path folder) {
        var images = new ArrayList<LabelledImage>(fields.size());
        var csv = new StringBuilder("image,label,patient\n");
        for (int i = 0; i < fields.size(); i++) {
            var field = fields.get(i);
            var file = folder.resolve(field.name() + ".png");
            PngFiles.write(pictures.get(i), file);
            csv.append(field.name()).append(".png,").append(field.label()).append(',').append(field.patient().id()).append('\n');
            images.add(new LabelledImage(file, field.label(), field.patient().id()));
        }
        AtomicFile.write(folder.resolve("labels.csv"), csv.toString());
        return List.copyOf(images);
    }
}
