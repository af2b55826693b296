/* drawn/rounding.c: numbers with what rounding may do to them, and the divergences. */
#include <float.h>
#include <math.h>

#include "drawn/recompute.h"

long double epsilon_of(rlra_dtype dtype)
{
    return dtype == RLRA_DTYPE_F32 ? FLT_EPSILON : DBL_EPSILON;
}

long double terms_of(int64_t count)
{
    return 8 + 2 * sqrtl((long double)count);
}

number divergence(long double beta, long double y, long double v, long double delta)
{
    number d = {0, 0};
    if (beta == 1)
        d.value = (y > 0 ? y * logl(y / v) : 0) - y + v;
    else if (beta == 0)
        d.value = y / v - logl(y / v) - 1;
    else if (y > 0)
        d.value = (powl(y, beta) + (beta - 1) * powl(v, beta) - beta * y * powl(v, beta - 1)) / (beta * (beta - 1));
    else
        d.value = powl(v, beta) / beta;
    const long double slope = powl(v, beta) - (y > 0 ? y * powl(v, beta - 1) : 0);
    const long double curvature =
        fabsl(beta - 1) * powl(v, beta) + (y > 0 ? fabsl(2 - beta) * y * powl(v, beta - 1) : 0);
    const long double sizes = powl(v, beta) + (y > 0 ? powl(y, beta) + y * powl(v, beta - 1) : 0); /* which cancel */
    d.slack = fabsl(slope) * delta + curvature * delta * delta + 64 * LDBL_EPSILON * sizes;
    return d;
}

void add_number(number *sum, long double value, long double slack)
{
    sum->value += value;
    sum->slack += slack;
}
