/* property/constraints.c: a returned factor keeps its constraints to the last digit, whatever a fit did on the way: extrapolated
 * points are projected, balanced ones do not leave them. */
#include "rlra/sparse.h"
#include "support/weighted.h"
#include "update/update.h"

/* Ways in which data and loss reach an engine. */
typedef enum way { WAY_PASS, WAY_MODES, WAY_MASKED, WAY_KL, WAY_KL_MASKED, WAY_COUPLED, WAYS } way;

static const char *const way_names[] = {"one pass", "modes", "masked", "kl", "kl, masked", "two terms"};

static const int64_t dims[] = {53, 31};

/* Every fifth entry is missing. */
static view make_mask(void)
{
    const view mask = empty_view(2, dims, &c_order);
    int64_t index[RLRA_MAX_ORDER] = {0};
    do
        *entry_at(&mask.array, index) = (real)((3 * index[0] + index[1]) % 5 != 0);
    while (next_index(&mask.array, index));
    return mask;
}

static void add_data(fitting *f, way w, const planted *p, const view *mask)
{
    if (w == WAY_MASKED || w == WAY_KL_MASKED)
        MUST(f, rlra_problem_add_weighted(f->problem, &p->data.array, &mask->array, RLRA_MISSING_NONE, 1, NULL));
    else
        MUST(f, rlra_problem_add_dense(f->problem, &p->data.array, 1, NULL));
    if (w == WAY_COUPLED)
        MUST(f, rlra_problem_add_dense(f->problem, &p->data.array, 0.5, (const int[]){0, 1}));
}

static int is_within(factor x, double least, double most)
{
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++)
            if (!(*entry(x, i, k) >= (real)least && *entry(x, i, k) <= (real)most))
                return 0;
    return 1;
}

static int is_bounded(factor x)
{
    return is_within(x, 0, 0.5);
}

static int is_between(factor x)
{
    return is_within(x, 0.1, 0.7);
}

static int is_above(factor x)
{
    return is_within(x, 0.05, INFINITY);
}

static int is_nonneg(factor x)
{
    return is_within(x, 0, INFINITY);
}

static int is_on_simplex(factor x)
{
    int holds = is_nonneg(x);
    for (ptrdiff_t i = 0; i < x.length; i++) {
        double sum = 0;
        for (ptrdiff_t k = 0; k < x.rank; k++)
            sum += (double)*entry(x, i, k);
        holds &= fabs(sum - 1) <= (double)x.rank * (double)REAL_EPS;
    }
    return holds;
}

static int is_sparse(factor x)
{
    int holds = is_nonneg(x);
    for (ptrdiff_t i = 0; i < x.length; i++) {
        int entries = 0;
        for (ptrdiff_t k = 0; k < x.rank; k++)
            entries += *entry(x, i, k) != 0;
        holds &= entries <= 2;
    }
    return holds;
}

static const struct {
    const char *prior;
    int (*holds)(factor x);
} constraints[] = {
    {"nonneg,upper=0.5", is_bounded},
    {"nonneg,upper=0.5,l1=0.01", is_bounded},
    {"nonneg,upper=0.5,l2=0.01", is_bounded},
    {"lower=0.1,upper=0.7", is_between},
    {"lower=0.05", is_above},
    {"nonneg", is_nonneg},
    {"simplex", is_on_simplex},
    {"nonneg,hard_sparsity=2", is_sparse},
};

/* The constraint on factor n alone; returns whether the rule takes it. */
static int check(way w, const planted *p, int c, const char *rule, int n)
{
    fitting f = empty_fitting(2, dims, 4);
    const view mask = make_mask();
    add_data(&f, w, p, &mask);
    for (int m = 0; m < 2; m++)
        MUST(&f, rlra_problem_add_prior(f.problem, m, m == n ? constraints[c].prior : "nonneg"));
    f.options.update = rule;
    f.options.init = "random";
    f.options.pass = w == WAY_MODES ? "modes" : "auto";
    f.options.loss = w == WAY_KL || w == WAY_KL_MASKED ? "kl" : "frobenius";
    int done = 0;
    /* The best point may come from a plain sweep or from one that went too far: every length of a fit ends at another. */
    for (int sweeps = 1; sweeps <= 12; sweeps += sweeps < 6 ? 1 : 6) {
        f.options.max_sweeps = sweeps;
        const rlra_status status = rlra_fit(f.problem, &f.options, f.model, &f.report);
        if (status == RLRA_ERR_UNSUPPORTED)
            break;
        MUST(&f, status);
        CHECK(constraints[c].holds(factor_of(&f, n)), "%s by %s, %s, factor %d, %d sweeps", constraints[c].prior, rule,
              way_names[w], n, sweeps);
        done = 1;
    }
    free_fitting(&f);
    free(mask.memory);
    return done;
}

static void test_returned_factors_keep_their_constraints(void **state)
{
    (void)state;
    int fits[WAYS][COUNT_OF(constraints)] = {{0}};
    for (int seed = 0; seed < 1; seed++) {
        planted p = plant((uint64_t)seed + 3, 2, dims, 4, 0.2, 0.4);
        for (int w = 0; w < WAYS; w++)
            for (int c = 0; c < COUNT_OF(constraints); c++)
                for (int u = 0; RLRA(update_at)(u) != NULL; u += test_share())
                    fits[w][c] += check((way)w, &p, c, RLRA(update_at)(u)->about.name, (w + c + u + seed) % 2);
        free_planted(&p);
    }
    for (int w = 0; w < WAYS; w++)
        for (int c = 0; c < COUNT_OF(constraints); c++)
            CHECK(fits[w][c] > 0 || test_share() > 1 || w == WAY_KL || w == WAY_KL_MASKED, "no rule took %s, %s",
                  constraints[c].prior, way_names[w]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_returned_factors_keep_their_constraints),
    };
    return cmocka_run_group_tests_name("constraints", tests, NULL, NULL);
}
