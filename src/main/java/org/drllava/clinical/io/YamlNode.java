package org.drllava.clinical.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A node of a YAML document that a user wrote. Where it is not what a reader asks for, that becomes a finding at its line and
 * column, and the answer is empty: so one reading finds every mistake. {@link Fields} is for files where the first one will do.
 */
public final class YamlNode {
    private static final int LONGEST_SHOWN = 40;

    private final Node node;
    private final Findings findings;

    YamlNode(Node node, Findings findings) {
        this.node = node;
        this.findings = findings;
    }

    /** The document in a YAML text; empty when it is not well formed or holds nothing. */
    public static Optional<YamlNode> read(String text, Findings findings) {
        return YamlText.compose(text, findings).map(node -> new YamlNode(node, findings));
    }

    public Place place() {
        return YamlText.place(node.getStartMark());
    }

    /** Adds a finding at this node's place. */
    public void error(String sentence) {
        findings.error(place(), sentence);
    }

    /** Whether it was left empty, or says {@code null}. */
    public boolean isNull() {
        return node.getTag().equals(Tag.NULL);
    }

    /** A mapping with these keys only. */
    public Optional<YamlObject> object(List<String> keys) {
        var object = object();
        object.ifPresent(o -> o.only(keys));
        return object;
    }

    /** A mapping with any keys that are texts, each once. */
    public Optional<YamlObject> object() {
        if (!(node instanceof MappingNode mapping)) {
            return expected("a mapping (key: value)");
        }
        var members = new LinkedHashMap<String, YamlObject.Member>();
        for (var tuple : mapping.getValue()) {
            new YamlNode(tuple.getKeyNode(), findings).text(Integer.MAX_VALUE).ifPresent(key -> {
                var first = members.putIfAbsent(key.value(), new YamlObject.Member(key, new YamlNode(tuple.getValueNode(), findings)));
                if (first != null) {
                    findings.error(key.place(), "the key '" + key + "' is given twice, first in line " + first.key().place().line() + "; keep one of them.");
                }
            });
        }
        return Optional.of(new YamlObject(place(), members, findings));
    }

    /** A list of no more than {@code most} items; those past it are not looked at. */
    public List<YamlNode> items(int most) {
        if (!(node instanceof SequenceNode sequence)) {
            expected("a list");
            return List.of();
        }
        if (sequence.getValue().size() > most) {
            findings.error(place(), "a list of " + sequence.getValue().size() + " items; at most " + most + " are read.");
        }
        return sequence.getValue().stream().limit(most).map(item -> new YamlNode(item, findings)).toList();
    }

    /** A list of texts. */
    public List<Text> texts(int most, int longest) {
        var texts = new ArrayList<Text>();
        items(most).forEach(item -> item.text(longest).ifPresent(texts::add));
        return texts;
    }

    /** A text that is not blank, of no more than {@code longest} characters. */
    public Optional<Text> text(int longest) {
        if (!(node instanceof ScalarNode scalar) || !scalar.getTag().equals(Tag.STR) || scalar.getValue().isBlank()) {
            return expected("a text");
        }
        if (scalar.getValue().length() > longest) {
            findings.error(place(), "a text of " + scalar.getValue().length() + " characters; at most " + longest + " are read.");
            return Optional.empty();
        }
        return Optional.of(new Text(scalar.getValue(), place()));
    }

    /** A finite number in these bounds. */
    public Optional<Double> number(double least, double most) {
        return number().filter(value -> value >= least && value <= most)
                .or(() -> expected("a number from " + plain(least) + " to " + plain(most)));
    }

    /** A number without a fraction, in these bounds. */
    public Optional<Integer> wholeNumber(int least, int most) {
        return number().filter(value -> value >= least && value <= most && value == Math.rint(value)).map(Double::intValue)
                .or(() -> expected("a whole number from " + least + " to " + most));
    }

    private Optional<Double> number() {
        boolean isNumber = node instanceof ScalarNode && (node.getTag().equals(Tag.INT) || node.getTag().equals(Tag.FLOAT));
        try {
            return isNumber ? Optional.of(Double.parseDouble(((ScalarNode) node).getValue())) : Optional.empty();
        } catch (NumberFormatException e) { // 0x1F and .inf
            return Optional.empty();
        }
    }

    private <T> Optional<T> expected(String what) {
        var advice = what.equals("a list") && node instanceof ScalarNode && !isNull() ? "; write it as [" + shown() + "]"
                : what.equals("a text") && !isNull() && !(node instanceof SequenceNode) ? "; put quotes around it if it is meant as text" : "";
        findings.error(place(), "expected " + what + ", found " + kind() + advice + ".");
        return Optional.empty();
    }

    private String kind() {
        return switch (node) {
            case MappingNode _ -> "a mapping";
            case SequenceNode _ -> "a list";
            case ScalarNode _ when isNull() -> "nothing";
            case ScalarNode scalar when scalar.getValue().isBlank() -> "a blank text";
            case ScalarNode scalar when scalar.getTag().equals(Tag.STR) -> "the text '" + shown() + "'";
            case ScalarNode scalar when scalar.getTag().equals(Tag.BOOL) -> "the truth value " + shown();
            case ScalarNode _ -> "the number " + shown();
            default -> "a reference";
        };
    }

    private String shown() {
        var value = ((ScalarNode) node).getValue();
        return value.length() <= LONGEST_SHOWN ? value : value.substring(0, LONGEST_SHOWN) + "…";
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) ? String.valueOf((long) bound) : String.valueOf(bound);
    }
}
