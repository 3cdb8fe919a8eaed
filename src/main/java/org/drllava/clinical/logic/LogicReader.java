package org.drllava.clinical.logic;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.drllava.clinical.english.Phrase;
import org.drllava.clinical.english.Words;
import org.drllava.clinical.io.Fields;

/** Turns a YAML document into a {@link ClinicalLogic}, and refuses one whose parts do not fit together. */
final class LogicReader {
    private LogicReader() {}

    static ClinicalLogic read(Fields file) {
        file.only("name", "slots", "questions", "diagnoses", "reward");
        var questions = file.at("questions").items().stream().map(LogicReader::question).toList();
        if (questions.isEmpty()) {
            throw file.at("questions").wrong("at least one question is expected.");
        }
        phrasingsBelongToOneQuestion(file, questions);
        wordingsAreReadAsMeant(file, questions);
        var diagnoses = diagnoses(file.at("diagnoses"), questions);
        var reward = file.find("reward").map(RewardReader::read).orElse(RewardWeights.DEFAULT);
        return new ClinicalLogic(file.at("name").text(), questions, diagnoses, reward, file.find("slots").map(Fields::texts).orElse(List.of()));
    }

    private static Question question(Fields q) {
        q.only("id", "after", "ask", "ignore", "symbols");
        var symbols = new ArrayList<Question.Symbol>();
        q.at("symbols").members().forEach((name, s) -> symbols.add(symbol(name, s)));
        if (symbols.isEmpty()) {
            throw q.at("symbols").wrong("at least one symbol is expected.");
        }
        var question = new Question(q.at("id").text(), wordings(q.at("ask").only("train", "test")), List.copyOf(symbols), phrases(q, "ignore"),
                q.find("after").map(Fields::texts).orElse(List.of()));
        for (var symbol : symbols) {
            for (var name : symbol.denialOf().stream().flatMap(Set::stream).toList()) {
                if (!question.names().contains(name)) {
                    throw q.at("symbols").at(symbol.name()).at("denial_of").wrong(
                            "unknown symbol '" + name + "'; this question has " + String.join(", ", question.names()) + ".");
                }
            }
        }
        patternsBelongToOneSymbol(q, question);
        return question;
    }

    private static Question.Symbol symbol(String name, Fields s) {
        s.only("patterns", "denied_patterns", "denial_of", "train", "test");
        List<Set<String>> denialOf = s.find("denial_of").map(Fields::texts).orElse(List.of()).stream()
                .map(all -> Set.of(all.strip().split("\\s*\\+\\s*"))).toList();
        return new Question.Symbol(name, wordings(s), phrases(s, "patterns"), phrases(s, "denied_patterns"), denialOf);
    }

    private static Wordings wordings(Fields w) {
        var wordings = new Wordings(w.at("train").texts(), w.at("test").texts());
        if (wordings.train().isEmpty() || wordings.test().isEmpty()) {
            throw w.wrong("at least one wording is expected under train and under test.");
        }
        return wordings;
    }

    private static List<Phrase> phrases(Fields in, String key) {
        return in.find(key).map(list -> list.items().stream().map(item -> {
            try {
                return Phrase.of(item.text());
            } catch (IllegalArgumentException e) {
                throw item.wrong(e.getMessage() + ".");
            }
        }).toList()).orElse(List.of());
    }

    private static void patternsBelongToOneSymbol(Fields q, Question question) {
        var owner = new HashMap<Phrase, String>();
        for (var symbol : question.symbols()) {
            for (var phrase : symbol.patterns()) {
                var other = owner.put(phrase, symbol.name());
                if (other != null) {
                    throw q.at("symbols").at(symbol.name()).at("patterns").wrong("the pattern '" + phrase + "' also belongs to '" + other + "'.");
                }
            }
        }
    }

    private static void phrasingsBelongToOneQuestion(Fields file, List<Question> questions) {
        var ids = new HashSet<String>();
        var owner = new HashMap<String, String>();
        for (var question : questions) {
            if (!ids.add(question.id())) {
                throw file.at("questions").wrong("the id '" + question.id() + "' occurs twice.");
            }
            question.ask().all().forEach(phrasing -> {
                var other = owner.put(Words.of(phrasing).toString(), question.id());
                if (other != null && !other.equals(question.id())) {
                    throw file.at("questions").wrong("'" + phrasing + "' asks both '" + other + "' and '" + question.id() + "'.");
                }
            });
        }
    }

    /** A reward that misreads the very sentences it trains on teaches the wrong thing without a sign of it. */
    private static void wordingsAreReadAsMeant(Fields file, List<Question> questions) {
        var parser = new AnswerParser(questions);
        for (var question : questions) {
            for (var symbol : question.symbols()) {
                symbol.answers().all().forEach(wording -> {
                    var parsed = parser.parse(question.id(), wording);
                    if (!parsed.is(symbol.name())) {
                        throw file.at("questions").wrong("question '" + question.id() + "', symbol '" + symbol.name() + "': its wording '"
                                + wording + "' is read as " + parsed + ".");
                    }
                });
            }
        }
    }

    private static List<Diagnosis> diagnoses(Fields list, List<Question> questions) {
        var diagnoses = new ArrayList<Diagnosis>();
        var owner = new HashMap<String, String>();
        list.members().forEach((name, d) -> {
            d.only("path", "labels");
            var labels = d.find("labels").map(Fields::texts).orElse(List.of());
            var path = new LinkedHashMap<String, String>();
            d.at("path").only(questions.stream().map(Question::id).toArray(String[]::new));
            for (var question : questions) {
                var symbol = d.at("path").at(question.id());
                if (!question.names().contains(symbol.text())) {
                    throw symbol.wrong("unknown symbol '" + symbol.text() + "'; this question has " + String.join(", ", question.names()) + ".");
                }
                path.put(question.id(), symbol.text());
            }
            var names = new HashSet<String>();
            names.add(name.toLowerCase(Locale.ROOT));
            labels.forEach(label -> names.add(label.toLowerCase(Locale.ROOT)));
            for (var label : names) {
                var other = owner.put(label, name);
                if (other != null) {
                    throw d.wrong("the label '" + label + "' also belongs to '" + other + "'.");
                }
            }
            diagnoses.add(new Diagnosis(name, Collections.unmodifiableMap(path), labels));
        });
        if (diagnoses.isEmpty()) {
            throw list.wrong("at least one diagnosis is expected.");
        }
        return List.copyOf(diagnoses);
    }
}
