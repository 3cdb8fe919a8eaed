package org.drllava.cli;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.drllava.common.InputException;
import org.drllava.distributed.World;
import org.drllava.model.ModelFolder;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Kernels;
import org.drllava.tensor.Products;
import picocli.CommandLine.Option;

/** Where and in what precision to compute: options that every command with a model shares. */
final class ComputeOptions {
    enum Precision { auto, f32, bf16 }

    /** Narrower models gain nothing: an adapter costs them less when it is added to float32 weights. */
    private static final int NARROWEST_IN_BF16 = 512;

    @Option(names = "--device", defaultValue = "cpu", paramLabel = "DEVICE", description = "cpu, cuda or cuda:N (default: cpu). With several ranks a host, cuda gives each a GPU of its own.")
    private String device;

    @Option(names = "--dtype", defaultValue = "auto",
            description = "Precision of weights and products: f32, bf16 or auto, which is bf16 for training and bench where the device multiplies it faster"
                    + " and the model is at least 512 wide, else f32 (default: auto).")
    private Precision dtype;

    Device device() {
        return device.equals("cuda") ? new Device.Cuda(World.of(System.getenv()).localRank()) : Device.parse(device);
    }

    /** @throws InputException where several ranks share the work and a GPU is named that is not this rank's: NCCL would take that one */
    void requireGpuOf(World world) {
        if (world.size() > 1 && device() instanceof Device.Cuda(int index) && index != world.localRank()) {
            throw new InputException("--device " + device + ": rank " + world.rank() + " works on cuda:" + world.localRank()
                    + ", the GPU with its number among the ranks of its host; give --device cuda.");
        }
    }

    /** What exact work takes: float32 unless another dtype was asked for. */
    DType dtype() {
        return dtype == Precision.bf16 ? DType.BFLOAT16 : DType.FLOAT32;
    }

    /** What training takes. @param model its folder; @param say told what auto came to, if it is not float32 */
    DType trainingDtype(Path model, Consumer<String> say) {
        if (dtype != Precision.auto || !multipliesBf16Faster() || ModelFolder.config(model).text().hiddenSize() < NARROWEST_IN_BF16) {
            return dtype();
        }
        say.accept("Products in bfloat16, which " + device() + " does faster; --dtype f32 for all in float32.");
        return DType.BFLOAT16;
    }

    /** A property of the kind of device, so that equal hosts come to equal bits. */
    private boolean multipliesBf16Faster() {
        return !device().equals(Device.CPU) || (Kernels.available(Device.CPU) && Products.fastBf16());
    }
}
