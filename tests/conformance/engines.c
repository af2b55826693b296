/* conformance/engines.c: where two engines, operators or losses apply to the same problem, sweeps are the same but for rounding. */
#include "support/tensors.h"
#include "support/weighted.h"
#include "update/update.h"

enum { RANK = 3, SWEEPS = 4 };

static const int64_t shapes[][3] = {{41, 33, 0}, {14, 11, 9}};

/* What two fits have in common. */
typedef struct pair {
    const char *what, *prior, *rule;
    int order, is_scaled; /* row i of factor n of the first is row_scale(n, i) times that of the second */
} pair;

static double row_scale(int n, ptrdiff_t i)
{
    return (i + n) % 3 == 0 ? 2 : 1;
}

static fitting pose(int order, const char *prior)
{
    fitting f = empty_fitting(order, shapes[order - 2], RANK);
    for (int n = 0; n < order; n++)
        MUST(&f, rlra_problem_add_prior(f.problem, n, prior));
    return f;
}

/* From the same positive start; returns whether the rule is taken, which must be the same for both. */
static int run_pair(const pair *p, fitting *a, fitting *b)
{
    rlra_status status[2];
    fitting *const both[] = {a, b};
    for (int k = 0; k < 2; k++) {
        fitting *const f = both[k];
        numbers from = {5, 0};
        for (int n = 0; n < p->order; n++)
            for (ptrdiff_t c = 0; c < RANK; c++)
                for (ptrdiff_t i = 0; i < factor_of(f, n).length; i++)
                    *entry(factor_of(f, n), i, c) =
                        (real)((0.1 + uniform(&from)) * (p->is_scaled && k == 0 ? row_scale(n, i) : 1));
        f->options.update = p->rule;
        f->options.init = "model";
        f->options.pass = "modes";
        f->options.inner_sweeps = 2;
        f->options.max_sweeps = SWEEPS;
        f->options.tolerance = f->options.decrease = 0;
        status[k] = rlra_fit(f->problem, &f->options, f->model, &f->report);
        CHECK(status[k] == RLRA_OK || status[k] == RLRA_ERR_UNSUPPORTED, "%s: %s", p->what,
              rlra_context_message(f->context));
    }
    return status[0] == RLRA_OK && status[1] == RLRA_OK;
}

/* The largest difference of entries of two models, and the largest entry. */
static double apart(const pair *p, const fitting *a, const fitting *b, double *most)
{
    const int order = p->order;
    factor x[RLRA_MAX_ORDER], y[RLRA_MAX_ORDER];
    int64_t index[RLRA_MAX_ORDER] = {0};
    const view shape = empty_view(order, shapes[order - 2], &c_order);
    double worst = *most = 0;
    factors_of(a, x);
    factors_of(b, y);
    do {
        const double value = model_at(order, x, index, NULL);
        double scale = 1;
        for (int n = 0; n < order; n++)
            scale *= p->is_scaled ? row_scale(n, index[n]) : 1;
        worst = fmax(worst, fabs(value - scale * model_at(order, y, index, NULL)));
        *most = fmax(*most, fabs(value));
    } while (next_index(&shape.array, index));
    free(shape.memory);
    return worst;
}

/* Sweeps carry rounding errors on; `more` is what the two problems themselves differ by. */
static void compare(const pair *p, const fitting *a, const fitting *b, double more)
{
    /* Where penalties balance, their sum is flat: half of the digits of the scale of components are not felt. */
    const double flat = strchr(p->prior, 'l') != NULL ? 64 * sqrt(DBL_EPSILON) : 0;
    const double tolerance = 4096 * (double)REAL_EPS + flat + more;
    double most;
    const double worst = apart(p, a, b, &most);
    CHECK(worst <= tolerance * most, "%s, %s by %s, order %d: models differ by %g of %g", p->what, p->prior, p->rule,
          p->order, worst, most);
    CHECK(fabs(a->report.objective - b->report.objective) <= tolerance * a->report.objective,
          "%s, %s by %s, order %d: %.12g and %.12g", p->what, p->prior, p->rule, p->order, a->report.objective,
          b->report.objective);
    /* That of squares is relative to another norm than those of other losses. */
    if ((strcmp(a->options.loss, "frobenius") == 0) == (strcmp(b->options.loss, "frobenius") == 0))
        CHECK(fabs(a->report.kkt_residual - b->report.kkt_residual) <= tolerance, "%s, %s by %s, order %d: %g and %g",
              p->what, p->prior, p->rule, p->order, a->report.kkt_residual, b->report.kkt_residual);
}

static const char *const priors[] = {"none",          "nonneg",        "nonneg,upper=2",       "simplex",
                                     "nonneg,l1=0.1", "nonneg,l2=0.1", "nonneg,l2=0.1,upper=2"};

/* Data that live as long as the tests; scaled are those whose rows along each mode are multiplied. */
static planted data[2], scaled[2];
static view weights[3][2];
static sparse_array stored[2];
static view dense[2];

enum { EQUAL, NEARLY, PRODUCTS };

/* Weights that are products of squares for the rows along each mode are a scale of the data, and of the factors. */
static double pose_scaled(const pair *p, fitting *a, fitting *b)
{
    *a = pose(p->order, p->prior);
    *b = pose(p->order, p->prior);
    MUST(a, rlra_problem_add_dense(a->problem, &scaled[p->order - 2].data.array, 1, NULL));
    MUST(b, rlra_problem_add_weighted(b->problem, &data[p->order - 2].data.array,
                                      &weights[PRODUCTS][p->order - 2].array, RLRA_MISSING_NONE, 1, NULL));
    return strchr(p->prior, '=') == NULL && strcmp(p->prior, "simplex") != 0 ? 0 : INFINITY;
}

/* Every rule with every prior that has `with` in it; `each` makes two fittings and returns what their problems differ by,
 * or infinity where they are no pair. */
static void try_all(const char *what, const char *with, double (*each)(const pair *p, fitting *a, fitting *b),
                    int least)
{
    int taken = 0, number = 0;
    for (int u = 0; RLRA(update_at)(u) != NULL; u++)
        for (int p = 0; p < COUNT_OF(priors); p++)
            for (int order = 2; strstr(priors[p], with) != NULL && order <= 3; order++) {
                if (number++ % test_share() != 0)
                    continue;
                const pair one = {what, priors[p], RLRA(update_at)(u)->about.name, order, each == pose_scaled};
                fitting a, b;
                const double more = each(&one, &a, &b);
                if (isfinite(more) && run_pair(&one, &a, &b)) {
                    compare(&one, &a, &b, more);
                    taken++;
                }
                free_fitting(&a);
                free_fitting(&b);
            }
    CHECK(taken >= least || test_share() > 1, "%s: %d pairs", what, taken);
}

/* All entries have one weight: rows have no missing entries, and the engine is the one for weights. */
static double pose_weighted(const pair *p, fitting *a, fitting *b)
{
    const rlra_array *const x = &data[p->order - 2].data.array;
    *a = pose(p->order, p->prior);
    *b = pose(p->order, p->prior);
    MUST(a, rlra_problem_add_dense(a->problem, x, 0.375, NULL));
    MUST(b, rlra_problem_add_weighted(b->problem, x, &weights[EQUAL][p->order - 2].array, RLRA_MISSING_NONE, 1, NULL));
    return 0;
}

/* One entry of each row has another weight by one part in a million: each row has a Gram matrix of its own. */
static double pose_nearly(const pair *p, fitting *a, fitting *b)
{
    const rlra_array *const x = &data[p->order - 2].data.array;
    *a = pose(p->order, p->prior);
    *b = pose(p->order, p->prior);
    MUST(a, rlra_problem_add_dense(a->problem, x, 1, NULL));
    MUST(b, rlra_problem_add_weighted(b->problem, x, &weights[NEARLY][p->order - 2].array, RLRA_MISSING_NONE, 1, NULL));
    return 1e-4;
}

static void add_stored(const pair *p, fitting *a, fitting *b, const char *loss)
{
    *a = pose(p->order, p->prior);
    *b = pose(p->order, p->prior);
    a->options.loss = b->options.loss = loss;
    MUST(a, rlra_problem_add_dense(a->problem, &dense[p->order - 2].array, 1, NULL));
    MUST(b, rlra_problem_add_sparse(b->problem, &stored[p->order - 2].view, 1, NULL));
}

static double pose_stored(const pair *p, fitting *a, fitting *b)
{
    add_stored(p, a, b, "frobenius");
    return 0;
}

static double pose_stored_kl(const pair *p, fitting *a, fitting *b)
{
    add_stored(p, a, b, "kl");
    return 0;
}

/* A beta that has no name is treated by the formulas for any; beside one that has, it changes as little as it differs. */
#define APART 1e-7

static double pose_losses(const pair *p, fitting *a, fitting *b, const char *name, double beta)
{
    *a = pose(p->order, p->prior);
    *b = pose(p->order, p->prior);
    a->options.loss = name;
    b->options.loss = "beta";
    b->options.beta = beta;
    MUST(a, rlra_problem_add_dense(a->problem, &data[p->order - 2].data.array, 1, NULL));
    MUST(b, rlra_problem_add_dense(b->problem, &data[p->order - 2].data.array, 1, NULL));
    return beta == rint(beta) ? 0 : 1e3 * APART;
}

static double pose_kl(const pair *p, fitting *a, fitting *b)
{
    return pose_losses(p, a, b, "kl", 1);
}

static double pose_near_kl(const pair *p, fitting *a, fitting *b)
{
    return pose_losses(p, a, b, "kl", 1 + APART);
}

/* The engine of entries beside that of squares: multiplicative updates are the same there, other rules use the Gram matrix. */
static double pose_near_squares(const pair *p, fitting *a, fitting *b)
{
    const double more = pose_losses(p, a, b, "frobenius", 2 - APART);
    return strcmp(p->rule, "mu") == 0 ? more : INFINITY;
}

static void test_equal_weights_are_a_weight_of_the_term(void **state)
{
    (void)state;
    try_all("equal weights", "", pose_weighted, 40);
}

static void test_rows_with_gram_matrices_of_their_own_are_updated_like_others(void **state)
{
    (void)state;
    try_all("nearly equal weights", "", pose_nearly, 40);
}

static void test_weights_that_are_products_are_a_scale_of_the_data(void **state)
{
    (void)state;
    try_all("products as weights", "n", pose_scaled, 20);
}

static void test_sparse_data_are_fitted_as_dense_ones(void **state)
{
    (void)state;
    try_all("sparse, squares", "", pose_stored, 40);
    try_all("sparse, kl", "", pose_stored_kl, 10);
}

static void test_losses_of_the_beta_family_are_those_with_names(void **state)
{
    (void)state;
    try_all("kl, beta 1", "", pose_kl, 10);
    /* Starts are scaled by their loss, but not where bounds fix the scale; majorants of other penalties differ. */
    try_all("kl, beta near 1", "nonneg,upper=2", pose_near_kl, 6);
    try_all("squares, beta near 2", "nonneg,upper=2", pose_near_squares, 2);
}

static view make_weights(int order, int kind)
{
    const view v = empty_view(order, shapes[order - 2], &c_order);
    int64_t index[RLRA_MAX_ORDER] = {0};
    do {
        double scale = 1;
        for (int m = 0; m < order; m++)
            scale *= row_scale(m, index[m]);
        const int is_odd = (index[0] + index[1] + (order > 2 ? index[2] : 0)) % 7 == 0;
        *entry_at(&v.array, index) = (real)(kind == PRODUCTS ? scale * scale
                                            : kind == EQUAL  ? 0.375
                                            : is_odd         ? 1 - 1e-6
                                                             : 1);
    } while (next_index(&v.array, index));
    return v;
}

static void scale_rows(const rlra_array *array)
{
    int64_t index[RLRA_MAX_ORDER] = {0};
    do
        for (int m = 0; m < array->order; m++)
            *entry_at(array, index) *= (real)row_scale(m, index[m]);
    while (next_index(array, index));
}

static int set_up(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        data[k] = plant(3, k + 2, shapes[k], RANK + 1, 0.2, 0.4);
        stored[k] = make_tensor(k + 2, shapes[k], 400, -1, 1, 4);
        dense[k] = tensor_to_dense(&stored[k]);
        scaled[k] = plant(3, k + 2, shapes[k], RANK + 1, 0.2, 0.4);
        scale_rows(&scaled[k].data.array);
        for (int kind = 0; kind < 3; kind++)
            weights[kind][k] = make_weights(k + 2, kind);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        free_planted(&data[k]);
        free_planted(&scaled[k]);
        free_tensor(&stored[k]);
        free(dense[k].memory);
        for (int kind = 0; kind < 3; kind++)
            free(weights[kind][k].memory);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_weights_are_a_weight_of_the_term),
        cmocka_unit_test(test_rows_with_gram_matrices_of_their_own_are_updated_like_others),
        cmocka_unit_test(test_weights_that_are_products_are_a_scale_of_the_data),
        cmocka_unit_test(test_sparse_data_are_fitted_as_dense_ones),
        cmocka_unit_test(test_losses_of_the_beta_family_are_those_with_names),
    };
    return cmocka_run_group_tests_name("engines", tests, set_up, tear_down);
}
