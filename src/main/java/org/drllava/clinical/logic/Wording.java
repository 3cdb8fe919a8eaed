package org.drllava.clinical.logic;

/** Which set of phrasings to speak with: the model learns TRAIN, and is asked in TEST to see whether it learned more than sentences. */
public enum Wording { TRAIN, TEST }
