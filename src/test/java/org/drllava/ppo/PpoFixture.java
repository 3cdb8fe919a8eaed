package org.drllava.ppo;

import org.drllava.clinical.logic.RewardWeights.Credit;
import org.drllava.tensor.AdamW;
import org.drllava.tensor.LearningRate;

/** Settings for small runs, a few of them to be changed. */
final class PpoFixture {
    private double rate = 1e-3;
    private double klCoefficient = 0.1;
    private Credit credit = Credit.CONVERSATION;
    private double gamma = 1;
    private double turnGamma = 1;
    private double lambda = 1;
    private double rewardScale = 1;
    private KlEstimator kl = KlEstimator.K1;
    private double klTarget;

    static PpoFixture settings() {
        return new PpoFixture();
    }

    PpoFixture rate(double value) {
        rate = value;
        return this;
    }

    PpoFixture kl(KlEstimator estimator, double coefficient, double target) {
        kl = estimator;
        klCoefficient = coefficient;
        klTarget = target;
        return this;
    }

    PpoFixture credit(Credit value) {
        credit = value;
        return this;
    }

    PpoFixture gamma(double value) {
        gamma = value;
        return this;
    }

    PpoFixture turnGamma(double value) {
        turnGamma = value;
        return this;
    }

    PpoFixture rewardScale(double value) {
        rewardScale = value;
        return this;
    }

    PpoSettings build() {
        LearningRate constant = new LearningRate(rate, 0, 100, LearningRate.Shape.CONSTANT, 1);
        return new PpoSettings(24, 12, 12, 6, 2, 1, 0, 8, 1, constant, constant, AdamW.Settings.DEFAULT, 0.2, 0.2, 1, kl, klCoefficient, klTarget, credit,
                gamma, turnGamma, lambda, rewardScale, false, 5);
    }
}
