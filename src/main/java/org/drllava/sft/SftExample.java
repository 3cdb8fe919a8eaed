package org.drllava.sft;

/**
 * One conversation to learn.
 *
 * @param tokens [n], image tokens repeated once a feature
 * @param learn  [n], true at answers and their end tokens
 * @param image  number of its picture among the {@link org.drllava.dataset.ImageFeatures}
 */
public record SftExample(int[] tokens, boolean[] learn, int image) {}
