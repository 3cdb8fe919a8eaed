package org.drllava.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.conversation.ConversationJson;
import org.drllava.clinical.conversation.Curation;
import org.drllava.clinical.conversation.ScenarioMix;
import org.drllava.clinical.data.LabelCsv;
import org.drllava.clinical.data.LabelFolders;
import org.drllava.clinical.data.LabelledImage;
import org.drllava.clinical.data.Split;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Wording;
import org.drllava.common.InputException;
import org.drllava.common.Progress;
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

    @Option(names = "--scenario", defaultValue = "natural", paramLabel = "NAME[:WEIGHT][,...]",
            description = {"What the conversations are like: all, or some of",
                "single (one question, a conversation for each),",
                "natural, reversed, shuffled, valid (a random order that the logic's 'after' allows), random (2 to 5 questions),",
                "hint-right, hint-wrong (one question behind an earlier one's answer),",
                "clinician-right, clinician-wrong (one question behind a clinician's belief),",
                "agree, disagree (all questions, each behind a doctor's opinion that agrees with the picture or does not).",
                "Each image is in each of them once, or WEIGHT times (default: ${DEFAULT-VALUE})."})
    private String scenario;

    @Option(names = "--conversations-per-image", paramLabel = "N",
            description = "Conversations about each image, drawn from the scenarios by their weights (default: each of them as often as its weight).")
    private Integer perImage;

    @Option(names = "--balance",
            description = "Take images of rarer diagnoses again, in other words, until each diagnosis has equally many conversations; of a split,"
                    + " in the part train alone.")
    private boolean balance;

    @Option(names = "--seed", defaultValue = "0", paramLabel = "N", description = "Draws phrasings, scenarios and split (default: ${DEFAULT-VALUE}).")
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
        ScenarioMix mix = ScenarioMix.parse(scenario, perImage == null ? OptionalInt.empty() : OptionalInt.of(perImage), "--scenario");
        ClinicalLogic rules = logic.logic();
        Map<String, List<LabelledImage>> parts = parts(ImageCheck.readable(labelled(rules), spec.commandLine().getErr()));
        // All parts are planned before the first is written: what cannot be written should leave nothing behind.
        Map<String, Curation> curations = new LinkedHashMap<>();
        parts.forEach((name, part) -> curations.put(name, new Curation(rules, root(), wording(name), mix, balance && isTraining(name), seed, part)));
        if (curations.values().stream().allMatch(curation -> total(curation) == 0)) {
            throw new InputException("--scenario: the logic '" + rules.name() + "' gives no conversation for " + scenario + ", as no answer can be wrong in it.");
        }
        curations.forEach((name, curation) -> write(name, parts.get(name), curation));
        return Main.DONE;
    }

    private Wording wording(String part) {
        return wording != null ? wording : isTraining(part) ? Wording.TRAIN : Wording.TEST;
    }

    private static boolean isTraining(String part) {
        return part.isEmpty() || part.equals("train");
    }

    private static long total(Curation curation) {
        return curation.counts().values().stream().mapToLong(count -> count).sum();
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

    private void write(String part, List<LabelledImage> of, Curation curation) {
        PrintWriter err = spec.commandLine().getErr();
        String name = part.isEmpty() ? "all" : part;
        err.println(name + ": images " + of.size() + ", patients " + of.stream().map(LabelledImage::patient).distinct().count()
                + (of.isEmpty() ? "" : "; " + counts(Split.labelCounts(of))));
        err.println(name + ": conversations " + total(curation) + (of.isEmpty() ? "" : "; " + counts(curation.counts())));
        err.flush();
        try (Progress progress = Progress.start("Written", total(curation), "conversations")) {
            Stream<Conversation> conversations = curation.conversations().peek(_ -> progress.step(""));
            if (output != null) {
                ConversationJson.write(part.isEmpty() ? output : named(part), conversations);
            } else {
                ConversationJson.write(spec.commandLine().getOut(), conversations);
            }
        }
    }

    private static String counts(Map<String, ? extends Number> of) {
        return of.entrySet().stream().map(count -> count.getKey() + " " + count.getValue()).collect(Collectors.joining(", "));
    }

    private Path named(String part) {
        String name = output.getFileName().toString();
        String stem = name.endsWith(".json") ? name.substring(0, name.length() - ".json".length()) : name;
        return output.resolveSibling(stem + "-" + part + name.substring(stem.length()));
    }
}
