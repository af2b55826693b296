/* separable/rank_two.c: the two ends of the segment on which the normalised columns of a rank-two separable matrix lie.
 *
 * Columns divided by their sums are convex combinations of two of them, a and b. As the norm is strictly convex, it is largest
 * at one end of the segment, and the distance from that end is largest at the other. docs/theory/closed_forms.md. */
#include <omp.h>

#include "separable/pick.h"

/* Column j over its sum, in double; zeros stay zero. */
static void load_normalised(const columns *x, ptrdiff_t j, double *out)
{
    double sum = 0;
    RLRA(columns_load)(x, j, out);
    for (ptrdiff_t i = 0; i < x->rows; i++)
        sum += out[i];
    const double by = sum > 0 ? 1 / sum : 0;
    for (ptrdiff_t i = 0; i < x->rows; i++)
        out[i] *= by;
}

/* residuals[j] = || x_j / sum x_j - from ||^2, skipping zero columns. `room` holds a column for each thread. */
static void measure(const selection *s, const double *from, double *room)
{
    const columns *const x = s->x;
#pragma omp parallel for num_threads(x->threads) schedule(static)
    for (ptrdiff_t j = 0; j < x->count; j++) {
        double *const column = room + omp_get_thread_num() * x->rows;
        double sum = 0;
        if (s->norms[j] > 0)
            load_normalised(x, j, column);
        for (ptrdiff_t i = 0; s->norms[j] > 0 && i < x->rows; i++) {
            const double distance = column[i] - from[i];
            sum += distance * distance;
        }
        s->residuals[j] = sum;
    }
}

/* Rescale the tolerance, which is relative to the largest column, to the normalised columns. */
static double rescale(const selection *s)
{
    const double largest = RLRA(pick_largest)(s->x->count, s->norms);
    return largest > 0 ? s->least / largest * RLRA(pick_largest)(s->x->count, s->residuals) : s->least;
}

rlra_status RLRA(select_rank_two)(selection *s)
{
    const columns *const x = s->x;
    const size_t rows = (size_t)x->rows, parts = (size_t)x->threads + 1;
    double *const from = rlra_alloc_zero(x->context, rows * parts, sizeof *from);
    s->found = 0;
    if (from == NULL)
        return rlra_fail_memory(x->context, rows * parts, sizeof *from, "picking columns (rank two)");
    while (s->found < 2 && s->found < s->rank) {
        measure(s, from, from + x->rows);
        if (s->found == 0)
            s->least = rescale(s);
        const ptrdiff_t picked = RLRA(pick_column)(s);
        if (picked < 0)
            break;
        s->picked[s->found++] = picked;
        load_normalised(x, picked, from);
    }
    rlra_free(x->context, from);
    return RLRA_OK;
}
