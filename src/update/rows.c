/* update/rows.c: model, slopes, value and KKT residual of rows with their data, block by block in cache. */
#include "update/rows.h"

#include <math.h>

#define ALIGN(count) (((count) + 15) / 16 * 16)

/* Columns of the model that are formed at once. */
#define COLUMNS 128

/* Buffers within scratch; `weights` are the rows of x, each contiguous. */
typedef struct buffers {
    real *weights, *model, *up, *down, *steep;
} buffers;

static buffers place(ptrdiff_t rank, void *scratch)
{
    real *const at = scratch;
    real *const blocks = at + ALIGN(rank * UPDATE_ROWS);
    const ptrdiff_t size = UPDATE_ROWS * COLUMNS;
    return (buffers){at, blocks, blocks + size, blocks + 2 * size, blocks + 3 * size};
}

/* With room for the slopes of rows_scale() and rows_gap(). */
size_t RLRA(rows_bytes)(ptrdiff_t rank, ptrdiff_t length)
{
    (void)length;
    return (size_t)(ALIGN(rank * UPDATE_ROWS) + ALIGN(2 * rank * UPDATE_ROWS) + 4 * UPDATE_ROWS * COLUMNS) *
           sizeof(real);
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

/* Slopes, and more where asked, of the entries of one block of columns. */
static void slope_entries(const row_block *b, const row_pass *out, ptrdiff_t rows, ptrdiff_t begin, ptrdiff_t count,
                          const buffers *at)
{
    const posed_loss *const loss = b->loss;
    const int need_down = loss->kind != LOSS_KL;
    for (ptrdiff_t i = 0; i < rows; i++) {
        const real *const y = b->y + (out->index != NULL ? out->index[i] : i) * b->y_stride + begin;
        const real *const v = at->model + i * COLUMNS;
        real *const steep = at->steep + i * COLUMNS;
        loss->ops->slopes(loss->beta, count, y, v, at->up + i * COLUMNS, need_down ? at->down + i * COLUMNS : NULL);
        if (out->values != NULL)
            out->values[i] += loss->ops->value(loss->beta, count, y, v);
        if (out->steep.at == NULL)
            continue;
        loss->ops->curvatures(loss->beta, count, y, v, steep);
        for (ptrdiff_t j = 0; j < count; j++)
            steep[j] *= out->steep_sides[begin + j];
    }
}

static void fill(factor f, const double *of_component)
{
    for (ptrdiff_t k = 0; k < f.rank; k++)
        for (ptrdiff_t i = 0; i < f.length; i++)
            f.at[k * f.stride + i] = of_component == NULL ? 0 : (real)of_component[k];
}

void RLRA(rows_pass)(const row_block *b, factor x, const row_pass *out, void *scratch)
{
    const ptrdiff_t rows = x.length, rank = x.rank, length = b->design.length;
    const buffers at = place(rank, scratch);
    const struct {
        const real *entries;
        factor sum;
    } sums[] = {{at.up, out->up}, {at.down, out->down}, {at.steep, out->steep}};
    const int is_kl = b->loss->kind == LOSS_KL;
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t i = 0; i < rows; i++)
            at.weights[i * rank + k] = x.at[k * x.stride + i];
    for (ptrdiff_t i = 0; out->values != NULL && i < rows; i++)
        out->values[i] = 0;
    for (int s = 0; s < 3 && length == 0; s++)
        if (sums[s].sum.at != NULL)
            fill(sums[s].sum, NULL);
    for (ptrdiff_t begin = 0; begin < length; begin += COLUMNS) {
        const ptrdiff_t count = length - begin < COLUMNS ? length - begin : COLUMNS;
        form_model(b, rows, begin, count, &at);
        slope_entries(b, out, rows, begin, count, &at);
        for (int s = 0; s < 3; s++)
            if (sums[s].sum.at != NULL && !(s == 1 && is_kl))
                b->kernels->dots(rows, rank, count, sums[s].entries, COLUMNS, NULL, b->design.at + begin,
                                 b->design.stride, sums[s].sum.at, sums[s].sum.stride, begin > 0);
    }
    if (is_kl && out->down.at != NULL)
        fill(out->down, b->sums);
    if (is_kl && out->values != NULL)
        add_left_out(b, x, out->values);
}

void RLRA(rows_slopes)(const row_block *b, factor x, factor up, factor down, double *values, void *scratch)
{
    RLRA(rows_pass)(b, x, &(row_pass){.up = up, .down = down, .values = values}, scratch);
}

double RLRA(row_kkt)(const penalty_list *penalties, ptrdiff_t rank, const double *x, const double *up,
                     const double *down)
{
    const double linear = RLRA(penalties_linear)(penalties), quadratic = 2 * RLRA(penalties_quadratic)(penalties);
    const double least = (double)(real)fmax(RLRA(penalties_least)(penalties), 0);
    const double most = (double)(real)RLRA(penalties_most)(penalties);
    double slack = 0, size = 0, worst = 0;
    for (ptrdiff_t k = 0; k < rank; k++) {
        const double raise = down[k] + linear + quadratic * x[k], slope = raise - up[k];
        size += x[k] * raise;
        if ((slope < 0 && x[k] >= most) || (slope > 0 && x[k] <= least))
            continue;
        slack += x[k] * fabs(slope);
        if (slope < 0)
            worst = fmax(worst, raise > 0 ? -slope / raise : INFINITY);
    }
    return fmax(worst, size > 0 ? slack / size : 0);
}
