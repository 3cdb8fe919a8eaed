package org.drllava.clinical.io;

import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** YAML as text: its nodes with their places, its grammar mistakes as findings. */
final class YamlText {
    /** Composing recurses, so a text of brackets alone would overflow the stack. */
    private static final int DEEPEST = 50;
    private static final int MOST_ALIASES = 500;
    private static final String QUOTES = "; a text that begins with a sign like { [ * & ! or holds ': ' or ' #' needs quotes.";

    private YamlText() {}

    static Optional<Node> compose(String text, Findings findings) {
        var withoutMark = text.startsWith("\uFEFF") ? text.substring(1) : text;
        // Duplicate keys pass here, so that YamlNode can name all of them.
        var settings = LoadSettings.builder().setAllowDuplicateKeys(true).setMaxAliasesForCollections(MOST_ALIASES)
                .setCodePointLimit(Integer.MAX_VALUE).build();
        try {
            var tooDeep = tooDeep(settings, withoutMark);
            if (tooDeep.isPresent()) {
                findings.error(place(tooDeep.get().getStartMark()), "lists and mappings more than " + DEEPEST + " deep.");
                return Optional.empty();
            }
            var node = new Compose(settings).composeString(withoutMark);
            if (node.isEmpty()) {
                findings.error(Place.START, "the file is empty.");
            }
            return node;
        } catch (MarkedYamlEngineException e) {
            findings.error(place(e.getProblemMark()), sentence(e));
        } catch (ReaderException e) {
            findings.error(place(withoutMark, e.getPosition()), "a character that YAML does not allow; remove it.");
        } catch (YamlEngineException e) {
            findings.error(Place.START, "not well formed YAML: " + e.getMessage() + ".");
        }
        return Optional.empty();
    }

    static Place place(Optional<Mark> mark) {
        return mark.map(m -> new Place(m.getLine() + 1, m.getColumn() + 1)).orElse(Place.START);
    }

    private static Optional<Event> tooDeep(LoadSettings settings, String text) {
        int depth = 0;
        for (var event : new Parse(settings).parseString(text)) {
            switch (event.getEventId()) {
                case SequenceStart, MappingStart -> depth++;
                case SequenceEnd, MappingEnd -> depth--;
                default -> { }
            }
            if (depth > DEEPEST) {
                return Optional.of(event);
            }
        }
        return Optional.empty();
    }

    private static String sentence(MarkedYamlEngineException e) {
        var context = e.getContext() == null || e.getContext().isBlank() ? "" : e.getContext() + " "
                + e.getContextMark().map(mark -> "that begins at " + place(Optional.of(mark)) + " ").orElse("");
        var problem = e.getProblem().strip();
        return "not well formed YAML: " + context + problem + (problem.contains("TAB") ? "; indent with spaces." : QUOTES);
    }

    private static Place place(String text, int position) {
        var before = text.substring(0, Math.clamp(position, 0, text.length()));
        return new Place(1 + (int) before.chars().filter(c -> c == '\n').count(), before.length() - before.lastIndexOf('\n'));
    }
}
