/* conformance/penalties.c: every penalty of the registry is what its table declares, and its prox is the minimiser. */
#include "support/definitions.h"

/* Others have suites of their own: conformance/column_penalties.c and majorised_penalties.c. */
static const penalty_ops *row_member(int index)
{
    const penalty_ops *const ops = RLRA(penalty_at)(index);
    return ops != NULL && (ops->scope > PENALTY_ROW || ops->majorise != NULL) ? NULL : ops;
}

#define ROWS 9
#define MOST 12

static void read_row(factor x, ptrdiff_t i, double *row)
{
    for (ptrdiff_t k = 0; k < x.rank; k++)
        row[k] = (double)*entry(x, i, k);
}

/* Weight or bound with which members are tried alone. */
#define WEIGHT 2.0

/* A factor of rows at which g is finite. */
static factor draw_factor(numbers *from, const definition *d, ptrdiff_t rank)
{
    double row[MOST];
    const factor x = make_factor(ROWS, rank);
    for (ptrdiff_t i = 0; i < ROWS; i++) {
        d->draw(from, WEIGHT, row, rank);
        for (ptrdiff_t k = 0; k < rank; k++)
            *entry(x, i, k) = (real)row[k];
    }
    return x;
}

static void check_value(const penalty_ops *ops, factor x)
{
    double row[MOST], sum = 0;
    for (ptrdiff_t i = 0; i < x.length; i++) {
        read_row(x, i, row);
        sum += definition_of(ops->about.name)->value(WEIGHT, row, x.rank, 64 * (double)REAL_EPS);
    }
    const double value = ops->value(x);
    CHECK(fabs(value - sum) <= 64 * DBL_EPSILON * sum, "%s: %g, not %g", ops->about.name, value, sum);
}

static void test_values_are_those_of_the_definitions(void **state)
{
    (void)state;
    numbers from = {1, 0};
    for (int p = 0; RLRA(penalty_at)(p) != NULL; p++)
        for (ptrdiff_t rank = 1; rank <= MOST; rank++) {
            const penalty_ops *const ops = row_member(p);
            if (ops == NULL)
                continue;
            const factor x = draw_factor(&from, definition_of(ops->about.name), rank);
            check_value(ops, x);
            const double whole = ops->value(x);
            const double parts = ops->value(factor_rows(x, 0, 4)) + ops->value(factor_rows(x, 4, ROWS));
            CHECK(fabs(whole - parts) <= 64 * DBL_EPSILON * whole, "%s does not add up over rows", ops->about.name);
            CHECK(ops->value(factor_rows(x, 3, 3)) == 0, "%s of no rows", ops->about.name);
            free(x.at);
        }
}

static void test_linear_and_quadratic_parts_give_the_value_of_nonnegative_rows(void **state)
{
    (void)state;
    numbers from = {2, 0};
    for (int p = 0; RLRA(penalty_at)(p) != NULL; p++) {
        const penalty_ops *const ops = row_member(p);
        if (ops == NULL)
            continue;
        const factor x = uniform_factor(&from, ROWS, 5);
        double total = 0, squares = 0;
        for (ptrdiff_t i = 0; i < ROWS; i++)
            for (ptrdiff_t k = 0; k < 5; k++) {
                total += (double)*entry(x, i, k);
                squares += (double)*entry(x, i, k) * (double)*entry(x, i, k);
            }
        const double expected = ops->linear * total + ops->quadratic * squares;
        CHECK(fabs(ops->value(x) - expected) <= 64 * DBL_EPSILON * expected, "%s", ops->about.name);
        free(x.at);
    }
}

static void test_degrees_of_homogeneity_are_true(void **state)
{
    (void)state;
    numbers from = {3, 0};
    for (int p = 0; RLRA(penalty_at)(p) != NULL; p++) {
        const penalty_ops *const ops = row_member(p);
        if (ops == NULL)
            continue;
        int left = 0;
        for (int trial = 0; trial < 20; trial++) {
            const definition *const d = definition_of(ops->about.name);
            const double t = ldexp(1, (int)below(&from, 9) - 4);
            const factor x = draw_factor(&from, d, 4), scaled = copy_factor(x);
            double row[MOST];
            for (ptrdiff_t i = 0; i < ROWS; i++)
                for (ptrdiff_t k = 0; k < 4; k++)
                    *entry(scaled, i, k) *= (real)t;
            read_row(scaled, 0, row);
            const double at_scaled = d->value(WEIGHT, row, 4, 64 * (double)REAL_EPS);
            if (ops->degree > 0)
                CHECK(ops->value(scaled) == pow(t, ops->degree) * ops->value(x), "%s", ops->about.name);
            if (ops->degree == 0)
                CHECK(at_scaled == 0 && ops->constraint, "%s is no cone", ops->about.name);
            left |= isinf(at_scaled);
            free(x.at);
            free(scaled.at);
        }
        CHECK(ops->degree >= 0 || left, "scaling never leaves what %s allows", ops->about.name);
    }
}

/* weight step g(u) + 1/2 ||u - v||^2 of a list. */
static double prox_objective(const penalty_list *list, double step, const double *u, const double *v, ptrdiff_t rank,
                             double slack)
{
    double sum = step * list_value(list, u, rank, slack);
    for (ptrdiff_t k = 0; k < rank; k++)
        sum += 0.5 * (u[k] - v[k]) * (u[k] - v[k]);
    return sum;
}

/* No allowed point near or far does better than u, up to the rounding of u. */
static void check_minimiser(numbers *from, const penalty_list *list, double step, const double *u, const double *v,
                            ptrdiff_t rank)
{
    double largest = 1, other[MOST], mixed[MOST];
    for (ptrdiff_t k = 0; k < rank; k++)
        largest = fmax(largest, fabs(v[k]));
    const double slack = 16 * (double)REAL_EPS * largest * (double)rank;
    const double here = prox_objective(list, step, u, v, rank, slack);
    CHECK(isfinite(here), "%s: the prox is not allowed", list_name(list));
    for (int trial = 0; trial < 60; trial++) {
        draw_row(from, list, other, rank);
        const double share = pow(10, -6 * uniform(from) * (trial % 2));
        for (ptrdiff_t k = 0; k < rank; k++)
            mixed[k] = u[k] + share * (other[k] - u[k]);
        const double there = prox_objective(list, step, mixed, v, rank, slack);
        CHECK(here <= there + slack * (1 + largest), "%s, step %g: %.17g > %.17g", list_name(list), step, here, there);
    }
}

static void test_prox_of_every_list_is_the_minimiser(void **state)
{
    (void)state;
    numbers from = {4, 0};
    penalty_list lists[MOST_LISTS];
    for (int trial = 0; trial < 60; trial++) {
        const int count = make_lists(&from, lists);
        const ptrdiff_t rank = 1 + below(&from, MOST);
        const double step = pow(10, 4 * uniform(&from) - 2), scale = pow(10, 3 * uniform(&from) - 1);
        for (int c = 0; c < count; c++) {
            const factor v = normal_factor(&from, ROWS, rank);
            for (ptrdiff_t k = 0; k < rank; k++)
                for (ptrdiff_t i = 0; i < ROWS; i++)
                    *entry(v, i, k) *= (real)scale;
            const factor u = copy_factor(v);
            RLRA(penalties_prox)(&lists[c], step, u);
            for (ptrdiff_t i = 0; i < ROWS; i++) {
                double at[MOST], start[MOST];
                read_row(u, i, at);
                read_row(v, i, start);
                check_minimiser(&from, &lists[c], step, at, start, rank);
            }
            free(v.at);
            free(u.at);
        }
    }
}

static double inner(factor a, factor b, factor c, factor d)
{
    double sum = 0;
    for (ptrdiff_t k = 0; k < a.rank; k++)
        for (ptrdiff_t i = 0; i < a.length; i++)
            sum += ((double)*entry(a, i, k) - (double)*entry(b, i, k)) *
                   ((double)*entry(c, i, k) - (double)*entry(d, i, k));
    return sum;
}

/* <prox a - prox b, a - b> >= ||prox a - prox b||^2, of which non-expansiveness follows; of convex penalties only. */
static void test_prox_of_every_list_is_firmly_nonexpansive(void **state)
{
    (void)state;
    numbers from = {5, 0};
    penalty_list lists[MOST_LISTS];
    for (int trial = 0; trial < 200; trial++) {
        const int count = make_lists(&from, lists);
        const ptrdiff_t rank = 1 + below(&from, MOST);
        const double step = 2 * uniform(&from);
        for (int c = 0; c < count; c++) {
            if ((RLRA(penalties_kinds)(&lists[c]) & PENALTY_SPARSITY) != 0)
                continue;
            const factor a = normal_factor(&from, ROWS, rank), b = normal_factor(&from, ROWS, rank);
            const factor pa = copy_factor(a), pb = copy_factor(b);
            RLRA(penalties_prox)(&lists[c], step, pa);
            RLRA(penalties_prox)(&lists[c], step, pb);
            const double moved = inner(pa, pb, pa, pb), apart = inner(a, b, a, b);
            CHECK(moved <= inner(pa, pb, a, b) + 64 * (double)REAL_EPS * (1 + apart), "%s", list_name(&lists[c]));
            CHECK(moved <= apart * (1 + 64 * (double)REAL_EPS), "%s", list_name(&lists[c]));
            free(a.at);
            free(b.at);
            free(pa.at);
            free(pb.at);
        }
    }
}

/* A penalty on entries does not care which others it is given with; one on rows not which other rows. */
static void test_scopes_are_true(void **state)
{
    (void)state;
    numbers from = {6, 0};
    penalty_list lists[MOST_LISTS];
    const int count = make_lists(&from, lists);
    const ptrdiff_t rank = 7;
    for (int c = 0; c < count; c++) {
        const factor v = normal_factor(&from, ROWS, rank), whole = copy_factor(v), parts = copy_factor(v);
        RLRA(penalties_prox)(&lists[c], 0.3, whole);
        if (RLRA(penalties_scope)(&lists[c]) == PENALTY_ENTRY)
            for (ptrdiff_t k = 0; k < rank; k++)
                RLRA(penalties_prox)(&lists[c], 0.3, factor_component(parts, k));
        else
            for (ptrdiff_t i = 0; i < ROWS; i++)
                RLRA(penalties_prox)(&lists[c], 0.3, factor_rows(parts, i, i + 1));
        CHECK(same_bits(whole.at, parts.at, rank, ROWS, v.stride), "%s", list_name(&lists[c]));
        CHECK(gaps_are_untouched(whole.at, rank, ROWS, v.stride), "%s", list_name(&lists[c]));
        free(v.at);
        free(whole.at);
        free(parts.at);
    }
}

static void test_projections_keep_what_is_allowed(void **state)
{
    (void)state;
    numbers from = {7, 0};
    for (int p = 0; RLRA(penalty_at)(p) != NULL; p++) {
        const penalty_ops *const ops = row_member(p);
        if (ops == NULL || !ops->constraint)
            continue;
        for (ptrdiff_t rank = 1; rank <= MOST; rank++) {
            const factor x = draw_factor(&from, definition_of(ops->about.name), rank), before = copy_factor(x);
            assert_true(ops->prox(WEIGHT, 3, x, NULL) == 3);
            for (ptrdiff_t k = 0; k < rank; k++)
                for (ptrdiff_t i = 0; i < ROWS; i++)
                    CHECK(fabs((double)*entry(x, i, k) - (double)*entry(before, i, k)) <=
                              8 * (double)REAL_EPS * (1 + fabs((double)*entry(before, i, k))),
                          "%s", ops->about.name);
            free(x.at);
            free(before.at);
        }
    }
}

static void test_simplex_rows_sum_to_one_from_anywhere(void **state)
{
    (void)state;
    numbers from = {8, 0};
    const penalty_ops *const simplex = RLRA(penalty_at)(member_index("simplex"));
    for (int trial = 0; trial < 400; trial++) {
        const ptrdiff_t rank = 1 + below(&from, MOST);
        const double scale = pow(10, 20 * uniform(&from) - 10), offset = trial % 3 == 0 ? 1e6 * normal(&from) : 0;
        const factor x = normal_factor(&from, ROWS, rank);
        for (ptrdiff_t k = 0; k < rank; k++)
            for (ptrdiff_t i = 0; i < ROWS; i++)
                *entry(x, i, k) = trial % 5 == 0 ? (real)scale : (real)(scale * (double)*entry(x, i, k) + offset);
        simplex->prox(0, 1, x, NULL);
        for (ptrdiff_t i = 0; i < ROWS; i++) {
            double row[MOST], sum = 0;
            read_row(x, i, row);
            for (ptrdiff_t k = 0; k < rank; k++) {
                assert_true(row[k] >= 0);
                sum += row[k];
            }
            CHECK(fabs(sum - 1) <= 4 * (double)REAL_EPS, "trial %d, rank %td: the sum is %.17g", trial, rank, sum);
        }
        free(x.at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_are_those_of_the_definitions),
        cmocka_unit_test(test_linear_and_quadratic_parts_give_the_value_of_nonnegative_rows),
        cmocka_unit_test(test_degrees_of_homogeneity_are_true),
        cmocka_unit_test(test_prox_of_every_list_is_the_minimiser),
        cmocka_unit_test(test_prox_of_every_list_is_firmly_nonexpansive),
        cmocka_unit_test(test_scopes_are_true),
        cmocka_unit_test(test_projections_keep_what_is_allowed),
        cmocka_unit_test(test_simplex_rows_sum_to_one_from_anywhere),
    };
    return cmocka_run_group_tests_name("penalties", tests, NULL, NULL);
}
