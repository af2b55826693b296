/* block/quadratic.c: slopes, proximal steps and objective of a block of rows. */
#include "block/quadratic.h"

double RLRA(block_distance2)(const block *b, factor x, factor y)
{
    double sum = 0;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        sum += b->kernels->distance2(x.length, x.at + k * x.stride, y.at + k * y.stride);
    return sum;
}

/* A few components at a time, and so many entries of their rows of the Gram matrix in the precision of the kernels. */
#define GRAM_ROWS    8
#define GRAM_COLUMNS 128

static void slopes_of_gram(const block *b, factor x, factor out)
{
    const quadratic_part *const q = &b->quadratic;
    real rows[GRAM_ROWS * GRAM_COLUMNS];
    for (ptrdiff_t k = 0; k < x.rank; k += GRAM_ROWS) {
        const ptrdiff_t count = x.rank - k < GRAM_ROWS ? x.rank - k : GRAM_ROWS;
        for (ptrdiff_t j = 0; j < x.rank; j += GRAM_COLUMNS) {
            const ptrdiff_t some = x.rank - j < GRAM_COLUMNS ? x.rank - j : GRAM_COLUMNS;
            const factor from = j == 0 ? q->rhs : out;
            for (ptrdiff_t c = 0; c < count; c++)
                for (ptrdiff_t e = 0; e < some; e++)
                    rows[c * GRAM_COLUMNS + e] = (real)q->gram[(k + c) * x.rank + j + e];
            b->kernels->residuals(x.length, some, count, from.at + k * from.stride, from.stride, rows, GRAM_COLUMNS,
                                  x.at + j * x.stride, x.stride, out.at + k * out.stride, out.stride);
        }
    }
}

void RLRA(block_slopes)(const block *b, factor x, factor out)
{
    const quadratic_part *const q = &b->quadratic;
    if (q->grams != NULL) {
        b->kernels->row_grams->slopes(x.rank, q->rhs.at, q->grams, x.at, out.at);
        return;
    }
    if (q->products != NULL)
        q->products->apply(q->products->user, x, out);
    for (ptrdiff_t k = 0; q->products != NULL && k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++) {
            real *const at = out.at + k * out.stride + i;
            *at = q->rhs.at[k * q->rhs.stride + i] - *at;
        }
    if (q->products == NULL)
        slopes_of_gram(b, x, out);
}

void RLRA(block_proximal_step)(const block *b, factor from, double step, factor to)
{
    RLRA(block_slopes)(b, from, to);
    for (ptrdiff_t k = 0; k < from.rank; k++) {
        real *const out = to.at + k * to.stride;
        const real *const in = from.at + k * from.stride;
        for (ptrdiff_t i = 0; i < from.length; i++)
            out[i] = in[i] + (real)step * out[i];
    }
    RLRA(penalties_prox)(b->penalties, step, to);
}

/* The slope is m - x G, so that <x G, x> / 2 - <m, x> = -(<m, x> + <m - x G, x>) / 2. */
double RLRA(block_objective)(const block *b, factor x, factor slopes)
{
    double sum = RLRA(penalties_value)(b->penalties, x);
    RLRA(block_slopes)(b, x, slopes);
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        const real *const at = x.at + k * x.stride;
        const real *const rhs = b->quadratic.rhs.at + k * b->quadratic.rhs.stride;
        const real *const slope = slopes.at + k * slopes.stride;
        for (ptrdiff_t i = 0; i < x.length; i++)
            sum -= 0.5 * (double)at[i] * ((double)rhs[i] + (double)slope[i]);
    }
    return sum;
}

double RLRA(block_step)(const block *b)
{
    const gram_products *const products = b->quadratic.products;
    const double most = products != NULL ? products->largest : b->prepared[0];
    return most > (double)REAL_MIN ? 1 / most : 1 / (double)REAL_EPS;
}

int RLRA(block_settled)(const block *b, int round, double change, double *first)
{
    block_count(b, round + 1);
    if (round == 0)
        *first = change;
    return change <= b->inner_decrease * b->inner_decrease * *first;
}
