/* unit/solve/missing.c: the component that is missed least, and what takes its place, against plain loops over all entries. */
#include "engine/missing.h"
#include "model/model.h"
#include "solve/escape.h"
#include "solve/pose.h"
#include "support/fitting.h"

#define RANK 4

static const int64_t dims[] = {13, 9, 7};

/* Instead of a gap: two of three entries are zero, and the data are stored by their entries. */
#define SPARSE (-1)

/* A posed fit at a random point; every `gap`-th entry is missing (0: none). */
typedef struct posed {
    fitting f;
    fit *fit;
    planted p;
    view weights;
    int gap;
} posed;

/* Add the data by their entries that are not zero. */
static void add_sparse(posed *s, int order)
{
    static int64_t indices[RLRA_MAX_ORDER][1024];
    static real values[1024];
    const int64_t *const lists[] = {indices[0], indices[1], indices[2]};
    int64_t count = 0;
    for (int64_t e = 0; e < rlra_array_count(&s->p.data.array); e++) {
        int64_t rest = e, index[RLRA_MAX_ORDER];
        for (int m = order - 1; m >= 0; m--) {
            index[m] = rest % dims[m];
            rest /= dims[m];
        }
        real *const at = entry_at(&s->p.data.array, index);
        *at = e % 3 == 0 ? *at : 0;
        for (int m = 0; m < order; m++)
            indices[m][count] = index[m];
        values[count] = *at;
        count += *at != 0;
    }
    const rlra_sparse stored = rlra_sparse_coo(REAL_DTYPE, order, dims, count, lists, values);
    MUST(&s->f, rlra_problem_add_sparse(s->f.problem, &stored, 1.5, NULL));
}

static posed pose(uint64_t seed, int order, const char *loss, const char *prior, int gap)
{
    posed s = {.p = plant(seed, order, dims, RANK, 0, 0.1), .gap = gap};
    numbers from = {seed + 1, 0};
    s.f = empty_fitting(order, dims, RANK);
    s.weights = empty_view(order, dims, &c_order);
    for (int64_t e = 0; e < rlra_array_count(&s.weights.array); e++)
        s.weights.memory[e] = gap <= 0 || e % gap != 0;
    if (gap == SPARSE)
        add_sparse(&s, order);
    else if (gap == 0)
        MUST(&s.f, rlra_problem_add_dense(s.f.problem, &s.p.data.array, 1.5, NULL));
    else
        MUST(&s.f,
             rlra_problem_add_weighted(s.f.problem, &s.p.data.array, &s.weights.array, RLRA_MISSING_NONE, 1.5, NULL));
    for (int n = 0; n < order; n++)
        MUST(&s.f, rlra_problem_add_prior(s.f.problem, n, prior));
    s.f.options.loss = loss;
    s.f.options.escapes = 3;
    s.fit = calloc(1, sizeof *s.fit);
    const factor_shapes shapes = model_shapes(s.f.model);
    MUST(&s.f, RLRA(fit_pose)(s.fit, s.f.problem, &s.f.options, &shapes));
    for (int n = 0; n < order; n++) {
        for (ptrdiff_t k = 0; k < RANK; k++)
            for (ptrdiff_t i = 0; i < dims[n]; i++)
                *entry(s.fit->x[n], i, k) = (real)(0.05 + uniform(&from));
        RLRA(fit_gram)(s.fit, n);
    }
    return s;
}

/* Below the data, so that something is left. */
static void shrink(posed *s)
{
    for (int n = 0; n < s->fit->factors; n++)
        factor_scale(s->fit->x[n], (real)0.5);
}

static void free_posed(posed *s)
{
    RLRA(fit_clear)(s->fit);
    free(s->fit);
    free_fitting(&s->f);
    free_planted(&s->p);
    free(s->weights.memory);
}

/* The model at one place without component `but` (-1: with all). */
static long double model_without(const posed *s, const int64_t *index, ptrdiff_t but)
{
    long double sum = 0;
    for (ptrdiff_t k = 0; k < RANK; k++) {
        long double product = k != but;
        for (int n = 0; n < s->fit->factors; n++)
            product *= (long double)*entry(s->fit->x[n], index[n], k);
        sum += product;
    }
    return sum;
}

/* Index number e of the data; returns whether it is observed. */
static int place(const posed *s, int64_t e, int64_t *index)
{
    const int order = s->fit->factors;
    for (int m = order - 1; m >= 0; m--) {
        index[m] = e % dims[m];
        e /= dims[m];
    }
    return rlra_array_get(&s->weights.array, index) > 0;
}

static long double divergence(const char *loss, long double y, long double v)
{
    if (strcmp(loss, "frobenius") == 0)
        return 0.5L * (y - v) * (y - v);
    if (strcmp(loss, "kl") == 0)
        return (y > 0 ? y * logl(y / v) : 0) - y + v;
    return y / v - logl(y / v) - 1;
}

static void check_missing(const char *loss, int order, int gap)
{
    posed s = pose(7, order, loss, "nonneg", gap);
    double higher[RANK];
    s.fit->engine->missing(s.fit, higher);
    CHECK(strcmp(loss, "frobenius") == 0 || RLRA(missing_step)(s.fit) == 1, "rows are left out");
    for (ptrdiff_t k = 0; k < RANK; k++) {
        long double expected = 0, size = 0;
        for (int64_t e = 0; e < rlra_array_count(&s.p.data.array); e++) {
            int64_t index[RLRA_MAX_ORDER];
            if (!place(&s, e, index))
                continue;
            const long double y = (long double)rlra_array_get(&s.p.data.array, index);
            const long double with = divergence(loss, y, model_without(&s, index, -1)),
                              without = divergence(loss, y, model_without(&s, index, k));
            expected += 1.5L * (without - with);
            size += 1.5L * (fabsl(with) + fabsl(without) + y * y);
        }
        CHECK(fabs(higher[k] - (double)expected) <= 200 * (double)REAL_EPS * (double)size,
              "%s, order %d, gap %d: component %td is missed by %.12g, not %.12g", loss, order, gap, k,
              (double)expected, higher[k]);
    }
    free_posed(&s);
}

static void test_the_loss_without_a_component_is_that_of_plain_loops(void **state)
{
    (void)state;
    static const char *const losses[] = {"frobenius", "kl", "is"};
    for (int l = 0; l < COUNT_OF(losses); l++)
        for (int order = 2; order <= 3; order++)
            for (int gap = SPARSE; gap <= 5; gap += gap < 0 ? 1 : 5)
                if (gap != SPARSE || strcmp(losses[l], "is") != 0)
                    check_missing(losses[l], order, gap);
}

/* The new component is the best one along its longest mode, for the sides that it has in the others. */
static void check_replaced(int order, const char *prior)
{
    posed s = pose(11, order, "frobenius", prior, 0);
    fit *const f = s.fit;
    shrink(&s);
    numbers from = {1, 0};
    factor old[RLRA_MAX_ORDER], side[RLRA_MAX_ORDER];
    for (int n = 0; n < order; n++) {
        old[n] = uniform_factor(&from, dims[n], RANK);
        factor_copy(f->x[n], old[n]);
    }
    assert_true(RLRA(escape_replace)(f, 2, 5));
    for (int n = 0; n < order; n++) {
        side[n] = uniform_factor(&from, dims[n], RANK);
        factor_copy(f->x[n], side[n]);
        factor_copy(old[n], f->x[n]); /* for model_without() */
        for (ptrdiff_t i = 0; i < dims[n]; i++) {
            CHECK(*entry(side[n], i, 2) >= 0, "a negative entry");
            for (ptrdiff_t k = 0; k < RANK; k++)
                CHECK(k == 2 || *entry(side[n], i, k) == *entry(old[n], i, k), "another component has changed");
        }
    }
    long double best[16] = {0}, others = 1;
    for (int64_t e = 0; e < rlra_array_count(&s.p.data.array); e++) {
        int64_t index[RLRA_MAX_ORDER];
        place(&s, e, index);
        long double left = (long double)rlra_array_get(&s.p.data.array, index) - model_without(&s, index, -1);
        for (int n = 1; n < order; n++)
            left *= (long double)*entry(side[n], index[n], 2);
        best[index[0]] += left;
    }
    for (int n = 1; n < order; n++) {
        long double squares = 0;
        for (ptrdiff_t i = 0; i < dims[n]; i++)
            squares += (long double)*entry(side[n], i, 2) * (long double)*entry(side[n], i, 2);
        others *= squares;
    }
    long double gain = 0;
    for (ptrdiff_t i = 0; i < dims[0]; i++) {
        const double expected = best[i] > 0 ? (double)(best[i] / others) : 0;
        CHECK(fabs((double)*entry(side[0], i, 2) - expected) <= 5e3 * (double)REAL_EPS,
              "order %d: entry %td is %.12g, not %.12g", order, i, (double)*entry(side[0], i, 2), expected);
        gain += best[i] > 0 ? best[i] * (long double)*entry(side[0], i, 2) : 0;
    }
    CHECK(gain > 0, "the new component gains nothing");
    for (int n = 0; n < order; n++) {
        free(old[n].at);
        free(side[n].at);
    }
    free_posed(&s);
}

static void test_the_new_component_is_the_best_for_its_other_sides(void **state)
{
    (void)state;
    for (int order = 2; order <= 3; order++)
        check_replaced(order, "nonneg");
}

/* Constraints of whole rows hold for the others, too. */
static void test_constraints_hold_after_a_replacement(void **state)
{
    (void)state;
    posed s = pose(13, 2, "frobenius", "simplex", 0);
    shrink(&s);
    assert_true(RLRA(escape_replace)(s.fit, 1, 0));
    for (ptrdiff_t i = 0; i < dims[0]; i++) {
        double sum = 0;
        for (ptrdiff_t k = 0; k < RANK; k++)
            sum += (double)*entry(s.fit->x[0], i, k);
        CHECK(fabs(sum - 1) <= 20 * (double)REAL_EPS, "row %td sums to %g", i, sum);
    }
    free_posed(&s);
}

/* A model that is the data leaves nothing to a new component but rounding; nothing is left where the model is above the data. */
static void test_nothing_is_replaced_where_the_model_is_above_the_data(void **state)
{
    (void)state;
    posed s = pose(17, 2, "frobenius", "nonneg", 0);
    for (int n = 0; n < 2; n++)
        factor_scale(s.fit->x[n], 100);
    const real before = *entry(s.fit->x[0], 3, 1);
    CHECK(!RLRA(escape_replace)(s.fit, 1, 0), "something is left");
    CHECK(*entry(s.fit->x[0], 3, 1) == before, "the point has changed");
    free_posed(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_loss_without_a_component_is_that_of_plain_loops),
        cmocka_unit_test(test_the_new_component_is_the_best_for_its_other_sides),
        cmocka_unit_test(test_constraints_hold_after_a_replacement),
        cmocka_unit_test(test_nothing_is_replaced_where_the_model_is_above_the_data),
    };
    return cmocka_run_group_tests_name("missing", tests, NULL, NULL);
}
