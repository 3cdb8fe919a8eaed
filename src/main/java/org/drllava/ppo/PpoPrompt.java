package org.drllava.ppo;

import java.util.List;
import org.drllava.clinical.conversation.Exchange;
import org.drllava.rollout.Dialogue;

/**
 * A conversation to be rolled out.
 *
 * @param id        of its picture or conversation, for the log
 * @param dialogue  its questions as tokens
 * @param exchanges its questions as text; the reference answers are not read
 * @param image     number of its picture among the {@link org.drllava.dataset.ImageFeatures}
 * @param label     what is known about the picture: a diagnosis or label of the logic
 */
public record PpoPrompt(String id, Dialogue dialogue, List<Exchange> exchanges, int image, String label) {}
