/* update/hals.c: hierarchical alternating least squares: each component in turn is set to its closed-form minimiser. */
#include "update/members.h"

#include <math.h>

/* Room for one row of the Gram matrix, and for one component of a block. */
static size_t scratch_bytes(ptrdiff_t rank)
{
    return (size_t)(rank + UPDATE_ROWS) * sizeof(real);
}

/* x_k <- prox_{g/g_kk}( (m_k - sum_{j != k} g_kj x_j) / g_kk ). Returns g_kk ||change||^2. */
static double improve_component(const block *b, ptrdiff_t k, real *others, real *fresh)
{
    const ptrdiff_t rank = b->x.rank, length = b->x.length;
    const double curvature = b->gram[k * rank + k];
    real *const x = b->x.at + k * b->x.stride;
    if (!(curvature > (double)REAL_MIN)) {
        RLRA(penalties_prox)(b->penalties, 1 / (double)REAL_EPS, factor_component(b->x, k));
        return 0;
    }
    for (ptrdiff_t j = 0; j < rank; j++)
        others[j] = j == k ? 0 : (real)b->gram[k * rank + j];
    b->kernels->residual(length, rank, b->rhs.at + k * b->rhs.stride, others, b->x.at, b->x.stride, fresh);
    const real inverse = (real)(1 / curvature);
    for (ptrdiff_t i = 0; i < length; i++)
        fresh[i] *= inverse;
    RLRA(penalties_prox)(b->penalties, 1 / curvature, (factor){fresh, length, 1, length});
    double change = 0;
    for (ptrdiff_t i = 0; i < length; i++) {
        const double step = (double)(fresh[i] - x[i]);
        change += step * step;
        x[i] = fresh[i];
    }
    return curvature * change;
}

static void apply(const block *b)
{
    real *const others = b->scratch;
    real *const fresh = others + b->x.rank;
    double first = 0;
    for (int round = 0; round < b->inner_sweeps; round++) {
        double change = 0;
        for (ptrdiff_t k = 0; k < b->x.rank; k++)
            change += improve_component(b, k, others, fresh);
        if (round == 0)
            first = change;
        if (change <= b->inner_decrease * b->inner_decrease * first)
            return;
    }
}

const update_ops RLRA(update_hals) = {
    .about = {"hals", "hierarchical alternating least squares: exact minimiser, one component after the other",
              "monotone entry-separable", "Cichocki, Zdunek & Amari 2007; Gillis & Glineur 2012"},
    .widest = PENALTY_ENTRY,
    .keeps_objective = 1,
    .scratch_bytes = scratch_bytes,
    .apply = apply,
};
