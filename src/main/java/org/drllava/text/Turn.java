package org.drllava.text;

/** One question of a conversation and its answer. */
public record Turn(String question, String answer) {}
