package org.drllava.bindings.mpi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/**
 * What mpi.h defines differently in the two families. Handles are pointers to objects of the library in Open MPI and 32-bit
 * numbers in MPICH.
 *
 * @param requestBytes size of an MPI_Request
 */
record MpiConstants(long commWorld, long byteType, long floatType, long longType, long sum, long errorsReturn, MemorySegment inPlace,
        MemorySegment statusesIgnore, int requestBytes) {
    static MpiConstants of(MpiFamily family, SymbolLookup library) {
        return switch (family) {
            case OPEN_MPI -> new MpiConstants(address(library, "ompi_mpi_comm_world"), address(library, "ompi_mpi_byte"),
                    address(library, "ompi_mpi_float"), address(library, "ompi_mpi_int64_t"), address(library, "ompi_mpi_op_sum"),
                    address(library, "ompi_mpi_errors_return"), MemorySegment.ofAddress(1), MemorySegment.NULL, Long.BYTES);
            case MPICH -> new MpiConstants(0x4400_0000, 0x4c00_010d, 0x4c00_040a, 0x4c00_083a, 0x5800_0003, 0x5400_0001,
                    MemorySegment.ofAddress(-1), MemorySegment.ofAddress(1), Integer.BYTES);
        };
    }

    private static long address(SymbolLookup library, String symbol) {
        return library.findOrThrow(symbol).address();
    }
}
