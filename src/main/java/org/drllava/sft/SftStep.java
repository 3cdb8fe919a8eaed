package org.drllava.sft;

/**
 * One optimiser step's record, a line of log.jsonl.
 *
 * @param loss              mean negative log-likelihood of an answer token
 * @param heldOutLoss       the same on held-out conversations, null where not evaluated
 * @param gradientNorm      before clipping
 * @param collectiveSeconds in calls that ranks make together, waiting for each other included
 * @param residentMib       resident memory of the process
 * @param liveHandles       native tensor handles
 */
public record SftStep(long step, double loss, Double heldOutLoss, double learningRate, double gradientNorm, double tokensPerSecond,
        double collectiveSeconds, long residentMib, long liveHandles) {}
