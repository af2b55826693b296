/* separable/coefficients.c: nonnegative least squares of all columns on the picked ones, block by block. */
#include "separable/coefficients.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "linalg/quadratic.h"

/* One thread's slice of the workspace. */
typedef struct bench {
    quadratic solver;
    double *product, *weight;      /* rank */
    double *line, *square, *total; /* `width` numbers each: a row of the residual, sums of its squares, of the data */
    double *stored;                /* rank x width: the coefficients as stored */
    real *products;                /* rank x width: W^T x */
} bench;

static size_t bench_bytes(ptrdiff_t columns_of_block, ptrdiff_t rank)
{
    const size_t r = (size_t)rank, width = (size_t)columns_of_block;
    const size_t bytes =
        (2 * r + 3 * width + r * width) * sizeof(double) + rlra_quadratic_bytes(rank) + r * width * sizeof(real);
    return (bytes + 63) / 64 * 64;
}

static bench open_bench(const coefficients *c, ptrdiff_t found, int thread)
{
    bench b;
    b.product = (double *)(void *)(c->work + (size_t)thread * c->work_bytes);
    b.weight = b.product + c->rank;
    b.line = b.weight + c->rank;
    b.square = b.line + c->x->width;
    b.total = b.square + c->x->width;
    b.stored = b.total + c->x->width;
    double *const rest = b.stored + c->rank * c->x->width;
    rlra_quadratic_init(&b.solver, found, c->gram, c->rank, (double)REAL_EPS, rest);
    b.products = (real *)(void *)((char *)rest + rlra_quadratic_bytes(c->rank));
    return b;
}

rlra_status RLRA(coefficients_init)(const columns *x, ptrdiff_t rank, coefficients *c)
{
    const size_t r = (size_t)rank, rows = (size_t)x->rows;
    *c = (coefficients){.x = x, .rank = rank, .work_bytes = bench_bytes(x->width, rank)};
    c->picked = rlra_alloc(x->context, r * rows, sizeof *c->picked);
    c->picked_real = rlra_alloc(x->context, r * rows, sizeof *c->picked_real);
    c->gram = rlra_alloc(x->context, r * r, sizeof *c->gram);
    c->order = rlra_alloc(x->context, r, sizeof *c->order);
    c->partial = rlra_alloc(x->context, 2 * (size_t)x->blocks, sizeof *c->partial);
    c->work = rlra_alloc(x->context, (size_t)x->threads, c->work_bytes);
    if (c->picked != NULL && c->picked_real != NULL && c->gram != NULL && c->order != NULL && c->partial != NULL &&
        c->work != NULL)
        return RLRA_OK;
    RLRA(coefficients_clear)(c);
    return rlra_fail_memory(x->context, 2 * r * rows * sizeof(double) + (size_t)x->threads * c->work_bytes, 1,
                            "the coefficients of the columns");
}

void RLRA(coefficients_clear)(coefficients *c)
{
    if (c->x == NULL)
        return;
    rlra_free(c->x->context, c->work);
    rlra_free(c->x->context, c->partial);
    rlra_free(c->x->context, c->order);
    rlra_free(c->x->context, c->gram);
    rlra_free(c->x->context, c->picked_real);
    rlra_free(c->x->context, c->picked);
    *c = (coefficients){0};
}

static void load_picked(const coefficients *c, const ptrdiff_t *picked, ptrdiff_t found)
{
    const ptrdiff_t rows = c->x->rows;
    for (ptrdiff_t k = 0; k < found; k++) {
        ptrdiff_t place = k;
        for (; place > 0 && picked[c->order[place - 1]] > picked[k]; place--)
            c->order[place] = c->order[place - 1];
        c->order[place] = k;
    }
    for (ptrdiff_t k = 0; k < found; k++) {
        double *const w = c->picked + k * rows;
        RLRA(columns_load)(c->x, picked[c->order[k]], w);
        for (ptrdiff_t i = 0; i < rows; i++)
            c->picked_real[k * rows + i] = (real)w[i];
        for (ptrdiff_t l = 0; l <= k; l++) {
            const double *const other = c->picked + l * rows;
            double sum = 0;
            for (ptrdiff_t i = 0; i < rows; i++)
                sum += w[i] * other[i];
            c->gram[k * c->rank + l] = c->gram[l * c->rank + k] = sum;
        }
    }
}

/* Solve for the coefficients of a block, each starting from those of its neighbour. */
static void solve_block(const coefficients *c, bench *b, ptrdiff_t found, ptrdiff_t length, const factor *h)
{
    const ptrdiff_t width = c->x->width;
    memset(b->weight, 0, (size_t)found * sizeof *b->weight);
    for (ptrdiff_t j = 0; j < length; j++) {
        for (ptrdiff_t k = 0; k < found; k++)
            b->product[k] = c->x->scale * (double)b->products[k * width + j];
        rlra_quadratic_solve(&b->solver, b->product, b->weight);
        for (ptrdiff_t k = 0; k < found; k++) {
            const real stored = (real)b->weight[k];
            b->stored[k * width + j] = (double)stored;
            if (h != NULL)
                h->at[c->order[k] * h->stride + j] = stored;
        }
    }
}

/* sums[0] = squares of the residual of a block, sums[1] = squares of the data. */
static void block_residual(const coefficients *c, const bench *b, ptrdiff_t found, ptrdiff_t block, double *sums)
{
    const columns *const x = c->x;
    const ptrdiff_t begin = RLRA(columns_begin)(x, block), length = RLRA(columns_begin)(x, block + 1) - begin;
    memset(b->square, 0, (size_t)length * sizeof *b->square);
    memset(b->total, 0, (size_t)length * sizeof *b->total);
    for (ptrdiff_t i = 0; i < x->rows; i++) {
        const real *const from = x->at + i * x->row_stride + begin * x->column_stride;
        for (ptrdiff_t j = 0; j < length; j++) {
            b->line[j] = x->scale * (double)from[j * x->column_stride];
            b->total[j] += b->line[j] * b->line[j];
        }
        for (ptrdiff_t k = 0; k < found; k++) {
            const double w = c->picked[k * x->rows + i];
            const double *const stored = b->stored + k * x->width;
            for (ptrdiff_t j = 0; j < length; j++)
                b->line[j] -= w * stored[j];
        }
        for (ptrdiff_t j = 0; j < length; j++)
            b->square[j] += b->line[j] * b->line[j];
    }
    sums[0] = sums[1] = 0;
    for (ptrdiff_t j = 0; j < length; j++) {
        sums[0] += b->square[j];
        sums[1] += b->total[j];
    }
}

double RLRA(coefficients_find)(const coefficients *c, const ptrdiff_t *picked, ptrdiff_t found, const factor *h)
{
    const columns *const x = c->x;
    double residual = 0, total = 0;
    load_picked(c, picked, found);
#pragma omp parallel for num_threads(x->threads) schedule(dynamic)
    for (ptrdiff_t block = 0; block < x->blocks; block++) {
        const int thread = omp_get_thread_num();
        const ptrdiff_t begin = RLRA(columns_begin)(x, block), length = RLRA(columns_begin)(x, block + 1) - begin;
        bench b = open_bench(c, found, thread);
        const factor w = {c->picked_real, x->rows, found, x->rows};
        const factor out = {b.products, length, found, x->width};
        const factor rows = h == NULL ? out : factor_rows(*h, begin, begin + length);
        RLRA(columns_multiply)(x, block, thread, w, out);
        solve_block(c, &b, found, length, h == NULL ? NULL : &rows);
        block_residual(c, &b, found, block, c->partial + 2 * block);
    }
    for (ptrdiff_t block = 0; block < x->blocks; block++) {
        residual += c->partial[2 * block];
        total += c->partial[2 * block + 1];
    }
    return total > 0.0 ? sqrt(residual / total) : 0.0;
}

double RLRA(coefficients_bytes)(ptrdiff_t rows, ptrdiff_t count, ptrdiff_t rank, int threads)
{
    const double m = (double)rows, r = (double)rank;
    const ptrdiff_t blocks = (count + COLUMNS_WIDTH - 1) / COLUMNS_WIDTH;
    return r * (m + r) * sizeof(double) + r * m * sizeof(real) + r * sizeof(ptrdiff_t) +
           2 * (double)blocks * sizeof(double) + (double)threads * (double)bench_bytes(COLUMNS_WIDTH, rank);
}
