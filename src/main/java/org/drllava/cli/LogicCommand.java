package org.drllava.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "logic",
        mixinStandardHelpOptions = true,
        description = "Looks at a clinical logic, without any model.",
        subcommands = {LogicCheckCommand.class, LogicShowCommand.class, LogicAuditCommand.class, LogicParseCommand.class})
final class LogicCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "logic: expected one of " + String.join(", ", spec.subcommands().keySet()));
    }
}
