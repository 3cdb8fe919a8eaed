package org.drllava.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import org.drllava.tensor.Ops;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Tensor;

/** What of a model is trained: flat parameters, and the network that a set of leaves over them makes. */
public sealed interface Trainable {
    ParameterArena arena();

    /** The same parameters, with what stays frozen laid out for many steps; that belongs to the innermost scope. */
    Trainable prepared();

    /** Passes with the parameters as they stand, for the units of one step; what they share belongs to the innermost scope. */
    Passes passes();

    /** The network as it stands, not recorded. It belongs to the innermost scope. */
    Network frozen();

    /** Projector and decoder themselves; the vision tower stays frozen, as in LLaVA's second stage. */
    record Full(LlavaModel base, ParameterArena arena) implements Trainable {
        /** Starts from the weights of {@code base}; the parameters belong to the innermost scope. */
        public static Full of(LlavaModel base) {
            SequencedMap<String, long[]> shapes = new LinkedHashMap<>(ModelShapes.of(base.config()));
            shapes.keySet().removeIf(name -> name.startsWith("vision_tower."));
            ParameterArena arena = new ParameterArena(base.device(), shapes);
            shapes.keySet().forEach(name -> Ops.copyInto(arena.get(name), base.weights().get(name)));
            return new Full(base, arena);
        }

        @Override
        public Full prepared() {
            return this;
        }

        @Override
        public Passes passes() {
            return Passes.recorded(leaves -> over(leaves.byName()));
        }

        @Override
        public Network frozen() {
            return over(arena.byName());
        }

        private Network over(Map<String, Tensor> trained) {
            return Network.base(base.withWeights(name -> {
                Tensor own = trained.get(name);
                return own == null ? base.weights().get(name) : Ops.to(own, base.dtype());
            }));
        }
    }

    /** A LoRA adapter on the decoder of a frozen base. */
    record Lora(LlavaModel base, LoraAdapter.Settings settings, ParameterArena arena) implements Trainable {
        /** A new adapter that changes nothing yet (B = 0), A drawn as PEFT does: uniform within ±1/√inputs. */
        public static Lora fresh(LlavaModel base, LoraAdapter.Settings settings, long seed) {
            ParameterArena arena = new ParameterArena(base.device(), LoraAdapter.shapes(base.config().text(), settings));
            initialise(arena, seed);
            return new Lora(base, settings, arena);
        }

        /** Goes on from {@code loaded}. */
        public static Lora from(LlavaModel base, AdapterFolder.Loaded loaded) {
            ParameterArena arena = new ParameterArena(base.device(), LoraAdapter.shapes(base.config().text(), loaded.settings()));
            loaded.into(arena);
            return new Lora(base, loaded.settings(), arena);
        }

        /** Draws every {@code lora_A} of {@code arena}. */
        public static void initialise(ParameterArena arena, long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            arena.shapes().forEach((name, shape) -> {
                if (name.endsWith(".lora_A")) {
                    float[] a = new float[Math.toIntExact(shape[0] * shape[1])];
                    double limit = 1 / Math.sqrt(shape[1]);
                    for (int i = 0; i < a.length; i++) {
                        a[i] = (float) random.nextDouble(-limit, limit);
                    }
                    arena.get(name).set(a);
                }
            });
        }

        @Override
        public Lora prepared() {
            return new Lora(base.prepared(settings.rank()), settings, arena);
        }

        @Override
        public Passes passes() {
            return Passes.adapted(base, settings.scale(), arena);
        }

        @Override
        public Network frozen() {
            return Network.adapted(base, LoraAdapter.of(arena.byName(), settings.scale()));
        }
    }
}
