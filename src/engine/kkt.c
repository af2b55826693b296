/* engine/kkt.c: the KKT residual of rows of a factor. */
#include "engine/kkt.h"

#include <math.h>

#include "block/quadratic.h"

size_t RLRA(kkt_bytes)(ptrdiff_t rows, ptrdiff_t rank)
{
    return (size_t)(rank + rank * block_stride(rows)) * sizeof(real);
}

void RLRA(kkt_slopes)(const kernels *kernel, const double *gram, factor x, factor rhs, factor h, void *scratch)
{
    real *const row = scratch;
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        for (ptrdiff_t j = 0; j < x.rank; j++)
            row[j] = (real)gram[k * x.rank + j];
        kernel->residual(x.length, x.rank, rhs.at + k * rhs.stride, row, x.at, x.stride, h.at + k * h.stride);
    }
}

/* Squared distances of two columns of rows, times a weight, added to each row. */
static void add_squares(ptrdiff_t length, const real *a, const real *b, double weight, double *rows)
{
    for (ptrdiff_t i = 0; i < length; i++) {
        const double step = (double)a[i] - (double)b[i];
        rows[i] += weight * step * step;
    }
}

/* The list in two: the number of entries, if it is limited, and the others. */
static penalty_list split(const penalty_list *list, penalty_list *sparsity)
{
    penalty_list others = {.room = list->room};
    *sparsity = (penalty_list){0};
    for (int p = 0; p < list->count; p++) {
        penalty_list *const to = list->item[p].ops->kind == PENALTY_SPARSITY ? sparsity : &others;
        to->item[to->count++] = list->item[p];
    }
    return others;
}

/* A row with all the entries that it may have is judged on them: its zeros go where the prox of the others makes zeros. */
static void bar_zeros(const penalty_list *sparsity, factor x, real zero, factor step)
{
    for (ptrdiff_t i = 0; sparsity->count > 0 && i < x.length; i++) {
        ptrdiff_t count = 0;
        for (ptrdiff_t k = 0; k < x.rank; k++)
            count += x.at[k * x.stride + i] != 0;
        for (ptrdiff_t k = 0; (double)count >= sparsity->item[0].weight && k < x.rank; k++)
            if (x.at[k * x.stride + i] == 0)
                step.at[k * step.stride + i] = zero;
    }
}

double RLRA(kkt_rows)(const kernels *kernel, const penalty_list *list, const double *gram, factor x, factor h,
                      void *scratch, double *rows)
{
    const ptrdiff_t rank = x.rank;
    penalty_list sparsity;
    const penalty_list others = split(list, &sparsity);
    const penalty_scope scope = RLRA(penalties_scope)(&others);
    const int coupled = scope == PENALTY_ROW || scope == PENALTY_WHOLE;
    const factor step = {(real *)scratch + rank, x.length, rank, block_stride(x.length)};
    double largest = 0, sum = 0;
    for (ptrdiff_t k = 0; k < rank; k++)
        largest = gram[k * rank + k] > largest ? gram[k * rank + k] : largest;
    for (ptrdiff_t k = 0; k < rank; k++) {
        const double curvature = coupled ? largest : gram[k * rank + k];
        const double inverse = curvature > (double)REAL_MIN ? 1 / curvature : 0;
        const real *const at = x.at + k * x.stride;
        const real *const slope = h.at + k * h.stride;
        real *const out = step.at + k * step.stride;
        for (ptrdiff_t i = 0; i < x.length; i++)
            out[i] = at[i] + (real)inverse * slope[i];
        if (!coupled && inverse > 0)
            RLRA(penalties_prox)(&others, inverse, factor_component(step, k));
    }
    const int moves_rows = coupled && largest > (double)REAL_MIN;
    bar_zeros(&sparsity, x, moves_rows ? -(real)INFINITY : 0, step);
    if (moves_rows)
        RLRA(penalties_prox)(list, 1 / largest, step);
    else
        RLRA(penalties_project)(&sparsity, step);
    for (ptrdiff_t i = 0; rows != NULL && i < x.length; i++)
        rows[i] = 0;
    for (ptrdiff_t k = 0; k < rank; k++) {
        const real *const at = x.at + k * x.stride;
        const real *const to = step.at + k * step.stride;
        const double weight = coupled ? largest : gram[k * rank + k];
        sum += weight * kernel->distance2(x.length, at, to);
        if (rows != NULL)
            add_squares(x.length, at, to, weight, rows);
    }
    return sum;
}
