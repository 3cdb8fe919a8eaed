package org.drllava.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.drllava.clinical.io.Fields;
import org.drllava.common.InputException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Options of a command kept in a YAML file: a mapping of long names without dashes to a value, or to a list of them where an
 * option may be repeated. They are put among the arguments, unless an option stands there already, so that they are parsed
 * and checked like any other.
 */
final class ConfigFile {
    static final String OPTION = "--config";
    private static final Set<String> NOT_IN_FILES = Set.of(OPTION, "--help", "--version");

    private ConfigFile() {}

    /**
     * The arguments that a command gets.
     *
     * @param file      the file that some of them come from, or null
     * @param fromFile the options that it gave
     */
    record Expansion(String[] arguments, String file, Set<OptionSpec> fromFile) {
        /** What is wrong with the arguments, naming the file where that is where it comes from. */
        String explain(ParameterException e) {
            boolean inFile = e.getArgSpec() instanceof OptionSpec option && fromFile.contains(option);
            return inFile ? file + ": " + e.getMessage() : e.getMessage();
        }
    }

    /** @throws InputException for a file that cannot be read and for a key that is no option of the command */
    static Expansion expand(CommandLine program, String... arguments) {
        List<String> words = List.of(arguments);
        int end = words.contains("--") ? words.indexOf("--") : words.size();
        CommandLine command = program;
        int start = 0;
        for (int i = 0; i < end; i++) {
            CommandLine subcommand = command.getSubcommands().get(words.get(i));
            if (subcommand != null) {
                command = subcommand;
                start = i + 1;
            } else if (takesNextWord(command.getCommandSpec(), words.get(i))) {
                i++;
            } else if (command.isStopAtPositional() && !words.get(i).startsWith("-")) {
                end = i; // what follows is for another program
            }
        }
        String file = valueOf(OPTION, words.subList(0, end));
        if (file == null || command == program) { // without a command the parser has its own complaint
            return new Expansion(arguments, file, Set.of());
        }
        Set<OptionSpec> fromFile = new HashSet<>();
        List<String> all = new ArrayList<>(words.subList(0, start));
        all.addAll(read(file, command.getCommandSpec(), given(command.getCommandSpec(), words.subList(start, end)), fromFile));
        all.addAll(words.subList(start, words.size()));
        return new Expansion(all.toArray(String[]::new), file, fromFile);
    }

    private static List<String> read(String file, CommandSpec command, Set<OptionSpec> given, Set<OptionSpec> fromFile) {
        List<String> arguments = new ArrayList<>();
        Fields fields = Fields.yaml(Fields.text(Path.of(file)), file);
        fields.members().forEach((key, value) -> {
            String name = "--" + key;
            OptionSpec option = NOT_IN_FILES.contains(name) ? null : command.findOption(name);
            if (option == null) {
                throw fields.wrong("unknown key '" + key + "'; the options of " + command.name() + " are " + known(command) + ".");
            }
            List<String> values = values(option, value);
            if (!given.contains(option)) {
                fromFile.add(option);
                values.forEach(text -> arguments.add(name + "=" + text));
            }
        });
        return arguments;
    }

    private static List<String> values(OptionSpec option, Fields value) {
        if (value.node().isArray() && option.isMultiValue()) {
            return value.items().stream().map(ConfigFile::scalar).toList();
        }
        boolean flag = option.arity().max() == 0;
        return List.of(flag ? String.valueOf(value.truth()) : scalar(value));
    }

    private static String scalar(Fields value) {
        if (!value.node().isValueNode() || value.node().isNull()) {
            throw value.wrong("expected one value, found " + (value.node().isNull() ? "none" : value.node()) + ".");
        }
        return value.node().asString();
    }

    private static Set<OptionSpec> given(CommandSpec command, List<String> words) {
        return words.stream().map(word -> command.findOption(word.split("=", 2)[0])).filter(option -> option != null).collect(Collectors.toSet());
    }

    private static boolean takesNextWord(CommandSpec command, String word) {
        OptionSpec option = command.findOption(word);
        return option != null && option.arity().max() > 0;
    }

    private static String valueOf(String name, List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).startsWith(name + "=")) {
                return words.get(i).substring(name.length() + 1);
            }
            if (words.get(i).equals(name) && i + 1 < words.size()) {
                return words.get(i + 1);
            }
        }
        return null;
    }

    private static String known(CommandSpec command) {
        return command.options().stream().flatMap(option -> Arrays.stream(option.names()))
                .filter(name -> name.startsWith("--") && !NOT_IN_FILES.contains(name))
                .map(name -> name.substring(2)).sorted().collect(Collectors.joining(", "));
    }
}
