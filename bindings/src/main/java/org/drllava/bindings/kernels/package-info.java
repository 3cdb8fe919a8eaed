/** The project's own native kernels, declared in {@code native/include/drllava_kernels.h}: one class a part of the header. */
package org.drllava.bindings.kernels;
