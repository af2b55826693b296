/* drawn/recompute.h: the report of a fit, recomputed from the data and the factors in long double; no code of the library's. */
#ifndef TESTS_DRAWN_RECOMPUTE_H
#define TESTS_DRAWN_RECOMPUTE_H

#include "drawn/problem.h"

/* A number, and how far rounding in the precision of the data may move it. */
typedef struct number {
    long double value, slack;
} number;

long double epsilon_of(rlra_dtype dtype);

/* A sum of n terms is off by so many epsilons times the sum of their magnitudes at most: the worst case is n, random signs make it
 * sqrt n. */
long double terms_of(int64_t count);

void add_number(number *sum, long double value, long double slack);

/* d(y, v), and how far it moves when v moves by the part `delta` of itself: to second order, as near the data the first is zero. */
number divergence(long double beta, long double y, long double v, long double delta);

typedef struct recomputed {
    number loss, penalty, squares; /* squares: sum of w (x - v)^2, whatever the loss */
    number kkt_low, kkt_high;      /* differ where an entry is within rounding of a bound, and may count or not */
    long double norm2;
    int64_t observed;
    int is_allowed; /* whether factors are what their constraints want */
    int is_vague;   /* a model of zero under data: divergences and slopes have no value */
} recomputed;

void recompute_fit(const drawn_fit *fit, recomputed *out);

/* Column c of a regression. */
void recompute_column(const drawn_regression *r, int64_t c, recomputed *out);

#endif
