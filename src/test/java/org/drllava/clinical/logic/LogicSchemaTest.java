package org.drllava.clinical.logic;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What editors are told and what the program reads is one language. */
class LogicSchemaTest {
    static final List<String> THERE = ClinicalLogic.SHIPPED.stream().filter(name -> LogicSchemaTest.class.getResource("/logics/" + name + ".yaml") != null).toList();

    private static final String TEXT = text();
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(TEXT, InputFormat.JSON);

    private static String text() {
        try (var in = ClinicalLogic.class.getResourceAsStream("/logics/logic.schema.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @FieldSource("THERE")
    void everyShippedLogicFitsTheSchema(String name) {
        assertThat(SCHEMA.validate(ClinicalLogic.shippedText(name), InputFormat.YAML)).isEmpty();
    }

    @Test
    void theSmallLogicFitsTheSchema() {
        assertThat(SCHEMA.validate(SmallLogic.TEXT, InputFormat.YAML)).isEmpty();
    }

    @Test
    void schemaAndReaderKnowTheSameKeys() {
        var schema = JsonMapper.shared().readTree(TEXT);
        var definitions = schema.get("$defs");
        Map.of(schema, LogicKeys.LOGIC, definitions.get("question"), LogicKeys.QUESTION, definitions.get("question").get("properties").get("ask"), LogicKeys.ASK,
                definitions.get("symbol"), LogicKeys.SYMBOL, definitions.get("branch"), LogicKeys.BRANCH, definitions.get("diagnosis"), LogicKeys.DIAGNOSIS,
                definitions.get("reward"), LogicKeys.REWARD).forEach((object, keys) -> {
            assertThat(object.get("properties").propertyNames()).containsExactlyInAnyOrderElementsOf(keys);
            assertThat(object.get("additionalProperties").booleanValue()).isFalse();
        });
        for (var choice : List.of("preset", "neighbours", "credit")) {
            assertThat(definitions.get("reward").get("properties").get(choice).get("enum").valueStream().filter(v -> !v.isNull()).map(JsonNode::stringValue))
                    .containsExactlyInAnyOrderElementsOf(RewardReader.choices(choice));
        }
    }

    /** Faults of form, which both must refuse. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            name: small               | nome: small
            name: small               | name: 3
            name: small               | name: " "
            slots: [note]             | slots: note
            slots: [note]             | slots: [note, label]
            - id: opacity             | - id: any opacity
            - id: opacity             | - idd: opacity
            after: [quality]          | after: quality
            ["It is good."]           | []
            ["It is good."]           | [7]
            denial_of: [poor]         | denialof: [poor]
            denial_of: [poor]         | explains: poor
            unseen: {patterns         | conflict: {patterns
            - when: {quality: poor}   | - if: {quality: poor}
            {path: {quality: poor}}   | {labels: [x]}
            {path: {quality: poor}}   | {path: {quality: 1}}
            no_match: 0.25            | no_match: -1
            no_match: 0.25            | no_match: many
            no_match: 0.25            | length_limit: 2.5
            no_match: 0.25            | no_macth: 2
            preset: source            | preset: paper
            """)
    void bothRefuse(String right, String wrong) {
        var text = SmallLogic.with(right, wrong);
        assertThat(SCHEMA.validate(text, InputFormat.YAML)).as("schema").isNotEmpty();
        assertThat(CheckedLogic.of(text).logic()).as("reader").isEmpty();
    }
}
