package org.drllava.bindings.cublas;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.drllava.bindings.Doubles;
import org.drllava.bindings.cuda.CudaException;
import org.drllava.bindings.cuda.CudaGraph;
import org.drllava.bindings.cuda.CudaMemory;
import org.drllava.bindings.cuda.CudaStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The binding of cuBLAS with a stand-in behind it, in a process of its own; and that the stand-in is strict. */
class CublasDoubleTest {
    private static final Cublas.Sizes SIZES = new Cublas.Sizes(2, 3, 4, 1);

    @ParameterizedTest
    @ValueSource(strings = {"products", "refusals", "graphs"})
    void works(String part) {
        try (Doubles program = Doubles.start(CublasDoubleTest.class, part)) {
            program.succeeds();
        }
    }

    public static void main(String[] arguments) {
        try (Arena arena = Arena.ofConfined(); Cublas cublas = Cublas.open()) {
            switch (arguments[0]) {
                case "products" -> products(arena, cublas);
                case "refusals" -> refusals(arena, cublas);
                case "graphs" -> graphs(arena, cublas);
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        }
    }

    private static Matrices matrix(Arena arena, int elements, int leading, boolean transpose) {
        MemorySegment memory = CudaMemory.device(arena, 4L * elements);
        for (int i = 0; i < elements; i++) {
            memory.setAtIndex(JAVA_FLOAT, i, i + 1);
        }
        return new Matrices(memory, Matrices.Type.FLOAT32, leading, elements / 2, transpose);
    }

    /** By columns: a is [2, 4], b [4, 3], c [2, 3]. */
    private static void products(Arena arena, Cublas cublas) {
        Matrices a = matrix(arena, 8, 2, false), b = matrix(arena, 12, 4, false), c = matrix(arena, 6, 2, false);
        cublas.product(SIZES, 2, a, b, 1, c, Cublas.Compute.FLOAT32);
        assertThat(c.memory().toArray(JAVA_FLOAT)).containsExactly(2 * 50 + 1, 2 * 60 + 2, 2 * 114 + 3, 2 * 140 + 4, 2 * 178 + 5, 2 * 220 + 6);
        Matrices transposed = new Matrices(a.memory(), Matrices.Type.FLOAT32, 4, 0, true);
        cublas.product(SIZES, 1, transposed, b, 0, c, Cublas.Compute.FLOAT32);
        assertThat(c.memory().toArray(JAVA_FLOAT)).containsExactly(30, 70, 70, 174, 110, 278);
        MemorySegment both = matrix(arena, 8, 2, false).memory(), sums = matrix(arena, 4, 1, false).memory();
        Matrices rows = new Matrices(both, Matrices.Type.FLOAT32, 1, 2, false), squares = new Matrices(both, Matrices.Type.FLOAT32, 2, 4, false);
        cublas.product(new Cublas.Sizes(1, 2, 2, 2), 1, rows, squares, 0, new Matrices(sums, Matrices.Type.FLOAT32, 1, 2, false),
                Cublas.Compute.FLOAT32);
        assertThat(sums.toArray(JAVA_FLOAT)).containsExactly(1 + 4, 3 + 8, 3 * 5 + 4 * 6, 3 * 7 + 4 * 8);
    }

    private static void refusals(Arena arena, Cublas cublas) {
        Matrices a = matrix(arena, 8, 2, false), b = matrix(arena, 12, 4, false), c = matrix(arena, 6, 2, false);
        refused(cublas, a, b, new Matrices(c.memory(), c.type(), 1, 0, false), "INVALID_VALUE");
        refused(cublas, new Matrices(a.memory(), a.type(), 3, 0, true), b, c, "INVALID_VALUE");
        refused(cublas, a, b, new Matrices(b.memory(), c.type(), 2, 0, false), "INVALID_VALUE");
        refused(cublas, new Matrices(MemorySegment.NULL, a.type(), 2, 0, false), b, c, "INVALID_VALUE");
        refused(cublas, new Matrices(a.memory(), Matrices.Type.BFLOAT16, 2, 0, false), b, c, "NOT_SUPPORTED");
        refused(cublas, a, b, new Matrices(c.memory(), Matrices.Type.BFLOAT16, 2, 0, false), "NOT_SUPPORTED");
        CudaStream gone = CudaStream.create(CudaStream.Order.INDEPENDENT);
        cublas.stream(gone);
        gone.close();
        refused(cublas, a, b, c, "EXECUTION_FAILED");
        assertThatThrownBy(() -> cublas.stream(gone)).hasMessageContaining("INVALID_VALUE");
        assertThat(c.memory().toArray(JAVA_FLOAT)).containsExactly(1, 2, 3, 4, 5, 6);
    }

    private static void refused(Cublas cublas, Matrices a, Matrices b, Matrices c, String status) {
        assertThatThrownBy(() -> cublas.product(SIZES, 1, a, b, 0, c, Cublas.Compute.FLOAT32)).isInstanceOf(CublasException.class)
                .hasMessageContaining("CUBLAS_STATUS_" + status);
    }

    /** What is captured is done by the graph alone, and a capture takes nothing that it could not keep. */
    private static void graphs(Arena arena, Cublas cublas) {
        Matrices a = matrix(arena, 8, 2, false), b = matrix(arena, 12, 4, false), c = matrix(arena, 6, 2, false);
        Runnable product = () -> cublas.product(SIZES, 1, a, b, 0, c, Cublas.Compute.FLOAT32);
        try (CudaStream stream = CudaStream.create(CudaStream.Order.INDEPENDENT)) {
            cublas.stream(stream);
            assertThatThrownBy(() -> stream.capture(product)).as("without a workspace").hasMessageContaining("NOT_SUPPORTED");
            cublas.workspace(CudaMemory.device(arena, 1 << 20));
            try (CudaGraph graph = stream.capture(product)) {
                assertThat(c.memory().getAtIndex(JAVA_FLOAT, 0)).isEqualTo(1);
                graph.launch(CudaStream.DEFAULT);
                assertThat(c.memory().getAtIndex(JAVA_FLOAT, 0)).isEqualTo(50);
                b.memory().setAtIndex(JAVA_FLOAT, 0, 2);
                graph.launch(stream);
                stream.synchronize();
                assertThat(c.memory().getAtIndex(JAVA_FLOAT, 0)).isEqualTo(51);
            }
            assertThatThrownBy(() -> stream.capture(() -> CudaMemory.device(arena, 4))).isInstanceOf(CudaException.class)
                    .hasMessageContaining("cudaErrorStreamCaptureUnsupported");
            assertThatThrownBy(() -> stream.capture(stream::synchronize)).hasMessageContaining("cudaErrorStreamCaptureUnsupported");
            assertThatThrownBy(() -> stream.capture(() -> CudaStream.DEFAULT.fill(c.memory(), (byte) 0)))
                    .hasMessageContaining("cudaErrorStreamCaptureImplicit");
            stream.capture(product).close();
        }
    }
}
