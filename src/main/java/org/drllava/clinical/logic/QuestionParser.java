package org.drllava.clinical.logic;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.drllava.clinical.english.AnswerReader;
import org.drllava.clinical.english.Mention;
import org.drllava.clinical.english.Pattern;
import org.drllava.clinical.english.Pattern.Use;
import org.drllava.clinical.english.Stance;
import org.drllava.clinical.logic.Parsed.Evidence;

/** Reads the answers to one question. Sets of its symbols are bits by their order. */
final class QuestionParser {
    private static final int MOST_SYMBOLS = 64;

    private final String[] names;
    private final long[][] denialOf;
    private final long[] explains;
    private final long unknown;
    private final AnswerReader reader;

    QuestionParser(Question question, Set<String> vocabulary) {
        if (question.symbols().size() > MOST_SYMBOLS) {
            throw new IllegalArgumentException("a question has at most " + MOST_SYMBOLS + " symbols");
        }
        names = question.names().toArray(String[]::new);
        denialOf = question.symbols().stream().map(symbol -> symbol.denialOf().stream().mapToLong(this::bits).toArray()).toArray(long[][]::new);
        explains = question.symbols().stream().mapToLong(symbol -> bits(symbol.explains())).toArray();
        unknown = bits(Set.of(UnknownSymbol.NAME));
        reader = new AnswerReader(patterns(question), vocabulary);
    }

    Parsed parse(String text) {
        var mentions = reader.read(text);
        var evidence = new EvidenceList(mentions);
        long content = 0;
        long answers = 0; // a bare yes or no counts where the rest decides nothing: "no, this is not a normal film"
        long denied = 0;
        long byDenial = 0;
        long certain = 0; // said as more than possible
        long open = 0;
        long contradicted = 0; // "increased" tells against none, even where blasts are denied
        for (var mention : mentions) {
            var pattern = mention.pattern();
            long bit = 1L << pattern.owner();
            boolean asserts = pattern.use() == Use.ASSERTS;
            if (mention.stance().isSaid()) {
                content |= asserts && !mention.isAnswer() ? bit : 0;
                answers |= asserts && mention.isAnswer() ? bit : 0;
                contradicted |= asserts ? 0 : bit;
                certain |= mention.stance() == Stance.POSSIBLE ? 0 : bit;
            } else if (mention.stance() == Stance.DENIED) {
                denied |= asserts ? bit : 0;
                byDenial |= asserts ? 0 : bit;
            } else if (mention.stance() == Stance.OPEN) {
                open |= bit;
            }
        }
        byDenial = (byDenial | assertedByDenialOf(denied)) & ~contradicted;
        if (Long.bitCount(answers) > 1) {
            return new Parsed.Conflict(names(answers), evidence);
        }
        long explained = explainedBy(content | byDenial);
        content &= ~explained;
        byDenial &= ~explained;
        long guesses = content & ~unknown;
        if (((content | byDenial) & unknown) != 0 && (Long.bitCount(guesses) > 1 || (guesses & certain) == 0)) {
            content = unknown; // "AML or MM, I cannot tell", "it could be AML, but who knows"
        }
        long asserted = content != 0 ? content : byDenial == 0 ? answers : 0;
        if ((asserted & denied) != 0) {
            return new Parsed.Conflict(names(asserted), evidence);
        }
        long decided = asserted != 0 ? asserted : byDenial != 0 ? byDenial : open != 0 ? unknown : 0;
        return switch (Long.bitCount(decided)) {
            case 0 -> new Parsed.NoMatch(evidence);
            case 1 -> new Parsed.Symbol(names[Long.numberOfTrailingZeros(decided)], evidence);
            default -> new Parsed.Conflict(names(decided), evidence);
        };
    }

    private long assertedByDenialOf(long denied) {
        long all = 0;
        for (int symbol = 0; symbol < names.length && denied != 0; symbol++) {
            for (long set : denialOf[symbol]) {
                all |= (denied & set) == set ? 1L << symbol : 0;
            }
        }
        return all;
    }

    private long explainedBy(long symbols) {
        long all = 0;
        for (int symbol = 0; symbol < names.length; symbol++) {
            all |= (symbols >>> symbol & 1) != 0 ? explains[symbol] : 0;
        }
        return all;
    }

    /** Puts evidence into words only when it is looked at: most answers are read for their symbol. */
    private final class EvidenceList extends AbstractList<Evidence> {
        private final List<Mention> mentions;

        EvidenceList(List<Mention> mentions) {
            this.mentions = mentions;
        }

        @Override
        public Evidence get(int index) {
            var mention = mentions.get(index);
            return new Evidence(names[mention.pattern().owner()], mention.pattern().phrase().toString(), mention.words(), mention.readAs(), mention.stance());
        }

        @Override
        public int size() {
            return mentions.size();
        }
    }

    private Set<String> names(long bits) {
        var set = new LinkedHashSet<String>();
        for (int symbol = 0; symbol < names.length; symbol++) {
            if ((bits >>> symbol & 1) != 0) {
                set.add(names[symbol]);
            }
        }
        return set;
    }

    private long bits(Set<String> symbols) {
        long bits = 0;
        for (int symbol = 0; symbol < names.length; symbol++) {
            bits |= symbols.contains(names[symbol]) ? 1L << symbol : 0;
        }
        return bits;
    }

    private static List<Pattern> patterns(Question question) {
        var patterns = new ArrayList<Pattern>();
        question.ignore().forEach(phrase -> patterns.add(new Pattern(-1, phrase, Use.NOTHING)));
        for (int i = 0; i < question.symbols().size(); i++) {
            int owner = i;
            question.symbols().get(i).patterns().forEach(phrase -> patterns.add(new Pattern(owner, phrase, Use.ASSERTS)));
            question.symbols().get(i).deniedPatterns().forEach(phrase -> patterns.add(new Pattern(owner, phrase, Use.ASSERTS_DENIED)));
        }
        return patterns;
    }
}
