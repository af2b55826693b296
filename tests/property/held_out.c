/* property/held_out.c: predictions of entries that were left out of a fit stay within the size of the data. */
#include "support/weighted.h"

/* A component may reach twice the largest entry, and a few may meet at one place. */
#define MOST 4

#define RANK  8
#define SEEDS 4

/* Counts of a product of rank 4, with columns that are nearly always zero: whatever is held out there bounds nothing. */
static void draw_counts(view *to, uint64_t seed)
{
    numbers from = {seed, 0};
    factor w = uniform_factor(&from, 80, 4), h = uniform_factor(&from, 24, 4);
    for (ptrdiff_t i = 0; i < 80; i++)
        for (ptrdiff_t j = 0; j < 24; j++) {
            const int64_t index[] = {i, j};
            const double size = j < 12 ? 6 : j < 18 ? 0.3 : 0.06;
            double rate = 0, count = 0;
            for (ptrdiff_t k = 0; k < 4; k++)
                rate += size * pow((double)*entry(w, i, k), 3) * pow((double)*entry(h, j, k), 3);
            double chance = exp(-rate), rest = uniform(&from) - chance;
            while (rest > 0 && count < 16) {
                chance *= rate / ++count;
                rest -= chance;
            }
            *entry_at(&to->array, index) = (real)count;
        }
    free(w.at);
    free(h.at);
}

static double largest_prediction(const fitting *f)
{
    const factor w = factor_of(f, 0), h = factor_of(f, 1);
    double most = 0;
    for (ptrdiff_t i = 0; i < w.length; i++)
        for (ptrdiff_t j = 0; j < h.length; j++) {
            double v = 0;
            for (ptrdiff_t k = 0; k < w.rank; k++)
                v += (double)*entry(w, i, k) * (double)*entry(h, j, k);
            most = fmax(most, fabs(v));
        }
    return most;
}

static fitting fit_counts(const view *counts, const char *rule, const char *loss, double beta, const char *prior,
                          int seed)
{
    fitting f = make_fitting(&counts->array, RANK, prior);
    f.options.update = rule;
    f.options.loss = loss;
    f.options.beta = beta;
    f.options.holdout = 0.1;
    f.options.holdout_seed = seed;
    f.options.seed = seed;
    f.options.max_sweeps = 150;
    return f;
}

static const int64_t dims[] = {80, 24};

typedef struct way {
    const char *rule, *loss, *prior;
    double beta;
} way;

static const way ways[] = {
    {"hals", "frobenius", "nonneg", 0},
    {"block_pivot", "frobenius", "nonneg", 0},
    {"active_set", "frobenius", "nonneg", 0},
    {"mu", "frobenius", "nonneg", 0},
    {"fista", "frobenius", "nonneg", 0},
    {"hals", "frobenius", "nonneg,l2=1e-6", 0},
    {"hals", "frobenius", "nonneg,l1=1e-6", 0},
    {"ls", "frobenius", "none", 0},
    {"mu", "kl", "nonneg", 0},
    {"ccd", "kl", "nonneg", 0},
    {"newton", "kl", "nonneg", 0},
    {"mu", "beta", "nonneg", 1.5},
    {"ccd", "beta", "nonneg", 1.5},
    {"mu", "beta", "nonneg", 0.5},
};

static double largest_datum(const view *counts)
{
    double most = 0;
    int64_t index[2] = {0};
    do
        most = fmax(most, (double)*entry_at(&counts->array, index));
    while (next_index(&counts->array, index));
    return most;
}

/* Components are bounded one by one; those of nonnegative factors do not all have their largest entry at the same place. */
static void test_held_out_predictions_stay_within_the_size_of_the_data(void **state)
{
    (void)state;
    view counts = empty_view(2, dims, &c_order);
    for (int seed = 0; seed < SEEDS; seed++) {
        draw_counts(&counts, (uint64_t)seed);
        for (int w = seed % test_share(); w < COUNT_OF(ways); w += test_share()) {
            const int is_signed = strcmp(ways[w].prior, "none") == 0;
            fitting f = fit_counts(&counts, ways[w].rule, ways[w].loss, ways[w].beta, ways[w].prior, seed);
            run_fit(&f);
            const double most = largest_prediction(&f) / largest_datum(&counts);
            CHECK(most <= (is_signed ? 2 * RANK : MOST), "%s, %s, %s, seed %d: %g times the largest datum",
                  ways[w].rule, ways[w].loss, ways[w].prior, seed, most);
            CHECK(is_signed || f.report.held_out_error <= 8, "%s, %s, seed %d: error %g", ways[w].rule, ways[w].loss,
                  seed, f.report.held_out_error);
            free_fitting(&f);
        }
    }
    free(counts.memory);
}

/* Without the bound they do not; multiplicative updates, which hardly get there, show what the observed entries allow. */
static void test_the_bound_is_needed_and_costs_the_observed_entries_little(void **state)
{
    (void)state;
    int exploded = 0;
    view counts = empty_view(2, dims, &c_order);
    for (int seed = 0; seed < SEEDS; seed++) {
        draw_counts(&counts, (uint64_t)seed);
        fitting bounded = fit_counts(&counts, "hals", "frobenius", 0, "nonneg", seed);
        fitting open = fit_counts(&counts, "hals", "frobenius", 0, "nonneg", seed);
        fitting slow = fit_counts(&counts, "mu", "frobenius", 0, "nonneg", seed);
        bounded.options.max_sweeps = open.options.max_sweeps = slow.options.max_sweeps = 400;
        open.options.reach = slow.options.reach = INFINITY;
        run_fit(&bounded);
        run_fit(&open);
        run_fit(&slow);
        CHECK(bounded.report.objective <= 1.2 * slow.report.objective, "seed %d: %g, and %g by multiplicative updates",
              seed, bounded.report.objective, slow.report.objective);
        CHECK(open.report.bounded == 0, "seed %d", seed);
        exploded += largest_prediction(&open) > 50 * largest_datum(&counts);
        free_fitting(&bounded);
        free_fitting(&open);
        free_fitting(&slow);
    }
    CHECK(exploded >= SEEDS / 3, "%d of %d", exploded, SEEDS);
    free(counts.memory);
}

static void test_fits_within_the_bound_keep_their_bits(void **state)
{
    (void)state;
    static const char *const losses[] = {"frobenius", "kl"};
    for (int order = 2; order <= 3; order++)
        for (int l = 0; l < COUNT_OF(losses); l++) {
            weighted w = weighted_sample(order, WEIGHTS_MASK, 0.1);
            fitting bounded = make_weighted(&w.plant.data.array, &w.weights.array, 3, "nonneg");
            fitting open = make_weighted(&w.plant.data.array, &w.weights.array, 3, "nonneg");
            open.options.reach = INFINITY;
            bounded.options.loss = open.options.loss = losses[l];
            run_fit(&bounded);
            run_fit(&open);
            assert_true(same_models(&bounded, &open) && bounded.report.bounded == 0);
            free_fitting(&bounded);
            free_fitting(&open);
            free_weighted(&w);
        }
}

/* Exact data of rank one, whose largest entry is missing and 3 times what is observed: this is reported, and the entry is
 * found where it is allowed. */
static void test_a_larger_reach_finds_what_lies_beyond(void **state)
{
    (void)state;
    static const int64_t square[] = {6, 6};
    view powers = empty_view(2, square, &c_order);
    int64_t index[2] = {0};
    do
        *entry_at(&powers.array, index) = (real)(pow(3, (double)(index[0] + index[1])));
    while (next_index(&powers.array, index));
    *entry_at(&powers.array, ((int64_t[]){5, 5})) = (real)NAN;
    for (int wide = 0; wide < 2; wide++) {
        fitting f = empty_fitting(2, square, 1);
        MUST(&f, rlra_problem_add_weighted(f.problem, &powers.array, NULL, RLRA_MISSING_NAN, 1, NULL));
        for (int n = 0; n < 2; n++)
            MUST(&f, rlra_problem_add_prior(f.problem, n, "nonneg"));
        f.options.reach = wide ? 4 : 2;
        run_fit(&f);
        CHECK((f.report.bounded == 0) == wide, "reach %g: %d", f.options.reach, (int)f.report.bounded);
        CHECK((f.report.relative_error < 1e-3) == wide, "reach %g: %g", f.options.reach, f.report.relative_error);
        free_fitting(&f);
    }
    free(powers.memory);
}

/* The sum of three products of a and b, the limit of ever larger components of rank two that cancel each other: with all entries
 * observed they may, whatever the weights. */
static void test_nothing_is_bounded_where_all_entries_are_observed(void **state)
{
    (void)state;
    static const int64_t cube[] = {5, 5, 5};
    for (int uneven = 0; uneven < 2; uneven++) {
        numbers from = {3, 0};
        view data = empty_view(3, cube, &c_order), weights = empty_view(3, cube, &c_order);
        double a[5], b[5];
        for (int i = 0; i < 5; i++) {
            a[i] = uniform(&from) - 0.5;
            b[i] = uniform(&from) - 0.5;
        }
        int64_t at[3] = {0};
        do {
            *entry_at(&data.array, at) = (real)(a[at[0]] * a[at[1]] * b[at[2]] + a[at[0]] * b[at[1]] * a[at[2]] +
                                                b[at[0]] * a[at[1]] * a[at[2]]);
            *entry_at(&weights.array, at) = (real)(uneven ? 0.5 + uniform(&from) : 2);
        } while (next_index(&data.array, at));
        fitting bounded = make_weighted(&data.array, &weights.array, 2, "none");
        fitting open = make_weighted(&data.array, &weights.array, 2, "none");
        open.options.reach = INFINITY;
        bounded.options.max_sweeps = open.options.max_sweeps = 2000;
        bounded.options.tolerance = open.options.tolerance = 1e-7;
        run_fit(&bounded);
        run_fit(&open);
        assert_true(same_models(&bounded, &open) && bounded.report.bounded == 0);
        free_fitting(&bounded);
        free_fitting(&open);
        free(data.memory);
        free(weights.memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_held_out_predictions_stay_within_the_size_of_the_data),
        cmocka_unit_test(test_the_bound_is_needed_and_costs_the_observed_entries_little),
        cmocka_unit_test(test_fits_within_the_bound_keep_their_bits),
        cmocka_unit_test(test_a_larger_reach_finds_what_lies_beyond),
        cmocka_unit_test(test_nothing_is_bounded_where_all_entries_are_observed),
    };
    return cmocka_run_group_tests_name("held out", tests, NULL, NULL);
}
