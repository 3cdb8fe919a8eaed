/** cuBLAS: matrix products on a GPU. */
package org.drllava.bindings.cublas;
