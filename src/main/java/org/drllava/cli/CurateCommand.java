package org.drllava.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.conversation.ConversationJson;
import org.drllava.clinical.conversation.ConversationWriter;
import org.drllava.clinical.conversation.Order;
import org.drllava.clinical.data.LabelCsv;
import org.drllava.clinical.data.LabelFolders;
import org.drllava.clinical.data.LabelledImage;
import org.drllava.clinical.data.Split;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Wording;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "curate",
        mixinStandardHelpOptions = true,
        description = {
            "Writes the conversations that labelled images stand for, in LLaVA's JSON.",
            "Label counts, duplicates and pictures that cannot be read are reported on standard error; the latter are left out."
        },
        footer = {
            "",
            "With --validation or --test, --output FILE.json becomes FILE-train.json, FILE-val.json and FILE-test.json; no patient is"
                    + " in two of them. The same images, options and seed give the same files."
        })
final class CurateCommand implements Callable<Integer> {
    /** How the option names what {@link LabelFolders.Patients} knows. */
    enum Patients { file, prefix }

    @Spec
    private CommandSpec spec;

    @Mixin
    private LogicOption logic;

    @Option(names = "--images", required = true, paramLabel = "DIR|CSV",
            description = "A folder with a folder of pictures for each label, or a table with the columns image, label and, if wanted,"
                    + " patient. The conversations' image paths start from this folder, or from the table's.")
    private Path images;

    @Option(names = "--patients", defaultValue = "file", paramLabel = "HOW",
            description = "Whose a picture in a folder is: file (each its own patient's) or prefix (told by its name before the first _)"
                    + " (default: ${DEFAULT-VALUE}). A table has a column for it.")
    private Patients patients;

    @Option(names = "--output", paramLabel = "FILE", description = "The JSON file to write (default: standard output).")
    private Path output;

    @Option(names = "--wording", paramLabel = "SET",
            description = "The phrasings to use: train, or test for the held-out ones (default: train; of a split, test for the parts"
                    + " val and test).")
    private Wording wording;

    @Option(names = "--order", defaultValue = "natural", paramLabel = "ORDER",
            description = "The order of the questions: natural (as in the logic) or shuffled (default: ${DEFAULT-VALUE}).")
    private Order order;

    @Option(names = "--seed", defaultValue = "0", paramLabel = "N", description = "Draws phrasings, order and split (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--validation", defaultValue = "0", paramLabel = "SHARE",
            description = "Share of each label's patients to set aside for validation, 0 to 1 (default: ${DEFAULT-VALUE}).")
    private double validation;

    @Option(names = "--test", defaultValue = "0", paramLabel = "SHARE",
            description = "Share of each label's patients to set aside for testing, 0 to 1 (default: ${DEFAULT-VALUE}).")
    private double test;

    @Override
    public Integer call() {
        checkOptions();
        ClinicalLogic rules = logic.logic();
        List<LabelledImage> readable = ImageCheck.readable(labelled(rules), spec.commandLine().getErr());
        parts(readable).forEach((name, part) -> {
            Wording set = wording != null ? wording : name.isEmpty() || name.equals("train") ? Wording.TRAIN : Wording.TEST;
            write(name, part, new ConversationWriter(rules, root(), set, order, seed).curate(part));
        });
        return Main.DONE;
    }

    private void checkOptions() {
        if (!(validation >= 0 && test >= 0 && validation + test <= 1)) {
            throw new ParameterException(spec.commandLine(), "--validation " + validation + " and --test " + test + " are not shares of 1");
        }
        if (split() && output == null) {
            throw new ParameterException(spec.commandLine(), "--validation and --test need --output, as they make several files");
        }
        if (output != null) {
            OutputFile.check(output);
        }
    }

    private boolean split() {
        return validation > 0 || test > 0;
    }

    private List<LabelledImage> labelled(ClinicalLogic rules) {
        if (!Files.isDirectory(images)) {
            return LabelCsv.read(images, rules);
        }
        return LabelFolders.read(images, rules, switch (patients) {
            case file -> LabelFolders.Patients.ONE_PER_FILE;
            case prefix -> LabelFolders.Patients.FILE_NAME_PREFIX;
        });
    }

    private Path root() {
        return Files.isDirectory(images) ? images : images.toAbsolutePath().getParent();
    }

    private Map<String, List<LabelledImage>> parts(List<LabelledImage> all) {
        if (!split()) {
            return Map.of("", all);
        }
        Split split = Split.byPatient(all, validation, test, seed);
        Map<String, List<LabelledImage>> parts = new LinkedHashMap<>();
        parts.put("train", split.train());
        if (validation > 0) {
            parts.put("val", split.validation());
        }
        if (test > 0) {
            parts.put("test", split.test());
        }
        return parts;
    }

    private void write(String part, List<LabelledImage> of, List<Conversation> conversations) {
        PrintWriter err = spec.commandLine().getErr();
        err.println((part.isEmpty() ? "all" : part) + ": " + "images " + of.size() + ", patients "
                + of.stream().map(LabelledImage::patient).distinct().count() + (of.isEmpty() ? "" : "; " + counts(of)));
        if (output == null) {
            spec.commandLine().getOut().print(ConversationJson.text(conversations));
        } else {
            ConversationJson.write(part.isEmpty() ? output : named(part), conversations);
        }
    }

    private static String counts(List<LabelledImage> images) {
        return Split.labelCounts(images).entrySet().stream().map(count -> count.getKey() + " " + count.getValue()).collect(Collectors.joining(", "));
    }

    private Path named(String part) {
        String name = output.getFileName().toString();
        String stem = name.endsWith(".json") ? name.substring(0, name.length() - ".json".length()) : name;
        return output.resolveSibling(stem + "-" + part + name.substring(stem.length()));
    }
}
