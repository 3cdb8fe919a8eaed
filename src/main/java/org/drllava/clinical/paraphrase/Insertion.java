package org.drllava.clinical.paraphrase;

import java.util.List;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Text to be put into a YAML file.
 *
 * @param offset in UTF-16 units, as strings count
 */
record Insertion(int offset, String text) {
    private static final JsonMapper JSON = new JsonMapper();
    /** Two words or more that YAML takes as they stand: without quotes they look like the wordings that people write. */
    private static final Pattern PLAIN = Pattern.compile("\\p{L}[\\p{L}\\p{N}'’.?!/()-]*(?: [\\p{L}\\p{N}'’(][\\p{L}\\p{N}'’.?!/()-]*)+");
    private static final Pattern PLAIN_WITH_COMMAS = Pattern.compile(PLAIN.pattern().replace(".?!", ",.?!"));

    /** Strings at the end of a list that has some already: on lines of their own after a comment, or between the brackets. */
    static Insertion atEnd(String yaml, SequenceNode list, List<String> strings, String comment) {
        var last = (ScalarNode) list.getValue().getLast();
        int end = offset(yaml, last.getEndMark().orElseThrow());
        var added = new StringBuilder();
        if (list.getFlowStyle() == FlowStyle.FLOW) {
            strings.forEach(string -> added.append(", ").append(scalar(string, PLAIN)));
            return new Insertion(end, added.toString());
        }
        var newline = yaml.contains("\r\n") ? "\r\n" : "\n";
        var indent = indent(yaml, list.getValue().getFirst());
        added.append(indent).append("# ").append(comment);
        strings.forEach(string -> added.append(newline).append(indent).append("- ").append(scalar(string, PLAIN_WITH_COMMAS)));
        boolean pastItsLines = last.getScalarStyle() == ScalarStyle.LITERAL || last.getScalarStyle() == ScalarStyle.FOLDED;
        if (pastItsLines && yaml.substring(0, end).endsWith("\n")) {
            return new Insertion(end, added.append(newline).toString());
        }
        return new Insertion(lineEnd(yaml, end), newline + added);
    }

    /** What stands before the first item's dash, as spaces. */
    private static String indent(String yaml, Node first) {
        int dash = yaml.lastIndexOf('-', offset(yaml, first.getStartMark().orElseThrow()) - 1);
        return " ".repeat(dash - yaml.lastIndexOf('\n', dash) - 1);
    }

    private static int lineEnd(String yaml, int from) {
        int at = from;
        while (at < yaml.length() && yaml.charAt(at) != '\n' && yaml.charAt(at) != '\r') {
            at++;
        }
        return at;
    }

    /** Marks count code points. */
    private static int offset(String yaml, Mark mark) {
        return yaml.offsetByCodePoints(0, mark.getIndex());
    }

    /** JSON's strings are YAML's too. */
    private static String scalar(String string, Pattern plain) {
        return plain.matcher(string).matches() ? string : JSON.writeValueAsString(string);
    }
}
