/* start/given.c: the factors that the caller gives. */
#include <math.h>

#include "core/check.h"
#include "start/members.h"
#include "start/start.h"

/* Copy the factors of the model, with the weights multiplied into the first. */
void RLRA(start_from_model)(fit *f, const rlra_model *model)
{
    const real *const weights = model->weights;
    for (int n = 0; n < f->factors; n++)
        for (ptrdiff_t k = 0; k < f->x[n].rank; k++) {
            const real *const from = (const real *)model->factors[n] + k * model->strides[n];
            for (ptrdiff_t i = 0; i < f->x[n].length; i++)
                f->x[n].at[k * f->x[n].stride + i] = n == 0 && k < model->rank ? from[i] * weights[k] : from[i];
        }
}

static rlra_status check(const fit *f, int n)
{
    for (ptrdiff_t k = 0; k < f->x[n].rank; k++)
        for (ptrdiff_t i = 0; i < f->x[n].length; i++) {
            const double v = (double)f->x[n].at[k * f->x[n].stride + i];
            if (!isfinite(v))
                return rlra_fail(f->context, RLRA_ERR_DATA, "the start holds %g in factor %d at [%td, %td]", v, n, i,
                                 k);
            if (v < 0 && RLRA(penalties_nonneg)(&f->penalties[n]))
                return rlra_fail(f->context, RLRA_ERR_DATA,
                                 "the start holds %g in factor %d at [%td, %td], but the factor must be nonnegative", v,
                                 n, i, k);
        }
    return RLRA_OK;
}

static rlra_status make(fit *f, const rlra_model *model)
{
    rlra_status status = RLRA_OK;
    RLRA(start_from_model)(f, model);
    for (int n = 0; n < f->factors; n++)
        TRY(check(f, n));
cleanup:
    return status;
}

const start_ops RLRA(start_model) = {
    .about = {"model", "the factors that are given", "order-N", ""},
    .make = make,
};
