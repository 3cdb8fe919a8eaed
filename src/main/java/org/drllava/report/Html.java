package org.drllava.report;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A tree of HTML (or SVG inside it) that escapes when it is written, so that no text can be forgotten. Names of elements and
 * attributes come from this package only; texts and attribute values may hold anything.
 */
sealed interface Html {
    Set<String> VOID = Set.of("meta", "img", "br");

    record Text(String text) implements Html {}

    /** Written as it is: only for the style sheet that lies in this jar. */
    record Verbatim(String markup) implements Html {}

    record Attribute(String name, String value) implements Html {}

    record Fragment(List<? extends Html> parts) implements Html {}

    /** Attributes among the parts go into the tag, whatever their place. */
    record Element(String name, List<? extends Html> parts) implements Html {}

    static Html element(String name, Html... parts) {
        return new Element(name, List.of(parts));
    }

    static Html element(String name, String text) {
        return element(name, text(text));
    }

    static Html element(String name, String cssClass, String text) {
        return element(name, attribute("class", cssClass), text(text));
    }

    static Html text(String text) {
        return new Text(text);
    }

    static Html attribute(String name, Object value) {
        return new Attribute(name, value.toString());
    }

    static Html cssClass(String name) {
        return attribute("class", name);
    }

    static Html all(List<? extends Html> parts) {
        return new Fragment(parts);
    }

    static Html all(Html... parts) {
        return new Fragment(Arrays.asList(parts));
    }

    static Html nothing() {
        return new Fragment(List.of());
    }

    /** Something wide that scrolls on its own on a narrow screen, by keyboard too. */
    static Html scrolling(String label, Html content) {
        return element("div", cssClass("scroll"), attribute("tabindex", 0), attribute("role", "region"),
                attribute("aria-label", label), content);
    }

    /** {@code String.format} with a decimal point wherever the reader lives. */
    static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    /** The markup, without line breaks of its own: white space between elements would show. */
    default String markup() {
        var out = new StringBuilder();
        write(this, out);
        return out.toString();
    }

    private static void write(Html html, StringBuilder out) {
        switch (html) {
            case Text text -> escape(text.text, out);
            case Verbatim verbatim -> out.append(verbatim.markup);
            case Attribute attribute -> {
                out.append(' ').append(attribute.name).append("=\"");
                escape(attribute.value, out);
                out.append('"');
            }
            case Fragment fragment -> fragment.parts.forEach(part -> write(part, out));
            case Element element -> {
                var byKind = element.parts.stream().collect(Collectors.partitioningBy(Attribute.class::isInstance));
                out.append('<').append(element.name);
                byKind.get(true).forEach(part -> write(part, out));
                out.append('>');
                if (!VOID.contains(element.name)) {
                    byKind.get(false).forEach(part -> write(part, out));
                    out.append("</").append(element.name).append('>');
                }
            }
        }
    }

    /** Control characters are no HTML text and lone surrogates no Unicode text; both become the replacement character. */
    private static void escape(String text, StringBuilder out) {
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> {
                    boolean control = Character.isISOControl(c) && c != '\n' && c != '\t';
                    boolean loneSurrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
                    out.appendCodePoint(control || loneSurrogate ? 0xFFFD : c);
                }
            }
        });
    }
}
