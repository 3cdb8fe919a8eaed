package org.drllava.bindings.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HostTest {
    @Test
    void readsOneProcessorOfMany() {
        HostFacts facts = HostFacts.parse(
                """
                processor	: 0
                model name	: Some CPU @ 2.00GHz
                flags		: fpu avx2  amx_bf16
                vmx flags	: vnmi

                processor	: 1
                model name	: Another
                """,
                """
                MemTotal:       24643200 kB
                MemAvailable:         12 kB
                """);
        assertThat(facts.cpuModel()).isEqualTo("Some CPU @ 2.00GHz");
        assertThat(facts.instructionSets()).containsExactlyInAnyOrder("fpu", "avx2", "amx_bf16");
        assertThat(facts.memoryBytes()).isEqualTo(24643200L * 1024);
        assertThat(facts.availableBytes()).isEqualTo(12 * 1024);
    }

    @Test
    void knowsNothingOfAHostWithoutProc() {
        HostFacts facts = HostFacts.parse("", "");
        assertThat(facts.cpuModel()).isEmpty();
        assertThat(facts.instructionSets()).isEmpty();
        assertThat(facts.memoryBytes()).isZero();
    }

    @Test
    void cacheIsWhereTheUserSaysThenWhereTheDesktopSaysThenAtHome() {
        assertThat(CacheFolder.root(Map.of("DRLLAVA_CACHE", "/a", "XDG_CACHE_HOME", "/x"), "/h")).isEqualTo(Path.of("/a"));
        assertThat(CacheFolder.root(Map.of("XDG_CACHE_HOME", "/x"), "/h")).isEqualTo(Path.of("/x/drllava"));
        assertThat(CacheFolder.root(Map.of("XDG_CACHE_HOME", "relative"), "/h")).isEqualTo(Path.of("/h/.cache/drllava"));
        assertThat(CacheFolder.root(Map.of("DRLLAVA_CACHE", ""), "/h")).isEqualTo(Path.of("/h/.cache/drllava"));
    }

    @Test
    void aDefaultReachesNativeCodeAndDoesNotOverwrite() {
        String name = "DRLLAVA_TEST_" + UUID.randomUUID().toString().replace('-', '_');
        assertThat(ProcessEnvironment.get(name)).isEmpty();
        ProcessEnvironment.setDefault(name, "first");
        ProcessEnvironment.setDefault(name, "second");
        assertThat(ProcessEnvironment.get(name)).contains("first");
    }

    @Test
    void openingALibraryThatIsNotThereNamesIt() {
        assertThatThrownBy(() -> NativeLibrary.openFirst("libnot-here-1.so", "libnot-here-2.so"))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining("libnot-here-1.so");
    }

    @Test
    void findsTheSymbolsOfALibraryAndNoOthers() {
        NativeLibrary library = NativeLibrary.openFirst("libnot-here.so", "libm.so.6");
        assertThat(library.find("cos")).isPresent();
        assertThat(library.find("no_such_function")).isEmpty();
    }
}
