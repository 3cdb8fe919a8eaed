package org.drllava.clinical.conversation;

/** How the questions of a conversation follow each other: as the logic lists them, or anyhow. */
public enum Order { NATURAL, SHUFFLED }
