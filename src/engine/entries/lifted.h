/* engine/entries/lifted.h: factors of forms and maps under kl: along their mode the model is D F (A C)^T (form/form.h).
 *
 * The data give slopes of the rows of L(F) = D F C^T; folded back by D^T and C they are the slopes of F, by which a rule takes
 * a step without the data. So all readers of rows work here, too. */
#ifndef RLRA_ENGINE_ENTRIES_LIFTED_H
#define RLRA_ENGINE_ENTRIES_LIFTED_H

#include "model/factor.h"

struct fit;

/* Workspace of lifted factors, planned once. */
typedef struct lifted_state {
    factor up;     /* slopes of F from the data, in place of right-hand sides */
    factor down;   /* slopes of F without the data                               */
    double *sums;  /* down in double, row by row                                 */
    double *lefts; /* sums of the columns of D                                   */
} lifted_state;

/* Whether factor n is lifted: its term has a form or a map along its mode. */
int RLRA(is_lifted)(const struct fit *f, int n);

/* Take workspace; called twice, to measure and to allocate. */
void RLRA(lifted_plan)(struct fit *f);

/* Update factor n in its number of rounds. With `judges`, f->kkt[n] gets the KKT residual of the point before; with `valued`,
 * returns the loss of the point after. */
double RLRA(lifted_improve)(struct fit *f, int n, int judges, int valued);

/* The loss of the current point; with `judges`, f->kkt[n] gets its KKT residual. */
double RLRA(lifted_read)(struct fit *f, int n, int judges);

#endif
