/** The CUDA runtime: devices, streams, events, memory that cards reach, and graphs. */
package org.drllava.bindings.cuda;
