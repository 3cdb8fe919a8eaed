package org.drllava.clinical.logic;

import static org.drllava.clinical.logic.LogicKeys.MAX_DIAGNOSES;
import static org.drllava.clinical.logic.LogicKeys.MAX_LIST;
import static org.drllava.clinical.logic.LogicKeys.MAX_NAME;
import static org.drllava.clinical.logic.LogicKeys.MAX_QUESTIONS;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.drllava.clinical.io.Findings;
import org.drllava.clinical.io.Text;
import org.drllava.clinical.io.YamlNode;
import org.drllava.clinical.io.YamlObject;
import org.drllava.clinical.logic.LogicDraft.Branch;
import org.drllava.clinical.logic.LogicDraft.DiagnosisDraft;
import org.drllava.clinical.logic.LogicDraft.Given;

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
        int before = findings.errors();
        var name = file.need("name").flatMap(n -> n.text(MAX_NAME)).map(Text::value).orElse("");
        var slots = file.find("slots").map(list -> list.texts(MAX_LIST, MAX_NAME)).orElse(List.of());
        var questions = file.need("questions").map(list -> list.items(MAX_QUESTIONS).stream().map(questionReader::question)
                .flatMap(Optional::stream).toList()).orElse(List.of());
        var branches = file.find("branches").map(list -> list.items(MAX_LIST).stream().map(this::branch).flatMap(Optional::stream).toList()).orElse(List.of());
        var diagnoses = file.need("diagnoses").flatMap(YamlNode::object).map(this::diagnoses).orElse(List.of());
        var reward = file.find("reward").map(RewardReader::weights).orElse(RewardWeights.DEFAULT);
        if (findings.errors() == before && questions.isEmpty()) {
            findings.error(file.place(), "there are no questions; at least one is needed.");
        }
        if (findings.errors() == before && diagnoses.isEmpty()) {
            findings.error(file.place(), "there are no diagnoses; at least one is needed.");
        }
        return new LogicDraft(name, slots, questions, branches, diagnoses, reward, findings.errors() == before);
    }

    private Optional<Branch> branch(YamlNode node) {
        return node.object(LogicKeys.BRANCH).map(b -> new Branch(b.place(), b.need("when").map(this::given).orElse(List.of()),
                b.need("then").map(this::given).orElse(List.of())));
    }

    private List<DiagnosisDraft> diagnoses(YamlObject list) {
        if (list.members().size() > MAX_DIAGNOSES) {
            findings.error(list.place(), list.members().size() + " diagnoses; at most " + MAX_DIAGNOSES + " are read.");
        }
        var diagnoses = new ArrayList<DiagnosisDraft>();
        list.members().stream().limit(MAX_DIAGNOSES).forEach(member -> member.value().object(LogicKeys.DIAGNOSIS).ifPresent(d ->
                diagnoses.add(new DiagnosisDraft(member.key(), d.need("path").map(this::given).orElse(List.of()),
                        d.find("labels").map(labels -> labels.texts(MAX_LIST, MAX_NAME)).orElse(List.of())))));
        return List.copyOf(diagnoses);
    }

    private List<Given> given(YamlNode node) {
        var given = new ArrayList<Given>();
        node.object().ifPresent(o -> o.members().forEach(member ->
                member.value().text(MAX_NAME).ifPresent(symbol -> given.add(new Given(member.key(), symbol)))));
        return List.copyOf(given);
    }
}
