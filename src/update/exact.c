/* update/exact.c: blocks as scaled quadratics between bounds, and starts for exact solvers by coordinate descent. */
#include "update/exact.h"

#include <math.h>
#include <string.h>

/* Rounds of coordinate descent before supports are tried: each costs a fraction of a factorisation. */
#define ROUNDS 4

/* Below this a diagonal entry has lost digits to underflow. */
#define LEAST_DIAGONAL (DBL_MIN / DBL_EPSILON)

/* The Gram matrix is summed in double, but a right-hand side in single precision is rounded: for a column at angle a to the
 * others the error from this grows like eps / a, the loss from leaving the column out like a. */
#define NARROW_ACCURACY ((double)FLT_EPSILON / 16.0)

typedef struct layout {
    double *gram, *diagonal, *upper, *scale, *shift;
    real *matrix;
} layout;

static layout lay_out(ptrdiff_t size, double *prepared)
{
    const ptrdiff_t stride = rlra_pivoting_stride(size);
    layout l = {.gram = prepared};
    l.diagonal = l.gram + (size + 1) * stride;
    l.upper = l.diagonal + stride;
    l.scale = l.upper + stride;
    l.shift = l.scale + stride;
    l.matrix = (real *)(l.shift + stride);
    return l;
}

size_t RLRA(exact_prepared_doubles)(ptrdiff_t rank)
{
    const size_t size = 2 * (size_t)rank, stride = (size_t)rlra_pivoting_stride(2 * rank);
    return (size + 5) * stride + size * size;
}

static void take_rows(exact_block *e, ptrdiff_t size, arena *from)
{
    const size_t each = UPDATE_ROWS * (size_t)rlra_pivoting_stride(size), count = UPDATE_ROWS * (size_t)size;
    e->c = rlra_arena_take(from, each, sizeof(double));
    e->x = rlra_arena_take(from, each, sizeof(double));
    e->target = rlra_arena_take(from, count, sizeof(real));
    e->start = rlra_arena_take(from, count, sizeof(real));
    e->open = rlra_arena_take(from, UPDATE_ROWS, sizeof(int32_t));
    e->work = rlra_arena_take(from, 1, rlra_pivoting_bytes(size, UPDATE_ROWS));
}

size_t RLRA(exact_scratch_bytes)(ptrdiff_t rows, ptrdiff_t rank)
{
    arena measure = {0};
    exact_block e;
    (void)rows;
    take_rows(&e, 2 * rank, &measure);
    return measure.peak;
}

/* Choose the unknowns that represent the entries of a row. */
static void choose_unknowns(exact_block *e, ptrdiff_t rank, const penalty_list *penalties)
{
    const double least = RLRA(penalties_least)(penalties), most = RLRA(penalties_most)(penalties);
    const int kinked = RLRA(penalties_linear)(penalties) > 0 && least < 0 && most > 0;
    *e = (exact_block){.rank = rank, .split = kinked, .direction = 1, .least = least, .most = most};
    e->gram.size = kinked ? 2 * rank : rank;
    e->gram.stride = rlra_pivoting_stride(e->gram.size);
    e->gram.free = !kinked && isinf(least) && isinf(most);
    if (kinked || e->gram.free)
        return;
    e->origin = isinf(least) ? most : least;
    e->direction = isinf(least) ? -1 : 1;
}

/* The power of two s that brings s^2 d between 1/2 and 2; 0 for unknowns without influence. */
static double scale_of(double d)
{
    int exponent;
    if (!(d > LEAST_DIAGONAL && d <= DBL_MAX))
        return 0;
    frexp(d, &exponent);
    return ldexp(1, -(exponent >= 0 ? exponent / 2 : -((1 - exponent) / 2)));
}

static double upper_of(const exact_block *e, ptrdiff_t k, double scale)
{
    if (!(scale > 0))
        return INFINITY;
    if (e->split)
        return (k < e->rank ? e->most : -e->least) / scale;
    return e->direction < 0 || isinf(e->most) ? INFINITY : (e->most - e->least) / scale;
}

static void prepare_row(const exact_block *e, layout l, const double *gram, double ridge, ptrdiff_t k)
{
    const ptrdiff_t rank = e->rank;
    double sum = 0;
    for (ptrdiff_t j = 0; j < e->gram.size; j++) {
        const double sign = (k < rank) == (j < rank) ? 1 : -1;
        const double entry = gram[k % rank * rank + j % rank] + (k % rank == j % rank ? ridge : 0);
        sum += entry;
        l.gram[k * e->gram.stride + j] =
            l.scale[k] > 0 && l.scale[j] > 0 ? sign * (entry * l.scale[k] * l.scale[j]) : 0;
        l.matrix[k * e->gram.size + j] = (real)l.gram[k * e->gram.stride + j];
    }
    l.diagonal[k] = l.gram[k * e->gram.stride + k];
    l.shift[k] = e->origin == 0 ? 0 : sum * e->origin;
}

void RLRA(exact_prepare)(const double *gram, ptrdiff_t rank, const penalty_list *penalties, double *prepared)
{
    exact_block e;
    choose_unknowns(&e, rank, penalties);
    const double ridge = 2 * RLRA(penalties_quadratic)(penalties), linear = RLRA(penalties_linear)(penalties);
    const ptrdiff_t size = e.gram.size, stride = e.gram.stride;
    const layout l = lay_out(size, prepared);
    memset(prepared, 0, (size_t)((size + 5) * stride) * sizeof *prepared);
    for (ptrdiff_t k = 0; k < size; k++) {
        l.scale[k] = e.most > e.least ? scale_of(gram[k % rank * (rank + 1)] + ridge) : 0;
        l.upper[k] = upper_of(&e, k, l.scale[k]);
    }
    for (ptrdiff_t k = 0; k < size; k++) {
        prepare_row(&e, l, gram, ridge, k);
        l.shift[k] += e.split || e.least >= 0 ? linear : -linear;
    }
    l.diagonal[size] = 1;
}

static void open_block(exact_block *e, const block *b)
{
    choose_unknowns(e, b->x.rank, b->penalties);
    const ptrdiff_t size = e->gram.size;
    /* apply() does not write to prepared numbers */
    const layout l = lay_out(size, (double *)(uintptr_t)b->prepared);
    const int bounded = e->split ? !(isinf(e->least) && isinf(e->most)) : e->direction > 0 && !isinf(e->most);
    const int narrow = sizeof(real) < sizeof(double) && b->quadratic.wide == NULL;
    e->gram.accuracy = narrow ? NARROW_ACCURACY : DBL_EPSILON;
    e->gram.noise = narrow ? (double)REAL_EPS : 0;
    e->gram.gram = l.gram;
    e->gram.diagonal = l.diagonal;
    e->gram.upper = bounded ? l.upper : NULL;
    e->scale = l.scale;
    e->shift = l.shift;
    e->matrix = l.matrix;
    arena scratch = block_scratch(b);
    take_rows(e, size, &scratch);
}

/* Load unknown k of all rows: c = direction scale (m - shift), z = direction (x - origin) / scale, within the bounds. */
static void load_unknown(const exact_block *e, const block *b, ptrdiff_t k)
{
    const ptrdiff_t stride = e->gram.stride;
    const double sign = e->split ? (k < e->rank ? 1 : -1) : e->direction;
    const double scale = e->scale[k], inverse = scale > 0 ? 1 / scale : 0;
    const double upper = scale > 0 && e->gram.upper != NULL ? e->gram.upper[k] : INFINITY;
    const double shift = e->split ? sign * e->shift[k] : e->shift[k];
    const real *const x = b->x.at + k % e->rank * b->x.stride;
    for (ptrdiff_t i = 0; i < b->x.length; i++) {
        const double z = sign * ((double)x[i] - e->origin) * inverse;
        const double low = e->gram.free || z > 0 ? z : 0;
        e->c[i * stride + k] = sign * (block_side(b, i, k % e->rank) - shift) * scale;
        e->x[i * stride + k] = low < upper ? low : upper;
    }
}

static void load(const exact_block *e, const block *b)
{
    for (ptrdiff_t k = 0; k < e->gram.size; k++)
        load_unknown(e, b, k);
    for (ptrdiff_t i = 0; i < b->x.length; i++)
        for (ptrdiff_t k = e->gram.size; k < e->gram.stride; k++)
            e->c[i * e->gram.stride + k] = e->x[i * e->gram.stride + k] = 0;
}

/* One round of coordinate descent between the bounds for the first `count` rows of start. */
static void improve(const exact_block *e, const block *b, ptrdiff_t count)
{
    for (ptrdiff_t k = 0; k < e->gram.size; k++) {
        const double diagonal = e->gram.diagonal[k];
        real *const z = e->start + k * UPDATE_ROWS;
        if (!(diagonal > 0))
            continue;
        b->kernels->improve(count, e->gram.size, e->target + k * UPDATE_ROWS, e->matrix + k * e->gram.size, e->start,
                            UPDATE_ROWS, k, (real)(1 / diagonal), 0, 0);
        if (e->gram.upper == NULL || isinf(e->gram.upper[k]))
            continue;
        const real upper = (real)e->gram.upper[k];
        for (ptrdiff_t i = 0; i < count; i++)
            z[i] = z[i] < upper ? z[i] : upper;
    }
}

/* Subtract min(p, q) from both: it cancels in x but costs l1, and coordinate descent would remove it in small steps only. */
static void part(const exact_block *e, ptrdiff_t count)
{
    for (ptrdiff_t k = 0; k < e->rank; k++) {
        real *const p = e->start + k * UPDATE_ROWS, *const q = e->start + (e->rank + k) * UPDATE_ROWS;
        for (ptrdiff_t i = 0; i < count; i++) {
            const real common = p[i] < q[i] ? p[i] : q[i];
            p[i] -= common;
            q[i] -= common;
        }
    }
}

/* Coordinate descent on the open rows, to find their supports. */
static void approach(const exact_block *e, const block *b, ptrdiff_t count)
{
    const ptrdiff_t stride = e->gram.stride, size = e->gram.size;
    for (ptrdiff_t k = 0; k < size; k++)
        for (ptrdiff_t i = 0; i < count; i++) {
            e->target[k * UPDATE_ROWS + i] = (real)e->c[e->open[i] * stride + k];
            e->start[k * UPDATE_ROWS + i] = (real)e->x[e->open[i] * stride + k];
        }
    for (int round = 0; round < ROUNDS; round++) {
        improve(e, b, count);
        if (e->split)
            part(e, count);
    }
    for (ptrdiff_t k = 0; k < size; k++) {
        const double upper = e->gram.upper == NULL ? INFINITY : e->gram.upper[k];
        for (ptrdiff_t i = 0; i < count; i++) {
            const double z = (double)e->start[k * UPDATE_ROWS + i];
            e->x[e->open[i] * stride + k] = z < upper ? z : upper;
        }
    }
}

ptrdiff_t RLRA(exact_begin)(exact_block *e, const block *b, pivoting **work)
{
    open_block(e, b);
    load(e, b);
    *work = rlra_pivoting_init(&e->gram, b->kernels->faces, UPDATE_ROWS, e->work);
    const ptrdiff_t count = rlra_pivoting_check(*work, b->x.length, e->c, e->x, block_accuracy(b), e->open);
    if (count > 0 && !e->gram.free)
        approach(e, b, count);
    return count;
}

/* x = origin + direction scale z; entries at a bound equal it exactly. */
static double entry_of(const exact_block *e, const double *z, ptrdiff_t k)
{
    if (e->split)
        return z[k] * e->scale[k] - z[e->rank + k] * e->scale[e->rank + k];
    if (!(e->scale[k] > 0))
        return fmin(fmax(0, e->least), e->most);
    if (e->gram.upper != NULL && z[k] >= e->gram.upper[k])
        return e->most;
    return e->origin + e->direction * (e->scale[k] * z[k]);
}

void RLRA(exact_end)(const exact_block *e, ptrdiff_t count, const block *b)
{
    for (ptrdiff_t n = 0; n < count; n++) {
        const ptrdiff_t i = e->open[n];
        for (ptrdiff_t k = 0; k < e->rank; k++) {
            const double x = entry_of(e, e->x + i * e->gram.stride, k);
            b->x.at[k * b->x.stride + i] = (real)(x > e->most ? e->most : x < e->least ? e->least : x);
        }
    }
}
