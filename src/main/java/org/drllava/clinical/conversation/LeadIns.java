package org.drllava.clinical.conversation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.drllava.clinical.conversation.Scenario.Hint;
import org.drllava.clinical.io.Fields;
import org.drllava.clinical.logic.Wording;
import org.drllava.clinical.logic.Wordings;

/** The words that introduce a hint before a question, with {@code {hint}} where its sentence goes. */
final class LeadIns {
    private static final String RESOURCE = "/clinical/lead-ins.yaml";
    private static final Map<Hint, Wordings> ALL = read();

    private LeadIns() {}

    static List<String> of(Hint hint, Wording wording) {
        return ALL.get(hint).of(wording);
    }

    private static Map<Hint, Wordings> read() {
        try (var in = LeadIns.class.getResourceAsStream(RESOURCE)) {
            var file = Fields.yaml(new String(in.readAllBytes(), StandardCharsets.UTF_8), RESOURCE);
            return Map.of(Hint.EARLIER, wordings(file, Hint.EARLIER), Hint.CLINICIAN, wordings(file, Hint.CLINICIAN), Hint.DOCTOR,
                    wordings(file, Hint.DOCTOR));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Wordings wordings(Fields file, Hint hint) {
        var of = file.at(hint.name().toLowerCase(Locale.ROOT));
        return new Wordings(of.at("train").texts(), of.at("test").texts());
    }
}
