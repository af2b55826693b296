/* separable/spa.c: the successive projection algorithm.
 *
 * Araujo et al. (2001); Gillis & Vavasis (2014), IEEE TPAMI 36(4), 698-714. Residual norms follow from ||R_j||^2 -= (u^T x_j)^2
 * for the orthonormal u of each pick. A norm that has lost its digits to cancellation is recomputed from the column, but only
 * if it could be the largest. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "separable/pick.h"

/* Below this fraction of the last exact value a downdated one is no longer trusted; and the error that it may have by then. */
#define TRUST          (4e5 * (double)REAL_EPS > 1e-8 ? 4e5 * (double)REAL_EPS : 1e-8)
#define DOWNDATE_ERROR (1e3 * (double)REAL_EPS)

typedef struct spa {
    selection *s;
    double *basis;   /* rank x rows, orthonormal */
    double *exact;   /* last residual of each column that was computed exactly */
    double *columns; /* rows entries for each thread */
    real *direction; /* rows entries */
    real *products;  /* one for each column */
} spa;

/* Residual of column j after the picks so far, into `out`. */
static void project(const spa *a, ptrdiff_t j, double *out)
{
    const ptrdiff_t rows = a->s->x->rows;
    RLRA(columns_load)(a->s->x, j, out);
    for (ptrdiff_t k = 0; k < a->s->found; k++) {
        const double *const u = a->basis + k * rows;
        double product = 0;
        for (ptrdiff_t i = 0; i < rows; i++)
            product += u[i] * out[i];
        for (ptrdiff_t i = 0; i < rows; i++)
            out[i] -= product * u[i];
    }
}

static double square_norm(ptrdiff_t length, const double *x)
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < length; i++)
        sum += x[i] * x[i];
    return sum;
}

static void refresh_block(const spa *a, ptrdiff_t block, int thread, double threshold)
{
    const columns *const x = a->s->x;
    double *const column = a->columns + thread * x->rows;
    for (ptrdiff_t j = RLRA(columns_begin)(x, block); j < RLRA(columns_begin)(x, block + 1); j++) {
        const double value = a->s->residuals[j];
        if (value >= TRUST * a->exact[j] || value + DOWNDATE_ERROR * a->exact[j] < threshold)
            continue;
        project(a, j, column);
        a->s->residuals[j] = a->exact[j] = square_norm(x->rows, column);
    }
}

/* Recompute residuals that are not trusted and might be picked. */
static void refresh(const spa *a)
{
    const columns *const x = a->s->x;
    double best = 0;
    for (ptrdiff_t j = 0; j < x->count; j++)
        if (a->s->residuals[j] >= TRUST * a->exact[j] && a->s->residuals[j] > best)
            best = a->s->residuals[j];
    /* Residuals below `least` end the search, whatever their exact value. */
    const double threshold = fmax(best, a->s->least) * (1.0 - PICK_TIE);
#pragma omp parallel for num_threads(x->threads) schedule(dynamic)
    for (ptrdiff_t block = 0; block < x->blocks; block++)
        refresh_block(a, block, omp_get_thread_num(), threshold);
}

/* The new direction: residual of the picked column, projected twice. */
static void add_direction(const spa *a, ptrdiff_t picked)
{
    const ptrdiff_t rows = a->s->x->rows, found = a->s->found;
    double *const u = a->basis + found * rows;
    project(a, picked, u);
    for (ptrdiff_t k = 0; k < found; k++) {
        const double *const other = a->basis + k * rows;
        double product = 0;
        for (ptrdiff_t i = 0; i < rows; i++)
            product += other[i] * u[i];
        for (ptrdiff_t i = 0; i < rows; i++)
            u[i] -= product * other[i];
    }
    const double length = sqrt(square_norm(rows, u));
    for (ptrdiff_t i = 0; i < rows; i++) {
        u[i] /= length;
        a->direction[i] = (real)u[i];
    }
}

static void downdate(const spa *a)
{
    const columns *const x = a->s->x;
    const factor direction = {a->direction, x->rows, 1, x->rows};
#pragma omp parallel for num_threads(x->threads) schedule(static)
    for (ptrdiff_t block = 0; block < x->blocks; block++) {
        const ptrdiff_t begin = RLRA(columns_begin)(x, block), end = RLRA(columns_begin)(x, block + 1);
        const factor out = {a->products + begin, end - begin, 1, end - begin};
        RLRA(columns_multiply)(x, block, omp_get_thread_num(), direction, out);
        for (ptrdiff_t j = begin; j < end; j++) {
            const double product = x->scale * (double)a->products[j];
            a->s->residuals[j] = fmax(a->s->residuals[j] - product * product, 0.0);
        }
    }
}

static void pick_all(const spa *a)
{
    selection *const s = a->s;
    memcpy(s->residuals, s->norms, (size_t)s->x->count * sizeof *s->residuals);
    memcpy(a->exact, s->norms, (size_t)s->x->count * sizeof *a->exact);
    while (s->found < s->rank) {
        refresh(a);
        const ptrdiff_t picked = RLRA(pick_column)(s);
        if (picked < 0)
            break;
        add_direction(a, picked);
        s->picked[s->found++] = picked;
        downdate(a);
        s->residuals[picked] = a->exact[picked] = 0.0;
    }
}

rlra_status RLRA(select_spa)(selection *s)
{
    const columns *const x = s->x;
    const size_t rows = (size_t)x->rows, count = (size_t)x->count, threads = (size_t)x->threads;
    rlra_status status = RLRA_OK;
    spa a = {.s = s};
    a.basis = rlra_alloc(x->context, (size_t)s->rank * rows, sizeof *a.basis);
    a.exact = rlra_alloc(x->context, count, sizeof *a.exact);
    a.columns = rlra_alloc(x->context, threads * rows, sizeof *a.columns);
    a.direction = rlra_alloc(x->context, rows, sizeof *a.direction);
    a.products = rlra_alloc(x->context, count, sizeof *a.products);
    s->found = 0;
    if (a.basis == NULL || a.exact == NULL || a.columns == NULL || a.direction == NULL || a.products == NULL)
        status = rlra_fail_memory(x->context, ((size_t)s->rank + threads) * rows + 2 * count, sizeof(double),
                                  "picking columns (SPA)");
    else
        pick_all(&a);
    rlra_free(x->context, a.products);
    rlra_free(x->context, a.direction);
    rlra_free(x->context, a.columns);
    rlra_free(x->context, a.exact);
    rlra_free(x->context, a.basis);
    return status;
}
