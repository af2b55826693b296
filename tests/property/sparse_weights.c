/* property/sparse_weights.c: weights of stored entries do what those of a dense copy do, under every loss. */
#include "support/meter.h"
#include "support/weighted.h"

enum { ROWS = 23, COLUMNS = 17, PLACES = ROWS * COLUMNS };
static const int64_t shape[] = {ROWS, COLUMNS};

/* The entries and their weights as coordinates, the latter in another order. */
typedef struct scattered {
    weighted w;
    int64_t i[PLACES], j[PLACES], wi[PLACES], wj[PLACES];
    real values[PLACES], weights[PLACES];
    rlra_sparse data, weight;
} scattered;

/* What has a weight, and some entries of weight 0. */
static scattered *scatter(weight_kind kind)
{
    scattered *const s = calloc(1, sizeof *s);
    const weighted *const w = &s->w;
    s->w = plant_weighted(3, 2, shape, 2, kind, 0.5);
    int64_t count = 0, index[RLRA_MAX_ORDER] = {0}, number = 0;
    do {
        const real weight = *entry_at(&w->weights.array, index);
        if (!(weight > 0) && number++ % 3 != 0)
            continue;
        s->i[count] = index[0];
        s->j[count] = index[1];
        s->values[count] = weight > 0 ? *entry_at(&w->plant.data.array, index) : 7;
        s->weights[count++] = weight;
    } while (next_index(&w->weights.array, index));
    for (int64_t e = 0; e < count; e++) {
        s->wi[e] = s->i[count - 1 - e];
        s->wj[e] = s->j[count - 1 - e];
    }
    for (int64_t e = 0; e < count / 2; e++) {
        const real weight = s->weights[e];
        s->weights[e] = s->weights[count - 1 - e];
        s->weights[count - 1 - e] = weight;
    }
    s->data = rlra_sparse_coo(REAL_DTYPE, 2, shape, count, (const int64_t *const[]){s->i, s->j}, s->values);
    s->weight = rlra_sparse_coo(REAL_DTYPE, 2, shape, count, (const int64_t *const[]){s->wi, s->wj}, s->weights);
    return s;
}

static void free_scattered(scattered *s)
{
    free_weighted(&s->w);
    free(s);
}

static void run_both(const scattered *s, const char *loss, const char *rule, double held_out)
{
    fitting dense = make_weighted(&s->w.plant.data.array, &s->w.weights.array, 2, "nonneg");
    fitting sparse = empty_fitting(2, shape, 2);
    MUST(&sparse, rlra_problem_add_observed_weighted(sparse.problem, &s->data, &s->weight, 1, NULL));
    for (int n = 0; n < 2; n++)
        MUST(&sparse, rlra_problem_add_prior(sparse.problem, n, "nonneg"));
    fitting *const both[] = {&dense, &sparse};
    for (int b = 0; b < 2; b++) {
        both[b]->options = rlra_options_default();
        both[b]->options.loss = loss;
        both[b]->options.beta = 1.5;
        both[b]->options.update = rule;
        both[b]->options.init = "random";
        both[b]->options.holdout = held_out;
        both[b]->options.inner_sweeps = 2;
        both[b]->options.pass = "modes";
        both[b]->options.max_sweeps = 5;
        both[b]->options.threads = 1 + b;
        run_fit(both[b]);
    }
    const rlra_report *const a = &dense.report, *const b = &sparse.report;
    /* Rounding errors of five sweeps. */
    CHECK(fabs(a->objective - b->objective) <= 1e4 * (double)REAL_EPS * a->objective, "%s, %s: %.17g and %.17g", loss,
          rule, a->objective, b->objective);
    CHECK(fabs(a->start_objective - b->start_objective) <= 1e3 * (double)REAL_EPS * a->start_objective, "%s, %s", loss,
          rule);
    CHECK(fabs(a->relative_error - b->relative_error) <= 1e4 * (double)REAL_EPS, "%s, %s", loss, rule);
    CHECK(fabs(a->held_out_error - b->held_out_error) <= 1e5 * (double)REAL_EPS, "%s, %s", loss, rule);
    CHECK(a->observed == b->observed && a->held_out == b->held_out && a->unobserved == b->unobserved, "%s, %s", loss,
          rule);
    free_fitting(&dense);
    free_fitting(&sparse);
}

static void test_fits_are_those_of_dense_weights(void **state)
{
    (void)state;
    static const struct {
        const char *loss, *rule;
    } cases[] = {{"frobenius", "hals"},  {"frobenius", "mu"}, {"frobenius", "active_set"},
                 {"frobenius", "fista"}, {"kl", "mu"},        {"kl", "ccd"},
                 {"kl", "newton"},       {"beta", "mu"},      {"beta", "msom"}};
    for (int kind = 0; kind < WEIGHT_KINDS; kind++)
        for (int c = 0; c < COUNT_OF(cases); c++) {
            scattered *const s = scatter((weight_kind)kind);
            run_both(s, cases[c].loss, cases[c].rule, c % 2 == 0 ? 0 : 0.2);
            free_scattered(s);
        }
}

static void test_weights_of_one_are_no_weights(void **state)
{
    (void)state;
    scattered *const s = scatter(WEIGHTS_MASK);
    fitting f[2];
    int64_t kept = 0;
    for (int64_t e = 0; e < s->data.count; e++) /* nothing of weight 0 */
        if (*entry_at(&s->w.weights.array, (const int64_t[]){s->i[e], s->j[e]}) > 0) {
            s->i[kept] = s->i[e];
            s->j[kept] = s->j[e];
            s->values[kept++] = s->values[e];
        }
    s->data.count = kept;
    for (int64_t e = 0; e < kept; e++)
        s->weights[e] = 1;
    const rlra_sparse ones =
        rlra_sparse_coo(REAL_DTYPE, 2, shape, kept, (const int64_t *const[]){s->i, s->j}, s->weights);
    for (int b = 0; b < 2; b++) {
        f[b] = empty_fitting(2, shape, 2);
        f[b].options.max_sweeps = 4;
        MUST(&f[b], b == 0 ? rlra_problem_add_observed(f[b].problem, &s->data, 1, NULL)
                           : rlra_problem_add_observed_weighted(f[b].problem, &s->data, &ones, 1, NULL));
        for (int n = 0; n < 2; n++)
            MUST(&f[b], rlra_problem_add_prior(f[b].problem, n, "nonneg"));
        run_fit(&f[b]);
    }
    assert_true(fabs(f[0].report.objective - f[1].report.objective) <= 1e3 * (double)REAL_EPS * f[0].report.objective);
    for (int b = 0; b < 2; b++)
        free_fitting(&f[b]);
    free_scattered(s);
}

static void test_what_does_not_go_together_is_refused(void **state)
{
    (void)state;
    int64_t i[] = {0, 3, 5}, j[] = {1, 2, 2}, wi[] = {5, 3, 0}, wj[] = {2, 2, 1};
    real values[] = {1, 2, 3}, weights[] = {1, 2, (real)0.5};
    rlra_sparse data = rlra_sparse_coo(REAL_DTYPE, 2, shape, 3, (const int64_t *const[]){i, j}, values);
    rlra_sparse weight = rlra_sparse_coo(REAL_DTYPE, 2, shape, 3, (const int64_t *const[]){wi, wj}, weights);
    fitting f = empty_fitting(2, shape, 2);
    rlra_problem *const p = f.problem;
#define EXPECT(status, part)                                                                                           \
    expect(f.context, rlra_problem_add_observed_weighted(p, &data, &weight, 1, NULL), RLRA_ERR_##status, part)
    wj[1] = 4;
    EXPECT(DATA, "the entry at [3, 2] of the sparse data has no weight");
    wj[1] = 0;
    EXPECT(DATA, "there is a weight at [3, 0], but the sparse data store no entry there");
    wj[1] = 2;
    wi[0] = 3;
    EXPECT(DATA, "1 weights are at places that have one already");
    wi[0] = 5;
    weight.count = 2;
    EXPECT(DATA, "the entry at [0, 1] of the sparse data has no weight");
    weight.count = 3;
    weights[0] = -1;
    EXPECT(DATA, "weights must be numbers >= 0, but that at [5, 2] is -1");
    weights[0] = (real)NAN;
    EXPECT(DATA, "1 entries that are NaN or infinite");
    weights[0] = weights[1] = weights[2] = 0;
    EXPECT(DATA, "no entry of the data is observed");
    weights[1] = 2;
    weight.dims[1]++;
    EXPECT(SHAPE, "mode 1 of the weights has length 18, that of the data 17");
    weight.dims[1]--;
    weight.dtype = REAL_DTYPE == RLRA_DTYPE_F32 ? RLRA_DTYPE_F64 : RLRA_DTYPE_F32;
    EXPECT(UNSUPPORTED, "give both in one precision");
    weight.dtype = REAL_DTYPE;
#undef EXPECT
    MUST(&f, rlra_problem_add_observed_weighted(p, &data, &weight, 1, NULL));
    for (int n = 0; n < 2; n++)
        MUST(&f, rlra_problem_add_prior(p, n, "nonneg"));
    f.options.loss = "is";
    expect(f.context, rlra_fit(p, &f.options, f.model, NULL), RLRA_ERR_UNSUPPORTED, "takes weights of 0 and 1 only");
    free_fitting(&f);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    meter m;
    const int64_t i[] = {0, 3, 5, 6}, j[] = {1, 2, 2, 4};
    const real values[] = {1, 2, 0, 3}, weights[] = {1, 2, 3, 0};
    const rlra_sparse data = rlra_sparse_coo(REAL_DTYPE, 2, shape, 4, (const int64_t *const[]){i, j}, values);
    const rlra_sparse weight = rlra_sparse_coo(REAL_DTYPE, 2, shape, 4, (const int64_t *const[]){i, j}, weights);
    fitting f = {.context = metered_context(&m), .options = rlra_options_default()};
    MUST(&f, rlra_problem_create(f.context, &f.problem));
    MUST(&f, rlra_model_create(f.context, REAL_DTYPE, 2, shape, 2, &f.model));
    for (int stage = 0; stage < 2; stage++) {
        const long alive = m.alive;
        rlra_status status = RLRA_ERR_MEMORY;
        for (long at = 0; status != RLRA_OK; at++) {
            m.refuse = m.made + at;
            status = stage == 0 ? rlra_problem_add_observed_weighted(f.problem, &data, &weight, 1, NULL)
                                : rlra_fit(f.problem, &f.options, f.model, &f.report);
            CHECK(status == RLRA_OK || m.alive == alive, "stage %d, allocation %ld: %ld leaked", stage, at,
                  m.alive - alive);
            if (status != RLRA_OK)
                expect(f.context, status, RLRA_ERR_MEMORY, "out of memory");
        }
        m.refuse = -1;
        f.options.holdout = 0.4;
        f.options.holdout_seed = 2;
        f.options.max_sweeps = 2;
    }
    assert_int_equal(f.report.observed + f.report.held_out, 3);
    free_fitting(&f);
    assert_int_equal(m.alive, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fits_are_those_of_dense_weights),
        cmocka_unit_test(test_weights_of_one_are_no_weights),
        cmocka_unit_test(test_what_does_not_go_together_is_refused),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("weights of stored entries", tests, NULL, NULL);
}
