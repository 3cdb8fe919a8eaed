package org.drllava.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsFileTest {
    @Test
    void acceptsWhatTheFormatAllows() {
        assertThat(Fixtures.parse("{}", 0).names()).isEmpty();
        assertThat(Fixtures.parse("{}    ", 0).names()).isEmpty();
        assertThat(Fixtures.parse("{\"__metadata__\":{}}", 0).metadata()).isEmpty();
        var file = Fixtures.parse("{" + u8("second", 2, 5) + "," + u8("empty", 2, 2) + "," + u8("first", 0, 2) + "}", 5);
        assertThat(file.names()).containsExactly("first", "empty", "second");
        assertThat(file.require("second").toLongs()).containsExactly(2, 3, 4);
        assertThat(file.find("third")).isEmpty();
        assertThatThrownBy(() -> file.require("third"))
                .isInstanceOf(InputException.class).hasMessage("x.safetensors: tensor 'third' is missing");
    }

    /** Each rule of the format, broken alone. */
    static Stream<Arguments> brokenHeaders() {
        var fine = u8("a", 0, 4);
        return Stream.of(
                Arguments.of("", "must start with '{'"),
                Arguments.of(" {}", "must start with '{'"),
                Arguments.of("[]", "must start with '{'"),
                Arguments.of("{" + fine, "not valid JSON"),
                Arguments.of("{" + fine + "}}", "not valid JSON"),
                Arguments.of("{" + fine + "} {}", "goes on after its JSON object"),
                Arguments.of("{" + fine + "," + fine + "}", "Duplicate"),
                Arguments.of("{" + fine + ",\"\\u0061\":{}}", "Duplicate"),
                Arguments.of("{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", "Duplicate"),
                Arguments.of("{\"a\":[]}", "'a': expected an object"),
                Arguments.of(tensor("\"U7\"", "[4]", "[0,4]"), "'a': dtype 'U7' is not one of [BF16, BOOL,"),
                Arguments.of(tensor("7", "[4]", "[0,4]"), "'a': expected a dtype string"),
                Arguments.of(tensor("\"U8\"", "4", "[0,4]"), "'a': expected shape as an array"),
                Arguments.of(tensor("\"U8\"", "[-4]", "[0,4]"), "'a': shape holds something else than whole numbers"),
                Arguments.of(tensor("\"U8\"", "[4]", "[-0,4]"), "'a': data_offsets holds something else than whole numbers"),
                Arguments.of(tensor("\"U8\"", "[4.0]", "[0,4]"), "'a': shape holds something else than whole numbers"),
                Arguments.of(tensor("\"U8\"", "[\"4\"]", "[0,4]"), "'a': shape holds something else than whole numbers"),
                Arguments.of(tensor("\"U8\"", "[18446744073709551615]", "[0,4]"), "'a': shape holds something else than whole numbers"),
                Arguments.of(tensor("\"U8\"", "[" + "1,".repeat(64) + "4]", "[0,4]"), "'a': shape has more than 64 numbers"),
                Arguments.of(tensor("\"U8\"", "[[4]]", "[0,4]"), "depth"),
                Arguments.of(tensor("\"U8\"", "[4611686018427387904,4]", "[0,4]"), "'a': shape [4611686018427387904, 4] overflows"),
                Arguments.of(tensor("\"F64\"", "[2305843009213693952]", "[0,4]"), "overflows"),
                Arguments.of(tensor("\"U8\"", "[4611686018427387904,4,0]", "[0,0]"), "overflows"),
                Arguments.of(tensor("\"U8\"", "[4]", "[0,4,4]"), "'a': data_offsets has more than 2 numbers"),
                Arguments.of(tensor("\"U8\"", "[4]", "[4]"), "'a': data_offsets [4] are not [begin, end]"),
                Arguments.of(tensor("\"U8\"", "[4]", "[4,0]"), "'a': data_offsets [4, 0] are not [begin, end]"),
                Arguments.of(tensor("\"U8\"", "[3]", "[0,4]"), "'a': U8 [3] takes 3 bytes, but data_offsets [0, 4] hold 4"),
                Arguments.of(tensor("\"F32\"", "[4]", "[0,4]"), "'a': F32 [4] takes 16 bytes"),
                Arguments.of("{\"a\":{\"shape\":[4],\"data_offsets\":[0,4]}}", "'a': dtype is missing"),
                Arguments.of("{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,4]}}", "'a': shape is missing"),
                Arguments.of("{\"a\":{\"dtype\":\"U8\",\"shape\":[4]}}", "'a': data_offsets is missing"),
                Arguments.of("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4],\"extra\":0}}", "'a': unknown field 'extra'"),
                Arguments.of("{" + u8("a", 0, 3) + "," + u8("b", 2, 4) + "}", "'b': its data start at 2, but the data before it end at 3 (overlap)"),
                Arguments.of("{" + u8("a", 0, 4) + "," + u8("b", 0, 4) + "}", "'b': its data start at 0, but the data before it end at 4 (overlap)"),
                Arguments.of("{" + u8("a", 0, 2) + "," + u8("b", 3, 4) + "}", "'b': its data start at 3, but the data before it end at 2 (hole)"),
                Arguments.of("{" + u8("a", 1, 4) + "}", "(hole)"),
                Arguments.of("{" + u8("a", 0, 5) + "}", "take 5 bytes of data, but the file has 4 (cut off)"),
                Arguments.of("{" + u8("a", 0, 3) + "}", "take 3 bytes of data, but the file has 4 (surplus at the end)"),
                Arguments.of("{}", "take 0 bytes of data, but the file has 4"),
                Arguments.of("{\"__metadata__\":\"pt\"," + fine + "}", "'__metadata__': expected an object of strings"),
                Arguments.of("{\"__metadata__\":{\"n\":1}," + fine + "}", "'__metadata__': expected only strings, but 'n' is none"),
                Arguments.of("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}," + fine + "}", "Duplicate"));
    }

    @ParameterizedTest
    @MethodSource("brokenHeaders")
    void rejectsEachBrokenRuleWithItsReason(String header, String reason) {
        assertThatThrownBy(() -> Fixtures.parse(header, 4))
                .isInstanceOf(InputException.class).hasMessageStartingWith("x.safetensors: ").hasMessageContaining(reason);
    }

    @Test
    void rejectsTextThatIsNotUtf8() {
        var utf16 = "{}".getBytes(StandardCharsets.UTF_16LE);
        assertThatThrownBy(() -> Fixtures.parse(Fixtures.safetensors(utf16, 0))).isInstanceOf(InputException.class);
        var latin1 = ("{\"__metadata__\":{\"é\":\"\"}}").getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> Fixtures.parse(Fixtures.safetensors(latin1, 0)))
                .isInstanceOf(InputException.class).hasMessageContaining("not UTF-8");
    }

    @Test
    void rejectsHeaderLengthsBeforeAnythingIsAllocated() {
        assertThatThrownBy(() -> Fixtures.parse(new byte[7])).hasMessageContaining("7 bytes are too few");
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (var length : new long[] {3, 99_999_999, 100_000_001, Long.MAX_VALUE, -1}) {
            var file = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
            long before = threads.getCurrentThreadAllocatedBytes();
            assertThatThrownBy(() -> Fixtures.parse(file))
                    .isInstanceOf(InputException.class).hasMessageContaining("header length " + Long.toUnsignedString(length));
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(5_000_000);
        }
    }

    @Test
    void namesFilesThatAreNotThereOrNotFiles(@TempDir Path folder) throws IOException {
        try (var arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> SafetensorsFile.open(folder.resolve("none"), arena))
                    .isInstanceOf(InputException.class).hasMessageContaining("none: no such file");
            assertThatThrownBy(() -> SafetensorsFile.open(folder, arena)).isInstanceOf(InputException.class);
            var empty = Files.createFile(folder.resolve("empty"));
            assertThatThrownBy(() -> SafetensorsFile.open(empty, arena))
                    .isInstanceOf(InputException.class).hasMessageContaining("0 bytes are too few");
        }
    }

    @Test
    void messagesStayOnOneLineWhateverTheNames() {
        var header = "{" + u8("\\n\\u001b[31m" + "long".repeat(100), 0, 3) + "}";
        assertThatThrownBy(() -> Fixtures.parse(tensorNamed("\\n\\u001b" + "long".repeat(100)), 4))
                .message().doesNotContain("\n", "\u001b").contains("\\u000a\\u001blong").hasSizeLessThan(400);
        assertThatThrownBy(() -> Fixtures.parse(header, 4)).isInstanceOf(InputException.class);
    }

    private static String u8(String name, int begin, int end) {
        return "\"%s\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[%d,%d]}".formatted(name, end - begin, begin, end);
    }

    private static String tensor(String dtype, String shape, String offsets) {
        return "{\"a\":{\"dtype\":%s,\"shape\":%s,\"data_offsets\":%s}}".formatted(dtype, shape, offsets);
    }

    private static String tensorNamed(String name) {
        return "{\"%s\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,4]}}".formatted(name);
    }
}
