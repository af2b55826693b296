/* unit/linalg/row_grams.c: the kernels of rows that have a Gram matrix each against plain loops. */
#include "support/support.h"

#include "support/kernel_sets.h"

static const ptrdiff_t ranks[] = {1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 33};

#define RANK 33
#define PAD  48 /* a multiple of ROW_GRAMS_PAD in both precisions */

/* Rows side by side with all that their kernels read; `full` holds the Gram matrices once more, each on its own. */
typedef struct rows {
    ptrdiff_t rank;
    real b[RANK * ROW_GRAMS], x[RANK * ROW_GRAMS], inverse[RANK * ROW_GRAMS], grams[RANK * (RANK + 1) / 2 * ROW_GRAMS];
    double full[ROW_GRAMS][RANK][RANK];
} rows;

static void draw(numbers *from, ptrdiff_t rank, rows *r)
{
    r->rank = rank;
    for (ptrdiff_t e = 0; e < rank * ROW_GRAMS; e++) {
        r->b[e] = (real)normal(from);
        r->x[e] = (real)uniform(from);
    }
    for (ptrdiff_t k = 0; k < rank; k++)
        for (int i = 0; i < ROW_GRAMS; i++) {
            for (ptrdiff_t l = 0; l <= k; l++) {
                const real g = (real)(k == l ? 1 + uniform(from) : 0.3 * normal(from) / (double)rank);
                r->grams[row_grams_at(k, l) + i] = g;
                r->full[i][k][l] = r->full[i][l][k] = (double)g;
            }
            /* Now and then a component that is not seen. */
            r->inverse[k * ROW_GRAMS + i] = below(from, 7) == 0 ? 0 : (real)(1 / r->full[i][k][k]);
        }
}

static real *number(real *of, ptrdiff_t k, int i)
{
    return of + k * ROW_GRAMS + i;
}

static void check(const kernels *set, const char *what, ptrdiff_t rank, real found, double expected)
{
    CHECK(fabs((double)found - expected) <= 64 * sum_tolerance(rank, 1 + fabs(expected)), "%s %s, rank %td: %g, not %g",
          set->name, what, rank, (double)found, expected);
}

static void try_slopes(const kernels *set, rows *r)
{
    real *const out = nan_reals(r->rank * ROW_GRAMS), *const above = nan_reals(r->rank * ROW_GRAMS);
    set->row_grams->slopes(r->rank, r->b, r->grams, r->x, out);
    set->row_grams->sum_above(r->rank, r->grams, r->x, above);
    for (ptrdiff_t k = 0; k < r->rank; k++)
        for (int i = 0; i < ROW_GRAMS; i++) {
            double slope = (double)*number(r->b, k, i), behind = 0;
            for (ptrdiff_t j = 0; j < r->rank; j++) {
                const double term = r->full[i][k][j] * (double)*number(r->x, j, i);
                slope -= term;
                behind += j > k ? term : 0;
            }
            check(set, "slopes", r->rank, *number(out, k, i), slope);
            check(set, "sums above", r->rank, *number(above, k, i), behind);
        }
    free(out);
    free(above);
}

/* One component of all rows in plain loops; returns the part of the change. */
static double improve_plainly(rows *r, ptrdiff_t k, double shift, double ridge, double least)
{
    double change = 0;
    for (int i = 0; i < ROW_GRAMS; i++) {
        const double old = (double)*number(r->x, k, i), g = r->full[i][k][k];
        double left = (double)*number(r->b, k, i) - shift - ridge * old;
        for (ptrdiff_t j = 0; j < r->rank; j++)
            left -= r->full[i][k][j] * (double)*number(r->x, j, i);
        const double fresh = fmax(old + left * (double)*number(r->inverse, k, i), least);
        change += (g + ridge) * (fresh - old) * (fresh - old);
        *number(r->x, k, i) = (real)fresh;
    }
    return change;
}

/* Two rounds, by the kernel of a round and by that of a component, with the order that both are asked for. */
static void try_rounds(const kernels *set, const rows *drawn, double shift, double ridge, double least)
{
    rows plain = *drawn, whole = *drawn, single = *drawn;
    const ptrdiff_t rank = drawn->rank;
    real *const above = nan_reals(rank * ROW_GRAMS);
    set->row_grams->sum_above(rank, whole.grams, whole.x, above);
    for (int round = 0; round < 2; round++) {
        double change = 0, alone = 0;
        for (ptrdiff_t k = 0; k < rank; k++) {
            change += improve_plainly(&plain, k, shift, ridge, least);
            alone += set->row_grams->improve(rank, single.b, single.grams, single.x, k, single.inverse + k * ROW_GRAMS,
                                             (real)shift, (real)ridge, (real)least);
        }
        const double told = set->row_grams->round(rank, whole.b, whole.grams, whole.x, above, whole.inverse,
                                                  (real)shift, (real)ridge, (real)least);
        check(set, "change of a round", rank * ROW_GRAMS, (real)told, change);
        check(set, "change of components", rank * ROW_GRAMS, (real)alone, change);
    }
    for (ptrdiff_t k = 0; k < rank; k++)
        for (int i = 0; i < ROW_GRAMS; i++) {
            check(set, "round", rank, *number(whole.x, k, i), (double)*number(plain.x, k, i));
            check(set, "improve", rank, *number(single.x, k, i), (double)*number(plain.x, k, i));
        }
    free(above);
}

static void test_slopes_and_rounds_equal_plain_loops(void **state)
{
    (void)state;
    numbers from = {1, 0};
    static rows r;
    for (int s = 0; set_at(s) != NULL; s++)
        for (int k = 0; k < COUNT_OF(ranks); k++) {
            draw(&from, ranks[k], &r);
            try_slopes(set_at(s), &r);
            try_rounds(set_at(s), &r, 0, 0, 0);
            try_rounds(set_at(s), &r, 0.125, 0.25, 0.0625);
        }
}

/* add() into padded sums, then lay(): rows with the whole, without it, and without sums. */
static void try_laid(const kernels *set, numbers *from, ptrdiff_t rank, ptrdiff_t count)
{
    enum { MOST = 40 };
    static _Alignas(64) real entries[MOST][PAD];
    static double sums[ROW_GRAMS][PAD * PAD], whole[RANK * RANK];
    const real *a[MOST];
    real shares[MOST], *const grams = nan_reals(row_grams_count(rank));
    double share[ROW_GRAMS], scale[ROW_GRAMS];
    for (ptrdiff_t e = 0; e < rank * rank; e++)
        whole[e] = normal(from);
    memset(sums, 0, sizeof sums);
    memset(entries, 0, sizeof entries);
    for (int i = 0; i < ROW_GRAMS; i++) {
        share[i] = i % 3 != 1;
        scale[i] = i % 3 == 2 ? 0 : i % 3 == 1 ? 1.5 : -0.5;
    }
    for (ptrdiff_t e = 0; e < count; e++) {
        a[e] = entries[e];
        shares[e] = (real)uniform(from);
        for (ptrdiff_t k = 0; k < rank; k++)
            entries[e][k] = (real)normal(from);
    }
    for (int i = 0; i < ROW_GRAMS; i++)
        set->row_grams->add(count - i > 0 ? count - i : 0, a, i % 2 == 0 ? shares : NULL, rank, sums[i], PAD);
    set->row_grams->lay(rank, whole, share, sums[0], PAD * PAD, PAD, scale, grams);
    for (int i = 0; i < ROW_GRAMS; i++)
        for (ptrdiff_t k = 0; k < rank; k++)
            for (ptrdiff_t l = 0; l <= k; l++) {
                double sum = 0;
                for (ptrdiff_t e = 0; e + i < count; e++)
                    sum += (i % 2 == 0 ? (double)shares[e] : 1) * (double)entries[e][k] * (double)entries[e][l];
                check(set, "laid", count, grams[row_grams_at(k, l) + i],
                      share[i] * whole[k * rank + l] + scale[i] * sum);
            }
    free(grams);
}

static void test_sums_are_laid_side_by_side(void **state)
{
    (void)state;
    static const ptrdiff_t counts[] = {0, 1, 2, 3, 5, 17, 40};
    numbers from = {2, 0};
    for (int s = 0; set_at(s) != NULL; s++)
        for (int k = 0; k < COUNT_OF(ranks); k++)
            for (int c = 0; c < COUNT_OF(counts); c++)
                try_laid(set_at(s), &from, ranks[k], counts[c]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slopes_and_rounds_equal_plain_loops),
        cmocka_unit_test(test_sums_are_laid_side_by_side),
    };
    return cmocka_run_group_tests_name("rows with Gram matrices", tests, NULL, NULL);
}
