/* solve/run.h: the state of a fit between two sweeps, and how it is kept and restored. */
#ifndef RLRA_SOLVE_RUN_H
#define RLRA_SOLVE_RUN_H

#include "engine/fit.h"
#include "solve/escape.h"
#include "solve/keeper.h"
#include "solve/policy.h"

/* Momentum of the first sweep that extrapolates. */
#define MOMENTUM_START 0.5

/* The reported numbers of a sweep. */
typedef struct reported_sweep {
    double seconds, objective, relative_error, kkt_residual;
    int64_t escapes; /* kept so far */
} reported_sweep;

/* All that sweeps and the reasons to stop depend on, in addition to the fit. Anything added here or to the fit that outlives a
 * sweep must also be added to the record of solve/resume.c. */
typedef struct run {
    fit *f;
    double began, paused; /* start of the clock, and time spent in the caller's progress callback */
    double start_objective, start_seconds;
    double objective; /* objective of f->kept */
    double penalty;   /* the part of it from penalties */
    double kkt;       /* KKT residual of the point before the last sweep */
    double kkt_goal;  /* below it the KKT residual of the current point is computed */
    double remaining; /* decrease still to come, as last estimated */
    int64_t sweeps;
    policy_facts facts;
    policy_state policy;
    escape_state escape;
    int short_sweeps;
    double momentum, cap;
    int rejected;    /* the last sweep was rejected, as it extrapolated too far */
    int stalled;     /* a plain sweep could not lower the objective, even as formed from residuals */
    double reported; /* the objective reported last: that of a cached loss may be off by rounding */

    fit_keeper *keeper; /* keeper of states, or NULL */
    double kept_at;     /* time and sweep at which a state was last kept */
    int64_t kept_sweeps;
    reported_sweep *rows; /* reported so far, if there is a keeper */
    int64_t room;
} run;

/* Record the reported numbers of the current sweep. */
void RLRA(run_note)(run *r, const reported_sweep *row);

/* Pass the state to the keeper if it is due, or if it is the last one. */
void RLRA(run_keep)(run *r, int last);

/* Resume from the state of the keeper instead of a start; the fit must be posed. */
rlra_status RLRA(run_restore)(run *r);

void RLRA(run_clear)(run *r);

#endif
