/* engine/entries/kkt.c: the KKT residual of a factor under a loss that has no Gram matrix. */
#include "engine/entries/kkt.h"

#include <math.h>

#include "engine/reach.h"

/* An entry below this many floors stands for zero. */
#define ZERO_FLOORS 4

void RLRA(entries_kkt_rows)(const block *b, factor x, factor up, factor down, const kkt_parts *out)
{
    const double linear = RLRA(penalties_linear)(b->penalties), quadratic = 2 * RLRA(penalties_quadratic)(b->penalties);
    const double most = RLRA(penalties_most)(b->penalties), least = fmax(RLRA(penalties_least)(b->penalties), 0);
    const double zero = fmax(least, ZERO_FLOORS * b->floor);
    for (ptrdiff_t i = 0; i < x.length; i++)
        out->slack[i] = out->size[i] = out->pull[i] = out->worst[i] = 0;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++) {
            const double at = (double)x.at[k * x.stride + i], pull = (double)up.at[k * up.stride + i];
            const double raise = (double)down.at[k * down.stride + i] + linear + quadratic * at, slope = raise - pull;
            out->size[i] += at * raise;
            out->pull[i] += at * pull;
            const int is_bounded = b->reach != NULL && RLRA(reach_is_at)(at, b->reach[k]);
            if ((slope < 0 && (at >= most || is_bounded)) || (slope > 0 && at <= least))
                continue;
            out->slack[i] += at * fabs(slope);
            if (slope < 0 && at <= zero && -slope > out->worst[i] * pull)
                out->worst[i] = -slope / pull;
        }
}

/* A row of zeros has no size, but may be wrong: it counts as a mean row. */
double RLRA(entries_kkt_of)(const entries_state *g, ptrdiff_t rows)
{
    double size = 0, sum = 0;
    for (ptrdiff_t i = 0; i < rows; i++)
        size += g->size[i];
    const double mean = size > 0 ? size / (double)rows : 1;
    for (ptrdiff_t i = 0; i < rows; i++)
        sum += g->slack[i] + (g->size[i] > 0 ? g->size[i] : mean) * g->worst[i];
    return sum / (mean * (double)rows);
}
