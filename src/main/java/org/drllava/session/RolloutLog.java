package org.drllava.session;

import java.nio.file.Path;
import java.util.List;
import org.drllava.clinical.reward.RewardLine;
import org.drllava.common.AtomicFile;
import org.drllava.ppo.Experience;
import org.drllava.ppo.PpoTrainer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The conversations of an iteration: who was asked what and said what, which symbols were read, what every answer earned, as
 * in the lines of the reward command, and the reward that training put on the conversation's tokens.
 */
final class RolloutLog {
    private static final JsonMapper JSON = new JsonMapper();

    private RolloutLog() {}

    static void write(Path file, PpoTrainer.Iteration iteration) {
        StringBuilder lines = new StringBuilder();
        for (Experience experience : iteration.experiences()) {
            lines.append(JSON.writeValueAsString(line(iteration.number(), experience))).append('\n');
        }
        AtomicFile.write(file, lines.toString());
    }

    private static ObjectNode line(long iteration, Experience experience) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("iteration", iteration).put("id", experience.prompt().id()).put("label", experience.prompt().label());
        line.setAll(RewardLine.json(experience.score().parts()));
        List<String> answers = experience.score().answers();
        for (int turn = 0; turn < answers.size(); turn++) {
            ((ObjectNode) line.path("answers").get(turn)).put("asked", experience.prompt().exchanges().get(turn).question())
                    .put("text", answers.get(turn)).put("finished", experience.episode().spans().get(turn).ended());
        }
        return line.put("trained_reward", experience.trainedReward());
    }
}
