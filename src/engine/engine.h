/* engine/engine.h: how the rows of one factor are improved and judged: one engine for each kind of block. */
#ifndef RLRA_ENGINE_ENGINE_H
#define RLRA_ENGINE_ENGINE_H

#include "rlra/status.h"

struct fit;

/* Where a loss comes from: from what the last update of a sweep has left, or from the data. */
typedef enum loss_source { LOSS_AFTER_SWEEP, LOSS_FROM_DATA } loss_source;

/* What became of the current point: it is the best so far, it is that one again, its components were scaled. */
typedef enum point_event { POINT_KEPT, POINT_RESTORED, POINT_SCALED } point_event;

typedef struct engine_ops {
    unsigned shapes;  /* what its blocks are made of, bits of block_shape: all rules must take it; more where it pays */
    int is_quadratic; /* each block has a Gram matrix, and a sweep may be one pass over the data   */
    int judging_sweeps; /* a sweep leaves KKT residuals once in so many: where they cost a model of the data */

    /* Refuse what this engine cannot treat, and settle what does not need workspace. */
    rlra_status (*pose)(struct fit *f);

    /* Take workspace, and state the cost of a sweep; run twice, to measure and to take. */
    void (*plan)(struct fit *f);

    /* Update factor n, and extrapolate it; leaves the KKT residual of the point before in f->kkt[n] where f->judges is set. */
    void (*improve)(struct fit *f, int n);

    /* The loss of the current point. */
    double (*loss)(struct fit *f, loss_source from);

    /* The KKT residual of factor n (see rlra_fit()), from the data. */
    double (*kkt)(struct fit *f, int n);

    /* For what an engine keeps with a point; may be NULL. */
    void (*moved)(struct fit *f, point_event event);
} engine_ops;

extern const engine_ops RLRA(engine_squares), RLRA(engine_own_grams), RLRA(engine_entries);

/* The engine for the loss and the data of a fit. */
const engine_ops *RLRA(engine_for)(const struct fit *f);

/* Refuse models that are not the sum of rank-one arrays of the factors themselves. */
rlra_status RLRA(engine_refuse_forms)(const struct fit *f, const char *what);

/* For engines that treat rows one by one: refuse penalties that couple them, by their prox or by their value. `why` ends the
 * sentence "..., and ". */
rlra_status RLRA(engine_refuse_coupled_rows)(const struct fit *f, const char *why);

#endif
