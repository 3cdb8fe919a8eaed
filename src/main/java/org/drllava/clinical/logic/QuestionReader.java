package org.drllava.clinical.logic;

import static org.drllava.clinical.logic.LogicKeys.MAX_LIST;
import static org.drllava.clinical.logic.LogicKeys.MAX_NAME;
import static org.drllava.clinical.logic.LogicKeys.MAX_PATTERNS;
import static org.drllava.clinical.logic.LogicKeys.MAX_SYMBOLS;
import static org.drllava.clinical.logic.LogicKeys.MAX_WORDING;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.drllava.clinical.english.Phrase;
import org.drllava.clinical.io.Findings;
import org.drllava.clinical.io.Text;
import org.drllava.clinical.io.YamlNode;
import org.drllava.clinical.io.YamlObject;
import org.drllava.clinical.logic.LogicDraft.Denied;
import org.drllava.clinical.logic.LogicDraft.Pattern;
import org.drllava.clinical.logic.LogicDraft.QuestionDraft;
import org.drllava.clinical.logic.LogicDraft.SymbolDraft;
import org.drllava.clinical.logic.LogicDraft.WordingsDraft;

/** Reads the questions of a logic file with their symbols. */
record QuestionReader(Findings findings) {
    /** What the parser calls an answer that is no symbol. */
    private static final Set<String> RESERVED = Set.of("no_match", "conflict");
    private static final String NAME = "[\\p{L}\\p{N}_.-]+";

    Optional<QuestionDraft> question(YamlNode node) {
        return node.object(LogicKeys.QUESTION).flatMap(q -> {
            var id = q.need("id").flatMap(this::name);
            var after = q.find("after").map(list -> list.texts(MAX_LIST, MAX_NAME)).orElse(List.of());
            var ask = q.need("ask").flatMap(a -> a.object(LogicKeys.ASK)).map(this::wordings).orElse(new WordingsDraft(List.of(), List.of()));
            var ignore = rules(q, List.of("ignore"), () -> patterns(q, "ignore"));
            var listed = q.need("symbols").flatMap(YamlNode::object).map(this::symbols).orElse(List.of());
            var symbols = listed.stream().map(Listed::symbol).flatMap(Optional::stream).toList();
            boolean allSymbols = !listed.isEmpty() && symbols.size() == listed.size();
            boolean allRules = allSymbols && ignore.whole() && listed.stream().allMatch(Listed::allRules);
            return id.map(i -> new QuestionDraft(i, after, ask, ignore.value(), symbols, allSymbols, allRules));
        });
    }

    private record Listed(Optional<SymbolDraft> symbol, boolean allRules) {}

    private List<Listed> symbols(YamlObject list) {
        if (list.members().isEmpty() || list.members().size() > MAX_SYMBOLS) {
            findings.error(list.place(), list.members().size() + " symbols; from 1 to " + MAX_SYMBOLS + " are expected.");
        }
        var symbols = list.members().stream().limit(MAX_SYMBOLS).map(this::symbol).toList();
        long patterns = symbols.stream().flatMap(s -> s.symbol().stream()).mapToLong(s -> s.patterns().size() + s.deniedPatterns().size()).sum();
        if (patterns > MAX_PATTERNS) {
            findings.error(list.place(), patterns + " patterns in one question; at most " + MAX_PATTERNS + " are read.");
            return List.of();
        }
        return symbols;
    }

    private Listed symbol(YamlObject.Member member) {
        var name = name(member.key());
        var keys = member.value().object(LogicKeys.SYMBOL);
        var read = keys.map(s -> symbol(member.key(), s));
        return new Listed(name.flatMap(_ -> read.map(Whole::value)), read.map(Whole::whole).orElse(false));
    }

    /** A symbol, and whether everything is there that recognises it. */
    Whole<SymbolDraft> symbol(Text name, YamlObject s) {
        record Rules(List<Pattern> patterns, List<Pattern> deniedPatterns, List<Denied> denialOf, List<Text> explains) {}
        var rules = rules(s, List.of("patterns", "denied_patterns", "denial_of", "explains"), () ->
                new Rules(patterns(s, "patterns"), patterns(s, "denied_patterns"), denialOf(s),
                        s.find("explains").map(list -> list.texts(MAX_LIST, MAX_NAME)).orElse(List.of())));
        return new Whole<>(new SymbolDraft(name, wordings(s), rules.value().patterns(), rules.value().deniedPatterns(), rules.value().denialOf(),
                rules.value().explains()), rules.whole());
    }

    /** Something read, and whether no part of it was lost. */
    record Whole<T>(T value, boolean whole) {}

    private <T> Whole<T> rules(YamlObject in, List<String> keys, Supplier<T> read) {
        int before = findings.errors();
        var value = read.get();
        return new Whole<>(value, findings.errors() == before && keys.stream().noneMatch(in::misspells));
    }

    private static List<Denied> denialOf(YamlObject s) {
        return s.find("denial_of").map(list -> list.texts(MAX_LIST, MAX_WORDING)).orElse(List.of()).stream()
                .map(all -> new Denied(Set.copyOf(List.of(all.value().strip().split("\\s*\\+\\s*"))), all.place())).toList();
    }

    private WordingsDraft wordings(YamlObject in) {
        return new WordingsDraft(wordings(in, "train"), wordings(in, "test"));
    }

    private List<Text> wordings(YamlObject in, String key) {
        var list = in.need(key);
        int before = findings.errors();
        var wordings = list.map(l -> l.texts(MAX_LIST, MAX_WORDING)).orElse(List.of());
        if (list.isPresent() && wordings.isEmpty() && findings.errors() == before) {
            findings.error(list.get().place(), "there is no wording under '" + key + "'; at least one is needed.");
        }
        return wordings;
    }

    private List<Pattern> patterns(YamlObject in, String key) {
        var patterns = new ArrayList<Pattern>();
        in.find(key).map(list -> list.texts(MAX_LIST, MAX_WORDING)).orElse(List.of()).forEach(text -> {
            try {
                patterns.add(new Pattern(Phrase.of(text.value()), text.place()));
            } catch (IllegalArgumentException e) {
                var lower = text.value().toLowerCase(Locale.ROOT);
                findings.error(text.place(), e.getMessage() + (lower.equals(text.value()) || !isPhrase(lower) ? "." : "; did you mean '" + lower + "'?"));
            }
        });
        return List.copyOf(patterns);
    }

    private static boolean isPhrase(String text) {
        try {
            Phrase.of(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private Optional<Text> name(YamlNode node) {
        return node.text(MAX_NAME).flatMap(this::name);
    }

    private Optional<Text> name(Text name) {
        if (!name.value().matches(NAME) || name.value().length() > MAX_NAME) {
            findings.error(name.place(), "the name '" + name + "' may only have letters, digits, _, - and ., at most " + MAX_NAME + " of them; did you mean '"
                    + name.value().strip().replaceAll("[^\\p{L}\\p{N}_.-]+", "_") + "'?");
            return Optional.empty();
        }
        if (RESERVED.contains(name.value())) {
            findings.error(name.place(), "'" + name + "' is what the parser calls an answer that is no symbol; choose another name.");
            return Optional.empty();
        }
        return Optional.of(name);
    }
}
