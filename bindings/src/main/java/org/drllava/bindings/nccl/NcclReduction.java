package org.drllava.bindings.nccl;

/** How elements of all ranks become one, {@code ncclRedOp_t}; the codes are the ordinals. */
public enum NcclReduction { SUM, PRODUCT, MAX, MIN, AVERAGE }
