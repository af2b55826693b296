/* start/marginals.c: sums of rows and columns, and the divergence of a matrix from one component. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "core/sum.h"
#include "start/rank_one.h"

/* Columns that a thread sums together, so that their sums stay in the first-level cache. */
#define WIDTH 1024

static const real *entry_of(const rlra_array *array, ptrdiff_t i, ptrdiff_t j)
{
    return (const real *)array->data + i * array->strides[0] + j * array->strides[1];
}

static double sum_row(const rlra_array *array, ptrdiff_t i)
{
    const real *const row = entry_of(array, i, 0);
    double sum = 0;
    for (ptrdiff_t j = 0; j < array->dims[1]; j++)
        sum += (double)row[j * array->strides[1]];
    return sum;
}

static void sum_columns(const rlra_array *array, ptrdiff_t begin, ptrdiff_t end, double *columns)
{
    memset(columns + begin, 0, (size_t)(end - begin) * sizeof *columns);
    for (ptrdiff_t i = 0; i < array->dims[0]; i++) {
        const real *const row = entry_of(array, i, 0);
        for (ptrdiff_t j = begin; j < end; j++)
            columns[j] += (double)row[j * array->strides[1]];
    }
}

void RLRA(marginals)(const rlra_array *array, int threads, double *rows, double *columns)
{
    const ptrdiff_t m = array->dims[0], n = array->dims[1];
#pragma omp parallel num_threads(threads)
    {
#pragma omp for schedule(static) nowait
        for (ptrdiff_t i = 0; i < m; i++)
            rows[i] = sum_row(array, i);
#pragma omp for schedule(static)
        for (ptrdiff_t begin = 0; begin < n; begin += WIDTH)
            sum_columns(array, begin, begin + WIDTH < n ? begin + WIDTH : n, columns);
    }
}

double RLRA(rank_one_divergence)(const rlra_array *array, const posed_loss *loss, int threads, factor w, factor h,
                                 real *room, double *parts)
{
    const ptrdiff_t m = w.length, n = h.length;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (ptrdiff_t i = 0; i < m; i++) {
        real *const y = room + omp_get_thread_num() * 2 * n, *const v = y + n;
        for (ptrdiff_t j = 0; j < n; j++) {
            y[j] = *entry_of(array, i, j);
            v[j] = w.at[i] * h.at[j];
        }
        parts[i] = loss->ops->value(loss, n, y, v);
    }
    return rlra_sum(0, m, 1, parts);
}
