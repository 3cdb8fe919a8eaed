package org.drllava.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.drllava.clinical.io.Fields;
import org.drllava.text.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

@Command(
        name = "tokenize",
        mixinStandardHelpOptions = true,
        description = {
            "Turns texts into token ids, or ids into texts.",
            "Reads standard input, a JSON value a line, and prints a JSON value for each."
        },
        footer = {
            "",
            "Ids have the special tokens that the file's post-processor adds; texts are without special tokens.",
            "  echo '\"Is it normal?\"' | drllava tokenize --tokenizer model/tokenizer.json"
        })
final class TokenizeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--tokenizer", required = true, paramLabel = "FILE", description = "The model's tokenizer.json.")
    private Path file;

    @Option(names = "--decode", description = "Read arrays of ids and print texts (default: read texts and print ids).")
    private boolean decode;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (Tokenizer tokenizer = Tokenizer.load(file)) {
            InputLines.forEach(System.in, "standard input", (line, where) -> {
                Fields json = Fields.json(line, where);
                Object answer = decode ? tokenizer.decode(ids(json)) : tokenizer.encode(json.anyText());
                out.println(JsonMapper.shared().writeValueAsString(answer));
            });
        }
        return Main.DONE;
    }

    private static int[] ids(Fields array) {
        return array.items().stream().mapToInt(id -> {
            if (!id.node().isInt() || id.node().intValue() < 0) {
                throw id.wrong("expected a token id, found " + id.node() + ".");
            }
            return id.node().intValue();
        }).toArray();
    }
}
