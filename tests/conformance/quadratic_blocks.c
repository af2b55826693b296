/* conformance/quadratic_blocks.c: every rule on each form of the Gram matrix that it declares ends at the minimiser that trying all
 * supports finds, and the KKT residual of each form is that of plain loops. */
#include "block/kkt.h"
#include "block/quadratic.h"
#include "support/blocks.h"

#define ROUNDS 2000

/* Whether a list has one minimiser, which rules that descend must find. */
static int is_convex(const penalty_list *list)
{
    return (RLRA(penalties_kinds)(list) & PENALTY_SPARSITY) == 0;
}

static void check_minimiser(const trial *t, ptrdiff_t i, const char *form)
{
    double best[MOST_RANK], trace = 1;
    brute_force(t, i, best);
    for (ptrdiff_t k = 0; k < t->x.rank; k++)
        trace += t->gram[k * (t->x.rank + 1)];
    for (ptrdiff_t k = 0; k < t->x.rank; k++) {
        const double x = (double)*entry(t->x, i, k);
        CHECK(fabs(x - best[k]) <= 64 * trace * (double)REAL_EPS * (1 + fabs(best[k])),
              "%s, %s, with %s: %.17g, not %.17g", t->rule->about.name, form, list_name(t->list), x, best[k]);
    }
}

/* out = v G, by plain loops. */
static void multiply(void *user, factor v, factor out)
{
    const trial *const t = user;
    for (ptrdiff_t i = 0; i < v.length; i++)
        for (ptrdiff_t k = 0; k < v.rank; k++) {
            double sum = 0;
            for (ptrdiff_t l = 0; l < v.rank; l++)
                sum += (double)*entry(v, i, l) * t->gram[l * v.rank + k];
            *entry(out, i, k) = (real)sum;
        }
}

static void make_products(trial *t, double *diagonal, gram_products *products)
{
    *products = (gram_products){.apply = multiply, .user = t, .diagonal = diagonal};
    for (ptrdiff_t k = 0; k < t->x.rank; k++) {
        diagonal[k] = t->gram[k * (t->x.rank + 1)];
        products->largest += diagonal[k];
    }
}

/* The block of a trial, in what form its Gram matrix may be, run by its rule. */
static void run(trial *t, factor x, quadratic_part quadratic)
{
    const ptrdiff_t rank = t->x.rank;
    const size_t bytes = t->rule->scratch_bytes(x.length, rank), doubles = t->rule->prepared_doubles(rank);
    double *const prepared = malloc((doubles + 1) * sizeof *prepared);
    void *const scratch = aligned_alloc(64, (bytes + 127) / 64 * 64);
    memset(scratch, 0xff, bytes);
    memset(prepared, 0xff, doubles * sizeof *prepared);
    if (quadratic.gram != NULL && t->rule->prepare != NULL)
        t->rule->prepare(t->gram, rank, t->list, prepared);
    rule_counts counts = {0};
    const block b = {.x = x,
                     .quadratic = quadratic,
                     .penalties = t->list,
                     .kernels = RLRA(kernels_best)(),
                     .floor = t->floor,
                     .inner_sweeps = ROUNDS,
                     .prepared = prepared,
                     .scratch = scratch,
                     .settings = &t->settings,
                     .counts = &counts};
    assert_int_equal(RLRA(block_shapes)(&b) & ~RLRA(rule_shapes)(t->rule, t->list), 0);
    t->rule->apply(&b);
    free(prepared);
    free(scratch);
}

static void try_products(numbers *from, const update_ops *rule, const penalty_list *list)
{
    double diagonal[MOST_RANK];
    gram_products products;
    trial t = make_trial(from, rule, list, 7, 1 + below(from, 4), WELL_POSED);
    make_products(&t, diagonal, &products);
    run(&t, t.x, (quadratic_part){.rhs = t.rhs, .products = &products});
    for (ptrdiff_t i = 0; i < t.x.length; i++)
        check_minimiser(&t, i, "products");
    free_trial(&t);
}

/* Rows side by side; `rows` have a Gram matrix each. */
static void lay_out(const trial *rows, ptrdiff_t count, real *x, real *rhs, real *grams)
{
    const ptrdiff_t rank = rows->x.rank;
    memset(x, 0, (size_t)(rank * ROW_GRAMS) * sizeof *x);
    memset(rhs, 0, (size_t)(rank * ROW_GRAMS) * sizeof *rhs);
    memset(grams, 0, (size_t)row_grams_count(rank) * sizeof *grams);
    for (ptrdiff_t i = 0; i < count; i++)
        for (ptrdiff_t k = 0; k < rank; k++) {
            x[k * ROW_GRAMS + i] = *entry(rows[i].x, 0, k);
            rhs[k * ROW_GRAMS + i] = *entry(rows[i].rhs, 0, k);
            for (ptrdiff_t l = 0; l <= k; l++)
                grams[row_grams_at(k, l) + i] = (real)rows[i].gram[k * rank + l];
        }
}

static void try_own_grams(numbers *from, const update_ops *rule, const penalty_list *list)
{
    trial rows[ROW_GRAMS];
    const ptrdiff_t rank = 1 + below(from, 4), count = 1 + below(from, ROW_GRAMS);
    real *const room = aligned_alloc(64, (size_t)(MOST_RANK * (MOST_RANK + 2) * ROW_GRAMS) * sizeof *room);
    real *const rhs = room + MOST_RANK * ROW_GRAMS, *const grams = rhs + MOST_RANK * ROW_GRAMS;
    for (ptrdiff_t i = 0; i < count; i++)
        rows[i] = make_trial(from, rule, list, 1, rank, WELL_POSED);
    lay_out(rows, count, room, rhs, grams);
    run(&rows[0], (factor){room, count, rank, ROW_GRAMS},
        (quadratic_part){.rhs = {rhs, count, rank, ROW_GRAMS}, .grams = grams});
    for (ptrdiff_t i = 0; i < count; i++) {
        for (ptrdiff_t k = 0; k < rank; k++)
            *entry(rows[i].x, 0, k) = room[k * ROW_GRAMS + i];
        check_minimiser(&rows[i], 0, "own Gram matrices");
        free_trial(&rows[i]);
    }
    free(room);
}

/* All rows at once. Rules that do not descend must at least do what they do to some rows at a time. */
static void try_all_rows(numbers *from, const update_ops *rule, const penalty_list *list)
{
    const ptrdiff_t length = 2 * UPDATE_ROWS + 5;
    trial t = make_trial(from, rule, list, length, 1 + below(from, 3), WELL_POSED);
    const factor apart = copy_factor(t.x);
    run(&t, t.x, (quadratic_part){.rhs = t.rhs, .gram = t.gram});
    for (ptrdiff_t i = 0; rule->keeps_objective && i < length; i++)
        check_minimiser(&t, i, "all rows");
    for (ptrdiff_t begin = 0, end; !rule->keeps_objective && begin < length; begin = end) {
        end = begin + UPDATE_ROWS < length ? begin + UPDATE_ROWS : length;
        run(&t, factor_rows(apart, begin, end),
            (quadratic_part){.rhs = factor_rows(t.rhs, begin, end), .gram = t.gram});
        for (ptrdiff_t i = begin; i < end; i++)
            for (ptrdiff_t k = 0; k < apart.rank; k++) {
                const double x = (double)*entry(t.x, i, k), y = (double)*entry(apart, i, k);
                CHECK(fabs(x - y) <= 64 * (double)REAL_EPS * (1 + fabs(y)), "%s, row %td: %.17g, not %.17g",
                      rule->about.name, i, x, y);
            }
    }
    free(apart.at);
    free_trial(&t);
}

static const struct {
    unsigned shape;
    void (*try)(numbers *from, const update_ops *rule, const penalty_list *list);
} forms[] = {{BLOCK_PRODUCTS, try_products}, {BLOCK_OWN_GRAMS, try_own_grams}, {BLOCK_ALL_ROWS, try_all_rows}};

/* One Gram matrix for at most UPDATE_ROWS rows is what conformance/updates.c is about. */
static void test_rules_end_at_the_minimiser_on_each_form_they_declare(void **state)
{
    (void)state;
    numbers from = {1, 0};
    penalty_list lists[MOST_LISTS];
    const int count = make_lists(&from, lists);
    for (int f = 0; f < COUNT_OF(forms); f++) {
        int rules = 0;
        for (int u = 0; RLRA(update_at)(u) != NULL; u++) {
            const update_ops *const rule = RLRA(update_at)(u);
            int tried = 0;
            for (int c = 0; c < count; c++)
                if (takes(rule, &lists[c]) && is_convex(&lists[c]) &&
                    (RLRA(rule_shapes)(rule, &lists[c]) & forms[f].shape) != 0) {
                    forms[f].try(&from, rule, &lists[c]);
                    tried++;
                }
            CHECK(tried > 0 || (rule->shapes & forms[f].shape) == 0, "%s declares %s", rule->about.name,
                  RLRA(block_shape_name)(forms[f].shape));
            rules += tried > 0;
        }
        CHECK(rules > 0, "no rule declares %s", RLRA(block_shape_name)(forms[f].shape));
    }
}

/* sum_k g_kk (x_k - prox(x_k + h_k / g_kk; 1/g_kk))^2 with  l1, l2, nonneg  and slopes h = m - x G. */
static double plain_kkt(const trial *t, ptrdiff_t i)
{
    const ptrdiff_t rank = t->x.rank;
    const double linear = RLRA(penalties_linear)(t->list), quadratic = RLRA(penalties_quadratic)(t->list);
    double sum = 0;
    for (ptrdiff_t k = 0; k < rank; k++) {
        const double g = t->gram[k * (rank + 1)], x = (double)*entry(t->x, i, k);
        double h = (double)*entry(t->rhs, i, k);
        for (ptrdiff_t l = 0; l < rank; l++)
            h -= (double)*entry(t->x, i, l) * t->gram[l * rank + k];
        const double to = fmax(0, (x + (h - linear) / g) / (1 + 2 * quadratic / g));
        sum += g * (x - to) * (x - to);
    }
    return sum;
}

static double kkt_of(const trial *t, factor x, quadratic_part quadratic, double *rows)
{
    const block b = {.x = x, .quadratic = quadratic, .penalties = t->list, .kernels = RLRA(kernels_best)()};
    real *const room = aligned_alloc(64, 1 << 16);
    const factor slopes = block_room(&b, room);
    real *const rest = room + slopes.rank * slopes.stride;
    RLRA(block_slopes)(&b, x, slopes);
    const double sum = RLRA(kkt_quadratic)(&b, slopes, rest, rows);
    free(room);
    return sum;
}

static void check_kkt(double found, double expected, const char *form)
{
    CHECK(fabs(found - expected) <= 256 * (double)REAL_EPS * (1 + expected), "%s: %.17g, not %.17g", form, found,
          expected);
}

static void test_kkt_residuals_are_those_of_plain_loops_on_each_form(void **state)
{
    (void)state;
    numbers from = {2, 0};
    const penalty_list list = {.count = 3,
                               .item = {{RLRA(penalty_at)(member_index("l2")), 0.3},
                                        {RLRA(penalty_at)(member_index("l1")), 0.2},
                                        {RLRA(penalty_at)(member_index("nonneg")), 1}}};
    const update_ops *const hals = RLRA(update_find)("hals");
    for (int repeat = 0; repeat < 50; repeat++) {
        double diagonal[MOST_RANK], rows[UPDATE_ROWS], all = 0;
        real x[MOST_RANK * ROW_GRAMS], rhs[MOST_RANK * ROW_GRAMS], grams[MOST_RANK * MOST_RANK * ROW_GRAMS];
        gram_products products;
        trial t = make_trial(&from, hals, &list, 1 + below(&from, ROW_GRAMS), 1 + below(&from, MOST_RANK), PLAIN);
        make_products(&t, diagonal, &products);
        kkt_of(&t, t.x, (quadratic_part){.rhs = t.rhs, .gram = t.gram}, rows);
        for (ptrdiff_t i = 0; i < t.x.length; i++) {
            check_kkt(rows[i], plain_kkt(&t, i), "one Gram matrix");
            all += plain_kkt(&t, i);
        }
        check_kkt(kkt_of(&t, t.x, (quadratic_part){.rhs = t.rhs, .gram = t.gram}, NULL), all, "one Gram matrix");
        check_kkt(kkt_of(&t, t.x, (quadratic_part){.rhs = t.rhs, .products = &products}, NULL), all, "products");
        trial alone = t;
        alone.x.length = alone.rhs.length = 1;
        lay_out(&alone, 1, x, rhs, grams);
        const factor beside = {x, 1, t.x.rank, ROW_GRAMS}, sides = {rhs, 1, t.x.rank, ROW_GRAMS};
        check_kkt(kkt_of(&t, beside, (quadratic_part){.rhs = sides, .grams = grams}, NULL), plain_kkt(&t, 0),
                  "own Gram matrices");
        free_trial(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_end_at_the_minimiser_on_each_form_they_declare),
        cmocka_unit_test(test_kkt_residuals_are_those_of_plain_loops_on_each_form),
    };
    return cmocka_run_group_tests_name("quadratic_blocks", tests, NULL, NULL);
}
