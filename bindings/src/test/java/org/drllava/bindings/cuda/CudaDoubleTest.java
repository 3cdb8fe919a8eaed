package org.drllava.bindings.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.drllava.bindings.Doubles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The binding of the CUDA runtime with a stand-in behind it, in a process of its own. */
class CudaDoubleTest {
    @ParameterizedTest
    @ValueSource(strings = {"devices", "memory", "order", "graphs"})
    void works(String part) {
        try (Doubles program = Doubles.start(CudaDoubleTest.class, part)) {
            program.succeeds();
        }
    }

    public static void main(String[] arguments) {
        switch (arguments[0]) {
            case "devices" -> devices();
            case "memory" -> memory();
            case "order" -> order();
            case "graphs" -> graphs();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void devices() {
        assertThat(Cuda.deviceCount()).isEqualTo(8);
        Cuda.use(5);
        assertThat(Cuda.current()).isEqualTo(5);
        assertThatThrownBy(() -> Cuda.use(8)).isInstanceOf(CudaException.class)
                .hasMessage("cudaSetDevice(8) failed: cudaErrorInvalidDevice, invalid device ordinal");
        assertThat(Cuda.device(5)).isEqualTo(new Cuda.Device(5, "test double", 9, 0, 1, "0000:05:00.0"));
        assertThat(Cuda.memory().total()).isEqualTo(1L << 34);
    }

    /** Memory of every kind belongs to its arena and to nothing else. */
    private static void memory() {
        MemorySegment device;
        MemorySegment java = Arena.global().allocate(4096, 4096);
        try (Arena arena = Arena.ofConfined()) {
            device = CudaMemory.device(arena, 100);
            MemorySegment pinned = CudaMemory.pinned(arena, 100);
            CudaMemory.register(arena, java);
            assertThat(CudaMemory.kind(device)).isEqualTo(CudaMemory.Kind.DEVICE);
            assertThat(CudaMemory.kind(device.asSlice(99))).isEqualTo(CudaMemory.Kind.DEVICE);
            assertThat(CudaMemory.kind(pinned)).isEqualTo(CudaMemory.Kind.HOST);
            assertThat(CudaMemory.kind(java.asSlice(4000))).isEqualTo(CudaMemory.Kind.HOST);
            assertThatThrownBy(() -> CudaMemory.register(arena, java)).isInstanceOf(CudaException.class)
                    .hasMessage("cudaHostRegister(4096 bytes) failed: cudaErrorInvalidValue, cudaErrorInvalidValue");
        }
        assertThat(CudaMemory.kind(java)).isEqualTo(CudaMemory.Kind.UNREGISTERED);
        assertThat(CudaMemory.kind(MemorySegment.ofAddress(device.address()))).isEqualTo(CudaMemory.Kind.UNREGISTERED);
        assertThatThrownBy(() -> device.get(JAVA_INT, 0)).isInstanceOf(IllegalStateException.class);
    }

    /** Two streams, each waiting for the other's event in turn, write in the order that the events say. */
    private static void order() {
        try (Arena arena = Arena.ofConfined(); CudaStream one = CudaStream.create(CudaStream.Order.WITH_DEFAULT);
                CudaStream two = CudaStream.create(CudaStream.Order.INDEPENDENT); CudaEvent start = CudaEvent.create(true);
                CudaEvent end = CudaEvent.create(true); CudaEvent turn = CudaEvent.create(false)) {
            int n = 1000;
            MemorySegment source = CudaMemory.pinned(arena, 4L * n);
            MemorySegment device = CudaMemory.device(arena, 4L * n);
            MemorySegment result = CudaMemory.pinned(arena, 4L * n);
            Random random = new Random(1);
            for (int round = 0; round < 50; round++) {
                for (int i = 0; i < n; i++) {
                    source.setAtIndex(JAVA_INT, i, random.nextInt());
                }
                start.record(one);
                one.fill(device, (byte) 7);
                one.copy(source, device);
                turn.record(one);
                two.await(turn);
                two.copy(device, result);
                turn.record(two);
                one.await(turn);
                one.fill(device, (byte) 0);
                end.record(one);
                end.synchronize();
                assertThat(result.mismatch(source)).isEqualTo(-1);
                assertThat(end.isDone()).isTrue();
                assertThat(end.millisecondsSince(start)).isNotNegative();
            }
            one.synchronize();
            assertThat(one.isDone()).isTrue();
            assertThat(device.getAtIndex(JAVA_INT, 3)).isZero();
            assertThatThrownBy(() -> one.copy(source, result.asSlice(4))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static void graphs() {
        try (Arena arena = Arena.ofConfined(); CudaStream stream = CudaStream.create(CudaStream.Order.INDEPENDENT)) {
            MemorySegment from = CudaMemory.pinned(arena, 4);
            MemorySegment to = CudaMemory.device(arena, 4);
            to.set(JAVA_INT, 0, 1);
            try (CudaGraph graph = stream.capture(() -> stream.copy(from, to))) {
                stream.synchronize();
                assertThat(to.get(JAVA_INT, 0)).as("what is captured is not done").isEqualTo(1);
                for (int value = 5; value < 8; value++) {
                    from.set(JAVA_INT, 0, value);
                    graph.launch(stream);
                    stream.synchronize();
                    assertThat(to.get(JAVA_INT, 0)).isEqualTo(value);
                }
            }
        }
    }
}
