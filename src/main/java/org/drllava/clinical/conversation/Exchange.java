package org.drllava.clinical.conversation;

/** One question of a logic, as it was asked, and its answer. */
public record Exchange(String questionId, String question, String answer) {}
