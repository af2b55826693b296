/* unit/update/second_order.c: ccd, scalar_newton and newton against scipy, closed forms and the optimality conditions. */
#include "block/kkt.h"
#include "support/row_blocks.h"

#include "unit/update/second_order_reference.h"
#include "update/row_state.h"

static const char *const names[] = {"ccd", "scalar_newton", "newton"};

static penalty_list list_of(double l1, double l2)
{
    penalty_list list = {0};
    const char *const kinds[] = {"l2", "l1", "nonneg"};
    const double weights[] = {l2, l1, 1};
    for (int p = 0; p < 3; p++)
        if (weights[p] > 0)
            list.item[list.count++] = (penalty){RLRA(penalty_at)(member_index(kinds[p])), weights[p]};
    return list;
}

static int treats(const update_ops *rule, double beta)
{
    return (rule->losses & RLRA(loss_find)("beta", beta).kind) != 0;
}

static row_trial make(numbers *from, const char *name, ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, double beta)
{
    row_trial t = make_row_trial(from, rows, rank, length, RLRA(loss_find)("beta", beta));
    t.rule = RLRA(update_find)(name);
    t.list = list_of(0, 0);
    return t;
}

static void sum_design(row_trial *t)
{
    for (ptrdiff_t k = 0; k < t->x.rank; k++) {
        t->sums[k] = 0;
        for (ptrdiff_t j = 0; j < t->design.length; j++)
            t->sums[k] += (double)*entry(t->design, j, k);
    }
}

/* KKT residual by plain loops in double. */
static double kkt_of(const row_trial *t, ptrdiff_t i)
{
    double x[64], up[64], down[64];
    for (ptrdiff_t k = 0; k < t->x.rank; k++) {
        x[k] = (double)*entry(t->x, i, k);
        row_slopes(t, i, k, &up[k], &down[k]);
    }
    return RLRA(kkt_of_row)(&t->list, t->x.rank, x, up, down);
}

static void try_reference(numbers *from, const char *name, const solved *expected, double start)
{
    row_trial t = make(from, name, 1, RANK, LENGTH, expected->beta);
    double size;
    t.list = list_of(expected->l1, expected->l2);
    for (int j = 0; j < LENGTH; j++) {
        t.y[j] = (real)((5 * j * j + 3) % 13) / 2 + (expected->beta > 0 ? 0 : (real)0.5);
        for (int k = 0; k < RANK; k++)
            *entry(t.design, j, k) = (real)((7 * j + 3 * k + j * k) % 11) / 8;
    }
    sum_design(&t);
    for (int k = 0; k < RANK; k++)
        *entry(t.x, 0, k) = (real)start;
    regress_rule(&t, 20000, 16 * (double)REAL_EPS);
    const double came = row_objective(&t, 0, &size);
    CHECK(fabs(came - expected->objective) <= 64 * (double)REAL_EPS * size,
          "%s, beta %g, l1 %g, l2 %g: %.17g, not %.17g", name, expected->beta, expected->l1, expected->l2, came,
          expected->objective);
    /* Errors of x are those of the gradient, divided by a smallest curvature that is 1e-3 of the largest. */
    const double tolerance = sizeof(real) == sizeof(float) ? 1e-2 : 1e-9;
    for (int k = 0; k < RANK; k++)
        CHECK(fabs((double)*entry(t.x, 0, k) - expected->x[k]) <= tolerance * (1 + expected->x[k]),
              "%s, beta %g, l1 %g, l2 %g: %.17g, not %.17g", name, expected->beta, expected->l1, expected->l2,
              (double)*entry(t.x, 0, k), expected->x[k]);
    free_row_trial(&t);
}

static void test_minimisers_are_those_of_scipy(void **state)
{
    (void)state;
    numbers from = {1, 0};
    const double starts[] = {1, 0, 1e-6, 1e3};
    for (int n = 0; n < COUNT_OF(names); n++)
        for (int r = 0; r < COUNT_OF(references); r++)
            for (int s = 0; s < COUNT_OF(starts); s++)
                if (treats(RLRA(update_find)(names[n]), references[r].beta))
                    try_reference(&from, names[n], &references[r], starts[s]);
}

/* sum y a^(beta-1) / sum a^beta. */
static void test_one_component_has_its_closed_form(void **state)
{
    (void)state;
    numbers from = {2, 0};
    const double betas[] = {1, 0, 1.5, 0.5, 3};
    for (int n = 0; n < COUNT_OF(names); n++)
        for (int b = 0; b < COUNT_OF(betas); b++) {
            if (!treats(RLRA(update_find)(names[n]), betas[b]))
                continue;
            row_trial t = make(&from, names[n], 5, 1, 23, betas[b]);
            regress_rule(&t, 20, 0);
            for (ptrdiff_t i = 0; i < 5; i++) {
                double up = 0, down = 0;
                for (ptrdiff_t j = 0; j < 23; j++) {
                    const double a = (double)*entry(t.design, j, 0);
                    up += (double)t.y[i * t.part.y_stride + j] * pow(a, betas[b] - 1);
                    down += pow(a, betas[b]);
                }
                CHECK(fabs((double)*entry(t.x, i, 0) - up / down) <= 64 * (double)REAL_EPS * up / down,
                      "%s, beta %g: %.17g, not %.17g", names[n], betas[b], (double)*entry(t.x, i, 0), up / down);
            }
            free_row_trial(&t);
        }
}

static void test_no_data_give_zeros(void **state)
{
    (void)state;
    numbers from = {3, 0};
    for (int n = 0; n < COUNT_OF(names); n++)
        for (ptrdiff_t length = 0; length <= 9; length += 9) {
            row_trial t = make(&from, names[n], 3, 4, length, 1);
            for (ptrdiff_t k = 0; k < 4; k++)
                t.sums[k] = 1 + (double)k;
            memset(t.y, 0, (size_t)span(3, length, t.part.y_stride) * sizeof(real));
            regress_rule(&t, 10, 0);
            for (ptrdiff_t i = 0; i < 3; i++)
                for (ptrdiff_t k = 0; k < 4; k++)
                    CHECK(*entry(t.x, i, k) == 0, "%s, length %td", names[n], length);
            free_row_trial(&t);
        }
}

/* Columns of one common part and little of their own, one that is zero, two that are equal; more components than entries too. */
static void make_hard(numbers *from, row_trial *t, double own)
{
    const ptrdiff_t rank = t->x.rank, length = t->design.length;
    for (ptrdiff_t j = 0; j < length; j++) {
        const double common = 0.5 + uniform(from);
        for (ptrdiff_t k = 0; k < rank; k++)
            *entry(t->design, j, k) = (real)(common + own * uniform(from));
        *entry(t->design, j, rank - 1) = *entry(t->design, j, 0);
        *entry(t->design, j, rank / 2) = 0;
        for (ptrdiff_t i = 0; i < t->x.length; i++)
            t->y[i * t->part.y_stride + j] =
                (real)(t->loss.beta > 0 && uniform(from) < 0.4 ? 0 : ceil(20 * uniform(from)));
    }
    for (ptrdiff_t i = 0; i < t->x.length; i++)
        for (ptrdiff_t k = 0; k < rank; k++)
            *entry(t->x, i, k) = (real)(uniform(from) < 0.5 ? 0 : uniform(from));
    for (ptrdiff_t k = 0; k < rank; k++)
        *entry(t->x, 0, k) = 0;
    sum_design(t);
}

/* In f64 1e-12; rounding of up and down, sums of `length` terms, allows no less than some epsilons. */
static void test_newton_meets_the_conditions_on_hard_designs(void **state)
{
    (void)state;
    numbers from = {4, 0};
    const double betas[] = {1, 1.5, 0}, owns[] = {1, 1e-3, 1e-6};
    const ptrdiff_t sizes[][2] = {{3, 30}, {12, 30}, {40, 30}, {40, 200}};
    for (int b = 0; b < COUNT_OF(betas); b++)
        for (int o = 0; o < COUNT_OF(owns); o++)
            for (int s = 0; s < COUNT_OF(sizes); s++) {
                row_trial t = make(&from, "newton", 8, sizes[s][0], sizes[s][1], betas[b]);
                make_hard(&from, &t, owns[o]);
                regress_rule(&t, 1000, 8 * (double)REAL_EPS);
                for (ptrdiff_t i = 0; i < 8; i++)
                    CHECK(kkt_of(&t, i) <= 4000 * (double)REAL_EPS, "beta %g, own %g, %td x %td, row %td: %g", betas[b],
                          owns[o], sizes[s][1], sizes[s][0], i, kkt_of(&t, i));
                free_row_trial(&t);
            }
}

static void test_newton_takes_few_rounds(void **state)
{
    (void)state;
    numbers from = {5, 0};
    row_trial t = make(&from, "newton", UPDATE_ROWS, 20, 100, 1);
    regress_rule(&t, 1000, 100 * (double)REAL_EPS);
    CHECK(t.counts.rounds <= 14, "%lld", (long long)t.counts.rounds);
    free_row_trial(&t);
}

/* Entries that are zero may be left out: their design is in the sums. */
static void test_rows_cut_down_to_their_data_have_the_same_minimiser(void **state)
{
    (void)state;
    numbers from = {6, 0};
    for (int n = 0; n < COUNT_OF(names); n++) {
        row_trial whole = make(&from, names[n], 1, 6, 80, 1), cut = make(&from, names[n], 1, 6, 80, 1);
        ptrdiff_t count = 0;
        memcpy(cut.sums, whole.sums, 6 * sizeof *cut.sums);
        for (ptrdiff_t j = 0; j < 80; j++) {
            whole.y[j] = uniform(&from) < 0.7 ? 0 : (real)ceil(4 * uniform(&from));
            if (whole.y[j] == 0)
                continue;
            cut.y[count] = whole.y[j];
            for (ptrdiff_t k = 0; k < 6; k++)
                *entry(cut.design, count, k) = *entry(whole.design, j, k);
            count++;
        }
        cut.design.length = count;
        cut.part.design.columns = cut.design;
        regress_rule(&whole, 5000, 0);
        regress_rule(&cut, 5000, 0);
        for (ptrdiff_t k = 0; k < 6; k++)
            CHECK(fabs((double)(*entry(whole.x, 0, k) - *entry(cut.x, 0, k))) <= 1e4 * (double)REAL_EPS,
                  "%s: %g, not %g", names[n], (double)*entry(cut.x, 0, k), (double)*entry(whole.x, 0, k));
        free_row_trial(&whole);
        free_row_trial(&cut);
    }
}

/* Data times 2^p and a design times 2^q: the same minimiser, times 2^(p-q). Curvatures, about 2^(2(q-p)) times those of v^beta,
 * must be numbers. */
static void try_scale(numbers *from, const char *name, double beta, int p, int q)
{
    row_trial t = make(from, name, 3, 7, 40, beta);
    const factor start = copy_factor(t.x), end = t.x;
    regress_rule(&t, 40, 0);
    const factor plain = copy_factor(end);
    for (ptrdiff_t e = 0; e < span(7, 3, t.x.stride); e++)
        t.x.at[e] = (real)ldexp((double)start.at[e], p - q);
    for (ptrdiff_t e = 0; e < span(3, 40, t.part.y_stride); e++)
        t.y[e] = (real)ldexp((double)t.y[e], p);
    for (ptrdiff_t e = 0; e < span(7, 40, t.design.stride); e++)
        t.design.at[e] = (real)ldexp((double)t.design.at[e], q);
    sum_design(&t);
    t.block.floor = ldexp(t.block.floor, p);
    regress_rule(&t, 40, 0);
    for (ptrdiff_t i = 0; i < 3; i++)
        for (ptrdiff_t k = 0; k < 7; k++)
            CHECK(fabs(ldexp((double)*entry(t.x, i, k), q - p) - (double)*entry(plain, i, k)) <=
                      1e4 * (double)REAL_EPS * (1 + (double)*entry(plain, i, k)),
                  "%s, beta %g, 2^%d and 2^%d: %.17g, not %.17g", name, beta, p, q,
                  ldexp((double)*entry(t.x, i, k), q - p), (double)*entry(plain, i, k));
    free(start.at);
    free(plain.at);
    free_row_trial(&t);
}

static void test_any_scale_of_data_and_design_will_do(void **state)
{
    (void)state;
    numbers from = {7, 0};
    const int most = sizeof(real) == sizeof(float) ? 24 : 332;
    const double betas[] = {1, 0, 1.5};
    for (int n = 0; n < COUNT_OF(names); n++)
        for (int b = 0; b < COUNT_OF(betas); b++)
            for (int p = -most; p <= most; p += most)
                for (int q = -most; q <= most; q += most)
                    if (treats(RLRA(update_find)(names[n]), betas[b]) && fabs(2 * (q - p) + betas[b] * p) <= 3 * most)
                        try_scale(&from, names[n], betas[b], p, q);
}

/* The bound behind the steps to the left, on sums of powers for which it is claimed:  sum d(y, v - s a)  in s. */
static void test_steps_called_safe_descend_and_damped_ones_too(void **state)
{
    (void)state;
    numbers from = {8, 0};
    const double betas[] = {1, 0, 1.5, 0.5, -0.5};
    for (int b = 0; b < COUNT_OF(betas); b++)
        for (int repeat = 0; repeat < 2000; repeat++) {
            const double beta = betas[b], bend = beta > 1 ? beta - 1 : 0;
            double y[4], v[4], a[4], slope = 0, curvature = 0, speed = 0, size = 0;
            for (int j = 0; j < 4; j++) {
                y[j] = 0.01 + 2 * uniform(&from);
                v[j] = 0.01 + 2 * uniform(&from);
                a[j] = exp(3 * normal(&from));
                slope += a[j] * (pow(v[j], beta - 1) - y[j] * pow(v[j], beta - 2));
                curvature += a[j] * a[j] * pow(v[j], beta - 3) * (bend * v[j] + (2 - beta) * y[j]);
                speed = fmax(speed, a[j] / v[j]);
                size += fabs(divergence(beta, y[j], v[j])) + pow(v[j], beta) + y[j] * pow(v[j], beta - 1);
            }
            if (slope <= 0)
                continue;
            const double way = slope / curvature, damped = RLRA(damped_decrease)(3 - beta, speed, way);
            const double steps[] = {damped, way, 0.7 * way, 0.999 / speed};
            for (int s = 0; s < COUNT_OF(steps); s++) {
                const double step = fmin(steps[s], way);
                double change = 0;
                if (s > 0 && !RLRA(decrease_is_safe)(3 - beta, speed, way, step))
                    continue;
                for (int j = 0; j < 4; j++)
                    change += divergence(beta, y[j], v[j] - step * a[j]) - divergence(beta, y[j], v[j]);
                CHECK(change <= 64 * DBL_EPSILON * size, "beta %g, step %d of %g raises by %g", beta, s, step, change);
            }
        }
}

static void test_upper_bounds_hold_and_stay_optimal(void **state)
{
    (void)state;
    numbers from = {9, 0};
    const double betas[] = {1, 0, 1.5};
    for (int n = 0; n < COUNT_OF(names); n++)
        for (int b = 0; b < COUNT_OF(betas); b++) {
            if (!treats(RLRA(update_find)(names[n]), betas[b]))
                continue;
            row_trial t = make(&from, names[n], 20, 6, 30, betas[b]);
            t.list.item[t.list.count++] = (penalty){RLRA(penalty_at)(member_index("upper")), 0.25};
            regress_rule(&t, 20000, 1000 * (double)REAL_EPS);
            int held = 0;
            for (ptrdiff_t i = 0; i < 20; i++) {
                CHECK(kkt_of(&t, i) <= 4000 * (double)REAL_EPS, "%s, beta %g: %g", names[n], betas[b], kkt_of(&t, i));
                for (ptrdiff_t k = 0; k < 6; k++) {
                    assert_true(*entry(t.x, i, k) <= (real)0.25);
                    held += *entry(t.x, i, k) == (real)0.25;
                }
            }
            assert_true(held > 10);
            free_row_trial(&t);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_minimisers_are_those_of_scipy),
        cmocka_unit_test(test_one_component_has_its_closed_form),
        cmocka_unit_test(test_no_data_give_zeros),
        cmocka_unit_test(test_newton_meets_the_conditions_on_hard_designs),
        cmocka_unit_test(test_newton_takes_few_rounds),
        cmocka_unit_test(test_rows_cut_down_to_their_data_have_the_same_minimiser),
        cmocka_unit_test(test_any_scale_of_data_and_design_will_do),
        cmocka_unit_test(test_steps_called_safe_descend_and_damped_ones_too),
        cmocka_unit_test(test_upper_bounds_hold_and_stay_optimal),
    };
    return cmocka_run_group_tests_name("second_order", tests, NULL, NULL);
}
