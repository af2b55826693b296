/* data/observed/product.c: lay factors out row by row, and form single rows of their product. */
#include "data/observed/product.h"

#include "linalg/row_grams.h"

ptrdiff_t RLRA(observed_product_pad)(ptrdiff_t rank)
{
    return (rank + ROW_GRAMS_PAD - 1) / ROW_GRAMS_PAD * ROW_GRAMS_PAD;
}

observed_product RLRA(observed_product_take)(const observed *of, ptrdiff_t rank, arena *from)
{
    observed_product p = {.of = of, .pad = RLRA(observed_product_pad)(rank)};
    for (int m = 0; m < of->order; m++)
        p.packed[m] = rlra_arena_take(from, (size_t)(of->along[m].rows * p.pad), sizeof(real));
    return p;
}

void RLRA(observed_product_pack)(const observed_product *p, int mode, const factor *factors, int threads)
{
    const ptrdiff_t pad = p->pad;
    for (int m = 0; m < p->of->order; m++) {
        const factor x = factors[m];
        real *const to = p->packed[m];
        if (m == mode)
            continue;
#pragma omp parallel for num_threads(threads) schedule(static)
        for (ptrdiff_t j = 0; j < x.length; j++)
            for (ptrdiff_t k = 0; k < pad; k++)
                to[j * pad + k] = k < x.rank ? x.at[k * x.stride + j] : 0;
    }
}

/* Form one row of the product in `out`. */
static void multiply_row(const observed_product *p, int mode, ptrdiff_t place, real *out)
{
    int first = 1;
    for (int at = p->of->order - 1; at >= 0; at--) {
        const int other = p->of->modes[at];
        if (other == mode)
            continue;
        const ptrdiff_t length = p->of->along[other].rows;
        const real *const row = p->packed[other] + place % length * p->pad;
        place /= length;
        for (ptrdiff_t k = 0; k < p->pad; k++)
            out[k] = first ? row[k] : out[k] * row[k];
        first = 0;
    }
}

void RLRA(observed_product_rows)(const observed_product *p, int mode, ptrdiff_t count, const int32_t *places,
                                 real *panel, const real **rows)
{
    if (p->of->order == 2) {
        for (ptrdiff_t e = 0; e < count; e++)
            rows[e] = p->packed[1 - mode] + places[e] * p->pad;
        return;
    }
    for (ptrdiff_t e = 0; e < count; e++) {
        multiply_row(p, mode, places[e], panel + e * p->pad);
        rows[e] = panel + e * p->pad;
    }
}
