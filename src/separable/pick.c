/* separable/pick.c: find the column with the largest residual, with ties broken. */
#include "separable/pick.h"

#include <math.h>

double RLRA(pick_largest)(ptrdiff_t count, const double *residuals)
{
    double largest = 0;
    for (ptrdiff_t j = 0; j < count; j++)
        largest = residuals[j] > largest ? residuals[j] : largest;
    return largest;
}

double RLRA(pick_least)(const selection *s, double tolerance)
{
    const double floor = fmax(tolerance, 16.0 * (double)REAL_EPS);
    return floor * floor * RLRA(pick_largest)(s->x->count, s->norms);
}

ptrdiff_t RLRA(pick_column)(const selection *s)
{
    const double largest = RLRA(pick_largest)(s->x->count, s->residuals);
    const double close = largest * (1.0 - PICK_TIE);
    double longest = 0;
    if (!(largest > s->least))
        return -1;
    for (ptrdiff_t j = 0; j < s->x->count; j++)
        if (s->residuals[j] >= close && s->norms[j] > longest)
            longest = s->norms[j];
    for (ptrdiff_t j = 0; j < s->x->count; j++)
        if (s->residuals[j] >= close && s->norms[j] >= longest * (1.0 - PICK_TIE))
            return j;
    return -1;
}
