package org.drllava.bindings.libtorch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * One call of {@code torch_call_dispatcher}: push the arguments in the schema's order (defaults included, they must be
 * given), then {@code call}. One call is under way on a thread at a time; arguments of a nested call are made before.
 *
 * <p>Every argument is one 64-bit StableIValue: a tensor's own new handle (the call consumes it), a number's bits, 0 for
 * None, or a pointer to a heap StableIValue for a value of an optional type. Schema type {@code Scalar} is refused by
 * libtorch, so no operator that has one can be called.
 */
public final class OperatorCall {
    private static final ThreadLocal<OperatorCall> CURRENT = ThreadLocal.withInitial(OperatorCall::new);

    private final CallFrame frame = CallFrame.current();
    private final MemorySegment stack = frame.stack();
    private final Object[] described = new Object[CallFrame.SLOTS];
    private Operator operator;
    private int count;

    private OperatorCall() {}

    public static OperatorCall of(Operator operator) {
        OperatorCall call = CURRENT.get();
        call.operator = operator;
        call.count = 0;
        return call;
    }

    public OperatorCall tensor(NativeTensor tensor) {
        return push(NativeTensor.duplicateHandle(tensor.handle()).address(), tensor);
    }

    /** Tensor? : null is None. */
    public OperatorCall optionalTensor(NativeTensor tensor) {
        return tensor == null ? none() : push(boxed(NativeTensor.duplicateHandle(tensor.handle()).address()), tensor);
    }

    /** Tensor[] */
    public OperatorCall tensors(NativeTensor... tensors) {
        MemorySegment list = newList(tensors.length);
        for (NativeTensor tensor : tensors) {
            append(list, NativeTensor.duplicateHandle(tensor.handle()).address());
        }
        return push(list.address(), tensors);
    }

    /** int, SymInt, ScalarType, Layout, MemoryFormat */
    public OperatorCall integer(long value) {
        return push(value, value);
    }

    /** int?, ScalarType?, … with a value. */
    public OperatorCall optionalInteger(long value) {
        return push(boxed(value), value);
    }

    /** Device: type in the upper, index in the lower 32 bits. */
    public OperatorCall device(int type, int index) {
        return push(((long) type << 32) | (index & 0xffffffffL), "device " + type + ":" + index);
    }

    public OperatorCall bool(boolean value) {
        return push(value ? 1 : 0, value);
    }

    /** float in a schema, which is a C double. */
    public OperatorCall real(double value) {
        return push(Double.doubleToRawLongBits(value), value);
    }

    /** float? with a value. */
    public OperatorCall optionalReal(double value) {
        return push(boxed(Double.doubleToRawLongBits(value)), value);
    }

    /** int[] or SymInt[] */
    public OperatorCall integers(long... values) {
        return push(integerList(values), values);
    }

    /** int[]? with a value. */
    public OperatorCall optionalIntegers(long... values) {
        return push(boxed(integerList(values)), values);
    }

    public OperatorCall string(InternedString text) {
        MemorySegment out = frame.out();
        try {
            int status = (int) LibTorch.torch_new_string_handle.invokeExact(text.bytes(), text.length(), out);
            LibTorch.check(status, "torch_new_string_handle");
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
        return push(out.get(JAVA_LONG, 0), text);
    }

    public OperatorCall none() {
        return push(0, "None");
    }

    /** Runs an operator with one tensor as its result. */
    public NativeTensor call() {
        run();
        return new NativeTensor(stack.getAtIndex(ADDRESS, 0));
    }

    /** Runs an operator whose {@code results} results are all tensors. */
    public NativeTensor[] call(int results) {
        run();
        NativeTensor[] tensors = new NativeTensor[results];
        for (int i = 0; i < results; i++) {
            tensors[i] = new NativeTensor(stack.getAtIndex(ADDRESS, i));
        }
        return tensors;
    }

    /** Runs an operator whose one result is a list of tensors. */
    public NativeTensor[] callForList() {
        run();
        MemorySegment list = stack.getAtIndex(ADDRESS, 0);
        MemorySegment out = frame.out();
        try {
            LibTorch.check((int) LibTorch.torch_list_size.invokeExact(list, out), "torch_list_size");
            NativeTensor[] tensors = new NativeTensor[(int) out.get(JAVA_LONG, 0)];
            for (int i = 0; i < tensors.length; i++) {
                LibTorch.check((int) LibTorch.torch_list_get_item.invokeExact(list, (long) i, out), "torch_list_get_item");
                tensors[i] = new NativeTensor(out.get(ADDRESS, 0));
            }
            LibTorch.check((int) LibTorch.torch_delete_list.invokeExact(list), "torch_delete_list");
            return tensors;
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
    }

    /** Runs an operator without a result. */
    public void run() {
        int status;
        try {
            status = (int) LibTorch.torch_call_dispatcher.invokeExact(operator.name, operator.overload, stack, LibTorch.VERSION);
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
        if (status != 0) {
            // The text must be read before describing the arguments calls libtorch again.
            String text = LibTorch.lastError();
            throw new TorchException(operator + describe() + ": " + text);
        }
        Arrays.fill(described, 0, count, null);
    }

    private OperatorCall push(long value, Object description) {
        if (count == CallFrame.SLOTS) {
            throw new IllegalArgumentException(operator + " has more than " + CallFrame.SLOTS + " arguments");
        }
        stack.setAtIndex(JAVA_LONG, count, value);
        described[count++] = description;
        return this;
    }

    private String describe() {
        StringBuilder text = new StringBuilder("(");
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : ", ").append(describe(described[i]));
        }
        return text.append(")").toString();
    }

    private static String describe(Object argument) {
        return switch (argument) {
            case NativeTensor t -> ScalarTypes.name(t.scalarType()) + Arrays.toString(t.shape());
            case NativeTensor[] ts -> Arrays.stream(ts).map(OperatorCall::describe).toList().toString();
            case long[] values -> Arrays.toString(values);
            default -> String.valueOf(argument);
        };
    }

    private long integerList(long[] values) {
        MemorySegment list = newList(values.length);
        for (long value : values) {
            append(list, value);
        }
        return list.address();
    }

    private MemorySegment newList(long size) {
        MemorySegment out = frame.out();
        try {
            int status = (int) LibTorch.torch_new_list_reserve_size.invokeExact(size, out);
            LibTorch.check(status, "torch_new_list_reserve_size");
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
        return out.get(ADDRESS, 0);
    }

    private static void append(MemorySegment list, long element) {
        try {
            int status = (int) LibTorch.torch_list_push_back.invokeExact(list, element);
            LibTorch.check(status, "torch_list_push_back");
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
    }

    /** A heap StableIValue that holds {@code value}; libtorch frees it. */
    private long boxed(long value) {
        MemorySegment box;
        try {
            if (LibTorch.torch_new_stable_ivalue == null) {
                box = (MemorySegment) LibTorch.operator_new.invokeExact(8L);
            } else {
                MemorySegment out = frame.out();
                int status = (int) LibTorch.torch_new_stable_ivalue.invokeExact(out);
                LibTorch.check(status, "torch_new_stable_ivalue");
                box = out.get(ADDRESS, 0);
            }
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
        box.reinterpret(8).set(JAVA_LONG, 0, value);
        return box.address();
    }
}
