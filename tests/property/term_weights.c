/* property/term_weights.c: the weight of a term is that of its loss against the penalties, whatever the loss and the data. */
#include "support/fitting.h"
#include "support/tensors.h"

static const int64_t dims[] = {19, 14, 11};

/* A power of two: what differs are logarithms of penalties, where components are balanced. */
#define WEIGHT 4

static const double rounded = 1e3 * (double)REAL_EPS;

typedef struct trial {
    const char *loss, *rule;
    int order, stored, missing; /* of the data; stored: sparse, by what is there */
} trial;

static void add_data(fitting *f, const trial *t, const sparse_array *s, const rlra_array *dense, double weight)
{
    rlra_problem *const p = f->problem;
    if (t->stored)
        MUST(f, t->missing ? rlra_problem_add_observed(p, &s->view, weight, NULL)
                           : rlra_problem_add_sparse(p, &s->view, weight, NULL));
    else
        MUST(f, t->missing ? rlra_problem_add_weighted(p, dense, NULL, RLRA_MISSING_NAN, weight, NULL)
                           : rlra_problem_add_dense(p, dense, weight, NULL));
}

static void run(const trial *t)
{
    sparse_array s = make_tensor(t->order, dims, 500, -1, 1, 5);
    view v = tensor_to_dense(&s);
    fitting f[2];
    int64_t index[RLRA_MAX_ORDER] = {0};
    do
        if (!t->stored && strcmp(t->loss, "is") == 0)
            *entry_at(&v.array, index) += 1;
    while (next_index(&v.array, index));
    if (t->missing && !t->stored)
        *entry_at(&v.array, (const int64_t[]){2, 3, 1}) = (real)NAN;
    for (int b = 0; b < 2; b++) {
        f[b] = empty_fitting(t->order, dims, 3);
        add_data(&f[b], t, &s, &v.array, b == 0 ? 1 : WEIGHT);
        for (int n = 0; n < t->order; n++) {
            MUST(&f[b], rlra_problem_add_penalty(f[b].problem, n, "nonneg", 1));
            MUST(&f[b], rlra_problem_add_penalty(f[b].problem, n, n == 0 ? "l2" : "l1", b == 0 ? 0.5 : 0.5 * WEIGHT));
        }
        f[b].options.loss = t->loss;
        f[b].options.beta = 1.5;
        f[b].options.update = t->rule;
        f[b].options.max_sweeps = 5;
        f[b].options.init = "random";
        run_fit(&f[b]);
    }
    const rlra_report *const a = &f[0].report, *const b = &f[1].report;
    CHECK(fabs(b->objective - WEIGHT * a->objective) <= rounded * b->objective, "%s, %s: %.17g, not %d times %.17g",
          t->loss, t->rule, b->objective, WEIGHT, a->objective);
    CHECK(fabs(b->loss - WEIGHT * a->loss) <= rounded * b->loss, "%s, %s", t->loss, t->rule);
    CHECK(fabs(b->start_objective - WEIGHT * a->start_objective) <= rounded * b->start_objective, "%s, %s", t->loss,
          t->rule);
    CHECK(fabs(a->relative_error - b->relative_error) <= rounded, "%s, %s", t->loss, t->rule);
    CHECK(fabs(a->relative_loss - b->relative_loss) <= rounded, "%s, %s", t->loss, t->rule);
    CHECK(fabs(a->kkt_residual - b->kkt_residual) <= rounded, "%s, %s", t->loss, t->rule);
    CHECK(a->sweeps == b->sweeps, "%s, %s", t->loss, t->rule);
    for (int n = 0; n < t->order; n++) {
        const factor x = factor_of(&f[0], n), y = factor_of(&f[1], n);
        CHECK(largest_difference(x, y) <= rounded * largest_entry(x), "%s, %s: factor %d", t->loss, t->rule, n);
    }
    for (int i = 0; i < 2; i++)
        free_fitting(&f[i]);
    free(v.memory);
    free_tensor(&s);
}

static void test_a_weight_of_four_is_a_quarter_of_the_penalties(void **state)
{
    (void)state;
    static const trial trials[] = {
        {"kl", "mu", 2, 0, 0},       {"kl", "ccd", 2, 0, 0},         {"kl", "newton", 2, 0, 0},
        {"kl", "mu", 2, 1, 0},       {"kl", "msom", 3, 0, 0},        {"kl", "mu", 3, 1, 0},
        {"kl", "ccd", 3, 1, 0},      {"kl", "mu", 2, 1, 1},          {"kl", "mu", 2, 0, 1},
        {"beta", "mu", 2, 0, 0},     {"is", "mu", 3, 0, 0},          {"beta", "mu", 2, 0, 1},
        {"beta", "newton", 2, 1, 1}, {"frobenius", "hals", 3, 0, 0}, {"frobenius", "hals", 3, 1, 0},
    };
    for (int t = 0; t < COUNT_OF(trials); t++)
        run(&trials[t]);
}

static void test_several_terms_of_another_loss_are_refused(void **state)
{
    (void)state;
    sparse_array s = make_tensor(2, dims, 100, -1, 1, 5);
    fitting f = empty_fitting(2, dims, 2);
    for (int t = 0; t < 2; t++)
        MUST(&f, rlra_problem_add_sparse(f.problem, &s.view, 1, NULL));
    for (int n = 0; n < 2; n++)
        MUST(&f, rlra_problem_add_penalty(f.problem, n, "nonneg", 1));
    f.options.loss = "kl";
    assert_int_equal(rlra_fit(f.problem, &f.options, f.model, &f.report), RLRA_ERR_UNSUPPORTED);
    assert_non_null(strstr(rlra_context_message(f.context), "takes problems of one term, got 2"));
    free_fitting(&f);
    free_tensor(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_weight_of_four_is_a_quarter_of_the_penalties),
        cmocka_unit_test(test_several_terms_of_another_loss_are_refused),
    };
    return cmocka_run_group_tests_name("weights of terms", tests, NULL, NULL);
}
