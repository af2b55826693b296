/* start/leading.c: the leading singular triplet of a nonnegative matrix, by bidiagonalisation. */
#include <math.h>
#include <string.h>

#include "core/check.h"
#include "linalg/svd.h"
#include "start/rank_one.h"

/* Steps before the process restarts from the best vector, and the number of restarts. */
#define MOST_STEPS    32
#define MOST_RESTARTS 64

/* Steps between two checks of the singular values of the small matrix. */
#define CHECK_EVERY 4

/* A residual within rounding errors. */
#define ROUNDING (4 * (double)REAL_EPS)

/* Golub & Kahan (1965): X V = U B, X^T U = V B^T + beta v e^T, B upper bidiagonal with alpha and beta. */
typedef struct bidiagonal {
    data *x;
    data_plan plan;
    ptrdiff_t most, steps;
    factor left, right; /* orthonormal columns: m x most, n x (most + 1) */
    double *alpha, *beta;
    double *small, *sigma, *vectors; /* B, its singular values, its right singular vectors */
    int64_t rounds;
} bidiagonal;

static double dot(ptrdiff_t length, const real *a, const real *b)
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < length; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

/* Scale column k to length one; returns its length. A column of rounding errors becomes zero. */
static double normalise(factor side, ptrdiff_t k, double least)
{
    real *const at = side.at + k * side.stride;
    const double length = sqrt(dot(side.length, at, at));
    const double by = length > least ? 1 / length : 0;
    for (ptrdiff_t i = 0; i < side.length; i++)
        at[i] = (real)(by * (double)at[i]);
    return length > least ? length : 0;
}

/* Subtract from column k its part along earlier columns, twice, as once leaves rounding errors. */
static void orthogonalise(factor side, ptrdiff_t k)
{
    real *const at = side.at + k * side.stride;
    for (int again = 0; again < 2; again++)
        for (ptrdiff_t l = 0; l < k; l++) {
            const real *const other = side.at + l * side.stride;
            const double product = dot(side.length, at, other);
            for (ptrdiff_t i = 0; i < side.length; i++)
                at[i] = (real)((double)at[i] - product * (double)other[i]);
        }
}

/* Column `to` of the side of `mode` gets X_(mode) times column `from` of the other side. */
static void multiply(bidiagonal *b, int mode, ptrdiff_t from, ptrdiff_t to)
{
    const factor left = factor_component(b->left, mode == 0 ? to : from);
    const factor right = factor_component(b->right, mode == 0 ? from : to);
    const factor sides[2] = {left, right};
    b->x->ops->contract(&b->plan, mode, sides, sides[mode]);
}

/* The residual of the leading singular pair over sigma: beta |e^T p| / sigma. Also computes the singular vectors of B. */
static double last_residual(bidiagonal *b)
{
    const ptrdiff_t size = b->steps;
    memset(b->small, 0, (size_t)(size * size) * sizeof *b->small);
    for (ptrdiff_t j = 0; j < size; j++) {
        b->small[j * size + j] = b->alpha[j];
        if (j > 0)
            b->small[j * size + j - 1] = b->beta[j - 1];
    }
    rlra_svd_small(size, size, b->small, b->sigma, b->vectors);
    return b->sigma[0] > 0 ? b->beta[size - 1] * fabs(b->small[size - 1]) / b->sigma[0] : 0;
}

/* Add a column on each side; `scale` is the largest alpha so far. */
static void add_step(bidiagonal *b, double *scale)
{
    const ptrdiff_t j = b->steps++;
    multiply(b, 0, j, j);
    orthogonalise(b->left, j);
    b->alpha[j] = normalise(b->left, j, (double)REAL_EPS * *scale);
    *scale = fmax(*scale, b->alpha[j]);
    multiply(b, 1, j, j + 1);
    orthogonalise(b->right, j + 1);
    b->beta[j] = normalise(b->right, j + 1, (double)REAL_EPS * *scale);
    b->rounds++;
}

/* Bidiagonalise from column 0 of `right`, of length one, until the residual is within rounding or all columns are used; returns
 * it. */
static double bidiagonalise(bidiagonal *b)
{
    double scale = 0, rest = INFINITY;
    b->steps = 0;
    while (rest > ROUNDING && b->steps < b->most) {
        add_step(b, &scale);
        if (b->beta[b->steps - 1] == 0 || b->steps % CHECK_EVERY == 0 || b->steps == b->most)
            rest = last_residual(b);
    }
    return rest;
}

/* Column 0 of `right` becomes |V q|: for X >= 0 dropping signs cannot make X v shorter. */
static void take_best(const bidiagonal *b)
{
    const factor side = b->right;
    for (ptrdiff_t i = 0; i < side.length; i++) {
        double sum = 0;
        for (ptrdiff_t j = 0; j < b->steps; j++)
            sum += b->vectors[j] * (double)side.at[j * side.stride + i];
        side.at[i] = (real)fabs(sum);
    }
    normalise(side, 0, 0);
}

/* w = u sqrt(sigma), h = X^T u / sqrt(sigma): the h that is best for this u. */
static void write_pair(bidiagonal *b, factor w, factor h)
{
    multiply(b, 0, 0, 0);
    normalise(b->left, 0, 0);
    multiply(b, 1, 0, 0);
    b->rounds++;
    const double root = sqrt(sqrt(dot(b->right.length, b->right.at, b->right.at)));
    for (ptrdiff_t i = 0; i < w.length; i++)
        w.at[i] = (real)(root * (double)b->left.at[i]);
    for (ptrdiff_t j = 0; j < h.length; j++)
        h.at[j] = root > 0 ? (real)((double)b->right.at[j] / root) : 0;
}

static double search(bidiagonal *b, factor w, factor h)
{
    const factor v = factor_component(b->right, 0);
    double rest = 0;
    /* A vector without zeros cannot be orthogonal to a leading one, which has no negative entries. */
    for (ptrdiff_t j = 0; j < v.length; j++)
        v.at[j] = (real)(1 / sqrt((double)v.length));
    for (int restart = 0; restart < MOST_RESTARTS; restart++) {
        rest = bidiagonalise(b);
        take_best(b);
        if (rest <= ROUNDING)
            break;
    }
    write_pair(b, w, h);
    return rest;
}

/* One step more than the length of the shorter side, which ends the process, but limited so that the columns take at most half
 * the memory of the data. */
static ptrdiff_t choose_steps(const data *x)
{
    const ptrdiff_t m = x->dims[0], n = x->dims[1];
    const ptrdiff_t side = (m < n ? m : n) + 1;
    const ptrdiff_t room = (ptrdiff_t)(0.5 * (double)m * (double)n / (double)(m + n));
    const ptrdiff_t most = side < MOST_STEPS ? side : MOST_STEPS;
    return most < 4 || most <= room ? most : room < 4 ? 4 : room;
}

/* Take workspace; called twice, to measure and to allocate. */
static void plan(bidiagonal *b, int threads, arena *work)
{
    const ptrdiff_t m = b->x->dims[0], n = b->x->dims[1];
    const size_t most = (size_t)b->most;
    b->plan = b->x->ops->plan(b->x, 1, threads, work);
    b->left = (factor){rlra_arena_take(work, most * (size_t)m, sizeof(real)), m, b->most, m};
    b->right = (factor){rlra_arena_take(work, (most + 1) * (size_t)n, sizeof(real)), n, b->most + 1, n};
    b->alpha = rlra_arena_take(work, most, sizeof(double));
    b->beta = rlra_arena_take(work, most, sizeof(double));
    b->sigma = rlra_arena_take(work, most, sizeof(double));
    b->small = rlra_arena_take(work, most * most, sizeof(double));
    b->vectors = rlra_arena_take(work, most * most, sizeof(double));
}

double RLRA(rank_one_bytes)(data *x, int threads)
{
    arena work = {0};
    bidiagonal b = {.x = x, .most = choose_steps(x)};
    plan(&b, threads, &work);
    return (double)work.peak;
}

rlra_status RLRA(rank_one_leading)(rlra_context *context, data *x, int threads, factor w, factor h, int64_t *rounds,
                                   double *rest)
{
    rlra_status status = RLRA_OK;
    arena work = {0};
    bidiagonal b = {.x = x, .most = choose_steps(x)};
    plan(&b, threads, &work);
    TRY(rlra_arena_allocate(context, &work, "the leading singular pair"));
    plan(&b, threads, &work);
    *rest = search(&b, w, h);
    *rounds = b.rounds;
cleanup:
    rlra_arena_free(context, &work);
    return status;
}
