package org.drllava.bindings.libtorch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.TreeMap;
import org.drllava.bindings.host.HostAllocator;

/**
 * The functions of libtorch's stable C ABI that the rest is built on, one handle a function, named after the C symbol.
 *
 * <p>Headers (libtorch 2.13): {@code torch/csrc/stable/c/shim.h}, {@code torch/csrc/inductor/aoti_torch/c/shim.h} and
 * {@code .../generated/c_shim_aten.h}. Functions that 2.11 lacks are optional. A few C++ symbols with plain arguments fill
 * the gaps of the C ABI. Loading happens when this class is first touched; see {@link LibTorchFiles} for where from.
 */
final class LibTorch {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY = open();
    private static final Map<String, FunctionDescriptor> BOUND = new TreeMap<>();

    // uint64_t aoti_torch_abi_version()
    static final MethodHandle aoti_torch_abi_version = bind("aoti_torch_abi_version", FunctionDescriptor.of(JAVA_LONG));
    // AOTITorchError torch_call_dispatcher(const char* opName, const char* overloadName, StableIValue* stack, uint64_t version)
    static final MethodHandle torch_call_dispatcher = status("torch_call_dispatcher", ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);

    // AOTITorchError aoti_torch_new_tensor_handle(AtenTensorHandle orig, AtenTensorHandle* new_handle)
    static final MethodHandle aoti_torch_new_tensor_handle = status("aoti_torch_new_tensor_handle", ADDRESS, ADDRESS);
    static final MethodHandle aoti_torch_delete_tensor_object = status("aoti_torch_delete_tensor_object", ADDRESS);
    // (void* data, int64_t ndim, const int64_t* sizes, const int64_t* strides, int64_t offset, int32_t dtype, int32_t device_type, int32_t device_index, AtenTensorHandle* ret)
    static final MethodHandle aoti_torch_create_tensor_from_blob = status("aoti_torch_create_tensor_from_blob",
            ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    // (int64_t ndim, const int64_t* sizes, const int64_t* strides, int32_t dtype, int32_t device_type, int32_t device_index, AtenTensorHandle* ret)
    static final MethodHandle aoti_torch_empty_strided = status("aoti_torch_empty_strided",
            JAVA_LONG, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);

    static final MethodHandle aoti_torch_get_data_ptr = status("aoti_torch_get_data_ptr", ADDRESS, ADDRESS);
    static final MethodHandle aoti_torch_get_dim = status("aoti_torch_get_dim", ADDRESS, ADDRESS);
    static final MethodHandle aoti_torch_get_sizes = status("aoti_torch_get_sizes", ADDRESS, ADDRESS);
    static final MethodHandle aoti_torch_get_dtype = status("aoti_torch_get_dtype", ADDRESS, ADDRESS);
    static final MethodHandle aoti_torch_get_device_type = status("aoti_torch_get_device_type", ADDRESS, ADDRESS);
    static final MethodHandle aoti_torch_get_device_index = status("aoti_torch_get_device_index", ADDRESS, ADDRESS);
    static final MethodHandle aoti_torch_is_contiguous = status("aoti_torch_is_contiguous", ADDRESS, ADDRESS);
    static final MethodHandle aoti_torch_assign_tensors = status("aoti_torch_assign_tensors", ADDRESS, ADDRESS);

    // (AtenTensorHandle self, AtenTensorHandle other, double alpha, AtenTensorHandle* ret): self - alpha * other, recorded by autograd
    static final MethodHandle aoti_torch_aten_subtract_Tensor =
            status("aoti_torch_aten_subtract_Tensor", ADDRESS, ADDRESS, JAVA_DOUBLE, ADDRESS);

    // (float value, AtenTensorHandle* ret): a scalar tensor on the CPU
    static final MethodHandle aoti_torch_scalar_to_tensor_float32 =
            status("aoti_torch_scalar_to_tensor_float32", JAVA_FLOAT, ADDRESS);

    static final MethodHandle torch_set_requires_grad = status("torch_set_requires_grad", ADDRESS, JAVA_BOOLEAN);
    static final MethodHandle aoti_torch_grad_mode_is_enabled =
            bind("aoti_torch_grad_mode_is_enabled", FunctionDescriptor.of(JAVA_BOOLEAN));
    static final MethodHandle aoti_torch_grad_mode_set_enabled =
            bind("aoti_torch_grad_mode_set_enabled", FunctionDescriptor.ofVoid(JAVA_BOOLEAN));

    static final MethodHandle torch_new_list_reserve_size = status("torch_new_list_reserve_size", JAVA_LONG, ADDRESS);
    static final MethodHandle torch_list_push_back = status("torch_list_push_back", ADDRESS, JAVA_LONG);
    static final MethodHandle torch_list_size = status("torch_list_size", ADDRESS, ADDRESS);
    // the element comes as a new reference
    static final MethodHandle torch_list_get_item = status("torch_list_get_item", ADDRESS, JAVA_LONG, ADDRESS);
    static final MethodHandle torch_delete_list = status("torch_delete_list", ADDRESS);
    static final MethodHandle torch_new_string_handle = status("torch_new_string_handle", ADDRESS, JAVA_LONG, ADDRESS);
    static final MethodHandle torch_get_num_threads = status("torch_get_num_threads", ADDRESS);

    // since 2.13; before it, libstdc++'s operator new makes the same 8 bytes and the error text stays unknown
    static final MethodHandle torch_new_stable_ivalue = optionalStatus("torch_new_stable_ivalue", ADDRESS);
    static final MethodHandle torch_exception_get_what_without_backtrace =
            optional("torch_exception_get_what_without_backtrace", FunctionDescriptor.of(ADDRESS));
    // void* operator new(size_t)
    static final MethodHandle operator_new = bindUnchecked("_Znwm", FunctionDescriptor.of(ADDRESS, JAVA_LONG));
    // Tensor& c10::TensorImpl::mutable_grad()
    static final MethodHandle mutable_grad =
            bindUnchecked("_ZN3c1010TensorImpl12mutable_gradEv", FunctionDescriptor.of(ADDRESS, ADDRESS));
    // void at::set_num_threads(int)
    static final MethodHandle set_num_threads = bindUnchecked("_ZN2at15set_num_threadsEi", FunctionDescriptor.ofVoid(JAVA_INT));
    // void openblas_set_num_threads(int): OpenBLAS has threads of its own; builds on MKL lack it and follow at::set_num_threads
    static final MethodHandle openblas_set_num_threads = LIBRARY.find("openblas_set_num_threads").isPresent()
            ? bindUnchecked("openblas_set_num_threads", FunctionDescriptor.ofVoid(JAVA_INT)) : null;
    /** ABI version word that {@code torch_call_dispatcher} wants. */
    static final long VERSION = readVersion();

    private LibTorch() {}

    private static SymbolLookup open() {
        HostAllocator.keepFreedMemory();
        return LibTorchFiles.load(LibTorchFiles.locate());
    }

    /** Descriptors by symbol, for the test that compares them with the headers' own signatures. */
    static Map<String, FunctionDescriptor> bound() {
        return BOUND;
    }

    /** Throws what libtorch says of the last failed call when {@code status} is not 0. */
    static void check(int status, String call) {
        if (status != 0) {
            throw new TorchException(call + ": " + lastError());
        }
    }

    static String lastError() {
        if (torch_exception_get_what_without_backtrace == null) {
            return "libtorch reports a failure (this version gives no text)";
        }
        try {
            MemorySegment text = (MemorySegment) torch_exception_get_what_without_backtrace.invokeExact();
            return text.address() == 0 ? "no text" : text.reinterpret(Long.MAX_VALUE).getString(0).strip();
        } catch (Throwable impossible) {
            throw rethrow(impossible);
        }
    }

    /** Handles declare Throwable but none of these C functions lets one through; only Errors of the JVM itself can arrive. */
    static RuntimeException rethrow(Throwable thrown) {
        return switch (thrown) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(thrown);
        };
    }

    private static long readVersion() {
        try {
            return (long) aoti_torch_abi_version.invokeExact();
        } catch (Throwable impossible) {
            throw rethrow(impossible);
        }
    }

    private static MethodHandle status(String symbol, MemoryLayout... arguments) {
        return bind(symbol, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private static MethodHandle optionalStatus(String symbol, MemoryLayout... arguments) {
        return optional(symbol, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private static MethodHandle optional(String symbol, FunctionDescriptor descriptor) {
        return LIBRARY.find(symbol).isPresent() ? bind(symbol, descriptor) : null;
    }

    private static MethodHandle bind(String symbol, FunctionDescriptor descriptor) {
        BOUND.put(symbol, descriptor);
        return bindUnchecked(symbol, descriptor);
    }

    private static MethodHandle bindUnchecked(String symbol, FunctionDescriptor descriptor) {
        MemorySegment address = LIBRARY.find(symbol).orElseThrow(() -> new TorchException(
                "libtorch has no symbol " + symbol + ": version 2.10 or newer is needed (see ./drllava doctor)"));
        return LINKER.downcallHandle(address, descriptor);
    }

    /** Memory of the whole process, for interned C strings. */
    static MemorySegment cString(String text) {
        return Arena.global().allocateFrom(text);
    }
}
