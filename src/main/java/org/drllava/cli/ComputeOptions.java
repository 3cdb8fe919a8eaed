package org.drllava.cli;

import org.drllava.distributed.World;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import picocli.CommandLine.Option;

/** Where and in what precision to compute: options that every command with a model shares. */
final class ComputeOptions {
    enum Precision { f32, bf16 }

    @Option(names = "--device", defaultValue = "cpu", paramLabel = "DEVICE", description = "cpu, cuda or cuda:N (default: cpu). With several ranks a host, cuda gives each a GPU of its own.")
    private String device;

    @Option(names = "--dtype", defaultValue = "f32", description = "Precision of weights and activations: ${COMPLETION-CANDIDATES} (default: f32).")
    private Precision dtype;

    Device device() {
        return device.equals("cuda") ? new Device.Cuda(World.of(System.getenv()).localRank()) : Device.parse(device);
    }

    DType dtype() {
        return switch (dtype) {
            case f32 -> DType.FLOAT32;
            case bf16 -> DType.BFLOAT16;
        };
    }
}
