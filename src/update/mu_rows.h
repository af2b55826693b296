/* update/mu_rows.h: multiplicative steps of rows with their data, for any loss. */
#ifndef RLRA_UPDATE_MU_ROWS_H
#define RLRA_UPDATE_MU_ROWS_H

#include "update/open_rows.h"

/* Rounds between two searches for locked entries: each forms the model of the row. */
#define MU_UNLOCK_ROUNDS 8

/* Row i of o->x <- the minimiser of a majorant of the objective that is tight at x. Needs the slopes at x > 0. */
void RLRA(mu_step)(const open_rows *o, ptrdiff_t i);

/* Raise entries at the floor whose gradient is negative, together, by as much as is proven not to raise the objective; 0 if there
 * are none. Needs the slopes at x. */
int RLRA(mu_unlock)(const open_rows *o, ptrdiff_t i);

/* The rule mu for losses other than the squared one. */
void RLRA(mu_regress)(const block *b);

#endif
