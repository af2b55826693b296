/* solve/certify.h: the reported properties of a point. */
#ifndef RLRA_SOLVE_CERTIFY_H
#define RLRA_SOLVE_CERTIFY_H

#include "engine/fit.h"

/* Report objective, errors and KKT residual of the current point, computed from the data. */
rlra_status RLRA(fit_certify)(fit *f, rlra_report *report);

#endif
