package org.drllava.bindings.libtorch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.drllava.bindings.host.CacheFolder;
import org.drllava.bindings.host.FileManifest;
import org.drllava.bindings.host.NativeLibrary;
import org.drllava.bindings.host.NativeLibraryException;
import org.drllava.bindings.host.ProcessEnvironment;
import org.drllava.bindings.host.UnpackedFiles;

/** Finds libtorch on this host and opens it. */
public final class LibTorchFiles {
    /** The system property that names a folder and goes before everything else. */
    public static final String PROPERTY = "drllava.libtorch";

    private static final String VARIABLE = "DRLLAVA_LIBTORCH";

    // What a library imports comes before it. A pip-installed PyTorch hashes some names: libgomp-98b21ff3.so.1.
    private static final List<Pattern> LOAD_ORDER = List.of(
                    "libgomp(-\\w+)?\\.so\\.1",
                    "libquadmath(-\\w+)?\\.so\\.0",
                    "libgfortran(-\\w+)?\\.so\\.5",
                    "libopenblas(-\\w+)?\\.so\\.0",
                    "libc10\\.so",
                    "libtorch_cpu\\.so",
                    "libc10_cuda\\.so",
                    "libtorch_cuda\\.so",
                    "libtorch\\.so")
            .stream()
            .map(Pattern::compile)
            .toList();

    private LibTorchFiles() {}

    /**
     * Finds the libraries: in the folder that the system property {@link #PROPERTY} or else the environment variable
     * {@code DRLLAVA_LIBTORCH} names (a folder with {@code libtorch_cpu.so}, a libtorch or PyTorch installation, or a
     * {@code site-packages} folder), else on the class path, from which they are unpacked once into the cache folder.
     *
     * @throws NativeLibraryException if the named folder holds no libtorch, or the class path's does not fit this host
     */
    public static LibTorchLocation locate() {
        return locate(System.getProperty(PROPERTY), System.getenv(), bundled(), LibTorchFiles.class.getClassLoader());
    }

    /**
     * The libtorch of an installed PyTorch, as for {@link #locate()}; empty when nobody named a folder.
     *
     * @throws NativeLibraryException if the named folder holds no libtorch
     */
    public static Optional<LibTorchLocation> installed() {
        return installed(System.getProperty(PROPERTY), System.getenv());
    }

    /** The libraries that the jar carries. */
    public static FileManifest bundled() {
        try (InputStream in = LibTorchFiles.class.getResourceAsStream("libtorch-files.tsv")) {
            return FileManifest.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder that {@link #bundled} is unpacked to. */
    public static Path bundledFolder() {
        return folder(bundled(), CacheFolder.root());
    }

    /**
     * Opens the libraries for the life of the process: libtorch's threads and registries cannot be unloaded.
     *
     * @throws NativeLibraryException naming the library that is missing, or if libtorch is older than 2.10
     */
    public static SymbolLookup load(LibTorchLocation location) {
        setThreadDefaults();
        List<NativeLibrary> opened = new ArrayList<>();
        for (Path library : location.libraries()) {
            opened.add(open(library));
        }
        SymbolLookup all =
                symbol -> opened.stream().map(library -> library.find(symbol)).flatMap(Optional::stream).findFirst();
        if (all.find("torch_call_dispatcher").isEmpty()) {
            throw new NativeLibraryException("libtorch " + location.version() + " (" + location.origin()
                    + ") has no torch_call_dispatcher; PyTorch >= 2.10 is needed.");
        }
        return all;
    }

    static LibTorchLocation locate(
            String property, Map<String, String> environment, FileManifest bundled, ClassLoader classPath) {
        Optional<LibTorchLocation> installed = installed(property, environment);
        if (installed.isPresent()) {
            return installed.get();
        }
        String host = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        if (!host.equals("Linux on amd64")) {
            throw new NativeLibraryException("The libtorch in the jar is for Linux on amd64 and this is " + host
                    + "; point DRLLAVA_LIBTORCH at an installed PyTorch >= 2.10.");
        }
        Path folder = folder(bundled, CacheFolder.root());
        UnpackedFiles.unpack(bundled, folder, classPath::getResourceAsStream);
        List<Path> libraries =
                bundled.files().stream().map(file -> folder.resolve(file.fileName())).toList();
        return new LibTorchLocation(libraries, bundled.version(), "the jar, unpacked to " + folder);
    }

    private static Path folder(FileManifest manifest, Path cache) {
        return cache.resolve("libtorch-" + manifest.version() + "-" + manifest.hash().substring(0, 12));
    }

    /** Empty when nobody named a folder. */
    private static Optional<LibTorchLocation> installed(String property, Map<String, String> environment) {
        if (property != null && !property.isBlank()) {
            return Optional.of(installed(Path.of(property), "--libtorch"));
        }
        String variable = environment.getOrDefault(VARIABLE, "");
        return variable.isBlank() ? Optional.empty() : Optional.of(installed(Path.of(variable), VARIABLE));
    }

    private static LibTorchLocation installed(Path given, String giver) {
        Path root = given.toAbsolutePath().normalize();
        Path folder = List.of("", "lib", "torch/lib").stream()
                .map(root::resolve)
                .filter(candidate -> Files.exists(candidate.resolve("libtorch_cpu.so")))
                .findFirst()
                .orElseThrow(() -> new NativeLibraryException("The folder " + root + " that " + giver
                        + " names holds no libtorch_cpu.so, nor do its lib and torch/lib; name the torch/lib folder of an"
                        + " installed PyTorch >= 2.10."));
        List<String> names = list(folder);
        List<Path> libraries = LOAD_ORDER.stream()
                .flatMap(pattern -> names.stream().filter(name -> pattern.matcher(name).matches()))
                .map(folder::resolve)
                .toList();
        return new LibTorchLocation(libraries, version(folder.getParent()), giver + " " + root);
    }

    private static List<String> list(Path folder) {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new NativeLibraryException("The folder " + folder + " cannot be read (" + e + ").", e);
        }
    }

    /** A wheel has version.py beside its lib folder, a libtorch archive a file build-version. */
    private static String version(Path parent) {
        try {
            if (Files.exists(parent.resolve("version.py"))) {
                var line = Pattern.compile("__version__ = '([^']+)'").matcher(Files.readString(parent.resolve("version.py")));
                return line.find() ? line.group(1) : "unknown";
            }
            return Files.exists(parent.resolve("build-version"))
                    ? Files.readString(parent.resolve("build-version")).strip()
                    : "unknown";
        } catch (IOException e) {
            return "unknown";
        }
    }

    /**
     * Lets waiting threads sleep instead of spinning, which on a busy host costs others, and this process, far more than
     * a wake-up costs an idle one; and as libgomp and OpenBLAS each have threads, one's spin on the cores that the other's
     * work needs. A 256³ product and four small parallel regions took 0.6 ms on two quiet cores of an EPYC with the values
     * below and 13 to 44 ms with the libraries' own. They are read when the libraries are opened; what the user set stays.
     *
     * <ul>
     *   <li>libgomp: {@code passive} alone never spins; {@code GOMP_SPINCOUNT} 10,000 rounds, some 0.2 ms, bridge the
     *       gap between two operators.
     *   <li>OpenBLAS has threads of its own and spins for 2^26 clock ticks, some 25 ms; 2^18 are 0.1 ms.
     *   <li>Both count the host's processors where a container has fewer; the JVM knows a container's share, and OpenBLAS
     *       takes the number from the same variable.
     * </ul>
     */
    private static void setThreadDefaults() {
        ProcessEnvironment.setDefault("OMP_WAIT_POLICY", "passive");
        ProcessEnvironment.setDefault("GOMP_SPINCOUNT", "10000");
        ProcessEnvironment.setDefault("OPENBLAS_THREAD_TIMEOUT", "18");
        ProcessEnvironment.setDefault("OMP_NUM_THREADS", String.valueOf(Runtime.getRuntime().availableProcessors()));
    }

    private static NativeLibrary open(Path library) {
        try {
            return NativeLibrary.open(library.toString());
        } catch (NativeLibraryException e) {
            throw new NativeLibraryException(library.getFileName() + " cannot be opened (" + e.getMessage()
                    + "); install what is missing, or point DRLLAVA_LIBTORCH at an installed PyTorch >= 2.10 that brings it.", e);
        }
    }
}
