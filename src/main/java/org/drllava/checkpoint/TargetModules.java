package org.drllava.checkpoint;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** Which of the base model's modules an adapter is for, in PEFT's two ways of saying it. */
public sealed interface TargetModules {
    /** A module is meant if its path is one of these or ends in a dot and one of these. */
    record Names(SortedSet<String> names) implements TargetModules {
        public Names {
            names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
        }

        public Names(Collection<String> names) {
            this(new TreeSet<>(names));
        }
    }

    /** A module is meant if this Python regular expression matches its whole path; also {@code all-linear}. */
    record Regex(String pattern) implements TargetModules {}
}
