/* engine/engine.h: how the rows of one factor are updated and checked; one engine for each kind of block. */
#ifndef RLRA_ENGINE_ENGINE_H
#define RLRA_ENGINE_ENGINE_H

#include "rlra/status.h"

struct fit;

/* How a loss is computed: from what the last update of a sweep has left, or from the data. */
typedef enum loss_source { LOSS_AFTER_SWEEP, LOSS_FROM_DATA } loss_source;

/* What happened to the current point: saved as the best so far, replaced by that one, its components scaled, or passed to other
 * rules. */
typedef enum point_event { POINT_KEPT, POINT_RESTORED, POINT_SCALED, POINT_PASSED } point_event;

typedef struct engine_ops {
    unsigned shapes;    /* bits of block_shape that every rule must take; rules may take more where that pays */
    int is_quadratic;   /* each block has a Gram matrix, and a sweep may be one pass over the data   */
    int judging_sweeps; /* KKT residuals are computed once in so many sweeps, where they cost a model of the data */

    /* Refuse what this engine cannot fit, and set what needs no workspace. */
    rlra_status (*pose)(struct fit *f);

    /* Take workspace and set the cost of a sweep; called twice, to measure and to allocate. */
    void (*plan)(struct fit *f);

    /* Update factor n and extrapolate it; if f->judges is set, f->kkt[n] gets the KKT residual of the point before the update. */
    void (*improve)(struct fit *f, int n);

    /* The loss of the current point. */
    double (*loss)(struct fit *f, loss_source from);

    /* The KKT residual of factor n (see rlra_fit()), from the data. */
    double (*kkt)(struct fit *f, int n);

    /* higher[k]: by how much the loss would be higher without component k (engine/missing.h). */
    void (*missing)(struct fit *f, double *higher);

    /* Keep what the engine stores with a point up to date; may be NULL. */
    void (*moved)(struct fit *f, point_event event);
} engine_ops;

extern const engine_ops RLRA(engine_squares), RLRA(engine_own_grams), RLRA(engine_entries);

/* The engine for the loss and the data of a fit. */
const engine_ops *RLRA(engine_for)(const struct fit *f);

/* Refuse models that are not the sum of rank-one arrays of the factors themselves. */
rlra_status RLRA(engine_refuse_forms)(const struct fit *f, const char *what);

/* For engines that update rows one by one: refuse penalties that couple them, by their prox or by their value. `why` ends the
 * sentence "..., and ". */
rlra_status RLRA(engine_refuse_coupled_rows)(const struct fit *f, const char *why);

#endif
