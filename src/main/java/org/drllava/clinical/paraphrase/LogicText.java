package org.drllava.clinical.paraphrase;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.drllava.common.InputException;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * The text of a logic file, to which train wordings can be added without touching the rest: comments, order and spelling stay.
 * The file's form is not checked here, that is the logic reader's work; what is no train list of strings is passed over.
 */
public final class LogicText {
    private final String text;
    private final String where;
    private final Node root;
    private final Map<Meaning, SequenceNode> lists = new LinkedHashMap<>();

    /** @param where names the text in errors */
    public LogicText(String text, String where) {
        this.text = text;
        this.where = where;
        try {
            this.root = compose(text);
        } catch (YamlEngineException e) {
            throw new InputException(where + " is not well formed: " + e.getMessage().lines().findFirst().orElse("") + ".", e);
        }
        for (var question : items(child(root, "questions"))) {
            if (child(question, "id").orElse(null) instanceof ScalarNode id) {
                find(new Meaning(id.getValue(), Optional.empty()), child(question, "ask"));
                child(question, "symbols").stream().flatMap(LogicText::members)
                        .forEach(symbol -> find(new Meaning(id.getValue(), Optional.of(symbol.getKey())), Optional.of(symbol.getValue())));
            }
        }
        if (new HashSet<>(lists.values()).size() < lists.size()) {
            throw new InputException(where + ": two train lists are one by a YAML alias; write them out to have them paraphrased.");
        }
    }

    /** The train wordings in file order. */
    public Map<Meaning, List<String>> trainWordings() {
        var wordings = new LinkedHashMap<Meaning, List<String>>();
        lists.forEach((meaning, list) -> wordings.put(meaning, strings(list)));
        return wordings;
    }

    /**
     * The text with more wordings at the end of its train lists. Throws {@link InputException} where YAML's many ways to write a
     * list defeat it, so that the result would say anything else than this text and the wordings.
     *
     * @param note a comment to put before the wordings where a list has a line for each
     */
    public String with(Map<Meaning, List<String>> added, String note) {
        var insertions = new ArrayList<Insertion>();
        added.forEach((meaning, wordings) -> {
            if (!wordings.isEmpty()) {
                insertions.add(Insertion.atEnd(text, lists.get(meaning), wordings, note));
            }
        });
        insertions.sort(Comparator.comparing(Insertion::offset).reversed());
        var changed = new StringBuilder(text);
        insertions.forEach(insertion -> changed.insert(insertion.offset(), insertion.text()));
        Map<Node, List<String>> addedTo = new LinkedHashMap<>();
        added.forEach((meaning, wordings) -> addedTo.put(lists.get(meaning), wordings));
        if (!isMeant(changed.toString(), addedTo)) {
            throw new InputException(where + ": a train list is written in a way that cannot be added to; write it with a line \"- …\" for each wording.");
        }
        return changed.toString();
    }

    private boolean isMeant(String changed, Map<Node, List<String>> added) {
        try {
            return same(root, compose(changed), added);
        } catch (YamlEngineException broken) {
            return false;
        }
    }

    private void find(Meaning meaning, Optional<Node> wordings) {
        wordings.flatMap(node -> child(node, "train")).ifPresent(train -> {
            if (train instanceof SequenceNode list && !list.getValue().isEmpty() && strings(list).size() == list.getValue().size()) {
                lists.put(meaning, list);
            }
        });
    }

    /** Whether {@code after} is {@code before} with these strings added to these lists. */
    private static boolean same(Node before, Node after, Map<Node, List<String>> added) {
        return switch (before) {
            case ScalarNode scalar -> after instanceof ScalarNode other && scalar.getValue().equals(other.getValue()) && scalar.getTag().equals(other.getTag());
            case SequenceNode list when added.containsKey(list) -> after instanceof SequenceNode other
                    && strings(other).equals(Stream.concat(strings(list).stream(), added.get(list).stream()).toList());
            case SequenceNode list -> after instanceof SequenceNode other && pairwise(list.getValue(), other.getValue(), added);
            case MappingNode map -> after instanceof MappingNode other && pairwise(flat(map), flat(other), added);
            default -> false;
        };
    }

    private static boolean pairwise(List<Node> before, List<Node> after, Map<Node, List<String>> added) {
        boolean same = before.size() == after.size();
        for (int i = 0; same && i < before.size(); i++) {
            same = same(before.get(i), after.get(i), added);
        }
        return same;
    }

    private static List<Node> flat(MappingNode map) {
        return map.getValue().stream().flatMap(entry -> Stream.of(entry.getKeyNode(), entry.getValueNode())).toList();
    }

    private static Optional<Node> child(Node node, String key) {
        return members(node).filter(entry -> entry.getKey().equals(key)).map(Map.Entry::getValue).findFirst();
    }

    private static Stream<Map.Entry<String, Node>> members(Node node) {
        return node instanceof MappingNode map ? map.getValue().stream().filter(entry -> entry.getKeyNode() instanceof ScalarNode)
                .map(entry -> Map.entry(((ScalarNode) entry.getKeyNode()).getValue(), entry.getValueNode())) : Stream.empty();
    }

    private static List<Node> items(Optional<Node> node) {
        return node.orElse(null) instanceof SequenceNode list ? list.getValue() : List.of();
    }

    private static List<String> strings(SequenceNode list) {
        return list.getValue().stream().filter(ScalarNode.class::isInstance).map(item -> ((ScalarNode) item).getValue()).toList();
    }

    private static Node compose(String text) {
        var settings = LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();
        return new Compose(settings).composeString(text).orElseThrow(() -> new YamlEngineException("there is nothing in it"));
    }
}
