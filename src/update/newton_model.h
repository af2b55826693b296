/* update/newton_model.h: the quadratic model of a row's objective and its minimiser within the bounds. */
#ifndef RLRA_UPDATE_NEWTON_MODEL_H
#define RLRA_UPDATE_NEWTON_MODEL_H

#include "linalg/quadratic.h"
#include "update/row_state.h"

/* A step on `count` unknowns: those that are off their bounds or gain by leaving them. */
typedef struct newton_step {
    ptrdiff_t count;
    ptrdiff_t *unknowns;
    double *slope, *goal, *way; /* derivative, minimiser of the model, goal - x */
    double fall;                /* - slope . way > 0                            */
    double ridge;               /* 2 mu_2 ||way||^2                             */
    double rounding;            /* rounding error that the objective may have   */
    double *hessian, *concave;  /* count x count                                */
    double *side;               /* right-hand side of the quadratic             */
    ptrdiff_t *inside;          /* unknowns not yet held at their upper bound   */
    real *panel;                /* rank x PANEL                                 */
    void *work;                 /* workspace of quadratic.h                     */
} newton_step;

void RLRA(newton_step_take)(newton_step *step, ptrdiff_t rank, arena *from);

/* Fill `step` from a fresh state; s->row gets minus the change of the model by the step. Returns 0 if no descent is possible. */
int RLRA(newton_direction)(row_state *s, newton_step *step, double kkt);

#endif
