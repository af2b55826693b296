/* solve/policy.h: what the driver decides between two sweeps: which rules go on, and whether there is still something to gain. Pure
 * functions of counts and of numbers that do not depend on the number of threads; no fit, no data, no clock. */
#ifndef RLRA_SOLVE_POLICY_H
#define RLRA_SOLVE_POLICY_H

#include <stdint.h>

#include "rlra/fit.h"

/* Objectives that are kept, the last of them for the rate of convergence. */
#define POLICY_HISTORY 96

/* How the second set of rules comes in: never; once blocks are ill-conditioned; by turns from the first sweep; by turns once blocks
 * are ill-conditioned. */
typedef enum policy_kind { POLICY_NONE, POLICY_CONDITION, POLICY_TURNS, POLICY_TURNS_BY_CONDITION } policy_kind;

/* What is settled before the first sweep. */
typedef struct policy_facts {
    policy_kind kind;
    double work; /* of a sweep by the second set of rules, in sweeps by the first */
} policy_facts;

/* One change of rules. */
typedef struct policy_change {
    int64_t sweep, way; /* after so many sweeps, to this set of rules                                     */
    double number;      /* condition, or gain of the new rules over that of the old ones, each by its work */
} policy_change;

/* All that decisions depend on; part of a checkpoint. Each field has eight bytes. */
typedef struct policy_state {
    int64_t way;     /* the current set of rules */
    int64_t changes; /* so far */
    policy_change change[RLRA_REPORTED_CHANGES];
    double condition; /* at the last check: the smallest over the factors; 0 before */
    int64_t turns;    /* whether rules take turns by now */

    /* Turns are chunks of equal work: some of the good rules, one of the other, one of the good ones again. */
    int64_t good, phase, chunks;
    double spent, begin; /* work in this chunk, objective at its begin */
    double before;       /* gain by work of the chunk before the trial */
    double trial;        /* of the trial */

    int64_t noted;                  /* objectives, one a sweep or one a chunk */
    double history[POLICY_HISTORY]; /* number i at i % POLICY_HISTORY */
} policy_state;

/* When the second set of rules comes in, as a phrase. */
const char *rlra_policy_text(policy_kind kind);

/* Before the first sweep, with the objective of the start. */
policy_state rlra_policy_begin(double objective);

/* Whether the condition of the blocks is to be known after so many sweeps. */
int rlra_policy_asks_condition(const policy_facts *facts, int64_t sweeps);

/* After a sweep: its objective, and the smallest condition over the factors (NAN where not asked for or not known). Returns the set
 * of rules for the next one. */
int rlra_policy_next(const policy_facts *facts, policy_state *state, int64_t sweeps, double objective,
                     double condition);

/* The set of rules for an attempt to leave the point at which a fit stands. */
int64_t rlra_policy_escape(const policy_facts *facts, const policy_state *state);

/* At a point that sweeps did not lead to, with this objective: the rules stay, what is known of rates and gains does not. */
void rlra_policy_settle(policy_state *state, double objective);

/* Whether a state that came from a file is one of a fit with so many sets of rules, after so many sweeps. */
int rlra_policy_is_sound(const policy_state *state, int64_t ways, int64_t sweeps);

/* The decrease that is still to come, from the rate of the last sweeps; INFINITY where it does not slow down, NAN where too few
 * sweeps are known. */
double rlra_policy_remaining(const policy_state *state);

#endif
