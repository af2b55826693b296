/* engine/entries/lifted.h: factors of forms and maps under kl: along their mode the model is D F (A C)^T (form/form.h).
 *
 * The data model rows of L(F) = D F C^T; their slopes, folded back by D^T and C, are those of F, with which a rule takes a step of
 * its own without the data. So everything that hands out rows serves here, too. */
#ifndef RLRA_ENGINE_ENTRIES_LIFTED_H
#define RLRA_ENGINE_ENTRIES_LIFTED_H

#include "model/factor.h"

struct fit;

/* What they need, planned once. */
typedef struct lifted_state {
    factor up;     /* slopes of F, where right-hand sides are under other losses */
    factor down;   /* what they are compared with                                */
    double *sums;  /* down in double, row by row                                 */
    double *lefts; /* sums of the columns of D                                   */
} lifted_state;

/* Whether factor n is one of them. */
int RLRA(is_lifted)(const struct fit *f, int n);

/* Run twice: to measure and to take. */
void RLRA(lifted_plan)(struct fit *f);

/* Update factor n in so many rounds as it has; with `judges` the KKT residual of the point before is left in f->kkt[n], with
 * `valued` the loss of the point after is returned. */
double RLRA(lifted_improve)(struct fit *f, int n, int judges, int valued);

/* The loss of the current point; with `judges` the KKT residual of factor n as above. */
double RLRA(lifted_read)(struct fit *f, int n, int judges);

#endif
