package org.drllava.clinical.english;

import java.util.HashMap;
import java.util.Map;

/** What single words do in a sentence, as bits of a word's {@link Word#roles}. */
final class Role {
    /** Finite verbs that a clause is built on. */
    static final int VERB = 1;
    static final int AND = 1 << 1;
    static final int OR = 1 << 2;
    /** Ends a thought: no denial reaches past it. */
    static final int TURN = 1 << 3;
    /** Sets against what was said: "not perfect <i>but</i> adequate". */
    static final int CONTRAST = 1 << 4;
    static final int DENIAL = 1 << 5;
    static final int MORE = 1 << 7;
    static final int PREFER = 1 << 6;
    static final int FEWER = 1 << 8;
    /** May stand between a conjunction and what it joins. */
    static final int LIGHT = 1 << 9;
    /** Begins a new statement behind a bare "no" or "yes". */
    static final int OPENER = 1 << 10;
    static final int PLACE = 1 << 11;
    static final int ANSWER = 1 << 12;
    static final int PRONOUN = 1 << 13;

    /** Sets one thing against another: "pneumonia <i>versus</i> COVID-19". */
    static final int AGAINST = 1 << 14;
    /** Points at what is there: "from <i>such</i> a poor smear". */
    static final int POINTS = 1 << 15;
    static final int LABEL = 1 << 16;
    static final int CAN = 1 << 17;
    static final int NOT = 1 << 18;
    static final int PERCENT = 1 << 19;
    static final int ABLE = 1 << 20;
    static final int WOULD = 1 << 21;
    /** Begins a statement of its own: no gap of a pattern runs over it. */
    static final int BEGINS = 1 << 22;
    /** Joins a thing to what it is of: "an increase <i>in</i> blasts". */
    static final int JOINS = 1 << 24;
    /** Begins a reason: "<i>because</i> of the poor quality I cannot tell". */
    static final int CAUSE = 1 << 23;
    static final int STOPS_GAP = AND | OR | TURN | DENIAL | AGAINST | BEGINS;

    private static final Map<String, Integer> ROLES = new HashMap<>();

    static {
        put(VERB, "is are was were am has have had do does did can cannot could may might will would should must show shows showed shown look looks "
                + "appear appears seem seems contain contains predominate predominates dominate dominates cover covers fill fills suggest suggests "
                + "indicate indicates demonstrate demonstrates reveal reveals make makes remain remains lie lies favour favours favor favors support "
                + "supports point points argue argues confirm confirms exclude excludes fits fit think believe see find meets meet allows permits holds passes replace replaces gives leaves means hinders "
                + "prevents lacks occupies suffices suffice");
        put(AND, "and");
        put(AND, "plus");
        put(OR, "or nor");
        put(TURN, "but however although though yet except because since while whereas which who whose so therefore hence thus despite unless until "
                + "besides apart albeit due owing given nevertheless nonetheless otherwise still whilst");
        put(CONTRAST, "but however although though yet albeit still nevertheless nonetheless while whilst whereas despite");
        put(DENIAL, "no not nor without never cannot neither none");
        put(MORE, "more rather greater higher larger bigger better stronger likelier sooner");
        put(PREFER, "favour favours favor favors favoured favored prefer preferred rank ranks");
        put(FEWER, "less fewer lower smaller weaker");
        put(LIGHT, "a an the any other of also");
        put(OPENER, "the this it there i we that these those they he she my its");
        put(PRONOUN, "i it this that they these those there he she");
        put(PLACE, "in on at within throughout across among amid from with for");
        put(AGAINST, "than rather instead unlike versus vs");
        put(BEGINS, "there nothing hesitate");
        put(CAUSE, "because due owing given considering");
        put(JOINS, "of in");
        put(CAN, "can");
        put(NOT, "not");
        put(ABLE, "able");
        put(WOULD, "would could might");
        put(PERCENT, "percent");
        put(LABEL, "answer ans a response reply assistant");
        put(POINTS, "this these such so");
        put(ANSWER, "yes no yeah yep nope");
    }

    private Role() {}

    static int of(String word) {
        return ROLES.getOrDefault(word, 0);
    }

    private static void put(int role, String words) {
        for (var word : words.split(" ")) {
            ROLES.merge(word, role, (a, b) -> a | b);
        }
    }
}
