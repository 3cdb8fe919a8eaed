package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.conversation.ConversationJson;
import org.drllava.clinical.conversation.Scenario;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Wording;
import org.drllava.common.AtomicFile;
import org.drllava.common.FolderContents;
import org.drllava.image.PngFiles;
import org.drllava.image.RgbImage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurateCommandTest {
    private static final ClinicalLogic LOGIC = ClinicalLogic.shipped("bone-marrow");

    @TempDir
    private Path folder;
    private Path images;

    /** Eight patients, each with two pictures. */
    @BeforeEach
    void labelledFolders() {
        images = folder.resolve("images");
        for (int i = 0; i < 16; i++) {
            picture(images.resolve((i < 8 ? "aml" : "healthy") + "/p" + i / 2 + "_" + i % 2 + ".png"), i);
        }
    }

    @Test
    void aConversationForEachImageOnStandardOutput() {
        var ran = Ran.with("curate", "--images", images).succeeds();
        assertThat(ran.err()).contains("images 16, patients 16; aml 8, healthy 8");
        var conversations = read(ran.out());
        assertThat(conversations).hasSize(16);
        assertThat(conversations.getFirst().image()).isEqualTo("aml/p0_0.png");
        assertThat(conversations.getFirst().id()).isEqualTo("aml/p0_0");
        assertThat(conversations.getLast().diagnosis()).isEqualTo("normal");
        assertThat(conversations).allSatisfy(each -> assertAsked(each, Wording.TRAIN));
    }

    @Test
    void theSameOptionsGiveTheSameFileAndAnotherSeedAnother() {
        var options = List.of("curate", "--images", images, "--scenario", "shuffled", "--seed");
        assertThat(with(options, 5).out()).isEqualTo(with(options, 5).out()).isNotEqualTo(with(options, 6).out());
    }

    @Test
    void aSplitPartsNoPatientAndAsksHeldOutPhrasings() {
        var output = folder.resolve("out/c.json");
        Ran.with("curate", "--images", images, "--patients", "prefix", "--validation", "0.25", "--test", "0.25", "--output", output).succeeds();
        assertThat(FolderContents.of(output.getParent())).containsOnlyKeys("c-train.json", "c-val.json", "c-test.json");
        var patients = new HashSet<String>();
        for (String part : List.of("train", "val", "test")) {
            var conversations = ConversationJson.read(folder.resolve("out/c-" + part + ".json"), LOGIC);
            assertThat(conversations).hasSize(part.equals("train") ? 8 : 4);
            var own = new HashSet<String>();
            conversations.forEach(each -> own.add(each.patient().orElseThrow()));
            assertThat(patients).doesNotContainAnyElementsOf(own);
            patients.addAll(own);
            assertThat(conversations).allSatisfy(each -> assertAsked(each, part.equals("train") ? Wording.TRAIN : Wording.TEST));
        }
        assertThat(patients).hasSize(8);
    }

    @Test
    void aTableOfImages() {
        var table = folder.resolve("labels.csv");
        AtomicFile.write(table, "image,patient,label\nimages/aml/p0_0.png,anna,AML\nimages/healthy/p4_0.png,\"b, c\",healthy\n");
        var conversations = read(Ran.with("curate", "--images", table, "--wording", "test").succeeds().out());
        assertThat(conversations).extracting(Conversation::image).containsExactly("images/aml/p0_0.png", "images/healthy/p4_0.png");
        assertThat(conversations).extracting(each -> each.patient().orElseThrow()).containsExactly("anna", "b, c");
        assertThat(conversations).allSatisfy(each -> assertAsked(each, Wording.TEST));
    }

    @Test
    void everyScenarioCanBeHadAtOnceAndReadBack() {
        var ran = Ran.with("curate", "--images", images, "--scenario", "all").succeeds();
        // Alone: 5 single, 4 + 4 hints, 5 + 5 clinicians; 7 scenarios of a whole conversation.
        assertThat(ran.err()).contains("all: conversations 480; aml 240, normal 240");
        var conversations = read(ran.out());
        assertThat(conversations).hasSize(480).extracting(Conversation::id).doesNotHaveDuplicates();
        for (var scenario : Scenario.values()) {
            assertThat(conversations).filteredOn(c -> c.scenario().equals(java.util.Optional.of(scenario.label()))).as(scenario.label())
                    .hasSizeGreaterThanOrEqualTo(16);
        }
    }

    @Test
    void balanceFillsTheTrainingPartUpAndLeavesTheOthersAlone() throws Exception {
        for (int i = 0; i < 6; i++) {
            picture(images.resolve("clot/q" + i + "_0.png"), 100 + i);
        }
        var output = folder.resolve("b.json");
        var ran = Ran.with("curate", "--images", images, "--patients", "prefix", "--test", "0.5", "--balance", "--conversations-per-image", "3",
                "--scenario", "natural:2,disagree", "--output", output).succeeds();
        assertThat(ran.err()).contains("train: conversations 36; aml 12, clot 12, normal 12", "test: conversations 33; aml 12, clot 9, normal 12");
        var train = ConversationJson.read(folder.resolve("b-train.json"), LOGIC);
        var test = ConversationJson.read(folder.resolve("b-test.json"), LOGIC);
        assertThat(train).hasSize(36).extracting(Conversation::id).doesNotHaveDuplicates();
        assertThat(train).extracting(c -> c.patient().orElseThrow()).doesNotContainAnyElementsOf(test.stream().map(c -> c.patient().orElseThrow()).toList());
        assertThat(train).filteredOn(c -> c.diagnosis().equals("clot")).filteredOn(c -> c.scenario().orElseThrow().equals("natural")).hasSize(8);
    }

    @Test
    void doubtfulPicturesAreReported() throws Exception {
        Files.writeString(images.resolve("aml/broken.png"), "no picture");
        Files.copy(images.resolve("aml/p0_0.png"), images.resolve("healthy/p9_0.png"));
        Files.copy(images.resolve("aml/p1_0.png"), images.resolve("aml/p1_0.PNG"));
        var ran = Ran.with("curate", "--images", images).succeeds();
        assertThat(ran.err()).contains("left out: ", "broken.png", "duplicate: ", "healthy/p9_0.png; under different labels: aml, healthy");
        assertThat(read(ran.out())).hasSize(18).extracting(Conversation::id)
                .doesNotHaveDuplicates().contains("aml/p1_0.png", "aml/p1_0.PNG", "aml/p1_1");
    }

    @Test
    void badOptionsAndInputAreNamed() throws Exception {
        Ran.with("curate", "--images", folder.resolve("none")).refuses("none");
        Ran.with("curate", "--images", images, "--test", "0.5").refuses("--output");
        Ran.with("curate", "--images", images, "--test", "0.6", "--validation", "0.6", "--output", folder.resolve("x")).refuses("0.6");
        Ran.with("curate", "--images", images, "--test", "NaN", "--output", folder.resolve("x")).refuses("NaN");
        Ran.with("curate", "--images", images, "--scenario", "natura").refuses("--scenario: there is no scenario 'natura'", "hint-wrong");
        Ran.with("curate", "--images", images, "--scenario", "natural:0").refuses("--scenario", "'0'");
        Ran.with("curate", "--images", images, "--scenario", "all,natural").refuses("--scenario", "natural is named twice");
        Ran.with("curate", "--images", images, "--conversations-per-image", "0").refuses("--conversations-per-image", "found 0");
        Ran.with("curate", "--images", images, "--output", folder).refuses("--output", "folder");
        Ran.with("curate", "--images", folder).refuses("images is no label", "aml");
        var table = folder.resolve("t.csv");
        AtomicFile.write(table, "image,label\nimages/aml/p0_0.png,gout\n");
        Ran.with("curate", "--images", table).refuses("t.csv: line 2", "gout");
        AtomicFile.write(table, "image,label\nnone.png,aml\n");
        Ran.with("curate", "--images", table).refuses("None of the 1 images", "none.png");
        var elsewhere = folder.resolve("tables/t.csv");
        AtomicFile.write(elsewhere, "image,label\n../images/aml/p0_0.png,aml\n");
        Ran.with("curate", "--images", elsewhere).refuses("p0_0.png lies outside of");
    }

    private static Ran with(List<?> options, int seed) {
        var all = new java.util.ArrayList<Object>(options);
        all.add(seed);
        return Ran.with(all.toArray()).succeeds();
    }

    private List<Conversation> read(String json) {
        var file = folder.resolve("read.json");
        AtomicFile.write(file, json);
        return ConversationJson.read(file, LOGIC);
    }

    private static void assertAsked(Conversation conversation, Wording wording) {
        assertThat(conversation.exchanges()).hasSameSizeAs(LOGIC.questions()).allSatisfy(exchange ->
                assertThat(LOGIC.question(exchange.questionId()).ask().of(wording)).contains(exchange.question()));
    }

    private static void picture(Path file, int shade) {
        var rgb = new byte[3 * 5 * 4];
        java.util.Arrays.fill(rgb, (byte) (10 * shade));
        PngFiles.write(new RgbImage(5, 4, rgb), file);
    }
}
