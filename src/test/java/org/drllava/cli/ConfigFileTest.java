package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.drllava.common.AtomicFile;
import org.drllava.common.InputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

class ConfigFileTest {
    @TempDir
    private Path folder;
    private Path file;
    private final Work work = new Work();

    @Command(name = "work")
    private static final class Work implements Callable<Integer> {
        @Option(names = "--rate", required = true)
        private double rate;

        @Option(names = "--name", defaultValue = "none")
        private String name;

        @Option(names = "--layers")
        private List<Integer> layers;

        @Option(names = "--fast")
        private boolean fast;

        @Parameters
        private List<String> files;

        @Override
        public Integer call() {
            return 0;
        }
    }

    @BeforeEach
    void nameFile() {
        file = folder.resolve("run.yaml");
    }

    @Test
    void valuesListsAndFlagsComeFromTheFile() {
        run("rate: 1e-4\nname: \"a b=c\" # comment\nlayers: [1, 2]\nfast: true\n", "work", "--config", file, "x", "y");
        assertThat(work.rate).isEqualTo(1e-4);
        assertThat(work.name).isEqualTo("a b=c");
        assertThat(work.layers).containsExactly(1, 2);
        assertThat(work.fast).isTrue();
        assertThat(work.files).containsExactly("x", "y");
    }

    @Test
    void theCommandLineWins() {
        run("rate: 1\nlayers: [1, 2]\nname: file\n", "work", "--rate=2", "--layers", 3, "--config=" + file, "--", "--name");
        assertThat(work.rate).isEqualTo(2);
        assertThat(work.layers).containsExactly(3);
        assertThat(work.name).as("what follows -- is no option").isEqualTo("file");
        assertThat(work.files).containsExactly("--name");
    }

    @Test
    void itMayStandBeforeTheCommandAndFalseIsNoFlag() {
        run("rate: 1\nfast: false\n", "--config", file, "--debug", "work");
        assertThat(work.fast).isFalse();
        assertThat(work.rate).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ratio: 1            | unknown key 'ratio'; the options of work are debug, fast, layers, libtorch, name, rate.
            config: other.yaml  | unknown key 'config'
            help: true          | unknown key 'help'
            --rate: 1           | unknown key '--rate'
            fast: maybe         | fast: expected true or false
            rate: [1, 2]        | rate: expected one value
            rate: {a: 1}        | rate: expected one value
            rate:               | rate: expected one value
            layers: [[1]]       | layers[0]: expected one value
            - rate              | expected an object
            'rate: "'           | not well formed
            """)
    void whatIsNoOptionIsNamed(String yaml, String words) {
        AtomicFile.write(file, yaml);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> ConfigFile.expand(program(), "work", "--config", file.toString()))
                .isInstanceOf(InputException.class).hasMessageStartingWith(file.toString()).hasMessageContaining(words);
    }

    @Test
    void theProgramNamesTheFileOfABadValue() {
        AtomicFile.write(file, "images: .\nseed: soon\n");
        Ran.with("curate", "--config", file).refuses(file + ": ", "--seed", "soon");
        Ran.with("curate", "--config", file, "--seed", "later").refuses("drllava: Invalid", "later");
        AtomicFile.write(file, "imagse: .\n");
        Ran.with("curate", "--config", file).refuses(file + ": unknown key 'imagse'");
        Ran.with("curate", "--config", folder.resolve("none.yaml")).refuses("none.yaml");
        Ran.with("curate", "--config").refuses("--config");
        Ran.with("--config", file).refuses("command");
    }

    private void run(String yaml, Object... arguments) {
        AtomicFile.write(file, yaml);
        var words = java.util.Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
        var program = program();
        var err = new StringWriter();
        int status = program.setErr(new PrintWriter(err, true)).execute(ConfigFile.expand(program, words).arguments());
        assertThat(status).as(err.toString()).isZero();
    }

    private CommandLine program() {
        return Main.commandLine().addSubcommand(work);
    }
}
