package org.drllava.bindings.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.drllava.bindings.host.FileManifest;
import org.drllava.bindings.host.NativeLibraryException;
import org.drllava.bindings.host.ProcessEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibTorchFilesTest {
    @TempDir
    Path temporary;

    @Test
    void opensTheOneOnTheClassPath() {
        LibTorchLocation location = LibTorchFiles.locate();
        SymbolLookup libtorch = LibTorchFiles.load(location);

        LibTorchProbe probe = LibTorchProbe.of(libtorch);
        assertThat(location.version()).startsWith(probe.abiText());
        assertThat(probe.threads()).isPositive();
        assertThat(ProcessEnvironment.get("OMP_WAIT_POLICY")).isPresent();
        assertThat(libtorch.find("no_such_function")).isEmpty();
    }

    @Test
    void theManifestIsWhatTheClassPathHas() {
        assertThat(LibTorchFiles.bundled().files()).isNotEmpty().allSatisfy(file -> {
            try (var in = getClass().getResourceAsStream("/" + file.resource())) {
                assertThat(in).as(file.resource()).isNotNull();
            }
        });
    }

    @Test
    void ordersAnInstalledPyTorch() throws IOException {
        Path lib = install("torch/lib", "libtorch.so", "libtorch_cuda.so", "libtorch_cpu.so", "libc10_cuda.so", "libc10.so",
                "libgomp-98b21ff3.so.1", "libtorch_python.so");
        Files.writeString(temporary.resolve("torch/version.py"), "cuda = '13.0'\n__version__ = '2.14.1+cu130'\n");

        for (Path given : List.of(temporary, temporary.resolve("torch"), lib)) {
            LibTorchLocation location = locate(given.toString(), Map.of());
            assertThat(location.libraries())
                    .extracting(path -> path.getFileName().toString())
                    .containsExactly("libgomp-98b21ff3.so.1", "libc10.so", "libtorch_cpu.so", "libc10_cuda.so",
                            "libtorch_cuda.so", "libtorch.so");
            assertThat(location.libraries()).allMatch(Path::isAbsolute);
            assertThat(location.version()).isEqualTo("2.14.1+cu130");
            assertThat(location.cuda()).isTrue();
            assertThat(location.folder()).isEqualTo(lib);
        }
    }

    @Test
    void theOptionGoesBeforeTheVariable() throws IOException {
        install("lib", "libtorch_cpu.so");
        assertThat(locate(temporary.toString(), Map.of("DRLLAVA_LIBTORCH", "/nowhere")).origin()).startsWith("--libtorch");
        assertThat(locate(null, Map.of("DRLLAVA_LIBTORCH", temporary.toString())).origin()).startsWith("DRLLAVA_LIBTORCH");
    }

    @Test
    void namesAFolderWithoutLibtorch() {
        assertThatThrownBy(() -> locate(null, Map.of("DRLLAVA_LIBTORCH", temporary.toString())))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining(temporary.toString())
                .hasMessageContaining("libtorch_cpu.so");
    }

    @Test
    void namesTheLibraryThatCannotBeOpened() throws IOException {
        install("lib", "libtorch_cpu.so");
        LibTorchLocation empty = locate(temporary.toString(), Map.of());
        assertThatThrownBy(() -> LibTorchFiles.load(empty))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining("libtorch_cpu.so cannot be opened")
                .hasMessageContaining("file too short");
    }

    private static LibTorchLocation locate(String property, Map<String, String> environment) {
        return LibTorchFiles.locate(
                property, environment, new FileManifest("0", List.of(), "0".repeat(64)), ClassLoader.getSystemClassLoader());
    }

    private Path install(String folder, String... names) throws IOException {
        Path lib = Files.createDirectories(temporary.resolve(folder));
        for (String name : names) {
            Files.createFile(lib.resolve(name));
        }
        return lib;
    }
}
