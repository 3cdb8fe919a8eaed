package org.drllava.clinical.logic;

import static org.drllava.clinical.logic.LogicKeys.MAX_DIAGNOSES;
import static org.drllava.clinical.logic.LogicKeys.MAX_LIST;
import static org.drllava.clinical.logic.LogicKeys.MAX_NAME;
import static org.drllava.clinical.logic.LogicKeys.MAX_QUESTIONS;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.drllava.clinical.io.Findings;
import org.drllava.clinical.io.Text;
import org.drllava.clinical.io.YamlNode;
import org.drllava.clinical.io.YamlObject;
import org.drllava.clinical.logic.LogicDraft.Branch;
import org.drllava.clinical.logic.LogicDraft.DiagnosisDraft;
import org.drllava.clinical.logic.LogicDraft.Given;
import org.drllava.clinical.logic.LogicDraft.QuestionDraft;

/** Reads YAML as a {@link LogicDraft}: keys, types, sizes. Whether the parts fit together is for {@link LogicChecks} to say. */
final class LogicReader {
    private final Findings findings;
    private final QuestionReader questionReader;

    private LogicReader(Findings findings) {
        this.findings = findings;
        this.questionReader = new QuestionReader(findings);
    }

    /** Empty when the text is no YAML mapping. */
    static Optional<LogicDraft> read(String text, Findings findings) {
        return YamlNode.read(text, findings).flatMap(file -> file.object(LogicKeys.LOGIC)).map(new LogicReader(findings)::logic);
    }

    private LogicDraft logic(YamlObject file) {
        var name = file.need("name").flatMap(n -> n.text(MAX_NAME)).map(Text::value).orElse("");
        var slots = file.find("slots").map(list -> list.texts(MAX_LIST, MAX_NAME)).orElse(List.of());
        var listed = file.need("questions").map(this::questions).orElse(List.of());
        var questions = withIdsOfTheirOwn(listed.stream().flatMap(Optional::stream).toList());
        boolean allQuestions = !listed.isEmpty() && questions.size() == listed.size();
        var branches = file.find("branches").map(list -> list.items(MAX_LIST).stream().map(this::branch).flatMap(Optional::stream).toList()).orElse(List.of());
        var diagnoses = file.need("diagnoses").flatMap(YamlNode::object).map(this::diagnoses).orElse(List.of());
        var reward = file.find("reward").map(RewardReader::weights).orElse(RewardWeights.DEFAULT);
        return new LogicDraft(name, slots, questions, allQuestions, branches, diagnoses, reward);
    }

    private List<Optional<QuestionDraft>> questions(YamlNode list) {
        int before = findings.errors();
        var items = list.items(MAX_QUESTIONS);
        if (items.isEmpty() && findings.errors() == before) {
            list.error("there are no questions; write at least one.");
        }
        return items.stream().map(questionReader::question).toList();
    }

    private List<QuestionDraft> withIdsOfTheirOwn(List<QuestionDraft> questions) {
        var first = new LinkedHashMap<String, QuestionDraft>();
        for (var question : questions) {
            var other = first.putIfAbsent(question.id().value(), question);
            if (other != null) {
                findings.error(question.id().place(), "the id '" + question.id() + "' occurs twice, first in line " + other.id().place().line()
                        + "; give this question another.");
            }
        }
        return List.copyOf(first.values());
    }

    private Optional<Branch> branch(YamlNode node) {
        return node.object(LogicKeys.BRANCH).map(b -> new Branch(b.place(), given(b, "when"), given(b, "then")));
    }

    private List<DiagnosisDraft> diagnoses(YamlObject list) {
        if (list.members().isEmpty() || list.members().size() > MAX_DIAGNOSES) {
            findings.error(list.place(), list.members().size() + " diagnoses; from 1 to " + MAX_DIAGNOSES + " are expected.");
        }
        var diagnoses = new ArrayList<DiagnosisDraft>();
        list.members().stream().limit(MAX_DIAGNOSES).forEach(member -> member.value().object(LogicKeys.DIAGNOSIS).ifPresent(d -> {
            var path = d.need("path").flatMap(YamlNode::object).map(this::given);
            var labels = d.find("labels").map(l -> l.texts(MAX_LIST, MAX_NAME)).orElse(List.of());
            diagnoses.add(new DiagnosisDraft(member.key(), path.orElse(List.of()), path.isPresent(), labels));
        }));
        return List.copyOf(diagnoses);
    }

    private List<Given> given(YamlObject branch, String key) {
        return branch.need(key).flatMap(YamlNode::object).map(this::given).orElse(List.of());
    }

    private List<Given> given(YamlObject symbols) {
        return symbols.members().stream().map(member ->
                new Given(member.key(), member.value().text(MAX_NAME).orElse(new Text("", member.value().place())))).toList();
    }
}
