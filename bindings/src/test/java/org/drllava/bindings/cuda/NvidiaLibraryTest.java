package org.drllava.bindings.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.drllava.bindings.host.NativeLibraryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NvidiaLibraryTest {
    @TempDir
    private Path folder;

    @Test
    void thePyTorchThatTheUserNamesComesFirstThenTheLoadersPlacesThenCuda() throws IOException {
        String inTorch = place("torch/lib/libcudart.so.12");
        String beside = place("nvidia/cu13/lib/libcudart.so.13");
        String home = place("cuda/lib64/libcudart.so.13");
        Path libtorch = folder.resolve("torch/lib");
        Map<String, String> environment = Map.of("CUDA_HOME", folder.resolve("cuda").toString());
        assertThat(NvidiaLibrary.CUDA_RUNTIME.candidates(Optional.of(libtorch), environment))
                .startsWith(inTorch, beside, "libcudart.so.13", "libcudart.so.12", home);
        assertThat(NvidiaLibrary.CUDA_RUNTIME.candidates(Optional.empty(), Map.of())).startsWith("libcudart.so.13", "libcudart.so.12").doesNotContain(home);
        assertThat(NvidiaLibrary.NCCL.candidates(Optional.of(libtorch), environment)).startsWith("libnccl.so.2").doesNotContain(inTorch, beside, home);
    }

    private String place(String file) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.createFile(path).toString();
    }

    @Test
    void aMissingLibraryIsOneSentenceThatNamesItAndHowToGetIt() {
        for (NvidiaLibrary library : NvidiaLibrary.values()) {
            try {
                assertThat(library.open().toString()).contains(".so.");
            } catch (NativeLibraryException e) {
                assertThat(e).hasMessageMatching("There is no (CUDA runtime|cuBLAS|NCCL) \\(.*lib\\w+\\.so\\.\\d+.*\\); install PyTorch for CUDA and let DRLLAVA_LIBTORCH name"
                        + " its folder torch/lib, or put the folder of lib\\w+\\.so\\.\\d+ on LD_LIBRARY_PATH\\.");
            }
        }
    }
}
