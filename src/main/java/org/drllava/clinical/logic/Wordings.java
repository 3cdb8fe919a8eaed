package org.drllava.clinical.logic;

import java.util.List;
import java.util.stream.Stream;

/** The ways one thing is said, apart for training and testing. */
public record Wordings(List<String> train, List<String> test) {
    public List<String> of(Wording wording) {
        return switch (wording) {
            case TRAIN -> train;
            case TEST -> test;
        };
    }

    public Stream<String> all() {
        return Stream.concat(train.stream(), test.stream());
    }
}
