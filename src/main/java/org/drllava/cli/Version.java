package org.drllava.cli;

import org.drllava.bindings.libtorch.LibTorchFiles;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
    /** The version in the jar's manifest; classes run from a build folder have none. */
    static String number() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "drllava " + number(),
            "libtorch " + LibTorchFiles.bundled().version() + " (for the CPU, in the jar)",
            "Java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")"
        };
    }
}
