package org.drllava.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.common.Progress;
import org.drllava.evaluate.AnsweredConversation;
import org.drllava.evaluate.AnsweredRun;
import org.drllava.evaluate.AnswersJson;
import org.drllava.evaluate.Metrics;
import org.drllava.evaluate.MetricsTable;
import org.drllava.evaluate.ModelAnswers;
import org.drllava.evaluate.Questionnaire;
import org.drllava.evaluate.Scorer;
import org.drllava.report.Arm;
import org.drllava.report.HtmlReport;
import org.drllava.report.ReportData;
import org.drllava.report.ReportData.DiagnosisMatrix;
import org.drllava.report.ReportData.Fact;
import org.drllava.rollout.Sampling;
import org.drllava.session.Lengths;
import org.drllava.session.ModelSession;
import org.drllava.session.Pictures;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Lets a model answer the questions of conversations and scores its answers by a clinical logic.",
            "Prints one JSON object: question, conversation and diagnosis accuracy and consistency, each with 95 % limits by patient;"
                    + " beside them macro F1, balanced accuracy, majority baselines, hints, abstention, and all of it by scenario, class and question."
        },
        footer = {"", "The model sees its own earlier answers, never the file's. A table for people goes to standard error."})
final class EvaluateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private TaskOptions task;

    @Option(names = "--adapter", paramLabel = "DIR", description = "An adapter on the model, a PEFT folder (default: none).")
    private Path adapter;

    @Option(names = "--max-answer-tokens", paramLabel = "N",
            description = "Longest answer, its end token included (default: 64, or what the model's positions leave room for).")
    private Integer maxAnswerTokens;

    @Option(names = "--temperature", defaultValue = "0", paramLabel = "X", description = "0 takes the likeliest token, above 0 draws by the seed (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(names = "--answers", paramLabel = "FILE", description = "Write every answer with the symbol read from it, a JSON line a conversation, for the command compare.")
    private Path answers;

    @Option(names = "--calibration",
            description = "Also compute how probable the model finds each diagnosis, and how far that can be trusted; about doubles the time.")
    private boolean calibration;

    @Option(names = "--report", paramLabel = "FILE", description = "Write a report for people, one HTML file.")
    private Path report;

    @Override
    public Integer call() {
        for (Path file : new Path[] {answers, report}) {
            if (file != null) {
                OutputFile.check(file);
            }
        }
        ClinicalLogic logic = task.logic();
        List<Conversation> conversations = task.conversations(logic);
        List<AnsweredConversation> answered;
        try (ModelSession session = task.open(spec.commandLine().getErr())) {
            answered = answer(session, logic, conversations);
        }
        Questionnaire questionnaire = Questionnaire.of(logic);
        Metrics metrics = Scorer.score(answered, questionnaire, task.seed());
        if (answers != null) {
            AnswersJson.write(answers, new AnsweredRun(answers.toString(), questionnaire, answered));
        }
        if (report != null) {
            HtmlReport.write(report, page(logic, metrics));
        }
        print(metrics);
        return Main.DONE;
    }

    private List<AnsweredConversation> answer(ModelSession session, ClinicalLogic logic, List<Conversation> conversations) {
        Sampling sampling = temperature == 0 ? Sampling.greedy(session.encoder().suppressed())
                : Sampling.temperature(temperature, session.encoder().suppressed());
        var asked = new ModelAnswers(session.network(adapter), session.encoder(), logic, session.workers(),
                Lengths.answerTokens(session, conversations, maxAnswerTokens), calibration);
        Pictures pictures = Pictures.load(session, task.images(), conversations);
        try (Progress progress = Progress.start("Evaluate", conversations.size(), "conversations")) {
            return asked.answer(conversations, pictures.numbers(conversations), pictures.features(), sampling, task.seed(), done -> progress.step(done, ""));
        }
    }

    private void print(Metrics metrics) {
        PrintWriter err = spec.commandLine().getErr();
        err.print(MetricsTable.headline(Map.of("model", metrics)) + "\n" + MetricsTable.details(metrics));
        err.flush();
        spec.commandLine().getOut().println(JsonMapper.shared().writeValueAsString(metrics.toJson()));
    }

    private static ReportData page(ClinicalLogic logic, Metrics metrics) {
        List<DiagnosisMatrix> matrices = new ArrayList<>();
        matrices.add(new DiagnosisMatrix("Diagnosis by label", metrics.diagnoses()));
        metrics.questions().forEach(question -> matrices.add(new DiagnosisMatrix(question.question(), question.confusion())));
        return new ReportData("Evaluation", List.of(), List.of(new Fact("Conversations", String.valueOf(metrics.all().conversations())),
                new Fact("Patients", String.valueOf(metrics.all().patients()))), List.of(new Arm("model", metrics)), List.of(), matrices, List.of(),
                List.of(), "", Optional.of(logic));
    }
}
