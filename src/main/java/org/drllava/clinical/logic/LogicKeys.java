package org.drllava.clinical.logic;

import java.util.List;

/** The keys of a logic file, and how much of each part a file may have; {@code logic.schema.json} says the same to editors. */
final class LogicKeys {
    static final List<String> LOGIC = List.of("name", "slots", "questions", "branches", "diagnoses", "reward");
    static final List<String> QUESTION = List.of("id", "after", "ask", "ignore", "symbols");
    static final List<String> ASK = List.of("train", "test");
    static final List<String> SYMBOL = List.of("patterns", "denied_patterns", "denial_of", "explains", "train", "test");
    static final List<String> BRANCH = List.of("when", "then");
    static final List<String> DIAGNOSIS = List.of("path", "labels");
    static final List<String> REWARD = List.of("preset", "correct", "wrong", "no_match", "conflict", "consistency", "neighbours", "path", "length_limit",
            "length_weight", "repetition", "trailing", "unfinished", "credit", "rules");

    static final int MAX_FILE_BYTES = 4 << 20;
    static final int MAX_QUESTIONS = 200;
    static final int MAX_SYMBOLS = 200;
    static final int MAX_DIAGNOSES = 1000;
    static final int MAX_LIST = 1000;
    static final int MAX_PATTERNS = 2000;
    static final int MAX_NAME = 100;
    static final int MAX_WORDING = 1000;
    static final double MAX_WEIGHT = 1e6;

    private LogicKeys() {}
}
