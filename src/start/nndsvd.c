/* start/nndsvd.c: nonnegative parts of singular vectors. */
#include "start/nndsvd.h"

#include <math.h>
#include <string.h>

#include "core/random.h"
#include "start/sketch.h"

/* Stream of random numbers that fill mode n; the sketch uses the streams 0 .. order-1. */
#define FILL_STREAM(mode) (64U + (uint32_t)(mode))

/* Singular values below this fraction of the largest are rounding errors. */
#define SIGMA_FLOOR(size) (8.0 * (double)REAL_EPS * sqrt((double)(size)))

/* Entries below this fraction of the length of their vector count as zero. */
#define ENTRY_FLOOR (100.0 * (double)REAL_EPS > 1e-6 ? 100.0 * (double)REAL_EPS : 1e-6)

/* Lengths of the positive and of the negative part. */
static void part_norms(factor column, double *positive, double *negative)
{
    double above = 0, below = 0;
    for (ptrdiff_t i = 0; i < column.length; i++) {
        const double value = (double)column.at[i];
        if (value > 0.0)
            above += value * value;
        else
            below += value * value;
    }
    *positive = sqrt(above);
    *negative = sqrt(below);
}

/* to = scale max(sign from, 0) / norm; may be the same memory. */
static void take_part(factor from, double sign, double norm, double scale, factor to)
{
    for (ptrdiff_t i = 0; i < to.length; i++) {
        const double value = sign * (double)from.at[i] / norm;
        to.at[i] = value > ENTRY_FLOOR ? (real)(scale * value) : 0;
    }
}

static void clear_component(factor to)
{
    memset(to.at, 0, (size_t)to.length * sizeof *to.at);
}

/* Zero entries become `typical`, or random ones below `typical` / 100; a component of zeros always gets the latter. */
static void fill_zeros(factor component, nndsvd_fill fill, double typical, uint64_t seed, uint32_t stream, ptrdiff_t k)
{
    int empty = 1;
    for (ptrdiff_t i = 0; i < component.length; i++)
        empty = empty && component.at[i] == 0;
    if (fill == NNDSVD_ZERO && !empty)
        return;
    for (ptrdiff_t i = 0; i < component.length; i++) {
        if (component.at[i] != 0)
            continue;
        const double uniform = rlra_random_uniform(seed, stream, (uint64_t)(k * component.length + i));
        component.at[i] = (real)(fill == NNDSVD_MEAN && !empty ? typical : 0.01 * typical * uniform);
    }
}

/* Boutsidis & Gallopoulos (2008), table 1: of u v^T = (u+ - u-)(v+ - v-)^T keep the larger of u+ v+^T and u- v-^T. */
static void take_pair(const sketch *s, ptrdiff_t k, const factor *factors)
{
    const factor u = factor_component(s->side[0], k), v = factor_component(s->side[1], k);
    double up, un, vp, vn;
    part_norms(u, &up, &un);
    part_norms(v, &vp, &vn);
    const int positive = up * vp >= un * vn;
    const double left = positive ? up : un, right = positive ? vp : vn, sign = positive ? 1.0 : -1.0;
    if (left * right == 0.0) {
        clear_component(factor_component(factors[0], k));
        clear_component(factor_component(factors[1], k));
        return;
    }
    const double scale = sqrt(s->sigma[k] * left * right);
    take_part(u, sign, left, scale, factor_component(factors[0], k));
    take_part(v, sign, right, scale, factor_component(factors[1], k));
}

static void start_matrix(sketch *s, ptrdiff_t rank, nndsvd_fill fill, const factor *factors)
{
    const double mean = RLRA(sketch_mean)(s);
    const double entries = (double)s->x->dims[0] * (double)s->x->dims[1];
    const double typical = sqrt(mean > 0.0 ? mean : sqrt(s->x->norm2 / entries));
    RLRA(sketch_matrix)(s);
    for (ptrdiff_t k = 0; k < rank; k++) {
        if (k < s->size && s->sigma[k] > SIGMA_FLOOR(s->size) * s->sigma[0]) {
            take_pair(s, k, factors);
            continue;
        }
        for (int n = 0; n < 2; n++)
            clear_component(factor_component(factors[n], k));
    }
    for (int n = 0; n < 2; n++)
        for (ptrdiff_t k = 0; k < rank; k++)
            fill_zeros(factor_component(factors[n], k), fill, typical, s->seed, FILL_STREAM(n), k);
}

/* Each component has the length (||X|| / sqrt(rank))^(1/order) in each mode. */
static void start_mode(sketch *s, int mode, nndsvd_fill fill, factor to)
{
    const double length = pow(sqrt(s->x->norm2 / (double)to.rank), 1.0 / s->x->order);
    const double typical = length / sqrt((double)to.length);
    RLRA(sketch_mode)(s, mode);
    for (ptrdiff_t k = 0; k < to.rank; k++) {
        const factor out = factor_component(to, k);
        if (k < s->size && s->sigma[k] > SIGMA_FLOOR(s->size) * s->sigma[0]) {
            const factor u = factor_component(s->side[mode], k);
            double positive, negative;
            part_norms(u, &positive, &negative);
            take_part(u, positive >= negative ? 1.0 : -1.0, fmax(positive, negative), length, out);
            fill_zeros(out, fill, typical, s->seed, FILL_STREAM(mode), k);
        } else {
            clear_component(out);
            fill_zeros(out, NNDSVD_RANDOM, 100.0 * typical, s->seed, FILL_STREAM(mode), k);
        }
    }
}

rlra_status RLRA(nndsvd)(rlra_context *context, data *x, ptrdiff_t rank, nndsvd_fill fill, uint64_t seed, int threads,
                         const factor *factors)
{
    sketch s;
    rlra_status status = RLRA(sketch_init)(context, x, rank, seed, threads, factors, &s);
    if (status != RLRA_OK)
        return status;
    if (x->order == 2)
        start_matrix(&s, rank, fill, factors);
    else
        for (int mode = 0; mode < x->order; mode++)
            start_mode(&s, mode, fill, factors[mode]);
    RLRA(sketch_clear)(&s);
    return RLRA_OK;
}
