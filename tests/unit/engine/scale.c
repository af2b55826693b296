/* unit/engine/scale.c: balancing and scaling reach their closed forms and change nothing else. */
#include "engine/scale.h"
#include "model/model.h"
#include "solve/pose.h"
#include "start/scale.h"
#include "support/fitting.h"

/* A posed fit at a random point, to call parts of the driver on. */
typedef struct posed {
    fitting f;
    fit *fit;
    planted p;
} posed;

static posed pose(uint64_t seed, int order, const int64_t *dims, ptrdiff_t rank, const char *const *priors)
{
    posed s = {.p = plant(seed, order, dims, rank, 0, 0.1)};
    numbers from = {seed + 1, 0};
    s.f = make_fitting(&s.p.data.array, rank, "none");
    for (int n = 0; n < order; n++)
        MUST(&s.f, rlra_problem_add_prior(s.f.problem, n, priors[n]));
    s.fit = calloc(1, sizeof *s.fit);
    const factor_shapes shapes = model_shapes(s.f.model);
    MUST(&s.f, RLRA(fit_pose)(s.fit, s.f.problem, &s.f.options, &shapes));
    for (int n = 0; n < order; n++) {
        const double scale = pow(10, 2 * normal(&from));
        for (ptrdiff_t k = 0; k < rank; k++)
            for (ptrdiff_t i = 0; i < dims[n]; i++)
                *entry(s.fit->x[n], i, k) = (real)(scale * uniform(&from));
        RLRA(fit_gram)(s.fit, n);
    }
    return s;
}

static void free_posed(posed *s)
{
    RLRA(fit_clear)(s->fit);
    free(s->fit);
    free_fitting(&s->f);
    free_planted(&s->p);
}

/* p_n a_n of column k: the pull of its penalties on the scale. */
static double pull_of(const fit *f, int n, ptrdiff_t k)
{
    double sum = 0;
    for (int p = 0; p < f->penalties[n].count; p++) {
        const penalty *const item = &f->penalties[n].item[p];
        if (item->ops->degree > 0)
            sum += item->ops->degree * item->weight * item->ops->value(factor_component(f->x[n], k));
    }
    return sum;
}

static const char *const mixes[][3] = {
    {"l2=0.3", "l2=2", "l2=0.7"},         {"nonneg,l1=0.3", "nonneg,l1=2", "nonneg,l1=0.01"},
    {"l1=0.3", "l2=5", "nonneg,l1=1"},    {"nonneg,l2=1e-3", "l1=1e3", "l2=1"},
    {"l1=0.5,l2=0.25", "l2=0.1", "l1=3"}, {"nonneg,l1=1e-4,l2=2", "l1=1,l2=1", "l1=7,l2=1e-3"},
};
static const int64_t dims[] = {6, 5, 4};

/* The level of the closed form: (prod (p_n a_n)^(1/p_n))^(1/sum 1/p_n), one penalty for each factor. */
static double closed_level(const fit *f, ptrdiff_t k)
{
    double logarithm = 0, inverse = 0;
    for (int n = 0; n < f->factors; n++)
        for (int p = 0; p < f->penalties[n].count; p++) {
            const double degree = f->penalties[n].item[p].ops->degree;
            if (degree > 0) {
                logarithm += log(pull_of(f, n, k)) / degree;
                inverse += 1 / degree;
            }
        }
    return exp(logarithm / inverse);
}

static int one_each(const fit *f)
{
    for (int n = 0; n < f->factors; n++) {
        int homogeneous = 0;
        for (int p = 0; p < f->penalties[n].count; p++)
            homogeneous += f->penalties[n].item[p].ops->degree > 0;
        if (homogeneous != 1)
            return 0;
    }
    return 1;
}

static void test_balance_pulls_all_modes_alike_at_the_level_of_the_closed_form(void **state)
{
    (void)state;
    for (int order = 2; order <= 3; order++)
        for (int mix = 0; mix < COUNT_OF(mixes); mix++) {
            posed s = pose((uint64_t)mix, order, dims, 3, mixes[mix]);
            double level[3];
            for (ptrdiff_t k = 0; k < 3; k++)
                level[k] = closed_level(s.fit, k);
            RLRA(fit_balance)(s.fit);
            for (ptrdiff_t k = 0; k < 3; k++)
                for (int n = 0; n < order; n++) {
                    const double pull = pull_of(s.fit, n, k), first = pull_of(s.fit, 0, k);
                    CHECK(fabs(pull - first) <= 64 * (double)REAL_EPS * first, "mix %d: %g and %g", mix, pull, first);
                    CHECK(!one_each(s.fit) || fabs(pull - level[k]) <= 64 * (double)REAL_EPS * level[k],
                          "mix %d: %g, not %g", mix, pull, level[k]);
                }
            free_posed(&s);
        }
}

static void test_balance_keeps_the_model_and_lowers_the_penalty_to_its_least(void **state)
{
    (void)state;
    numbers from = {9, 0};
    for (int order = 2; order <= 3; order++)
        for (int mix = 0; mix < COUNT_OF(mixes); mix++) {
            posed s = pose((uint64_t)mix, order, dims, 3, mixes[mix]);
            factor before[3];
            for (int n = 0; n < order; n++)
                before[n] = copy_factor(s.fit->x[n]);
            const double start = RLRA(fit_penalty)(s.fit);
            RLRA(fit_balance)(s.fit);
            const double least = RLRA(fit_penalty)(s.fit);
            CHECK(least <= start * (1 + 8 * (double)REAL_EPS), "mix %d: %g > %g", mix, least, start);
            int64_t index[RLRA_MAX_ORDER] = {0};
            do {
                double size;
                const double value = model_at(order, before, index, &size);
                CHECK(fabs(model_at(order, s.fit->x, index, NULL) - value) <= 32 * (double)REAL_EPS * size, "mix %d",
                      mix);
            } while (next_index(&s.p.data.array, index));
            for (int trial = 0; trial < 20; trial++) {
                const double t = exp(0.1 * normal(&from));
                for (ptrdiff_t i = 0; i < dims[0]; i++)
                    *entry(s.fit->x[0], i, 1) *= (real)t;
                for (ptrdiff_t i = 0; i < dims[1]; i++)
                    *entry(s.fit->x[1], i, 1) /= (real)t;
            }
            CHECK(RLRA(fit_penalty)(s.fit) >= least * (1 - 8 * (double)REAL_EPS), "mix %d", mix);
            for (int n = 0; n < order; n++)
                free(before[n].at);
            free_posed(&s);
        }
}

static void test_balance_clears_a_component_that_is_zero_in_one_mode(void **state)
{
    (void)state;
    posed s = pose(3, 3, dims, 3, mixes[0]);
    for (ptrdiff_t i = 0; i < dims[1]; i++)
        *entry(s.fit->x[1], i, 2) = 0;
    RLRA(fit_balance)(s.fit);
    for (int n = 0; n < 3; n++) {
        assert_true(largest_entry(factor_component(s.fit->x[n], 2)) == 0);
        assert_true(largest_entry(factor_component(s.fit->x[n], 0)) > 0);
        assert_true(s.fit->gram[n][8] == 0);
    }
    free_posed(&s);
}

static double penalty_of_component(const fit *f, ptrdiff_t k)
{
    double sum = 0;
    for (int n = 0; n < f->factors; n++)
        for (int p = 0; p < f->penalties[n].count; p++)
            sum += f->penalties[n].item[p].weight * f->penalties[n].item[p].ops->value(factor_component(f->x[n], k));
    return sum;
}

static int is_finite(factor x)
{
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++)
            if (!isfinite((double)*entry(x, i, k)))
                return 0;
    return 1;
}

/* Components that are about to vanish, huge ones, and columns of opposite sizes. */
static void test_balance_never_raises_the_penalty_of_components_of_any_size(void **state)
{
    (void)state;
    numbers from = {31, 0};
    const double widest = sizeof(real) == 4 ? 100 : 900;
    for (int order = 2; order <= 3; order++)
        for (int mix = 0; mix < COUNT_OF(mixes); mix++)
            for (int trial = 0; trial < 60; trial++) {
                posed s = pose((uint64_t)trial, order, dims, 3, mixes[mix]);
                for (int n = 0; n < order; n++)
                    for (ptrdiff_t k = 0; k < 3; k++) {
                        const double scale = ldexp(1, (int)((2 * uniform(&from) - 1) * widest / (1 + trial % 3)));
                        for (ptrdiff_t i = 0; i < dims[n]; i++)
                            *entry(s.fit->x[n], i, k) = (real)(scale * (0.1 + uniform(&from)));
                    }
                double before[3];
                for (ptrdiff_t k = 0; k < 3; k++)
                    before[k] = penalty_of_component(s.fit, k);
                RLRA(fit_balance)(s.fit);
                for (ptrdiff_t k = 0; k < 3; k++) {
                    const double after = penalty_of_component(s.fit, k);
                    CHECK(after <= before[k] * (1 + 16 * (double)REAL_EPS), "order %d, mix %d, trial %d: %g after %g",
                          order, mix, trial, after, before[k]);
                }
                for (int n = 0; n < order; n++)
                    assert_true(is_finite(s.fit->x[n]));
                free_posed(&s);
            }
}

/* On three modes a component of this size is certain to vanish, and goes at once; on two it may grow again. */
static void test_balance_clears_a_component_below_the_rounding_of_the_data(void **state)
{
    (void)state;
    for (int order = 2; order <= 3; order++) {
        posed s = pose(8, order, dims, 3, mixes[0]);
        for (int n = 0; n < order; n++)
            for (ptrdiff_t i = 0; i < dims[n]; i++)
                *entry(s.fit->x[n], i, 1) = (real)(sizeof(real) == 4 ? 1e-5 : 1e-9);
        RLRA(fit_balance)(s.fit);
        for (int n = 0; n < order; n++) {
            assert_true((largest_entry(factor_component(s.fit->x[n], 1)) == 0) == (order == 3));
            assert_true(largest_entry(factor_component(s.fit->x[n], 0)) > 0);
        }
        free_posed(&s);
    }
}

static void test_balance_without_penalties_changes_no_digit_of_the_model(void **state)
{
    (void)state;
    const char *const none[] = {"nonneg", "none", "nonneg"};
    posed s = pose(4, 3, dims, 3, none);
    for (ptrdiff_t i = 0; i < dims[0]; i++)
        *entry(s.fit->x[0], i, 1) *= 1024;
    RLRA(fit_gram)(s.fit, 0);
    factor before[3];
    for (int n = 0; n < 3; n++)
        before[n] = copy_factor(s.fit->x[n]);
    RLRA(fit_balance)(s.fit);
    double least = INFINITY, most = 0;
    for (int n = 0; n < 3; n++) {
        const double norm = sqrt(s.fit->gram[n][4]);
        least = fmin(least, norm);
        most = fmax(most, norm);
    }
    assert_true(most <= 4 * least);
    int64_t index[RLRA_MAX_ORDER] = {0};
    do
        assert_true(model_at(3, s.fit->x, index, NULL) == model_at(3, before, index, NULL));
    while (next_index(&s.p.data.array, index));
    for (int n = 0; n < 3; n++)
        free(before[n].at);
    free_posed(&s);
}

static void test_balance_leaves_points_where_some_factors_have_no_penalty(void **state)
{
    (void)state;
    const char *const some[] = {"l1=0.3", "nonneg", "l2=1"}, *const rigid[] = {"l2=1", "simplex", "l2=1"};
    for (int which = 0; which < 2; which++) {
        posed s = pose(5, 3, dims, 3, which == 0 ? some : rigid);
        factor before[3];
        for (int n = 0; n < 3; n++)
            before[n] = copy_factor(s.fit->x[n]);
        RLRA(fit_balance)(s.fit);
        for (int n = 0; n < 3; n++) {
            assert_true(largest_difference(before[n], s.fit->x[n]) == 0);
            free(before[n].at);
        }
        free_posed(&s);
    }
}

/* What the rules returned last must follow, or the next step ahead would point elsewhere. */
static void test_balance_scales_the_point_before_alike(void **state)
{
    (void)state;
    posed s = pose(6, 3, dims, 3, mixes[2]);
    for (int n = 0; n < 3; n++)
        for (ptrdiff_t k = 0; k < 3; k++)
            for (ptrdiff_t i = 0; i < dims[n]; i++)
                *entry(s.fit->last[n], i, k) = 2 * *entry(s.fit->x[n], i, k);
    const factor before = copy_factor(s.fit->x[0]);
    RLRA(fit_balance)(s.fit);
    assert_true(largest_difference(before, s.fit->x[0]) > 0);
    for (int n = 0; n < 3; n++)
        for (ptrdiff_t k = 0; k < 3; k++)
            for (ptrdiff_t i = 0; i < dims[n]; i++)
                assert_true(*entry(s.fit->last[n], i, k) == 2 * *entry(s.fit->x[n], i, k));
    free(before.at);
    free_posed(&s);
}

static double objective_of(fit *f)
{
    return f->engine->loss(f, LOSS_FROM_DATA) + RLRA(fit_penalty)(f);
}

static void scale_all(fit *f, double by)
{
    for (int n = 0; n < f->factors; n++)
        for (ptrdiff_t k = 0; k < f->widest; k++)
            for (ptrdiff_t i = 0; i < f->x[n].length; i++)
                *entry(f->x[n], i, k) *= (real)by;
}

static void test_scale_finds_the_best_common_factor(void **state)
{
    (void)state;
    const char *const light[][3] = {
        {"none", "none", "none"}, {"nonneg", "nonneg", "none"}, {"l1=1e-3", "l2=1e-3", "l1=1e-2"}};
    for (int order = 2; order <= 3; order++)
        for (int mix = 0; mix < COUNT_OF(light); mix++) {
            posed s = pose((uint64_t)mix, order, dims, 3, light[mix]);
            RLRA(start_scale_squares)(s.fit);
            const double least = objective_of(s.fit);
            const double steps[] = {0.5, 0.9, 0.999, 1.001, 1.1, 2};
            for (int t = 0; t < COUNT_OF(steps); t++) {
                scale_all(s.fit, steps[t]);
                CHECK(objective_of(s.fit) >= least * (1 - 64 * (double)REAL_EPS), "mix %d: best is not 1 but %g", mix,
                      steps[t]);
                scale_all(s.fit, 1 / steps[t]);
            }
            free_posed(&s);
        }
}

static double two_scalars(double *x, double y, double lambda, int rounds)
{
    const penalty_list ridge = {.count = 1, .item = {{RLRA(penalty_at)(0), lambda / 2}}};
    const update_ops *const ls = RLRA(update_find)("ls");
    double prepared[3], *const scratch = aligned_alloc(64, (ls->scratch_bytes(UPDATE_ROWS, 1) + 63) / 64 * 64);
    real at[2] = {(real)x[0], (real)x[1]};
    assert_string_equal(ridge.item[0].ops->about.name, "l2");
    for (int round = 0; round < rounds; round++)
        for (int n = 0; n < 2; n++) {
            real rhs = (real)y * at[1 - n];
            const double gram = (double)at[1 - n] * (double)at[1 - n];
            ls->prepare(&gram, 1, &ridge, prepared);
            ls->apply(&(block){.x = {at + n, 1, 1, 1},
                               .quadratic = {.rhs = {&rhs, 1, 1, 1}, .gram = &gram},
                               .penalties = &ridge,
                               .kernels = RLRA(kernels_best)(),
                               .inner_sweeps = 1,
                               .prepared = prepared,
                               .scratch = scratch});
        }
    free(scratch);
    x[0] = (double)at[0];
    x[1] = (double)at[1];
    return x[0] * x[1];
}

/* y = 1, lambda = 1e-3 of Cohen & Leplat (2025). A fit ends where the objective, about lambda, cannot be seen to fall any more. */
static void test_two_scalars_creep_without_balance_and_are_solved_with_it(void **state)
{
    (void)state;
    const double lambda = 1e-3, slack = sizeof(real) == 4 ? 1e-5 : 5e-9;
    const double visible = 2 * sqrt((double)REAL_EPS * lambda);
    const int64_t one[] = {1, 1};
    double x[] = {0.2, 5};
    two_scalars(x, 1, lambda, 200);
    assert_true(fabs(x[0] - 0.64255843) <= slack && fabs(x[1] - 1.55251850) <= slack);
    for (int rule = 0; rule < 4; rule++) {
        const char *const rules[] = {"ls", "hals", "active_set", "fista"};
        real y = 1;
        const rlra_array array = rlra_array_contiguous(REAL_DTYPE, 2, one, &y);
        fitting f = make_fitting(&array, 1, "l2=0.5e-3");
        f.options.update = rules[rule];
        f.options.init = "model";
        f.options.tolerance = 0;
        f.options.decrease = 0;
        f.options.max_sweeps = 100;
        *factor_of(&f, 0).at = (real)0.2;
        *factor_of(&f, 1).at = 5;
        run_fit(&f);
        for (int n = 0; n < 2; n++)
            CHECK(fabs((double)*factor_of(&f, n).at - sqrt(1 - lambda)) <= visible, "%s: %.17g", rules[rule],
                  (double)*factor_of(&f, n).at);
        free_fitting(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_balance_pulls_all_modes_alike_at_the_level_of_the_closed_form),
        cmocka_unit_test(test_balance_keeps_the_model_and_lowers_the_penalty_to_its_least),
        cmocka_unit_test(test_balance_clears_a_component_that_is_zero_in_one_mode),
        cmocka_unit_test(test_balance_never_raises_the_penalty_of_components_of_any_size),
        cmocka_unit_test(test_balance_clears_a_component_below_the_rounding_of_the_data),
        cmocka_unit_test(test_balance_without_penalties_changes_no_digit_of_the_model),
        cmocka_unit_test(test_balance_leaves_points_where_some_factors_have_no_penalty),
        cmocka_unit_test(test_balance_scales_the_point_before_alike),
        cmocka_unit_test(test_scale_finds_the_best_common_factor),
        cmocka_unit_test(test_two_scalars_creep_without_balance_and_are_solved_with_it),
    };
    return cmocka_run_group_tests_name("scale", tests, NULL, NULL);
}
