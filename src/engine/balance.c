/* engine/balance.c: the scales of the modes of a component for which its penalties are least.
 *
 * Cohen & Leplat (2025); docs/theory/scaling.md. Everything is a logarithm: penalties of components that are about to vanish lie
 * hundreds of orders of magnitude below those of others, and products of them would underflow. */
#include "engine/balance.h"

#include <math.h>
#include <stddef.h>

/* Halvings of the interval that holds the common level. */
#define HALVINGS 64

static const double log_2 = 0.69314718055994530942;

double rlra_log_sum(double a, double b)
{
    const double most = a > b ? a : b, least = a > b ? b : a;
    return isinf(least) ? most : most + log1p(exp(least - most));
}

double rlra_balance_penalty(int modes, const column_penalty *columns, const double *shifts)
{
    double sum = -INFINITY;
    for (int n = 0; n < modes; n++) {
        const double shift = shifts == NULL ? 0 : shifts[n];
        sum = rlra_log_sum(sum, rlra_log_sum(columns[n].first + shift, columns[n].second + 2 * shift));
    }
    return sum;
}

/* log of  p a(s), all parts of degree 1 and 2 together, at s = 1: a1 + 2 a2. */
static double pull(column_penalty c)
{
    return rlra_log_sum(c.first, log_2 + c.second);
}

/* log s for which  s a1 + 2 s^2 a2 = exp(level), that is  s = 2 level / (a1 + sqrt(a1^2 + 8 a2 level)). */
static double shift_for(column_penalty c, double level)
{
    const double root = 0.5 * rlra_log_sum(2 * c.first, 3 * log_2 + c.second + level);
    return log_2 + level - rlra_log_sum(c.first, root);
}

/* The sum of the shifts rises with the level, at least half as fast for each mode. */
void rlra_balance_solve(int modes, const column_penalty *columns, double slack, double *shifts)
{
    double low = INFINITY, high = -INFINITY, sum = 0;
    for (int n = 0; n < modes; n++) {
        const double now = pull(columns[n]);
        low = now < low ? now : low;
        high = now > high ? now : high;
        shifts[n] = 0;
    }
    if (!(high - low >= slack))
        return;
    for (int step = 0; step < HALVINGS && high - low > 1e-15; step++) {
        const double middle = 0.5 * (low + high);
        double above = 0;
        for (int n = 0; n < modes; n++)
            above += shift_for(columns[n], middle);
        *(above < 0 ? &low : &high) = middle;
    }
    for (int n = 0; n < modes; n++) {
        shifts[n] = n + 1 < modes ? shift_for(columns[n], 0.5 * (low + high)) : -sum;
        sum += shifts[n];
    }
}
