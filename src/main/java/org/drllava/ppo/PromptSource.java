package org.drllava.ppo;

import java.util.List;

/** The prompts of an iteration; a pure function of its number. */
@FunctionalInterface
public interface PromptSource {
    /** @return {@code count} prompts */
    List<PpoPrompt> prompts(long iteration, int count);
}
