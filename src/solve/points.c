/* solve/points.c: copy the points of a fit, and notify its engine. */
#include "solve/points.h"

#include <string.h>

void RLRA(points_copy)(const fit *f, const factor *from, const factor *to)
{
    for (int n = 0; n < f->factors; n++)
        memcpy(to[n].at, from[n].at, (size_t)(from[n].stride * from[n].rank) * sizeof(real));
}

void RLRA(point_keep)(fit *f)
{
    RLRA(points_copy)(f, f->x, f->kept);
    RLRA(fit_notify)(f, POINT_KEPT);
}

void RLRA(point_restore)(fit *f)
{
    RLRA(points_copy)(f, f->kept, f->x);
    RLRA(fit_notify)(f, POINT_RESTORED);
}

void RLRA(point_begin)(fit *f)
{
    RLRA(points_copy)(f, f->x, f->last);
    for (int n = 0; n < f->factors; n++)
        RLRA(fit_gram)(f, n);
    RLRA(fit_notify)(f, POINT_PASSED);
    RLRA(point_keep)(f);
}
