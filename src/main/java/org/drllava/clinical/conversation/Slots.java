package org.drllava.clinical.conversation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Places in a wording, as {@code {note}}, that take what is known of an image. */
final class Slots {
    private static final Pattern SLOT = Pattern.compile("\\{([^{}]+)}");

    private Slots() {}

    /** The wordings all of whose slots have values. */
    static List<String> usable(List<String> wordings, Map<String, String> values) {
        return wordings.stream().allMatch(Slots::isPlain) ? wordings : wordings.stream().filter(wording -> isPlain(wording)
                || SLOT.matcher(wording).results().allMatch(slot -> values.containsKey(slot.group(1)))).toList();
    }

    /** A usable wording with the values in place; what a value holds is not looked at again. */
    static String fill(String wording, Map<String, String> values) {
        if (isPlain(wording)) {
            return wording;
        }
        return SLOT.matcher(wording).replaceAll(slot -> Matcher.quoteReplacement(values.get(slot.group(1))));
    }

    /** The texts before, between and behind a wording's slots; the wording alone when it has none. */
    static List<String> between(String wording) {
        var texts = new ArrayList<String>();
        int end = 0;
        var slots = SLOT.matcher(wording);
        while (slots.find()) {
            texts.add(wording.substring(end, slots.start()));
            end = slots.end();
        }
        texts.add(wording.substring(end));
        return texts;
    }

    private static boolean isPlain(String wording) {
        return wording.indexOf('{') < 0;
    }
}
