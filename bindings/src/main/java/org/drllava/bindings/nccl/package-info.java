/** NCCL, NVIDIA's collectives between GPUs. */
package org.drllava.bindings.nccl;
