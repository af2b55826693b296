/* unit/update/few_entries.c: the rules for rows with few entries, where they change from one way to another. */
#include "core/arena.h"
#include "support/definitions.h"
#include "update/update.h"

#define MOST 16

typedef struct sheet {
    factor x, rhs;
    double gram[MOST * MOST];
    penalty_list list;
    rule_settings settings;
    rule_counts counts;
} sheet;

/* Rows near no few columns of a positive design: searches have much to do. */
static sheet make_sheet(uint64_t seed, ptrdiff_t rank, ptrdiff_t most, const char *sign)
{
    numbers from = {seed, 0};
    const rlra_options options = rlra_options_default();
    const ptrdiff_t points = rank + 4;
    sheet s = {.x = uniform_factor(&from, UPDATE_ROWS, rank),
               .rhs = make_factor(UPDATE_ROWS, rank),
               .settings = RLRA(rule_settings_of)(&options)};
    const factor w = uniform_factor(&from, points, rank);
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t l = 0; l < rank; l++) {
            s.gram[k * rank + l] = 0;
            for (ptrdiff_t p = 0; p < points; p++)
                s.gram[k * rank + l] += (double)*entry(w, p, k) * (double)*entry(w, p, l);
        }
    for (ptrdiff_t i = 0; i < UPDATE_ROWS; i++) {
        double y[MOST + 4];
        for (ptrdiff_t p = 0; p < points; p++)
            y[p] = (double)rank * uniform(&from);
        for (ptrdiff_t k = 0; k < rank; k++) {
            double m = 0;
            for (ptrdiff_t p = 0; p < points; p++)
                m += y[p] * (double)*entry(w, p, k);
            *entry(s.rhs, i, k) = (real)m;
        }
    }
    if (sign != NULL)
        s.list.item[s.list.count++] = (penalty){RLRA(penalty_at)(member_index(sign)), 1};
    s.list.item[s.list.count++] = (penalty){RLRA(penalty_at)(member_index("hard_sparsity")), (double)most};
    free(w.at);
    return s;
}

static void free_sheet(sheet *s)
{
    free(s->x.at);
    free(s->rhs.at);
}

static void apply(sheet *s, const char *rule_name, const penalty_list *list, factor x)
{
    const update_ops *const rule = RLRA(update_find)(rule_name);
    const ptrdiff_t rank = x.rank;
    const size_t bytes = (rule->scratch_bytes(UPDATE_ROWS, rank) + 63) / 64 * 64;
    double *const prepared = malloc((rule->prepared_doubles(rank) + 1) * sizeof *prepared);
    void *const scratch = aligned_alloc(64, bytes);
    memset(scratch, 0xff, bytes);
    rule->prepare(s->gram, rank, list, prepared);
    const block b = {.x = x,
                     .quadratic = {.rhs = s->rhs, .gram = s->gram},
                     .penalties = list,
                     .kernels = RLRA(kernels_best)(),
                     .inner_sweeps = 1,
                     .prepared = prepared,
                     .scratch = scratch,
                     .settings = &s->settings,
                     .counts = &s->counts};
    s->counts = (rule_counts){0};
    rule->apply(&b);
    free(prepared);
    free(scratch);
}

/* 1/2 x G x^T - m x^T of row i; *size gets the magnitudes that are added. */
static double row_value(const sheet *s, factor x, ptrdiff_t i, double *size)
{
    double sum = 0;
    *size = 0;
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        const double at = (double)*entry(x, i, k), linear = at * (double)*entry(s->rhs, i, k);
        sum -= linear;
        *size += fabs(linear);
        for (ptrdiff_t l = 0; l < x.rank; l++) {
            const double part = 0.5 * at * s->gram[k * x.rank + l] * (double)*entry(x, i, l);
            sum += part;
            *size += fabs(part);
        }
    }
    return sum;
}

static void check_equal(const sheet *s, factor a, factor b, const char *what)
{
    for (ptrdiff_t i = 0; i < a.length; i++) {
        double size, other;
        const double va = row_value(s, a, i, &size), vb = row_value(s, b, i, &other);
        CHECK(fabs(va - vb) <= 64 * (double)REAL_EPS * (size + other), "%s, row %td: %.17g and %.17g", what, i, va, vb);
    }
}

static void test_as_many_entries_as_columns_are_plain_nonnegative_least_squares(void **state)
{
    (void)state;
    const char *const rules[] = {"k_sparse", "omp", "backward"};
    for (ptrdiff_t rank = 1; rank <= 12; rank++)
        for (ptrdiff_t most = rank; most <= rank + 3; most += 3) {
            sheet s = make_sheet((uint64_t)rank, rank, most, "nonneg");
            const penalty_list nonneg = {.count = 1, .item = {s.list.item[0]}};
            const factor dense = copy_factor(s.x);
            apply(&s, "active_set", &nonneg, dense);
            for (int r = 0; r < COUNT_OF(rules); r++) {
                const factor x = copy_factor(s.x);
                apply(&s, rules[r], &s.list, x);
                if (strcmp(rules[r], "omp") != 0)
                    check_equal(&s, dense, x, rules[r]);
                assert_true(s.counts.unproved == 0 || strcmp(rules[r], "omp") == 0);
                free(x.at);
            }
            free(dense.at);
            free_sheet(&s);
        }
}

/* Below 1500 supports all are tried; above, rows are searched first; a limit of nodes that is never met keeps to the search. */
static void test_searching_and_looking_at_all_supports_agree(void **state)
{
    (void)state;
    static const struct {
        ptrdiff_t rank, most;
        const char *sign;
    } cases[] = {{10, 3, "nonneg"}, {16, 5, "nonneg"}, {14, 4, "simplex"}, {7, 3, NULL}, {6, 2, NULL}};
    for (int c = 0; c < COUNT_OF(cases); c++) {
        sheet s = make_sheet(7, cases[c].rank, cases[c].most, cases[c].sign);
        const factor plain = copy_factor(s.x), limited = copy_factor(s.x);
        apply(&s, "k_sparse", &s.list, plain);
        assert_true(s.counts.unproved == 0 && s.counts.nodes > 0 && s.counts.gap == 0);
        s.settings.nodes = 100; /* too few to try all supports, so that rows without a proof are reported */
        while (s.counts.unproved > 0 || s.settings.nodes == 100) {
            s.settings.nodes *= 10;
            apply(&s, "k_sparse", &s.list, limited);
        }
        check_equal(&s, plain, limited, "limited");
        free(plain.at);
        free(limited.at);
        free_sheet(&s);
    }
}

static void test_a_limit_of_nodes_is_kept_and_reports_its_gap(void **state)
{
    (void)state;
    sheet s = make_sheet(3, 16, 5, "nonneg");
    const factor exact = copy_factor(s.x), x = copy_factor(s.x);
    apply(&s, "k_sparse", &s.list, exact);
    s.settings.nodes = 12;
    apply(&s, "k_sparse", &s.list, x);
    assert_true(s.counts.unproved > 0 && s.counts.gap > 0);
    assert_true(s.counts.nodes <= UPDATE_ROWS * 3 * MOST);
    double worse = 0, size, total = 0;
    for (ptrdiff_t i = 0; i < x.length; i++) {
        worse += row_value(&s, x, i, &size) - row_value(&s, exact, i, &size);
        total += size;
    }
    const double slack = 64 * (double)REAL_EPS * total;
    CHECK(worse >= -slack && worse <= s.counts.gap + slack, "%g above the least value, gap %g", worse, s.counts.gap);
    free(exact.at);
    free(x.at);
    free_sheet(&s);
}

static void test_rows_do_not_depend_on_how_they_are_cut(void **state)
{
    (void)state;
    sheet s = make_sheet(5, 16, 5, "nonneg");
    const factor whole = copy_factor(s.x), parts = copy_factor(s.x), rhs = s.rhs;
    apply(&s, "k_sparse", &s.list, whole);
    for (ptrdiff_t begin = 0, end; begin < UPDATE_ROWS; begin = end) {
        end = begin + 7 < UPDATE_ROWS ? begin + 7 : UPDATE_ROWS;
        s.rhs = factor_rows(rhs, begin, end);
        apply(&s, "k_sparse", &s.list, factor_rows(parts, begin, end));
    }
    assert_true(same_bits(whole.at, parts.at, whole.rank, UPDATE_ROWS, whole.stride));
    s.rhs = rhs;
    free(whole.at);
    free(parts.at);
    free_sheet(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_many_entries_as_columns_are_plain_nonnegative_least_squares),
        cmocka_unit_test(test_searching_and_looking_at_all_supports_agree),
        cmocka_unit_test(test_a_limit_of_nodes_is_kept_and_reports_its_gap),
        cmocka_unit_test(test_rows_do_not_depend_on_how_they_are_cut),
    };
    return cmocka_run_group_tests_name("few_entries", tests, NULL, NULL);
}
