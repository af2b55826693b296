/* solve/certify.h: what a report says of a point. */
#ifndef RLRA_SOLVE_CERTIFY_H
#define RLRA_SOLVE_CERTIFY_H

#include "engine/fit.h"

/* Objective, errors and KKT residual of the current point, from the data. */
rlra_status RLRA(fit_certify)(fit *f, rlra_report *report);

#endif
