/* separable/snpa.c: the successive nonnegative projection algorithm.
 *
 * Gillis (2014), SIAM J. Imaging Sci. 7(2), 1420-1450: the residual of a column is its distance to the convex hull of 0 and the
 * picked columns W, min ||x - W h|| over h >= 0, sum h <= 1, found exactly from W^T W and W^T x. Distances can only fall as
 * columns are picked, so that an old one is an upper bound; only columns whose bound reaches the largest true distance are
 * projected again: a few percent of them on real scenes. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "linalg/quadratic.h"
#include "separable/pick.h"

/* Below this fraction of ||x||^2 a distance is computed from the column itself, as cancellation has cost half its digits. */
#define CANCELLED sqrt((double)REAL_EPS)

typedef struct snpa {
    selection *s;
    double *picked;   /* rank x rows: the picked columns, scaled */
    double *gram;     /* rank x rank */
    ptrdiff_t *stamp; /* number of picks that the stored distance of a column accounts for */
    real *direction;  /* rows */
    real *products;   /* rank x count: W^T X, scaled once */
    real *weights;    /* rank x count: the last h of each column, to start from */
    char *work;       /* work_bytes for each thread */
    size_t work_bytes;
} snpa;

/* The slice of the workspace that belongs to one thread. */
typedef struct bench {
    quadratic solver;
    double *product, *weight, *column;
} bench;

static size_t bench_bytes(ptrdiff_t rank, ptrdiff_t rows)
{
    const size_t bytes = (2 * (size_t)rank + (size_t)rows) * sizeof(double) + rlra_quadratic_bytes(rank);
    return (bytes + 63) / 64 * 64;
}

static bench open_bench(const snpa *a, int thread)
{
    bench b;
    b.product = (double *)(void *)(a->work + (size_t)thread * a->work_bytes);
    b.weight = b.product + a->s->rank;
    b.column = b.weight + a->s->rank;
    rlra_quadratic_init(&b.solver, a->s->found, a->gram, a->s->rank, (double)REAL_EPS, b.column + a->s->x->rows);
    return b;
}

static double dot(ptrdiff_t length, const double *x, const double *y)
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < length; i++)
        sum += x[i] * y[i];
    return sum;
}

/* Squared distance of column j by the column itself; h is refined with products in double. */
static double measure(const snpa *a, bench *b, ptrdiff_t j)
{
    const ptrdiff_t rows = a->s->x->rows;
    RLRA(columns_load)(a->s->x, j, b->column);
    for (ptrdiff_t k = 0; k < a->s->found; k++)
        b->product[k] = dot(rows, a->picked + k * rows, b->column);
    rlra_quadratic_solve_capped(&b->solver, b->product, b->weight);
    for (ptrdiff_t k = 0; k < a->s->found; k++) {
        const double *const w = a->picked + k * rows;
        for (ptrdiff_t i = 0; b->weight[k] > 0.0 && i < rows; i++)
            b->column[i] -= b->weight[k] * w[i];
    }
    return dot(rows, b->column, b->column);
}

/* Project column j onto the current hull. */
static void project(const snpa *a, bench *b, ptrdiff_t j)
{
    const columns *const x = a->s->x;
    for (ptrdiff_t k = 0; k < a->s->found; k++) {
        b->product[k] = x->scale * (double)a->products[k * x->count + j];
        b->weight[k] = (double)a->weights[k * x->count + j];
    }
    double distance = a->s->norms[j] + 2.0 * rlra_quadratic_solve_capped(&b->solver, b->product, b->weight);
    if (distance < CANCELLED * a->s->norms[j])
        distance = measure(a, b, j);
    for (ptrdiff_t k = 0; k < a->s->found; k++)
        a->weights[k * x->count + j] = (real)b->weight[k];
    a->s->residuals[j] = distance;
    a->stamp[j] = a->s->found;
}

/* Project the column with the largest bound in a block. */
static void project_leader(const snpa *a, ptrdiff_t block, int thread)
{
    const ptrdiff_t begin = RLRA(columns_begin)(a->s->x, block), end = RLRA(columns_begin)(a->s->x, block + 1);
    const double *const bounds = a->s->residuals;
    ptrdiff_t leader = begin;
    for (ptrdiff_t j = begin; j < end; j++)
        leader = bounds[j] > bounds[leader] ? j : leader;
    if (!(bounds[leader] > a->s->least) || a->stamp[leader] == a->s->found)
        return;
    bench b = open_bench(a, thread);
    project(a, &b, leader);
}

static void project_above(const snpa *a, ptrdiff_t block, int thread, double threshold)
{
    const ptrdiff_t begin = RLRA(columns_begin)(a->s->x, block), end = RLRA(columns_begin)(a->s->x, block + 1);
    bench b = open_bench(a, thread);
    for (ptrdiff_t j = begin; j < end; j++)
        if (a->s->residuals[j] >= threshold && a->stamp[j] < a->s->found)
            project(a, &b, j);
}

/* Make the distances exact for all columns that may be picked next. */
static void refresh(const snpa *a)
{
    const columns *const x = a->s->x;
    double best = a->s->least;
#pragma omp parallel for num_threads(x->threads) schedule(dynamic)
    for (ptrdiff_t block = 0; block < x->blocks; block++)
        project_leader(a, block, omp_get_thread_num());
    for (ptrdiff_t j = 0; j < x->count; j++)
        if (a->stamp[j] == a->s->found && a->s->residuals[j] > best)
            best = a->s->residuals[j];
#pragma omp parallel for num_threads(x->threads) schedule(dynamic)
    for (ptrdiff_t block = 0; block < x->blocks; block++)
        project_above(a, block, omp_get_thread_num(), best * (1.0 - PICK_TIE));
}

/* Add column j to the hull: its row of the Gram matrix and its products with all columns. */
static void add_column(const snpa *a, ptrdiff_t j)
{
    selection *const s = a->s;
    const columns *const x = s->x;
    const ptrdiff_t k = s->found;
    double *const w = a->picked + k * x->rows;
    RLRA(columns_load)(x, j, w);
    for (ptrdiff_t i = 0; i < x->rows; i++)
        a->direction[i] = (real)w[i];
    for (ptrdiff_t l = 0; l <= k; l++)
        a->gram[k * s->rank + l] = a->gram[l * s->rank + k] = dot(x->rows, w, a->picked + l * x->rows);
    const factor direction = {a->direction, x->rows, 1, x->rows};
#pragma omp parallel for num_threads(x->threads) schedule(static)
    for (ptrdiff_t block = 0; block < x->blocks; block++) {
        const ptrdiff_t begin = RLRA(columns_begin)(x, block), end = RLRA(columns_begin)(x, block + 1);
        const factor out = {a->products + k * x->count + begin, end - begin, 1, x->count};
        RLRA(columns_multiply)(x, block, omp_get_thread_num(), direction, out);
    }
    s->picked[s->found++] = j;
}

static void pick_all(const snpa *a)
{
    selection *const s = a->s;
    memcpy(s->residuals, s->norms, (size_t)s->x->count * sizeof *s->residuals);
    while (s->found < s->rank) {
        if (s->found > 0)
            refresh(a);
        const ptrdiff_t picked = RLRA(pick_column)(s);
        if (picked < 0)
            break;
        add_column(a, picked);
        s->residuals[picked] = 0.0;
    }
}

rlra_status RLRA(select_snpa)(selection *s)
{
    const columns *const x = s->x;
    const size_t rows = (size_t)x->rows, count = (size_t)x->count, rank = (size_t)s->rank;
    rlra_status status = RLRA_OK;
    snpa a = {.s = s, .work_bytes = bench_bytes(s->rank, x->rows)};
    a.picked = rlra_alloc(x->context, rank * rows, sizeof *a.picked);
    a.gram = rlra_alloc_zero(x->context, rank * rank, sizeof *a.gram);
    a.stamp = rlra_alloc_zero(x->context, count, sizeof *a.stamp);
    a.direction = rlra_alloc(x->context, rows, sizeof *a.direction);
    a.products = rlra_alloc(x->context, rank * count, sizeof *a.products);
    a.weights = rlra_alloc_zero(x->context, rank * count, sizeof *a.weights);
    a.work = rlra_alloc(x->context, (size_t)x->threads, a.work_bytes);
    s->found = 0;
    if (a.picked == NULL || a.gram == NULL || a.stamp == NULL || a.direction == NULL || a.products == NULL ||
        a.weights == NULL || a.work == NULL)
        status = rlra_fail_memory(x->context, rank * rows + 2 * rank * count, sizeof(double), "picking columns (SNPA)");
    else
        pick_all(&a);
    rlra_free(x->context, a.work);
    rlra_free(x->context, a.weights);
    rlra_free(x->context, a.products);
    rlra_free(x->context, a.direction);
    rlra_free(x->context, a.stamp);
    rlra_free(x->context, a.gram);
    rlra_free(x->context, a.picked);
    return status;
}

double RLRA(snpa_bytes)(ptrdiff_t rows, ptrdiff_t count, ptrdiff_t rank, int threads)
{
    const double m = (double)rows, n = (double)count, r = (double)rank;
    return (r * (m + r) + m + 2 * n) * sizeof(double) + n * sizeof(ptrdiff_t) + 2 * r * n * sizeof(real) +
           (double)threads * (double)bench_bytes(rank, rows);
}
