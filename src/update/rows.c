/* update/rows.c: model, slopes, value and KKT residual of rows with their data, block by block in cache. */
#include "update/rows.h"

#include <math.h>

#define ALIGN(count) (((count) + 15) / 16 * 16)

/* Columns of the model that are formed at once. */
#define COLUMNS 128

/* Buffers within scratch; `weights` are the rows of x, each contiguous. */
typedef struct buffers {
    real *weights, *model, *up, *down;
} buffers;

static buffers place(ptrdiff_t rank, void *scratch)
{
    real *const at = scratch;
    real *const blocks = at + ALIGN(rank * UPDATE_ROWS);
    return (buffers){at, blocks, blocks + UPDATE_ROWS * COLUMNS, blocks + 2 * UPDATE_ROWS * COLUMNS};
}

size_t RLRA(rows_bytes)(ptrdiff_t rank, ptrdiff_t length)
{
    (void)length;
    return (size_t)(ALIGN(rank * UPDATE_ROWS) + 3 * UPDATE_ROWS * COLUMNS) * sizeof(real);
}

/* v_ij = max(sum_k x_ik a_jk, floor) for `count` columns from `begin`, row i at model + i * COLUMNS. */
static void form_model(const row_block *b, ptrdiff_t rows, ptrdiff_t begin, ptrdiff_t count, const buffers *at)
{
    const real floor = (real)b->floor;
    for (ptrdiff_t i = 0; i < rows; i++)
        for (ptrdiff_t j = 0; j < count; j++)
            at->model[i * COLUMNS + j] = 0;
    b->kernels->outer(b->design.rank, rows, count, at->weights, b->design.rank, b->design.at + begin, b->design.stride,
                      at->model, COLUMNS);
    for (ptrdiff_t i = 0; i < rows; i++)
        for (ptrdiff_t j = 0; j < count; j++) {
            real *const v = at->model + i * COLUMNS + j;
            *v = *v > floor ? *v : floor;
        }
}

/* What columns of zeros that were left out add to the loss kl: the sums of the components without the part that is here. */
static void add_left_out(const row_block *b, factor x, double *values)
{
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        double here = 0;
        for (ptrdiff_t j = 0; j < b->design.length; j++)
            here += (double)b->design.at[k * b->design.stride + j];
        const double rest = b->sums[k] - here;
        if (rest <= (double)b->design.length * DBL_EPSILON * b->sums[k])
            continue;
        for (ptrdiff_t i = 0; i < x.length; i++)
            values[i] += rest * (double)x.at[k * x.stride + i];
    }
}

static void fill_sums(const row_block *b, factor down)
{
    for (ptrdiff_t k = 0; k < down.rank; k++)
        for (ptrdiff_t i = 0; i < down.length; i++)
            down.at[k * down.stride + i] = (real)b->sums[k];
}

/* Slopes of the entries of one block of columns, and what it adds to the values. */
static void slope_entries(const row_block *b, ptrdiff_t rows, ptrdiff_t begin, ptrdiff_t count, const buffers *at,
                          int need_down, double *values)
{
    const posed_loss *const loss = b->loss;
    for (ptrdiff_t i = 0; i < rows; i++) {
        const real *const y = b->y + i * b->y_stride + begin;
        const real *const v = at->model + i * COLUMNS;
        loss->ops->slopes(loss->beta, count, y, v, at->up + i * COLUMNS, need_down ? at->down + i * COLUMNS : NULL);
        if (values != NULL)
            values[i] += loss->ops->value(loss->beta, count, y, v);
    }
}

void RLRA(rows_slopes)(const row_block *b, factor x, factor up, factor down, double *values, void *scratch)
{
    const ptrdiff_t rows = x.length, rank = x.rank, length = b->design.length;
    const int need_down = b->loss->kind != LOSS_KL;
    const buffers at = place(rank, scratch);
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t i = 0; i < rows; i++)
            at.weights[i * rank + k] = x.at[k * x.stride + i];
    for (ptrdiff_t i = 0; values != NULL && i < rows; i++)
        values[i] = 0;
    for (ptrdiff_t k = 0; length == 0 && k < rank; k++)
        for (ptrdiff_t i = 0; i < rows; i++)
            up.at[k * up.stride + i] = down.at[k * down.stride + i] = 0;
    for (ptrdiff_t begin = 0; begin < length; begin += COLUMNS) {
        const ptrdiff_t count = length - begin < COLUMNS ? length - begin : COLUMNS;
        const real *const design = b->design.at + begin;
        form_model(b, rows, begin, count, &at);
        slope_entries(b, rows, begin, count, &at, need_down, values);
        b->kernels->dots(rows, rank, count, at.up, COLUMNS, NULL, design, b->design.stride, up.at, up.stride,
                         begin > 0);
        if (need_down)
            b->kernels->dots(rows, rank, count, at.down, COLUMNS, NULL, design, b->design.stride, down.at, down.stride,
                             begin > 0);
    }
    if (!need_down)
        fill_sums(b, down);
    if (!need_down && values != NULL)
        add_left_out(b, x, values);
}

/* The number that no entry may exceed, or INFINITY: what bounds make of the largest number. */
static double upper_bound(const penalty_list *penalties)
{
    double least = INFINITY;
    for (int p = 0; p < penalties->count; p++) {
        if (penalties->item[p].ops->kind != PENALTY_BOUND)
            continue;
        real largest = sizeof(real) == sizeof(float) ? (real)FLT_MAX : (real)DBL_MAX;
        const double all = (double)largest;
        penalties->item[p].ops->prox(penalties->item[p].weight, 1, (factor){&largest, 1, 1, 1});
        if ((double)largest < all && (double)largest < least)
            least = (double)largest;
    }
    return least;
}

double RLRA(row_kkt)(const penalty_list *penalties, ptrdiff_t rank, const double *x, const double *up,
                     const double *down)
{
    const double linear = RLRA(penalties_linear)(penalties), quadratic = 2 * RLRA(penalties_quadratic)(penalties);
    const double upper = upper_bound(penalties);
    double slack = 0, size = 0, worst = 0;
    for (ptrdiff_t k = 0; k < rank; k++) {
        const double raise = down[k] + linear + quadratic * x[k], slope = raise - up[k];
        size += x[k] * raise;
        if (slope < 0 && x[k] >= upper)
            continue;
        slack += x[k] * fabs(slope);
        if (slope < 0)
            worst = fmax(worst, raise > 0 ? -slope / raise : INFINITY);
    }
    return fmax(worst, size > 0 ? slack / size : 0);
}
