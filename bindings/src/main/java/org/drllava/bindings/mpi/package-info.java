/** MPI through its C interface: Open MPI, MPICH and the libraries with MPICH's binary interface. */
package org.drllava.bindings.mpi;
