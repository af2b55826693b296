/* loss/kl.c: Kullback-Leibler divergence  y log(y/v) - y + v: counts, spectrograms. */
#include "loss/members.h"
#include "loss/relative.h"

static double value(double beta, ptrdiff_t length, const real *y, const real *v)
{
    relative_vector sum = {0};
    double rest = 0;
    (void)beta;
    for (ptrdiff_t j = 0; j < length; j += RELATIVE_LANES) {
        const relative_vector from = relative_load(y + j, length - j, 0), to = relative_load(v + j, length - j, 0);
        const relative_bits used = from != 0, odd = used & (relative_odd(from) | relative_odd(to));
        if (relative_none(odd)) {
            const relative_vector one = relative_all(1);
            const relative_vector term = relative_terms(relative_pick(used, from, one), relative_pick(used, to, one));
            sum += relative_pick(used, term, to);
            continue;
        }
        for (ptrdiff_t e = j; e < length && e < j + RELATIVE_LANES; e++)
            rest += relative_any((double)y[e], (double)v[e]);
    }
    return relative_sum(sum) + rest;
}

static void slopes(double beta, ptrdiff_t length, const real *y, const real *v, real *up, real *down)
{
    (void)beta;
    for (ptrdiff_t j = 0; j < length; j++)
        up[j] = y[j] / v[j];
    for (ptrdiff_t j = 0; down != NULL && j < length; j++)
        down[j] = 1;
}

static void curvatures(double beta, ptrdiff_t length, const real *y, const real *v, real *out)
{
    (void)beta;
    for (ptrdiff_t j = 0; j < length; j++)
        out[j] = y[j] / v[j] / v[j];
}

const loss_ops RLRA(loss_kl) = {
    .about = {"kl", "Kullback-Leibler divergence y log(y/v) - y + v, for counts and spectrograms",
              "convex nonnegative-data", "Lee & Seung 2001"},
    .beta = 1,
    .needs_nonneg = 1,
    .value = value,
    .slopes = slopes,
    .curvatures = curvatures,
};
