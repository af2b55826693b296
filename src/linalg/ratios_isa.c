/* linalg/ratios_isa.c: sums over the ratios of data to a model, while one component of the model changes; in vectors of one
 * instruction set, compiled once for each set and precision. */
#include "linalg/kernels_isa.h"
#include "linalg/vector.h"

typedef struct running {
    vector plain, weighted, squared, most;
} running;

/* e = a inverse, the relative speed at which component a moves the model. */
INLINE void gather(running *r, vector a, vector inverse, vector weight)
{
    const vector speed = a * inverse;
    const vector pull = speed * weight;
    r->plain += speed;
    r->weighted += pull;
    r->squared += pull * speed;
    r->most = larger(r->most, speed);
}

/* Add the sums of a short run to those in double. */
INLINE void settle(running *r, double *sums)
{
    real lanes[VECTOR_BYTES / sizeof(real)];
    sums[0] += (double)lane_sum(r->plain);
    sums[1] += (double)lane_sum(r->weighted);
    sums[2] += (double)lane_sum(r->squared);
    memcpy(lanes, &r->most, sizeof lanes);
    for (ptrdiff_t lane = 0; lane < LANES; lane++)
        sums[3] = (double)lanes[lane] > sums[3] ? (double)lanes[lane] : sums[3];
    *r = (running){0};
}

void KERNEL_OF(RLRA_ISA, ratio_sums)(ptrdiff_t length, const real *a, const real *inverse, const real *weight,
                                     double *sums)
{
    running r = {0};
    ptrdiff_t j = 0;
    memset(sums, 0, 4 * sizeof *sums);
    while (j + LANES <= length) {
        const ptrdiff_t end = length - j < COLUMN_BLOCK ? length : j + COLUMN_BLOCK;
        for (; j + LANES <= end; j += LANES)
            gather(&r, load(a + j), load(inverse + j), load(weight + j));
        settle(&r, sums);
    }
    if (j == length)
        return;
    const ptrdiff_t left = length - j;
    gather(&r, load_part(a + j, left), load_part(inverse + j, left), load_part(weight + j, left));
    settle(&r, sums);
}

/* The new model and its inverse, which is 0 where there are no data. */
INLINE vector invert(vector y, vector *model, vector least)
{
    *model = larger(*model, least);
    return (vector)((mask_vector)(((vector){0} + 1) / *model) & (y > 0));
}

/* V vectors of the move; RATIO: weights are y inverse, and kept. */
INLINE void shift_tile(int RATIO, running *r, ptrdiff_t j, real step, const real *a, vector least, const real *y,
                       real *model, real *inverse, real *ratio, const real *next)
{
    const vector data = load(y + j);
    vector value = load(model + j) + load(a + j) * step;
    const vector over = invert(data, &value, least);
    store(model + j, value);
    store(inverse + j, over);
    if (RATIO)
        store(ratio + j, data * over);
    gather(r, load(next + j), over, RATIO ? data * over : data);
}

INLINE void shift_part(int RATIO, running *r, ptrdiff_t j, ptrdiff_t left, real step, const real *a, vector least,
                       const real *y, real *model, real *inverse, real *ratio, const real *next)
{
    const vector data = load_part(y + j, left);
    vector value = load_part(model + j, left) + load_part(a + j, left) * step;
    const vector over = invert(data, &value, least);
    store_part(model + j, left, value);
    store_part(inverse + j, left, over);
    if (RATIO)
        store_part(ratio + j, left, data * over);
    gather(r, load_part(next + j, left), over, RATIO ? data * over : data);
}

INLINE void shift(int RATIO, ptrdiff_t length, real step, const real *a, real least, const real *y, real *model,
                  real *inverse, real *ratio, const real *next, double *sums)
{
    const vector floor = (vector){0} + least;
    running r = {0};
    ptrdiff_t j = 0;
    memset(sums, 0, 4 * sizeof *sums);
    while (j + LANES <= length) {
        const ptrdiff_t end = length - j < COLUMN_BLOCK ? length : j + COLUMN_BLOCK;
        for (; j + LANES <= end; j += LANES)
            shift_tile(RATIO, &r, j, step, a, floor, y, model, inverse, ratio, next);
        settle(&r, sums);
    }
    if (j == length)
        return;
    shift_part(RATIO, &r, j, length - j, step, a, floor, y, model, inverse, ratio, next);
    settle(&r, sums);
}

void KERNEL_OF(RLRA_ISA, ratio_shift)(ptrdiff_t length, real step, const real *a, real least, const real *y,
                                      real *model, real *inverse, real *ratio, const real *next, double *sums)
{
    if (ratio != NULL)
        shift(1, length, step, a, least, y, model, inverse, ratio, next, sums);
    else
        shift(0, length, step, a, least, y, model, inverse, ratio, next, sums);
}
