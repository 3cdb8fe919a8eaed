#include "testing.h"

using namespace testing;

namespace {

struct Problem {
    int64_t rows, n_in, vocabulary;
    double temperature;
    std::vector<int64_t> suppressed, targets;
    std::vector<float> hidden, head, nt, nn;
    std::vector<double> logprobs, entropies, gradients;

    Problem(int64_t r, int64_t n, int64_t v, double t, std::vector<int64_t> without, int precision = DL_F32)
        : rows(r), n_in(n), vocabulary(v), temperature(t), suppressed(std::move(without)), hidden(random(r * n)), head(random(v * n, 0.5f)),
          nt(packed(head, v, n, DL_NT, precision)), nn(packed(head, v, n, DL_NN, precision)) {
        if (precision == DL_BF16) {
            hidden = rounded(hidden);
            head = rounded(head);
        }
        for (int64_t i = 0; i < rows; i++) {
            int64_t target;
            do {
                target = generator()() % vocabulary;
            } while (left_out(target));
            targets.push_back(target);
        }
        solve();
    }

    bool left_out(int64_t token) const { return std::find(suppressed.begin(), suppressed.end(), token) != suppressed.end(); }

    void solve() {
        gradients.assign(rows * n_in, 0);
        for (int64_t r = 0; r < rows; r++) {
            std::vector<double> p(vocabulary);
            double sum = 0, entropy = 0;
            for (int64_t v = 0; v < vocabulary; v++) {
                double logit = 0;
                for (int64_t i = 0; i < n_in; i++) {
                    logit += double(hidden[r * n_in + i]) * head[v * n_in + i];
                }
                p[v] = left_out(v) ? 0 : std::exp(logit / temperature);
                sum += p[v];
            }
            for (int64_t v = 0; v < vocabulary; v++) {
                p[v] /= sum;
                entropy -= p[v] > 0 ? p[v] * std::log(p[v]) : 0;
                double slope = ((v == targets[r]) - p[v]) / temperature;
                for (int64_t i = 0; i < n_in; i++) {
                    gradients[r * n_in + i] += slope * head[v * n_in + i];
                }
            }
            logprobs.push_back(std::log(p[targets[r]]));
            entropies.push_back(entropy);
        }
    }

    int scores(float* logprob, float* entropy, float* gradient, int64_t from, int64_t count) {
        return dl_token_logprobs(logprob, entropy, gradient, n_in, hidden.data() + from * n_in, n_in, nt.data(), nn.data(),
                                 targets.data() + from, suppressed.data(), suppressed.size(), temperature, count, n_in, vocabulary);
    }
};

// With bfloat16 the slopes are rounded before they meet the head: a relative error of up to 2^-9 in each term.
void agrees_with_a_double_reference(int precision) {
    std::vector<Problem> problems;
    problems.emplace_back(0, 8, 5, 1, std::vector<int64_t>{}, precision);
    problems.emplace_back(1, 1, 1, 1, std::vector<int64_t>{}, precision);
    problems.emplace_back(2, 16, 2, 1, std::vector<int64_t>{0}, precision);
    problems.emplace_back(5, 33, 47, 0.7, std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 46}, precision);
    problems.emplace_back(130, 64, 301, 1.3, std::vector<int64_t>{}, precision);
    problems.emplace_back(50, 20, 601, 1, std::vector<int64_t>{32, 599}, precision);
    for (Problem& problem : problems) {
        int64_t rows = problem.rows;
        std::vector<float> logprobs(rows), entropies(rows), gradients(rows * problem.n_in, NAN), alone(rows);
        EXPECT_OK(problem.scores(logprobs.data(), entropies.data(), gradients.data(), 0, rows));
        EXPECT(close(logprobs, problem.logprobs, 2e-5) && close(entropies, problem.entropies, 2e-5));
        EXPECT(close(gradients, problem.gradients, precision == DL_F32 ? 2e-5 : 1e-2));
        EXPECT_OK(problem.scores(alone.data(), nullptr, nullptr, 0, rows));
        EXPECT(alone == logprobs);
    }
}

void a_row_is_the_same_among_any_others(int precision) {
    Problem problem(120, 40, 203, 0.9, {7}, precision);
    std::vector<float> all(120), entropies(120), gradients(120 * 40), some(120), some_entropies(120), some_gradients(120 * 40);
    EXPECT_OK(problem.scores(all.data(), entropies.data(), gradients.data(), 0, 120));
    for (int64_t rows = 1; rows <= 20; rows++) {
        int64_t from = 3 * rows;
        EXPECT_OK(problem.scores(some.data(), some_entropies.data(), some_gradients.data(), from, rows));
        EXPECT(same_bits(some.data(), &all[from], rows) && same_bits(some_entropies.data(), &entropies[from], rows));
        EXPECT(same_bits(some_gradients.data(), &gradients[from * 40], rows * 40));
    }
}

// What sampling says of a token is what scoring says of it.
void sampling_is_scoring(int precision) {
    for (double temperature : {1.0, 0.6}) {
        Problem problem(40, 24, 517, temperature, {}, precision);
        std::vector<float> logits(40 * 517), logprobs(40), entropies(40), again(40), entropies_again(40);
        EXPECT_OK(dl_linear_packed(logits.data(), 517, problem.hidden.data(), 24, problem.nt.data(), nullptr, 0, 1, 40, 24, 517));
        std::vector<int64_t> conversations(40, 3), positions(40);
        for (int64_t i = 0; i < 40; i++) {
            positions[i] = i;
        }
        dl_sampling sampling{temperature, 0, 1, nullptr, 0, 99, 7};
        EXPECT_OK(dl_sample_tokens(problem.targets.data(), logprobs.data(), entropies.data(), logits.data(), 517, &sampling, conversations.data(),
                                   positions.data(), 40, 517));
        EXPECT_OK(problem.scores(again.data(), entropies_again.data(), nullptr, 0, 40));
        EXPECT(logprobs == again && entropies == entropies_again);
    }
}

// From logits that are there: what dl_token_logprobs says, to the bit what sampling says, and slopes that add up to nothing.
void logits_alone_suffice() {
    for (int64_t vocabulary : {1, 2, 33, 517}) {
        Problem problem(20, 24, vocabulary, 0.7, {});
        std::vector<float> logits(20 * (vocabulary + 3), NAN), logprobs(20), entropies(20), again(20);
        EXPECT_OK(dl_linear_packed(logits.data(), vocabulary + 3, problem.hidden.data(), 24, problem.nt.data(), nullptr, 0, 1, 20, 24, vocabulary));
        auto plain = logits;
        EXPECT_OK(dl_logit_logprobs(logprobs.data(), entropies.data(), logits.data(), vocabulary + 3, problem.targets.data(), 0.7f, 1, 20,
                                    vocabulary));
        EXPECT(close(logprobs, problem.logprobs, 2e-5) && close(entropies, problem.entropies, 2e-5));
        for (int64_t r = 0; r < 20; r++) {
            double sum = 0, target = 0;
            for (int64_t v = 0; v < vocabulary; v++) {
                sum += logits[r * (vocabulary + 3) + v];
                target = v == problem.targets[r] ? logits[r * (vocabulary + 3) + v] : target;
            }
            EXPECT(std::fabs(sum) < 1e-4 && std::fabs(target - (1 - std::exp(problem.logprobs[r])) / 0.7) < 1e-4);
        }
        EXPECT_OK(dl_logit_logprobs(again.data(), nullptr, plain.data(), vocabulary + 3, problem.targets.data(), 0.7f, 0, 20, vocabulary));
        EXPECT(again == logprobs);
        std::vector<int64_t> conversations(20, 1);
        dl_sampling sampling{0.7, 0, 1, nullptr, 0, 5, 6};
        EXPECT_OK(dl_sample_tokens(problem.targets.data(), logprobs.data(), nullptr, plain.data(), vocabulary + 3, &sampling, conversations.data(),
                                   conversations.data(), 20, vocabulary));
        EXPECT_OK(dl_logit_logprobs(again.data(), nullptr, plain.data(), vocabulary + 3, problem.targets.data(), 0.7f, 0, 20, vocabulary));
        EXPECT(again == logprobs);
    }
    std::vector<float> logits = {1, NAN, 2, 3}, logprobs(2);
    std::vector<int64_t> targets = {0, 1};
    EXPECT_OK(dl_logit_logprobs(logprobs.data(), nullptr, logits.data(), 2, targets.data(), 1, 1, 2, 2));
    EXPECT(std::isnan(logprobs[0]) && std::isnan(logits[0]) && std::isfinite(logprobs[1]) && std::isfinite(logits[2]));
    targets[1] = 2;
    EXPECT_FAULT(dl_logit_logprobs(logprobs.data(), nullptr, logits.data(), 2, targets.data(), 1, 0, 2, 2), "targets[1] is 2, not in 0 to 1");
    EXPECT_FAULT(dl_logit_logprobs(logprobs.data(), nullptr, logits.data(), 1, targets.data(), 1, 0, 2, 2), "rows of logits are 1 apart");
    EXPECT_FAULT(dl_logit_logprobs(logprobs.data(), nullptr, logits.data(), 2, targets.data(), 0, 0, 2, 2), "temperature is 0");
    EXPECT_OK(dl_logit_logprobs(nullptr, nullptr, nullptr, 2, nullptr, 1, 1, 0, 2));
}

void uniform_numbers() {
    // Known answers of Philox4x32-10: Random123's kat_vectors, counter and key all zeros, all ones, and the digits of pi.
    double u;
    EXPECT_OK(dl_uniform(&u, 0, 0, 0, 0));
    EXPECT(u == 0x6627e8d5 * 0x1p-32);
    // position -> c0, conversation's low half -> c1, step's low half -> c2, their high halves' xor -> c3
    EXPECT_OK(dl_uniform(&u, -1, -1, 0xffffffffLL, 0xffffffffLL));
    EXPECT(u == 0x408f276d * 0x1p-32);
    EXPECT_OK(dl_uniform(&u, int64_t(0x299f31d0a4093822ULL), 0x13198a2eLL | (int64_t(0x03707344) << 32), 0x85a308d3LL, 0x243f6a88LL));
    EXPECT(u == 0xd16cfe09 * 0x1p-32);
}

// How often each token comes, in n samples of one row.
std::vector<double> frequencies(const std::vector<float>& logits, dl_sampling sampling, int64_t n) {
    std::vector<double> counts(logits.size());
    for (int64_t i = 0; i < n; i++) {
        int64_t token = -1;
        float logprob;
        EXPECT_OK(dl_sample_tokens(&token, &logprob, nullptr, logits.data(), logits.size(), &sampling, &i, &i, 1, logits.size()));
        counts.at(token) += 1.0 / n;
    }
    return counts;
}

void samples_follow_the_distribution() {
    std::vector<float> logits = {std::log(0.1f), std::log(0.4f), std::log(0.3f), std::log(0.2f)};
    int64_t n = 2000;
    auto near = [](const std::vector<double>& a, const std::vector<double>& b) {
        for (size_t i = 0; i < a.size(); i++) {
            if (!(std::fabs(a[i] - b[i]) <= (b[i] == 0 ? 0 : 0.04))) {  // five standard deviations
                return false;
            }
        }
        return true;
    };
    int64_t second = 1;
    EXPECT(near(frequencies(logits, {1, 0, 1, nullptr, 0, 1, 1}, n), {0.1, 0.4, 0.3, 0.2}));
    EXPECT(near(frequencies(logits, {1, 2, 1, nullptr, 0, 1, 1}, n), {0, 4 / 7., 3 / 7., 0}));
    EXPECT(near(frequencies(logits, {1, 0, 0.75, nullptr, 0, 1, 1}, n), {0, 4 / 9., 3 / 9., 2 / 9.}));
    EXPECT(near(frequencies(logits, {1, 0, 1, &second, 1, 1, 1}, n), {1 / 6., 0, 3 / 6., 2 / 6.}));
    EXPECT(near(frequencies(logits, {0.5, 0, 1, nullptr, 0, 1, 1}, n), {1 / 30., 16 / 30., 9 / 30., 4 / 30.}));
    EXPECT(near(frequencies(logits, {0, 0, 1, &second, 1, 1, 1}, 10), {0, 0, 1, 0}));
}

// The token drawn is where the uniform number falls in the cumulated probabilities of the tokens let through, so that every
// library and instruction set draws the same; but for numbers within rounding of an edge.
void draws_where_the_number_falls(int64_t vocabulary) {
    int64_t rows = 60, drawn = 0;
    auto logits = random(rows * vocabulary, 2);
    std::vector<int64_t> suppressed = {0, 7, vocabulary - 1}, conversations(rows), positions(rows), tokens(rows, -1);
    for (int64_t r = 0; r < rows; r++) {
        conversations[r] = r * 1000003;
        positions[r] = 5 * r;
    }
    std::vector<float> logprobs(rows);
    for (auto [k, share] : {std::pair<int64_t, double>{0, 1}, {5, 1}, {0, 0.6}, {40, 0.8}}) {
        dl_sampling sampling{0.8, k, share, suppressed.data(), 3, 12, 34};
        EXPECT_OK(dl_sample_tokens(tokens.data(), logprobs.data(), nullptr, logits.data(), vocabulary, &sampling, conversations.data(),
                                   positions.data(), rows, vocabulary));
        for (int64_t r = 0; r < rows; r++) {
            std::vector<std::pair<double, int64_t>> likeliest;  // of those that may be chosen
            for (int64_t v = 0; v < vocabulary; v++) {
                if (std::find(suppressed.begin(), suppressed.end(), v) == suppressed.end()) {
                    likeliest.emplace_back(std::exp(logits[r * vocabulary + v] / 0.8), v);
                }
            }
            std::sort(likeliest.rbegin(), likeliest.rend());
            likeliest.resize(k == 0 ? likeliest.size() : k);
            double total = 0, mass = 0, u;
            for (auto [p, v] : likeliest) {
                total += p;
            }
            size_t kept = 0;
            while (kept < likeliest.size() && mass < share * total) {
                mass += likeliest[kept++].first;
            }
            likeliest.resize(kept);
            std::sort(likeliest.begin(), likeliest.end(), [](auto a, auto b) { return a.second < b.second; });
            EXPECT_OK(dl_uniform(&u, 12, 34, conversations[r], positions[r]));
            double before = 0;
            for (auto [p, v] : likeliest) {
                if (v == tokens[r]) {
                    EXPECT(before <= u * mass + 1e-6 * mass && u * mass - 1e-6 * mass <= before + p);
                    drawn++;
                }
                before += p;
            }
        }
    }
    EXPECT(drawn == 4 * rows);
}

void nothing_to_sample() {
    std::vector<float> logits = {NAN, NAN}, infinite = {0, INFINITY, 0};
    int64_t token = 0, zero = 0, both[] = {0, 1};
    float logprob;
    dl_sampling plain{1, 0, 1, nullptr, 0, 1, 1}, greedy{0, 0, 1, nullptr, 0, 1, 1}, none{1, 0, 1, both, 2, 1, 1};
    auto call = [&](const std::vector<float>& row, const dl_sampling& s) {
        return dl_sample_tokens(&token, &logprob, nullptr, row.data(), row.size(), &s, &zero, &zero, 1, row.size());
    };
    EXPECT_FAULT(call(logits, plain), "row 0 has no token to sample");
    EXPECT_FAULT(call(logits, greedy), "row 0 has no token to sample");
    EXPECT_FAULT(call({1, 2}, none), "row 0 has no token to sample");
    EXPECT_FAULT(call(infinite, plain), "row 0 has no token to sample");
    EXPECT_FAULT(call({1, 2}, {-1, 0, 1, nullptr, 0, 1, 1}), "temperature is -1");
    EXPECT_FAULT(call({1, 2}, {1, 0, 0, nullptr, 0, 1, 1}), "top_p is 0");
    EXPECT_FAULT(call({1, 2}, {1, -1, 1, nullptr, 0, 1, 1}), "top_k is -1");
    int64_t falling[] = {1, 0}, outside[] = {2};
    EXPECT_FAULT(call({1, 2}, {1, 0, 1, falling, 2, 1, 1}), "suppressed[1] is 0 after 1");
    EXPECT_FAULT(call({1, 2}, {1, 0, 1, outside, 1, 1, 1}), "suppressed[0] is 2, not in 0 to 1");
    EXPECT_FAULT(dl_uniform(nullptr, 1, 1, 1, 1), "uniform is null");
}

void faults_and_nan() {
    Problem problem(3, 8, 20, 1, {});
    std::vector<float> logprobs(3), d(24);
    problem.hidden[8] = NAN;
    EXPECT_OK(problem.scores(logprobs.data(), nullptr, d.data(), 0, 3));
    EXPECT(std::isfinite(logprobs[0]) && std::isnan(logprobs[1]) && std::isfinite(logprobs[2]));
    EXPECT(std::isfinite(d[0]) && std::isnan(d[8]) && std::isfinite(d[16]));
    problem.targets[2] = 20;
    EXPECT_FAULT(problem.scores(logprobs.data(), nullptr, nullptr, 0, 3), "targets[2] is 20, not in 0 to 19");
    problem.targets[2] = 0;
    EXPECT_FAULT(problem.scores(nullptr, nullptr, nullptr, 0, 3), "logprobs is null");
    EXPECT_FAULT(dl_token_logprobs(logprobs.data(), nullptr, d.data(), 7, problem.hidden.data(), 8, problem.nt.data(), problem.nn.data(),
                                   problem.targets.data(), nullptr, 0, 1, 3, 8, 20),
                 "rows of gradients are 7 apart");
    EXPECT_FAULT(dl_token_logprobs(logprobs.data(), nullptr, d.data(), 8, problem.hidden.data(), 8, problem.nt.data(), nullptr,
                                   problem.targets.data(), nullptr, 0, 1, 3, 8, 20),
                 "packed_transposed is null");
    problem.temperature = 0;
    EXPECT_FAULT(problem.scores(logprobs.data(), nullptr, nullptr, 0, 3), "temperature is 0");
    problem.temperature = 1;
    std::swap(problem.nt, problem.nn);
    EXPECT_FAULT(problem.scores(logprobs.data(), nullptr, nullptr, 0, 3), "packed has 20 inputs and 8 outputs");
}

}  // namespace

int main() {
    return run([] {
        for (int precision : {DL_F32, DL_BF16}) {
            agrees_with_a_double_reference(precision);
            a_row_is_the_same_among_any_others(precision);
            sampling_is_scoring(precision);
        }
        logits_alone_suffice();
        uniform_numbers();
        samples_follow_the_distribution();
        draws_where_the_number_falls(301);
        draws_where_the_number_falls(2500);
        nothing_to_sample();
        faults_and_nan();
    });
}
