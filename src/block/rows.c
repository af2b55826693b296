/* block/rows.c: model, slopes and value of rows with their data, block by block in cache. */
#include "block/rows.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Columns of the model that are formed at once. */
#define COLUMNS 128

/* Rows of COLUMNS entries that are treated at once where nothing but quotients is formed. */
#define FEW_ROWS 12

/* Kinds of sums: up, down, steep. */
#define SUMS 3

/* Prefetch distance for rows side by side. */
#define AHEAD 8

/* Buffers within scratch; `weights` holds the rows of x, each contiguous. */
typedef struct buffers {
    real *model, *up, *down, *steep, *weights;
} buffers;

static buffers place(void *scratch)
{
    real *const at = scratch;
    const ptrdiff_t size = UPDATE_ROWS * COLUMNS;
    return (buffers){at, at + size, at + 2 * size, at + 3 * size, at + 4 * size};
}

/* Entries of `weights`: enough also for one row in whole vectors and its slopes in double. */
static ptrdiff_t weights_of(ptrdiff_t rows, ptrdiff_t rank)
{
    return whole_vectors((rows + 3) * rank + 2 * GATHER_ALIGNMENT);
}

/* Two factors of slopes may come first: those of one of several parts, or those of rows_scale(). */
size_t RLRA(rows_bytes)(ptrdiff_t rows, ptrdiff_t rank)
{
    return (size_t)(4 * UPDATE_ROWS * COLUMNS + weights_of(rows, rank) + 2 * rank * block_stride(rows)) * sizeof(real);
}

/* If only slopes of kl are wanted, data over model is formed in one step. */
static int has_quotients(const block *b, const row_pass *out)
{
    return b->loss->kind == LOSS_KL && out->up.at != NULL && out->steep.at == NULL;
}

/* v_ij = max(sum_k x_ik a_jk, floor) for `count` columns from `begin`, row i at model + i * COLUMNS. */
static void form_model(const block *b, ptrdiff_t rows, ptrdiff_t begin, ptrdiff_t count, const buffers *at)
{
    const factor a = b->part->design.columns;
    const real floor = (real)b->floor;
    for (ptrdiff_t i = 0; i < rows; i++)
        for (ptrdiff_t j = 0; j < count; j++)
            at->model[i * COLUMNS + j] = 0;
    b->kernels->outer(a.rank, rows, count, at->weights, a.rank, a.at + begin, a.stride, at->model, COLUMNS);
    for (ptrdiff_t i = 0; i < rows; i++)
        for (ptrdiff_t j = 0; j < count; j++) {
            real *const v = at->model + i * COLUMNS + j;
            *v = *v > floor ? *v : floor;
        }
}

/* The row of the data that row i of x belongs to. */
static ptrdiff_t row_of(const ptrdiff_t *index, ptrdiff_t i)
{
    return index != NULL ? index[i] : i;
}

/* sum_k (sums_k - here_k) x_k for row i of x: the model summed over the entries left out of the design, less that of entries in
 * it that are not observed; `seen` gets the sum over all observed entries. */
static double left_out(const block *b, factor x, const row_pass *out, ptrdiff_t i, const double *here, double *seen)
{
    const double *const sums = part_sums(b->part, row_of(out->index, i)),
                        digits = (double)b->part->design.columns.length * DBL_EPSILON;
    double rest = 0;
    *seen = 0;
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        const double at = (double)x.at[k * x.stride + i];
        *seen += sums[k] * at;
        if (fabs(sums[k] - here[k]) > digits * fmax(sums[k], here[k]))
            rest += (sums[k] - here[k]) * at;
    }
    return rest;
}

/* The loss kl of row i of x without the model of entries that are zero; the model sums to `seen` over the observed entries. */
static double value_of_positive(const block *b, factor x, const row_pass *out, ptrdiff_t i, double seen)
{
    const factor a = b->part->design.columns;
    const ptrdiff_t row = row_of(out->index, i), step = b->part->y_step > 0 ? b->part->y_step : 1;
    const real *const y = b->part->y + (b->part->y_step > 0 ? row : row * b->part->y_stride);
    double value = 0;
    for (ptrdiff_t j = 0; j < a.length; j++) {
        double v = 0;
        if (!(y[j * step] > 0))
            continue;
        for (ptrdiff_t k = 0; k < x.rank; k++)
            v += (double)x.at[k * x.stride + i] * (double)a.at[k * a.stride + j];
        const real model = (real)fmax(v, b->floor);
        value += b->loss->ops->value(b->loss, 1, &y[j * step], &model);
        seen -= v;
    }
    return value + fmax(seen, 0);
}

/* Add to the loss kl the model of columns of zeros that were left out, and subtract that of zeros that are not observed; `here`
 * gets the sums of the components over the columns that are there. Where the model is larger at entries that are not observed
 * than at observed ones, this difference has lost its digits, and the values are formed again. */
static void add_left_out(const block *b, factor x, const row_pass *out, double *here)
{
    const factor a = b->part->design.columns;
    double all = 0, anew = 0;
    int cancelled = 0;
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        here[k] = 0;
        for (ptrdiff_t j = 0; j < a.length; j++)
            here[k] += (double)a.at[k * a.stride + j];
    }
    for (ptrdiff_t i = 0; i < x.length; i++) {
        double seen;
        const double rest = left_out(b, x, out, i, here, &seen);
        const int is_lost = -rest > seen;
        cancelled |= is_lost;
        all += rest;
        if (out->values != NULL)
            out->values[i] = is_lost ? value_of_positive(b, x, out, i, seen) : out->values[i] + rest;
    }
    if (out->values != NULL)
        return;
    for (ptrdiff_t i = 0; cancelled && i < x.length; i++) {
        double seen;
        left_out(b, x, out, i, here, &seen);
        anew += value_of_positive(b, x, out, i, seen);
    }
    *out->total = cancelled ? anew : *out->total + all;
}

/* The amount by which entries y = 0 whose model is at the floor raise the loss for 0 < beta < 1: floor^beta is not small, but
 * the floor stands for zero, which adds nothing. */
static double floor_value(const block *b, const real *y, const real *v, ptrdiff_t count)
{
    const double beta = b->loss->beta;
    ptrdiff_t floored = 0;
    if (!(beta > 0 && beta < 1))
        return 0;
    for (ptrdiff_t j = 0; j < count; j++)
        floored += y[j] == 0 && v[j] <= (real)b->floor;
    return (double)floored * pow((double)(real)b->floor, beta) / beta;
}

/* The same for the loss kl where no more than slopes and values are asked for, a few rows at a time: they stay in the first-level
 * cache until they are summed. */
static void quotients_along(const block *b, factor x, const row_pass *out, ptrdiff_t begin, ptrdiff_t count,
                            const buffers *at)
{
    const factor a = b->part->design.columns;
    const real *y[UPDATE_ROWS + QUOTIENTS_AHEAD];
    const ptrdiff_t coming = begin + 2 * count <= a.length ? count : 0;
    for (ptrdiff_t i = 0; i < x.length + QUOTIENTS_AHEAD; i++)
        y[i] = b->part->y + row_of(out->index, i % x.length) * b->part->y_stride + begin + (i < x.length ? 0 : coming);
    for (ptrdiff_t first = 0; first < x.length; first += FEW_ROWS) {
        const ptrdiff_t rows = x.length - first < FEW_ROWS ? x.length - first : FEW_ROWS;
        b->kernels->quotients(rows, a.rank, count, at->weights + first * a.rank, a.rank, a.at + begin, a.stride,
                              (real)b->floor, y + first, at->up, COLUMNS,
                              out->values != NULL ? out->values + first : NULL);
        b->kernels->dots(rows, a.rank, count, at->up, COLUMNS, NULL, a.at + begin, a.stride, out->up.at + first,
                         out->up.stride, begin > 0);
    }
}

/* Slopes, curvatures and values, as far as wanted, of the entries of one block of columns. */
static void slope_entries(const block *b, const row_pass *out, ptrdiff_t rows, ptrdiff_t begin, ptrdiff_t count,
                          const buffers *at)
{
    const posed_loss *const loss = b->loss;
    const int need_down = loss->kind != LOSS_KL;
    for (ptrdiff_t i = 0; i < rows; i++) {
        const real *const y = b->part->y + row_of(out->index, i) * b->part->y_stride + begin;
        const real *const v = at->model + i * COLUMNS;
        real *const steep = at->steep + i * COLUMNS;
        if (out->up.at != NULL)
            loss->ops->slopes(loss->beta, count, y, v, at->up + i * COLUMNS, need_down ? at->down + i * COLUMNS : NULL);
        if (out->values != NULL)
            out->values[i] += loss->ops->value(loss, count, y, v) - floor_value(b, y, v, count);
        if (out->steep.at == NULL)
            continue;
        loss->ops->curvatures(loss->beta, count, y, v, steep);
        for (ptrdiff_t j = 0; j < count; j++)
            steep[j] *= out->steep_sides[begin + j];
    }
}

static void clear(factor f)
{
    for (ptrdiff_t k = 0; k < f.rank; k++)
        memset(f.at + k * f.stride, 0, (size_t)f.length * sizeof *f.at);
}

/* A sum that is wanted, and the entries that it is made of. */
typedef struct wanted_sum {
    const real *entries;
    factor sum;
} wanted_sum;

/* A pass over rows that are each contiguous. */
static void pass_along(const block *b, factor x, const row_pass *out, const buffers *at, const wanted_sum *sums)
{
    const factor a = b->part->design.columns;
    const ptrdiff_t rows = x.length, rank = x.rank, length = a.length;
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t i = 0; i < rows; i++)
            at->weights[i * rank + k] = x.at[k * x.stride + i];
    for (ptrdiff_t begin = 0; begin < length; begin += COLUMNS) {
        const ptrdiff_t count = length - begin < COLUMNS ? length - begin : COLUMNS;
        if (has_quotients(b, out)) {
            quotients_along(b, x, out, begin, count, at);
            continue;
        }
        form_model(b, rows, begin, count, at);
        slope_entries(b, out, rows, begin, count, at);
        for (int s = 0; s < SUMS; s++)
            if (sums[s].sum.at != NULL)
                b->kernels->dots(rows, rank, count, sums[s].entries, COLUMNS, NULL, a.at + begin, a.stride,
                                 sums[s].sum.at, sums[s].sum.stride, begin > 0);
    }
}

/* The model of entries begin .. begin + count - 1 of rows side by side, then slopes, curvatures and values. */
static void entries_across(const block *b, factor x, const row_pass *out, const buffers *at, ptrdiff_t begin,
                           ptrdiff_t count)
{
    const posed_loss *const loss = b->loss;
    const ptrdiff_t rows = x.length;
    const real floor = (real)b->floor;
    memset(at->model, 0, (size_t)(count * UPDATE_ROWS) * sizeof *at->model);
    b->kernels->outer(x.rank, count, rows, b->part->design.rows + begin * b->part->design.rows_stride,
                      b->part->design.rows_stride, x.at, x.stride, at->model, UPDATE_ROWS);
    for (ptrdiff_t j = 0; j < count; j++) {
        const real *const y = b->part->y + (begin + j) * b->part->y_step;
        real *const v = at->model + j * UPDATE_ROWS;
        real *const steep = at->steep + j * UPDATE_ROWS;
        for (ptrdiff_t i = 0; begin + j + AHEAD < b->part->design.columns.length && i < rows;
             i += 64 / (ptrdiff_t)sizeof(real))
            __builtin_prefetch(y + AHEAD * b->part->y_step + i);
        for (ptrdiff_t i = 0; i < rows; i++)
            v[i] = v[i] > floor ? v[i] : floor;
        if (out->up.at != NULL)
            loss->ops->slopes(loss->beta, rows, y, v, at->up + j * UPDATE_ROWS,
                              loss->kind != LOSS_KL ? at->down + j * UPDATE_ROWS : NULL);
        if (out->total != NULL)
            *out->total += loss->ops->value(loss, rows, y, v) - floor_value(b, y, v, rows);
        if (out->steep.at == NULL)
            continue;
        loss->ops->curvatures(loss->beta, rows, y, v, steep);
        for (ptrdiff_t i = 0; i < rows; i++)
            steep[i] *= out->steep_sides[begin + j];
    }
}

/* The same for the loss kl where no more than slopes and values are asked for, as few columns at a time as are summed at once. */
static void quotients_across(const block *b, factor x, const row_pass *out, const buffers *at, ptrdiff_t begin,
                             ptrdiff_t count)
{
    const struct design *const d = &b->part->design;
    const ptrdiff_t last = d->columns.length - 1;
    const real *y[OUTER_RUN + QUOTIENTS_AHEAD];
    for (ptrdiff_t j = 0; j < count + QUOTIENTS_AHEAD; j++)
        y[j] = b->part->y + (begin + j < last ? begin + j : last) * b->part->y_step;
    double values[OUTER_RUN] = {0};
    b->kernels->quotients(count, x.rank, x.length, d->rows + begin * d->rows_stride, d->rows_stride, x.at, x.stride,
                          (real)b->floor, y, at->up, UPDATE_ROWS, out->total != NULL ? values : NULL);
    for (ptrdiff_t j = 0; out->total != NULL && j < count; j++)
        *out->total += values[j];
    b->kernels->outer(count, x.rank, x.length, d->columns.at + begin, d->columns.stride, at->up, UPDATE_ROWS,
                      out->up.at, out->up.stride);
}

/* A pass over rows side by side: products run across them. */
static void pass_across(const block *b, factor x, const row_pass *out, const buffers *at, const wanted_sum *sums)
{
    const factor a = b->part->design.columns;
    const ptrdiff_t length = a.length;
    for (int s = 0; s < SUMS; s++)
        if (sums[s].sum.at != NULL)
            clear(sums[s].sum);
    const ptrdiff_t most = has_quotients(b, out) ? OUTER_RUN : COLUMNS;
    for (ptrdiff_t begin = 0; begin < length; begin += most) {
        const ptrdiff_t count = length - begin < most ? length - begin : most;
        if (has_quotients(b, out)) {
            quotients_across(b, x, out, at, begin, count);
            continue;
        }
        entries_across(b, x, out, at, begin, count);
        for (int s = 0; s < SUMS; s++)
            if (sums[s].sum.at != NULL)
                b->kernels->outer(count, x.rank, x.length, a.at + begin, a.stride, sums[s].entries, UPDATE_ROWS,
                                  sums[s].sum.at, sums[s].sum.stride);
    }
}

/* A pass over rows of stored entries; entries that are not stored add only their model, which the sums contain. */
static void pass_stored(const block *b, factor x, const row_pass *out, const buffers *at)
{
    const ptrdiff_t stride = b->part->design.rows_stride;
    const picked_rows from = {b->part->design.rows, at->weights, stride, (real)b->floor};
    double *const up = (double *)(void *)(at->weights + stride);
    memset(at->weights, 0, (size_t)stride * sizeof *at->weights);
    assert(out->steep.at == NULL);
    for (ptrdiff_t i = 0; i < x.length; i++) {
        const ptrdiff_t row = b->part->first + row_of(out->index, i), begin = b->part->stored->starts[row];
        for (ptrdiff_t k = 0; k < x.rank; k++)
            at->weights[k] = x.at[k * x.stride + i];
        double value =
            b->kernels->picked_slopes(b->part->stored->starts[row + 1] - begin, b->part->stored->indices + begin,
                                      b->part->stored->values + begin, &from, up, out->values != NULL);
        for (ptrdiff_t k = 0; out->up.at != NULL && k < x.rank; k++)
            out->up.at[k * out->up.stride + i] = (real)up[k];
        for (ptrdiff_t k = 0; out->values != NULL && k < x.rank; k++)
            value += b->part->design.sums[k] * (double)x.at[k * x.stride + i];
        if (out->values != NULL)
            out->values[i] = value;
    }
}

void RLRA(rows_pass_part)(const block *b, factor x, const row_pass *asked, void *scratch)
{
    const buffers at = place(scratch);
    const int is_kl = b->loss->kind == LOSS_KL;
    double values[UPDATE_ROWS];
    row_pass out = *asked;
    wanted_sum sums[SUMS] = {{at.up, out.up}, {at.down, out.down}, {at.steep, out.steep}};
    sums[1].sum.at = is_kl ? NULL : sums[1].sum.at;
    out.values = out.values == NULL && out.total != NULL && b->part->y_step == 0 ? values : out.values;
    for (ptrdiff_t i = 0; out.values != NULL && i < x.length; i++)
        out.values[i] = 0;
    if (out.total != NULL)
        *out.total = 0;
    for (int s = 0; s < SUMS && b->part->design.columns.length == 0 && b->part->stored == NULL; s++)
        if (sums[s].sum.at != NULL)
            clear(sums[s].sum);
    if (b->part->stored != NULL)
        pass_stored(b, x, &out, &at);
    else if (b->part->y_step == 0)
        pass_along(b, x, &out, &at, sums);
    else
        pass_across(b, x, &out, &at, sums);
    if (is_kl && out.down.at != NULL)
        RLRA(rows_sums)(b, out.index, out.down);
    if (is_kl && b->part->stored == NULL && (out.values != NULL || out.total != NULL) &&
        (b->part->is_cut || b->part->design.sums_stride != 0))
        add_left_out(b, x, &out, (double *)(void *)at.weights);
    for (ptrdiff_t i = 0; out.total != NULL && b->part->y_step == 0 && i < x.length; i++)
        *out.total += out.values[i];
}
