/* certificate/missing_losses.c: reports of fits with other losses to data with missing entries hold what plain loops find. */
#include "support/weighted.h"

static const int64_t matrix[] = {37, 29}, cube[] = {9, 8, 11};

typedef struct trial {
    const char *loss, *rule, *prior;
    double beta;
    int sweeps;
} trial;

static double divergence(double beta, double y, double v)
{
    if (beta == 1)
        return (y > 0 ? y * log(y / v) : 0) - y + v;
    if (beta == 0)
        return y / v - log(y / v) - 1;
    return (pow(y, beta) + (beta - 1) * pow(v, beta) - beta * y * pow(v, beta - 1)) / (beta * (beta - 1));
}

/* sum of w d(y, v), and of the magnitudes of its parts. */
static double weighted_loss(const weighted *w, const factor *factors, double beta, double *size)
{
    double sum = 0;
    int64_t index[RLRA_MAX_ORDER] = {0};
    *size = 0;
    do {
        const double weight = (double)*entry_at(&w->weights.array, index);
        if (weight == 0)
            continue;
        const double y = (double)*entry_at(&w->plant.data.array, index);
        const double v = model_at(w->plant.data.array.order, factors, index, NULL);
        sum += weight * divergence(beta, y, v);
        *size += weight * (divergence(beta, y, v) + pow(v, beta) + y * pow(v, beta - 1) + fabs(log(y / v)));
    } while (next_index(&w->plant.data.array, index));
    return sum;
}

/* The KKT residual of factor n as rlra_fit() defines it, without penalties but nonneg. */
static double weighted_kkt(const weighted *w, const factor *factors, int n, double beta, double floor)
{
    const ptrdiff_t rank = factors[n].rank, rows = factors[n].length;
    double *const up = calloc((size_t)(2 * rows * rank), sizeof *up), *const down = up + rows * rank;
    int64_t index[RLRA_MAX_ORDER] = {0};
    double slack = 0, size = 0, zeros = 0;
    do {
        const double weight = (double)*entry_at(&w->weights.array, index);
        if (weight == 0)
            continue;
        const double y = (double)*entry_at(&w->plant.data.array, index);
        const double v = model_at(w->plant.data.array.order, factors, index, NULL);
        for (ptrdiff_t k = 0; k < rank; k++) {
            double a = weight;
            for (int m = 0; m < w->plant.data.array.order; m++)
                a *= m == n ? 1 : (double)*entry(factors[m], index[m], k);
            up[index[n] * rank + k] += a * y * pow(v, beta - 2);
            down[index[n] * rank + k] += a * pow(v, beta - 1);
        }
    } while (next_index(&w->plant.data.array, index));
    for (ptrdiff_t i = 0; i < rows; i++) {
        double own = 0, worst = 0;
        for (ptrdiff_t k = 0; k < rank; k++) {
            const double x = (double)*entry(factors[n], i, k), pull = up[i * rank + k], raise = down[i * rank + k];
            own += x * raise;
            if (pull > raise && x <= 4 * floor)
                worst = fmax(worst, (pull - raise) / pull);
            if (!(raise > pull && x <= 0))
                slack += x * fabs(raise - pull);
        }
        size += own;
        slack += own * worst;
        zeros += own == 0 ? worst : 0;
    }
    free(up);
    return (slack + zeros * size / (double)rows) / size;
}

static double largest_observed(const weighted *w)
{
    int64_t index[RLRA_MAX_ORDER] = {0};
    double most = 0;
    do
        most = fmax(most, (double)*entry_at(&w->weights.array, index) > 0
                              ? fabs((double)*entry_at(&w->plant.data.array, index))
                              : 0);
    while (next_index(&w->plant.data.array, index));
    return most;
}

static void check(const weighted *w, const trial *t, const char *name)
{
    const rlra_array *const array = &w->plant.data.array;
    fitting f = make_weighted(array, &w->weights.array, w->plant.rank, t->prior);
    factor factors[RLRA_MAX_ORDER];
    double size, norm2, tolerance;
    f.options.loss = t->loss;
    f.options.beta = t->beta;
    f.options.update = t->rule;
    f.options.max_sweeps = t->sweeps;
    run_fit(&f);
    factors_of(&f, factors);
    const double loss = weighted_loss(w, factors, t->beta, &size);
    const double squares = weighted_squares(array, &w->weights.array, factors, &norm2, &tolerance);
    /* Entries that stand for zero: 1e-12 of those of balanced factors with a model as large as the data. */
    const double floor = 1e-12 * pow(largest_observed(w), 1.0 / array->order);
    /* Models of zero are reported as the floor, about 1e-12 of the largest entry. */
    CHECK(fabs(f.report.loss - loss) <= (64 * (double)REAL_EPS + 1e-11) * size, "%s: loss %.9g, not %.9g", name,
          f.report.loss, loss);
    CHECK(fabs(f.report.relative_error - sqrt(squares / norm2)) <= 256 * (double)REAL_EPS, "%s: error %g, not %g", name,
          f.report.relative_error, sqrt(squares / norm2));
    CHECK(f.report.objective <= f.report.start_objective * (1 + 64 * (double)REAL_EPS), "%s rose", name);
    double kkt = 0;
    for (int n = 0; n < array->order; n++)
        kkt = fmax(kkt, weighted_kkt(w, factors, n, t->beta, floor));
    CHECK(fabs(f.report.kkt_residual - kkt) <= 0.02 * kkt + 4e3 * (double)REAL_EPS, "%s: kkt %g, not %g", name,
          f.report.kkt_residual, kkt);
    free_fitting(&f);
}

static weighted sample(int order, weight_kind kind, double missing)
{
    weighted w = plant_weighted((uint64_t)order, order, order == 2 ? matrix : cube, 3, kind, missing);
    int64_t index[RLRA_MAX_ORDER] = {0};
    do
        *entry_at(&w.plant.data.array, index) += (real)0.05; /* is takes no zeros */
    while (next_index(&w.plant.data.array, index));
    return w;
}

static const struct {
    const char *loss;
    double beta;
} losses[] = {{"kl", 1}, {"is", 0}, {"beta", 0.5}, {"beta", 1.5}, {"beta", 3}};

static void test_report_of_every_loss_is_true(void **state)
{
    (void)state;
    static const char *const rules[] = {"auto", "ccd", "scalar_newton"};
    for (int l = 0; l < COUNT_OF(losses); l++)
        for (int r = 0; r < COUNT_OF(rules); r++)
            for (int kind = 0; kind < WEIGHT_KINDS; kind++)
                for (int order = 2; order <= 3; order++)
                    for (int sweeps = 0; sweeps <= 12; sweeps += 6) {
                        const int is_mask = kind == WEIGHTS_MASK || kind == WEIGHTS_UNEVEN;
                        const trial t = {losses[l].loss, rules[r], "nonneg", losses[l].beta, sweeps};
                        char name[160];
                        if ((r > 0 && l != 0 && l != 3) || (losses[l].beta == 0 && !is_mask) || (r == 2 && l == 3))
                            continue;
                        weighted w = sample(order, (weight_kind)kind, sweeps == 6 ? 0.15 : 0.6);
                        snprintf(name, sizeof name, "%s %g, %s, weights %d, order %d, %d sweeps", t.loss, t.beta,
                                 t.rule, kind, order, sweeps);
                        check(&w, &t, name);
                        free_weighted(&w);
                    }
}

/* A component that stands at one missing entry alone, as mu may grow one there, adds nothing to the loss, whatever its size. */
static void test_loss_of_kl_ignores_models_that_are_large_at_missing_entries(void **state)
{
    (void)state;
    for (int order = 2; order <= 3; order++) {
        weighted w = sample(order, WEIGHTS_MASK, 0.3);
        const int64_t gone[RLRA_MAX_ORDER] = {3, 5, 2};
        const double large = pow(1e3 / (double)REAL_EPS, 1.0 / order);
        double size;
        factor factors[RLRA_MAX_ORDER];
        *entry_at(&w.weights.array, gone) = 0;
        fitting f = make_weighted(&w.plant.data.array, &w.weights.array, w.plant.rank, "nonneg");
        f.options.loss = "kl";
        f.options.init = "model";
        f.options.max_sweeps = 0;
        factors_of(&f, factors);
        for (int n = 0; n < order; n++)
            for (ptrdiff_t i = 0; i < factors[n].length; i++)
                for (ptrdiff_t k = 0; k < factors[n].rank; k++) {
                    const double alone = i == gone[n] ? large : 0;
                    *entry(factors[n], i, k) = (real)(k == 0 ? alone : 0.5 + 0.01 * (double)((i + 3 * k) % 7));
                }
        run_fit(&f);
        const double loss = weighted_loss(&w, factors, 1, &size);
        CHECK(fabs(f.report.loss - loss) <= 64 * (double)REAL_EPS * size, "order %d: loss %.9g, not %.9g", order,
              f.report.loss, loss);
        free_fitting(&f);
        free_weighted(&w);
    }
}

static void test_objective_never_rises(void **state)
{
    (void)state;
    for (int l = 0; l < COUNT_OF(losses); l++)
        for (int kind = 0; kind < WEIGHT_KINDS; kind++) {
            double seen[2] = {0};
            if (losses[l].beta == 0 && kind >= WEIGHTS_NUMBERS)
                continue;
            weighted w = sample(2, (weight_kind)kind, 0.4);
            fitting f = make_weighted(&w.plant.data.array, &w.weights.array, 3, "nonneg");
            f.options.loss = losses[l].loss;
            f.options.beta = losses[l].beta;
            f.options.max_sweeps = 40;
            f.options.tolerance = 0;
            rlra_context_set_progress(f.context, note_rise, seen);
            run_fit(&f);
            CHECK(seen[1] <= 64 * (double)REAL_EPS, "%s %g, weights %d: a rise of %g", losses[l].loss, losses[l].beta,
                  kind, seen[1]);
            free_fitting(&f);
            free_weighted(&w);
        }
}

/* Masks under kl go another way with rules that share the design: all rules come to the same minimum. */
static void test_rules_of_kl_agree(void **state)
{
    (void)state;
    weighted w = sample(2, WEIGHTS_UNEVEN, 0.3);
    static const char *const rules[] = {"mu", "ccd", "scalar_newton", "newton"};
    double objective[COUNT_OF(rules)];
    for (int r = 0; r < COUNT_OF(rules); r++) {
        fitting f = make_weighted(&w.plant.data.array, &w.weights.array, 1, "nonneg");
        f.options.loss = "kl";
        f.options.update = rules[r];
        f.options.max_sweeps = 300;
        f.options.tolerance = 16 * (double)REAL_EPS;
        f.options.decrease = 0;
        run_fit(&f);
        objective[r] = f.report.objective;
        CHECK(fabs(objective[r] - objective[0]) <= (1e-9 + 1e3 * (double)REAL_EPS) * objective[0],
              "%s: %.12g, mu: %.12g", rules[r], objective[r], objective[0]);
        free_fitting(&f);
    }
    free_weighted(&w);
}

static void test_weights_of_is_are_refused(void **state)
{
    (void)state;
    weighted w = sample(2, WEIGHTS_NUMBERS, 0.2);
    fitting f = make_weighted(&w.plant.data.array, &w.weights.array, 3, "nonneg");
    f.options.loss = "is";
    assert_int_equal(rlra_fit(f.problem, &f.options, f.model, &f.report), RLRA_ERR_UNSUPPORTED);
    assert_non_null(strstr(rlra_context_message(f.context), "weights of 0 and 1 only"));
    free_fitting(&f);
    free_weighted(&w);
}

/* The floor of the model grows with the data: a start far below it comes to the scale of the data all the same. */
static void test_starts_come_to_the_scale_of_large_data(void **state)
{
    (void)state;
    const int exponent = sizeof(real) == 4 ? 50 : 300;
    for (int l = 0; l < 2; l++) {
        double objective[2];
        for (int large = 0; large < 2; large++) {
            weighted w = sample(2, WEIGHTS_MASK, 0.3);
            int64_t index[RLRA_MAX_ORDER] = {0};
            do
                *entry_at(&w.plant.data.array, index) *= large ? (real)ldexp(1, exponent) : 1;
            while (next_index(&w.plant.data.array, index));
            fitting f = make_weighted(&w.plant.data.array, &w.weights.array, w.plant.rank, "nonneg");
            f.options.loss = losses[l].loss;
            f.options.init = "random";
            f.options.max_sweeps = 0;
            run_fit(&f);
            objective[large] = f.report.start_objective / (large && l == 0 ? ldexp(1, exponent) : 1);
            free_fitting(&f);
            free_weighted(&w);
        }
        CHECK(fabs(objective[1] - objective[0]) <= 1e3 * (double)REAL_EPS * objective[0], "%s: %g, not %g",
              losses[l].loss, objective[1], objective[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report_of_every_loss_is_true),
        cmocka_unit_test(test_loss_of_kl_ignores_models_that_are_large_at_missing_entries),
        cmocka_unit_test(test_starts_come_to_the_scale_of_large_data),
        cmocka_unit_test(test_objective_never_rises),
        cmocka_unit_test(test_rules_of_kl_agree),
        cmocka_unit_test(test_weights_of_is_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
