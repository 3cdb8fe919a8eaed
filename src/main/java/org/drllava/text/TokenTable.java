package org.drllava.text;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.drllava.common.InputException;
import tools.jackson.databind.JsonNode;

/**
 * The pieces of a tokenizer file by id and by text; DJL does not give them out.
 *
 * @param pieces piece by id; null where an id is unused
 * @param ids id by piece
 * @param special ids that the file marks as special
 */
record TokenTable(String[] pieces, Map<String, Integer> ids, Set<Integer> special) {
    /** Far above every published vocabulary; a larger id is a broken file, not a reason to allocate. */
    private static final int LARGEST_ID = 10_000_000;

    static TokenTable of(JsonNode file, String name) {
        var byId = new TreeMap<Integer, String>();
        var vocabulary = file.path("model").path("vocab");
        if (vocabulary.isArray()) {
            for (int id = 0; id < vocabulary.size(); id++) {
                byId.put(id, text(vocabulary.get(id).path(0), "model.vocab", name));
            }
        } else if (vocabulary.isObject()) {
            vocabulary.forEachEntry((piece, id) -> byId.put(id(id, "model.vocab", name), piece));
        } else {
            throw new InputException(name + ": model.vocab should be an object or a list of a tokenizer.json.");
        }
        var special = new HashSet<Integer>();
        for (var added : file.path("added_tokens")) {
            int id = id(added.path("id"), "added_tokens.id", name);
            byId.put(id, text(added.path("content"), "added_tokens.content", name));
            if (added.path("special").asBoolean(false)) special.add(id);
        }
        if (byId.isEmpty()) throw new InputException(name + ": model.vocab is empty.");

        var pieces = new String[byId.lastKey() + 1];
        var ids = HashMap.<String, Integer>newHashMap(pieces.length);
        byId.forEach((id, piece) -> {
            pieces[id] = piece;
            ids.put(piece, id);
        });
        return new TokenTable(pieces, Map.copyOf(ids), Set.copyOf(special));
    }

    /** The texts that the tokenizer would read as a special token wherever they stand. */
    List<String> specialPieces() {
        return special.stream().sorted().map(id -> pieces[id]).toList();
    }

    private static String text(JsonNode node, String field, String name) {
        if (!node.isString()) throw new InputException(name + ": " + field + " should hold texts.");
        return node.stringValue();
    }

    private static int id(JsonNode node, String field, String name) {
        int id = node.isIntegralNumber() && node.canConvertToInt() ? node.intValue() : -1;
        if (id < 0 || id > LARGEST_ID) {
            throw new InputException(name + ": " + field + " should hold ids from 0 to " + LARGEST_ID + ", not " + node + ".");
        }
        return id;
    }
}
