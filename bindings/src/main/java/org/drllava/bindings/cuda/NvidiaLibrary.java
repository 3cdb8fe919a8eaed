package org.drllava.bindings.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.drllava.bindings.host.NativeLibrary;
import org.drllava.bindings.host.NativeLibraryException;
import org.drllava.bindings.libtorch.LibTorchFiles;

/** NVIDIA's libraries, and where they are: none of them is in the jar. */
public enum NvidiaLibrary {
    CUDA_RUNTIME("CUDA runtime", "libcudart.so.13", "libcudart.so.12"),
    CUBLAS("cuBLAS", "libcublas.so.13", "libcublas.so.12"),
    NCCL("NCCL", "libnccl.so.2");

    private final String words;
    private final List<String> files;

    NvidiaLibrary(String words, String... files) {
        this.words = words;
        this.files = List.of(files);
    }

    /**
     * Opens the library for the life of the process: the one that this process has open already, as libtorch may; else of the
     * PyTorch that {@code --libtorch} or {@code DRLLAVA_LIBTORCH} names (in its folder, or in the NVIDIA packages installed
     * beside it); else where the system's loader looks ({@code LD_LIBRARY_PATH} among others), in {@code CUDA_HOME} and in
     * {@code /usr/local/cuda}.
     *
     * @throws NativeLibraryException one sentence with the loader's words and how to get the library
     */
    public NativeLibrary open() {
        try {
            return open(LibTorchFiles.installed().map(libtorch -> libtorch.folder()), System.getenv());
        } catch (NativeLibraryException e) {
            throw new NativeLibraryException("There is no " + words + " (" + e.getMessage() + "); install PyTorch for CUDA"
                    + " and let DRLLAVA_LIBTORCH name its folder torch/lib, or put the folder of " + files.getFirst() + " on LD_LIBRARY_PATH.", e);
        }
    }

    private NativeLibrary open(Optional<Path> libtorch, Map<String, String> environment) {
        return files.stream().map(NativeLibrary::loaded).flatMap(Optional::stream).findFirst()
                .orElseGet(() -> NativeLibrary.openFirst(candidates(libtorch, environment).toArray(String[]::new)));
    }

    /** Paths and bare names to try, in this order. @param libtorch folder of the PyTorch that the user named */
    List<String> candidates(Optional<Path> libtorch, Map<String, String> environment) {
        return Stream.of(libtorch.stream().flatMap(NvidiaLibrary::besideLibtorch), Stream.of(Path.of("")), installed(environment))
                .flatMap(folders -> folders).flatMap(this::candidates).toList();
    }

    /** In a folder those that are there; in none the bare names, which the loader looks for. */
    private Stream<String> candidates(Path folder) {
        return files.stream().map(folder::resolve).filter(file -> file.getParent() == null || Files.exists(file)).map(Path::toString);
    }

    /** Wheels lie in {@code site-packages/torch/lib} and {@code site-packages/nvidia/PACKAGE/lib}. */
    private static Stream<Path> besideLibtorch(Path libtorch) {
        List<Path> folders = new ArrayList<>(List.of(libtorch));
        Path packages = libtorch.resolve("../../nvidia").normalize();
        if (Files.isDirectory(packages)) {
            try (Stream<Path> all = Files.list(packages)) {
                all.sorted().map(each -> each.resolve("lib")).forEach(folders::add);
            } catch (IOException e) {
                throw new NativeLibraryException("The folder " + packages + " cannot be read (" + e + ").", e);
            }
        }
        return folders.stream();
    }

    private static Stream<Path> installed(Map<String, String> environment) {
        return Stream.of(environment.getOrDefault("CUDA_HOME", ""), "/usr/local/cuda").filter(home -> !home.isBlank())
                .map(home -> Path.of(home, "lib64"));
    }
}
