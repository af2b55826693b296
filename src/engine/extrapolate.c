/* engine/extrapolate.c: one step beyond the updated rows, within the constraints. */
#include "engine/fit.h"
#include "engine/reach.h"

void RLRA(fit_extrapolate)(const fit *f, int n, factor x, factor last)
{
    const real momentum = (real)f->momentum;
    const real least = f->rule[n]->needs_nonneg ? (real)f->floor : 0;
    const int nonneg = RLRA(penalties_nonneg)(&f->penalties[n]);
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        real *const at = x.at + k * x.stride;
        real *const before = last.at + k * last.stride;
        for (ptrdiff_t i = 0; i < x.length; i++) {
            const real fresh = at[i];
            const real ahead = fresh + momentum * (fresh - before[i]);
            at[i] = nonneg && ahead < least ? least : ahead;
            before[i] = fresh;
        }
    }
    const int bounded = (RLRA(penalties_kinds)(&f->penalties[n]) & PENALTY_BOUND) != 0;
    if (momentum != 0 && (bounded || RLRA(penalties_scope)(&f->penalties[n]) > PENALTY_ENTRY))
        RLRA(penalties_project)(&f->penalties[n], x);
    if (momentum != 0)
        RLRA(reach_clip)(f, x);
}
