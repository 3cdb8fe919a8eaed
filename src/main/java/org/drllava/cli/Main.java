package org.drllava.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.drllava.bindings.host.ProcessExit;
import org.drllava.bindings.libtorch.LibTorchFiles;
import org.drllava.common.InputException;
import org.drllava.common.StopRequest;
import org.drllava.common.StoppedException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The program {@code drllava}. Exit status: 0 done, 1 a check failed or the work could not go on, 2 bad usage or bad
 * input. Results go to standard output, everything else to standard error.
 */
@Command(
        name = "drllava",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Trains and evaluates clinical vision-language models.",
        footer = {"", "\"drllava COMMAND --help\" tells more about a command."})
public final class Main {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int BAD_INPUT = 2;

    /** Of a process that a signal ended, until a command has one of its own. */
    private static final int INTERRUPTED = 130;

    private static volatile int status = INTERRUPTED;

    @Spec
    private CommandSpec spec;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print stack traces of errors.")
    private boolean debug;

    // Declared for the help's sake: ConfigFile reads the file before the command line is parsed.
    @Option(
            names = ConfigFile.OPTION,
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Take options from this YAML file: long names without dashes, each with a value or a list of"
                    + " values. Options on the command line win.")
    private Path config;

    private Main() {}

    /** Runs one command and ends the JVM with its exit status. */
    public static void main(String[] arguments) {
        // Results are UTF-8 whatever the locale, and pictures are decoded on hosts without a display.
        System.setOut(utf8(FileDescriptor.out));
        System.setErr(utf8(FileDescriptor.err));
        System.setProperty("java.awt.headless", "true");
        // Also the way out when the user interrupts; then no status was set.
        Runtime.getRuntime().addShutdownHook(new Thread(Main::leave));
        status = run(arguments);
        StopRequest.served();
        System.exit(status);
    }

    private static void leave() {
        StopRequest.make();
        ProcessExit.now(status);
    }

    static int run(String... arguments) {
        // UTF-8 here too: left alone, picocli would write in the locale's encoding.
        return run(new PrintWriter(System.out, true, StandardCharsets.UTF_8), new PrintWriter(System.err, true, StandardCharsets.UTF_8), arguments);
    }

    /** @param out takes the results, @param err what went wrong; progress lines go to {@link System#err} */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine commandLine = commandLine().setOut(out).setErr(err);
        try {
            ConfigFile.Expansion expansion = ConfigFile.expand(commandLine, arguments);
            return commandLine
                    .setParameterExceptionHandler((e, _) -> misused(e, expansion.explain(e)))
                    .execute(expansion.arguments());
        } catch (InputException | Error e) { // picocli hands over exceptions of commands only
            return commandLine.<Main>getCommand().report(e, commandLine);
        } finally {
            out.flush();
            err.flush();
        }
    }

    static CommandLine commandLine() {
        var main = new Main();
        var commandLine = new CommandLine(main);
        commands().forEach(commandLine::addSubcommand);
        return commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((e, arguments) -> misused(e, e.getMessage()))
                .setExecutionExceptionHandler((e, command, parsed) -> main.report(e, command));
    }

    /** Every command of the program. */
    private static List<Object> commands() {
        return List.of(
                new CurateCommand(),
                new LogicCommand(),
                new ParaphraseCommand(),
                new RewardCommand(),
                new TokenizeCommand(),
                new PreprocessCommand(),
                new ScoreCommand(),
                new SftCommand(),
                new PpoCommand(),
                new CommandLine(new LaunchCommand()).setStopAtPositional(true), // the rest is for the ranks
                new EvaluateCommand(),
                new CompareCommand(),
                new VerifyCommand(),
                new DemoCommand(),
                new BenchCommand(),
                new DoctorCommand(new MatrixProbe()));
    }

    @Option(
            names = "--libtorch",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "Use the libtorch in this folder, for example the torch/lib of an installed PyTorch, instead of"
                    + " the jar's (also: DRLLAVA_LIBTORCH).")
    private void libtorch(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new ParameterException(spec.commandLine(), "--libtorch: there is no folder " + folder);
        }
        System.setProperty(LibTorchFiles.PROPERTY, folder.toString());
    }

    private static int misused(ParameterException e, String explanation) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println("drllava: " + explanation);
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("Try \"" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help\".");
        return BAD_INPUT;
    }

    private int report(Throwable thrown, CommandLine command) {
        PrintWriter err = command.getErr();
        if (debug) {
            thrown.printStackTrace(err);
        } else {
            err.println("drllava: " + ErrorSentence.of(thrown));
        }
        err.flush();
        return switch (thrown) {
            case InputException _ -> BAD_INPUT;
            case StoppedException _ -> INTERRUPTED;
            default -> FAILED;
        };
    }

    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
