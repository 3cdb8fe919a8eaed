package org.drllava.clinical.conversation;

import java.io.BufferedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.common.AtomicFile;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Conversations as LLaVA's trainers keep them: an array of {@code {id, image, conversations: [{from: human|gpt, value}]}}, the
 * first question led by {@code <image>\n}; besides, {@code diagnosis}, {@code patient} and {@code scenario} where known,
 * {@code questions}, the ids of the questions in the order asked, and where there are hints {@code hints}, the symbol that each
 * question's hint claims or null. Where {@code questions} is absent, they are told from their wordings.
 */
public final class ConversationJson {
    static final String IMAGE = "<image>\n";
    private static final ObjectWriter JSON = JsonMapper.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build().writerWithDefaultPrettyPrinter();

    private ConversationJson() {}

    /** Writes the file whole or not at all. */
    public static void write(Path file, List<Conversation> conversations) {
        write(file, conversations.stream());
    }

    /** The same for conversations that are made one by one. */
    public static void write(Path file, Stream<Conversation> conversations) {
        AtomicFile.write(file, channel -> {
            var bytes = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            write(JSON.createGenerator(bytes), conversations);
            bytes.write('\n');
            bytes.flush();
        });
    }

    /** Prints what would stand in a file. */
    public static void write(PrintWriter out, Stream<Conversation> conversations) {
        write(JSON.createGenerator(out), conversations);
        out.print('\n');
        out.flush();
    }

    /** What {@link #write} puts into a file. */
    public static String text(List<Conversation> conversations) {
        var text = new StringWriter();
        write(JSON.createGenerator(text), conversations.stream());
        return text + "\n";
    }

    /** Reads and checks a file; throws an InputException that names file, line, entry and field. */
    public static List<Conversation> read(Path file, ClinicalLogic logic) {
        return ConversationReader.read(file, logic);
    }

    private static void write(JsonGenerator json, Stream<Conversation> conversations) {
        json.writeStartArray();
        conversations.forEachOrdered(conversation -> write(json, conversation));
        json.writeEndArray();
        json.close();
    }

    private static void write(JsonGenerator json, Conversation conversation) {
        var exchanges = conversation.exchanges();
        json.writeStartObject();
        json.writeStringProperty("id", conversation.id());
        json.writeStringProperty("image", conversation.image());
        json.writeArrayPropertyStart("conversations");
        for (int i = 0; i < exchanges.size(); i++) {
            turn(json, "human", (i == 0 ? IMAGE : "") + exchanges.get(i).question());
            turn(json, "gpt", exchanges.get(i).answer());
        }
        json.writeEndArray();
        json.writeStringProperty("diagnosis", conversation.diagnosis());
        conversation.patient().ifPresent(patient -> json.writeStringProperty("patient", patient));
        conversation.scenario().ifPresent(scenario -> json.writeStringProperty("scenario", scenario));
        json.writeArrayPropertyStart("questions");
        exchanges.forEach(exchange -> json.writeString(exchange.questionId()));
        json.writeEndArray();
        if (exchanges.stream().anyMatch(exchange -> exchange.hint().isPresent())) {
            json.writeArrayPropertyStart("hints");
            exchanges.forEach(exchange -> exchange.hint().ifPresentOrElse(json::writeString, json::writeNull));
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static void turn(JsonGenerator json, String from, String value) {
        json.writeStartObject();
        json.writeStringProperty("from", from);
        json.writeStringProperty("value", value);
        json.writeEndObject();
    }
}
