/* solve/general_scale.c: the scale of a start under losses that have no Gram matrix. */
#include <math.h>

#include "solve/fit.h"

/* The slope of the loss along s, for the model times s, is zero at s = sum y v^(beta-1) / sum v^beta. */
void RLRA(general_scale)(fit *f)
{
    double up, down;
    RLRA(general_pull)(f, &up, &down);
    const double scale = up > 0 && down > 0 ? pow(up / down, 1.0 / f->factors) : 1;
    for (int m = 0; m < f->factors; m++) {
        for (ptrdiff_t k = 0; k < f->rank; k++)
            for (ptrdiff_t i = 0; i < f->x[m].length; i++)
                f->x[m].at[k * f->x[m].stride + i] *= (real)scale;
        RLRA(fit_gram)(f, m);
    }
}
