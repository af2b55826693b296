/* solve/escape.h: leave a local minimum: where a fit stands, replace the component that is missed least, sweep on, and return if
 * the objective is no lower (docs/theory/escapes.md). */
#ifndef RLRA_SOLVE_ESCAPE_H
#define RLRA_SOLVE_ESCAPE_H

#include "engine/fit.h"
#include "rlra/fit.h"

/* Objectives of an attempt, a few sweeps apart. */
#define ESCAPE_MARKS 3

/* The numbers of a fit that stands, to which a vain attempt returns: those that outlive its sweeps, as none but attempts follow. */
typedef struct escape_stand {
    double objective, penalty, kkt;
    double factor_kkt[RLRA_MAX_FACTORS];
    int64_t stop, by_residual, way;
} escape_stand;

/* All that escapes depend on, beside the points; part of a checkpoint. Each field has eight bytes. */
typedef struct escape_state {
    int64_t trying;   /* the current sweeps belong to an attempt    */
    int64_t sweeps;   /* of this attempt so far                     */
    int64_t attempts; /* begun so far                               */
    int64_t kept;     /* of them                                    */
    int64_t failed;   /* components whose turn is over at this stand */
    double work;      /* of all sweeps, in sweeps by the first rules */
    double took;      /* of those until the fit stood first         */
    double marks[ESCAPE_MARKS];
    escape_stand stand;
} escape_state;

struct run;

/* Why a fit has no escapes, as a phrase; "" if it has. */
const char *RLRA(escape_refusal)(const fit *f);

/* Take workspace; called twice, to measure and to allocate. */
void RLRA(escape_plan)(fit *f);

/* Where the fit stands for this reason: begin an attempt, with the component whose turn it is. Returns 0 if none is left. */
int RLRA(escape_begin)(struct run *r, rlra_stop stop);

/* Count a sweep, before the rules of the next are chosen. */
void RLRA(escape_count)(struct run *r);

/* Whether the attempt was in vain and the fit stands again as before; an attempt that succeeds is ended, too. */
int RLRA(escape_has_failed)(struct run *r);

/* At the end of a fit: keep the better point of an unfinished attempt, and the reason to stop that holds for it. */
void RLRA(escape_settle)(struct run *r, rlra_report *report);

/* Replace component k by the leading rank-one part of the residual, within the constraints. `number` is that of the attempt.
 * Returns 0 if nothing is left to model; then nothing is changed but f->last. */
int RLRA(escape_replace)(fit *f, ptrdiff_t k, int64_t number);

#endif
