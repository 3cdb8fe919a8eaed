package org.drllava.tensor;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashSet;
import java.util.Set;
import org.drllava.bindings.libtorch.NativeTensor;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class that leaves native tensors behind: {@code @ExtendWith(LeakCheck.class)}. Run with
 * {@code -Ddrllava.tensorOrigins=true} to see where the first of them was made.
 */
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {
    private record Before(long live, Set<Throwable> origins) {}

    private static final ExtensionContext.Namespace PLACE = ExtensionContext.Namespace.create(LeakCheck.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getStore(PLACE).put(context.getUniqueId(), new Before(NativeTensor.live(), new HashSet<>(NativeTensor.origins())));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Before before = context.getStore(PLACE).get(context.getUniqueId(), Before.class);
        long left = NativeTensor.live() - before.live();
        if (left != 0) {
            throw new AssertionError(context.getDisplayName() + " left " + left + " native tensors behind" + firstOrigin(before));
        }
    }

    private static String firstOrigin(Before before) {
        StringWriter text = new StringWriter();
        NativeTensor.origins().stream().filter(origin -> !before.origins().contains(origin)).findFirst()
                .ifPresent(origin -> origin.printStackTrace(new PrintWriter(text.append("; the first "), true)));
        return text.toString();
    }
}
