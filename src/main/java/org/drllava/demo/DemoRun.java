package org.drllava.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.conversation.ConversationWriter;
import org.drllava.clinical.data.Split;
import org.drllava.clinical.logic.Wording;
import org.drllava.clinical.reward.Balance;
import org.drllava.clinical.reward.Reward;
import org.drllava.common.Progress;
import org.drllava.dataset.ImageFeatures;
import org.drllava.dataset.ShuffledEpochs;
import org.drllava.evaluate.AnsweredConversation;
import org.drllava.evaluate.ModelAnswers;
import org.drllava.model.LlavaModel;
import org.drllava.model.Network;
import org.drllava.model.Trainable;
import org.drllava.ppo.Actors;
import org.drllava.ppo.PpoPrompt;
import org.drllava.ppo.PpoSettings;
import org.drllava.ppo.PpoTrainer;
import org.drllava.ppo.RewardModel;
import org.drllava.pretrain.ContrastiveTrainer;
import org.drllava.sft.ExampleSource;
import org.drllava.sft.SftExample;
import org.drllava.sft.SftSettings;
import org.drllava.sft.SftStep;
import org.drllava.sft.SftTrainer;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Team;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Workers;
import org.drllava.text.Encoded;

/** The stages of the demo on one painted data set: each takes what the one before gave. Tensors belong to the caller's scope. */
final class DemoRun {
    private static final int FEATURE_UNIT = 128;

    private final DemoSettings settings;
    private final DemoData data;
    private final DemoModel model;
    private final Workers workers;
    private final Pictures pictures;
    private final ShuffledEpochs labelled;

    DemoRun(DemoSettings settings, DemoData data, DemoModel model, Workers workers) {
        this.settings = settings;
        this.data = data;
        this.model = model;
        this.workers = workers;
        pictures = new Pictures(data.pictures(), model.preprocessor());
        labelled = new ShuffledEpochs(data.train().size(), settings.seed() * 31);
    }

    /** CLIP's part: a tower that has seen captioned atlas pictures. */
    Map<String, Tensor> trainTower(Consumer<ContrastiveTrainer.Step> onStep) {
        Atlas atlas = Atlas.paint(settings, model.preprocessor(), workers);
        ContrastiveTrainer trainer = new ContrastiveTrainer(settings.tower(), model.config(), atlas, workers);
        try (Progress progress = Progress.start("vision tower", settings.towerSteps(), "step")) {
            return trainer.run(step -> {
                onStep.accept(step);
                progress.step("loss %.2f".formatted(step.loss()));
            });
        }
    }

    /** Features of every picture: of training pictures in all eight turns, of the others as they are. */
    ImageFeatures features(LlavaModel llava) {
        int turned = data.validationStart() * Pictures.TURNS;
        int count = turned + data.validation().size() + data.test().size();
        try (Progress progress = Progress.start("picture features", count, "picture")) {
            return ImageFeatures.compute(llava, Team.alone(workers), count, FEATURE_UNIT,
                    i -> i < turned ? pictures.pixels(i / Pictures.TURNS, i % Pictures.TURNS)
                            : pictures.pixels(data.validationStart() + i - turned, 0),
                    done -> progress.step(done, ""));
        }
    }

    /** Supervised training of projector and decoder on the first {@code conversations} conversations of the training part. */
    SftTrainer sft(String name, SftSettings sft, Trainable trainable, ImageFeatures images, int conversations, Consumer<SftStep> onStep) {
        SftTrainer trainer = new SftTrainer(sft, trainable, images, source(conversations), heldOut(), Team.alone(workers));
        try (Progress progress = Progress.start(name, sft.learningRate().steps(), "step")) {
            trainer.run(step -> {
                onStep.accept(step);
                progress.step("loss %.3f, best held-out %.3f".formatted(step.loss(), trainer.progress().bestLoss()));
            });
        }
        return trainer;
    }

    /**
     * PPO with LoRA on every labelled picture.
     *
     * @param onValidation told the iteration and the policy's answers to the validation part, now and then
     * @return the actors after the last iteration
     */
    Actors ppo(PpoSettings ppo, LlavaModel llava, ImageFeatures images, Consumer<PpoTrainer.Iteration> onIteration,
            BiConsumer<Long, List<AnsweredConversation>> onValidation) {
        Actors actors = Actors.fresh(llava, settings.lora(), settings.seed());
        Balance balance = Balance.of(data.logic(), Split.labelCounts(data.labels()));
        RewardModel reward = new RewardModel(model.encoder(), new Reward(data.logic(), settings.reward(data.logic().reward()), balance));
        PpoTrainer trainer = new PpoTrainer(ppo, actors, images, this::prompts, reward, Team.alone(workers));
        try (Progress progress = Progress.start("PPO", settings.ppoIterations(), "iteration")) {
            while (trainer.iteration() < settings.ppoIterations()) {
                PpoTrainer.Iteration iteration = trainer.iterate();
                onIteration.accept(iteration);
                if (iteration.number() % settings.validateEvery() == 0) {
                    try (TensorScope scope = TensorScope.open()) {
                        onValidation.accept(iteration.number(), answerValidation(actors.policy().frozen(), images));
                    }
                }
                progress.step("reward %.2f, KL %.2f".formatted(iteration.metrics().get("objective/rewards"), iteration.metrics().get("objective/kl_sum_seq")));
            }
        }
        return actors;
    }

    /** SFT gone on with the same conversations for {@code seconds}. @return the network with its last weights */
    Network sftLonger(LlavaModel sft, ImageFeatures images, double seconds) {
        Trainable.Full trained = Trainable.Full.of(sft);
        SftTrainer trainer = new SftTrainer(settings.sft(), trained, images, source(data.written()), List.of(), Team.alone(workers));
        long started = System.nanoTime();
        try (Progress progress = Progress.start("control: SFT longer", Math.round(seconds), "s")) {
            long shown = 0;
            while (System.nanoTime() - started < seconds * 1e9) {
                SftStep step = trainer.step();
                long passed = (System.nanoTime() - started) / 1_000_000_000L;
                progress.step(Math.min(passed, Math.round(seconds)) - shown, "loss %.3f".formatted(step.loss()));
                shown = Math.min(passed, Math.round(seconds));
            }
        }
        return trained.frozen();
    }

    /** SFT on written conversations about every picture that PPO sees. @return the network with the lowest held-out loss */
    Network sftAll(LlavaModel sft, ImageFeatures images) {
        Trainable.Full trained = Trainable.Full.of(sft);
        sft("control: SFT on all pictures", settings.sft(), trained, images, data.train().size(), _ -> {});
        return trained.frozen();
    }

    List<AnsweredConversation> answerValidation(Network network, ImageFeatures images) {
        return answer(network, images, data.validation(), 0);
    }

    List<AnsweredConversation> answerTest(Network network, ImageFeatures images) {
        return answer(network, images, data.test(), data.validation().size());
    }

    private List<AnsweredConversation> answer(Network network, ImageFeatures images, List<Conversation> conversations, int offset) {
        int first = data.validationStart() * Pictures.TURNS + offset;
        int[] numbers = IntStream.range(first, first + conversations.size()).toArray();
        return new ModelAnswers(network, model.encoder(), data.logic(), workers, DemoSettings.MAX_ANSWER_TOKENS, false)
                .greedy(conversations, numbers, images, _ -> {});
    }

    /** Conversation and turn of the picture change with every epoch. */
    private ExampleSource source(int conversations) {
        ConversationWriter writer = writer();
        return new ExampleSource() {
            @Override
            public int size() {
                return conversations;
            }

            @Override
            public SftExample get(long epoch, int index) {
                int turn = draw(epoch, index).nextInt(Pictures.TURNS);
                return example(writer.rewrite(data.train().get(index), (int) epoch), index * Pictures.TURNS + turn);
            }
        };
    }

    private List<SftExample> heldOut() {
        List<SftExample> examples = new ArrayList<>();
        for (int i = 0; i < data.validation().size(); i++) {
            examples.add(example(data.validation().get(i), data.validationStart() * Pictures.TURNS + i));
        }
        return examples;
    }

    private SftExample example(Conversation conversation, int image) {
        Encoded encoded = model.encoder().encode(conversation);
        return new SftExample(encoded.ids(), encoded.learn(), image);
    }

    /** Labelled pictures in shuffled epochs laid end to end, their questions in fresh words. */
    private List<PpoPrompt> prompts(long iteration, int count) {
        ConversationWriter writer = writer();
        List<PpoPrompt> prompts = new ArrayList<>();
        for (long place = iteration * count; place < (iteration + 1) * count; place++) {
            ShuffledEpochs.Item item = labelled.at(place);
            int index = item.index();
            Conversation conversation = writer.rewrite(data.train().get(index), (int) (1_000_000 + item.epoch()));
            int turn = draw(item.epoch(), index).nextInt(Pictures.TURNS);
            prompts.add(new PpoPrompt(conversation.id(), model.encoder().dialogue(place, conversation.exchanges()), conversation.exchanges(),
                    index * Pictures.TURNS + turn, conversation.diagnosis()));
        }
        return prompts;
    }

    private ConversationWriter writer() {
        return new ConversationWriter(data.logic(), java.nio.file.Path.of(""), Wording.TRAIN, settings.seed());
    }

    private SplittableRandom draw(long epoch, int index) {
        return new SplittableRandom(settings.seed() * 0x9E3779B97F4A7C15L + epoch * 1_000_003 + index);
    }
}
