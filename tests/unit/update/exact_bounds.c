/* unit/update/exact_bounds.c: the exact rules with bounds, l1 and l2, on the simplex, and without constraints. */
#include "unit/update/exact.h"

/* Rounding of the right-hand side in single precision moves the minimiser; in double the promise is 1e-12. */
static const double tolerance = sizeof(real) == 8 ? 1e-12 : 64 * (double)REAL_EPS;

typedef struct bounds_case {
    const char *what;
    int nonneg;
    double l1, l2, lower, upper; /* NAN: without */
} bounds_case;

static const bounds_case cases[] = {
    {"nothing", 0, 0, 0, NAN, NAN},
    {"l2", 0, 0, 0.5, NAN, NAN},
    {"l1", 0, 0.5, 0, NAN, NAN},
    {"l1 + l2", 0, 0.5, 0.5, NAN, NAN},
    {"nonneg + l1", 1, 0.5, 0, NAN, NAN},
    {"nonneg + l1 + l2", 1, 0.5, 0.5, NAN, NAN},
    {"nonneg + upper", 1, 0, 0, NAN, 0.25},
    {"nonneg + l1 + upper", 1, 0.5, 0, NAN, 0.25},
    {"lower", 0, 0, 0, -0.125, NAN},
    {"upper", 0, 0, 0, NAN, 0.25},
    {"upper below zero", 0, 0.5, 0, NAN, -1},
    {"lower above zero", 0, 0.5, 0, 0.125, NAN},
    {"box", 0, 0, 0, -0.125, 0.25},
    {"box + l1", 0, 0.5, 0, -0.125, 0.25},
    {"box + l1 + l2", 0, 0.5, 0.25, -2, 2},
    {"lower + l1", 0, 0.5, 0, -0.125, NAN},
    {"box of one point", 0, 0, 0, 0.5, 0.5},
};

static penalty_list list_of(const bounds_case *c)
{
    penalty_list list = {0};
    if (c->l2 > 0)
        add_penalty(&list, "l2", c->l2);
    if (c->l1 > 0)
        add_penalty(&list, "l1", c->l1);
    if (c->nonneg)
        add_penalty(&list, "nonneg", 1);
    if (!isnan(c->lower))
        add_penalty(&list, "lower", c->lower);
    if (!isnan(c->upper))
        add_penalty(&list, "upper", c->upper);
    return list;
}

static void test_bounds_l1_and_l2_meet_kkt(void **state)
{
    (void)state;
    for (int u = 0; u < EXACT_RULES; u++)
        for (int n = 0; n < COUNT_OF(cases); n++)
            for (uint64_t seed = 0; seed < 60; seed += (uint64_t)test_share()) {
                numbers from = {seed, 0};
                const ptrdiff_t size = 1 + below(&from, 30);
                regression p = make_sides(&from, seed % 2 ? GAUSSIAN : POSITIVE, size + 5 + below(&from, 60), size, 50);
                p.list = list_of(&cases[n]);
                draw_start(&from, p.x);
                for (ptrdiff_t i = 0; i < p.count; i++)
                    for (ptrdiff_t k = 0; k < size; k++)
                        *entry(p.x, i, k) = (real)fmin(fmax((double)*entry(p.x, i, k), RLRA(penalties_least)(&p.list)),
                                                       RLRA(penalties_most)(&p.list));
                apply_exact(exact_rules[u], &p, RLRA(kernels_best)());
                check_residuals(&p, exact_rules[u], tolerance, cases[n].what, seed);
                free_sides(&p);
            }
}

/* The multiplier of the sum is what the slopes of positive entries share. */
static void check_simplex(const regression *p, ptrdiff_t c)
{
    double slope[MOST_SIZE], size = 0, sum = 0, level = 0;
    for (ptrdiff_t k = 0; k < p->size; k++) {
        slope[k] = (double)*entry(p->rhs, c, k);
        for (ptrdiff_t l = 0; l < p->size; l++) {
            slope[k] -= p->gram[k * p->size + l] * (double)*entry(p->x, c, l);
            size = fmax(size, fabs(p->gram[k * p->size + l]));
        }
        size = fmax(size, fabs((double)*entry(p->rhs, c, k)));
        sum += (double)*entry(p->x, c, k);
        level += (double)*entry(p->x, c, k) * slope[k];
        assert_true(*entry(p->x, c, k) >= 0);
    }
    const double error = 64 * (double)REAL_EPS * sqrt((double)p->size) * size;
    CHECK(fabs(sum - 1) <= 8 * (double)REAL_EPS * sqrt((double)p->size), "sum %.17g", sum);
    for (ptrdiff_t k = 0; k < p->size; k++) {
        CHECK(slope[k] <= level + error, "%d x %d, side %d: %g", (int)p->rows, (int)p->size, (int)c, slope[k] - level);
        CHECK(!(*entry(p->x, c, k) > 0) || slope[k] >= level - error, "%g", slope[k] - level);
    }
}

static void test_simplex_meets_kkt_at_any_scale(void **state)
{
    (void)state;
    const int shapes[] = {GAUSSIAN, POSITIVE, FEW_ROWS, DUPLICATED, ZERO_COLUMNS};
    for (uint64_t seed = 0; seed < 200; seed++) {
        numbers from = {seed, 0};
        const int shape = shapes[seed % COUNT_OF(shapes)];
        const ptrdiff_t size = 1 + below(&from, seed % 10 == 9 ? MOST_SIZE : 12);
        regression p = make_sides(&from, shape, 1 + below(&from, MOST_ROWS), size, 20);
        add_penalty(&p.list, "simplex", 1);
        if (seed % 3 == 0)
            fill(p.x, 0);
        else
            draw_start(&from, p.x);
        apply_exact(&RLRA(update_active_set), &p, RLRA(kernels_best)());
        for (ptrdiff_t c = 0; c < p.count; c++)
            check_simplex(&p, c);
        free_sides(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds_l1_and_l2_meet_kkt),
        cmocka_unit_test(test_simplex_meets_kkt_at_any_scale),
    };
    return cmocka_run_group_tests_name("exact_bounds", tests, NULL, NULL);
}
