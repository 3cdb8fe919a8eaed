package org.drllava.clinical.paraphrase;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Names in braces that an image's data fill, as {@code {note}}. */
final class Slots {
    private static final Pattern SLOT = Pattern.compile("\\{[^{}]*}|[{}]");

    private Slots() {}

    /** The slots of a wording with their braces, sorted; a lone brace counts as one, so that it makes a difference. */
    static List<String> in(String wording) {
        return SLOT.matcher(wording).results().map(MatchResult::group).sorted().toList();
    }
}
