/* solve/run.h: where a fit stands between two sweeps, and how that is kept and taken up again. */
#ifndef RLRA_SOLVE_RUN_H
#define RLRA_SOLVE_RUN_H

#include "engine/fit.h"
#include "solve/keeper.h"

/* What was reported of a sweep. */
typedef struct reported_sweep {
    double seconds, objective, relative_error, kkt_residual;
} reported_sweep;

/* All that sweeps and the reasons to stop depend on, beside the fit. Whatever is added here or to the fit, and outlives a sweep,
 * belongs into the record of solve/resume.c as well. */
typedef struct run {
    fit *f;
    double began, paused; /* start of the clock, and time spent in the caller's progress callback */
    double start_objective, start_seconds;
    double objective; /* of f->kept */
    double penalty;   /* part of it */
    double kkt;       /* of the point before the last sweep */
    double kkt_goal;  /* below it the KKT residual of the point itself is looked at */
    int64_t sweeps;
    int short_sweeps;
    double momentum, cap;
    int rejected;    /* the last sweep went too far ahead */
    int stalled;     /* a plain sweep could not lower the objective, residuals say so */
    double reported; /* the objective that was reported last: that of a cached loss may be off by its rounding */

    fit_keeper *keeper; /* or NULL */
    double kept_at;     /* when a state was kept last, and of which sweep */
    int64_t kept_sweeps;
    reported_sweep *rows; /* reported so far, if there is a keeper */
    int64_t room;
} run;

/* Note what is reported of the current sweep. */
void RLRA(run_note)(run *r, const reported_sweep *row);

/* Hand the state to the keeper if it is time, or if this is the last one. */
void RLRA(run_keep)(run *r, int last);

/* Go on from the keeper's state instead of a start; the fit is posed. */
rlra_status RLRA(run_restore)(run *r);

void RLRA(run_clear)(run *r);

#endif
