/* data/operator.h: the data X as an operator: what the driver may ask of it, whatever its storage. */
#ifndef RLRA_DATA_OPERATOR_H
#define RLRA_DATA_OPERATOR_H

#include <stddef.h>
#include <string.h>

#include "core/arena.h"
#include "core/real.h"
#include "linalg/kernels.h"
#include "model/factor.h"
#include "rlra/array.h"
#include "rlra/registry.h"

/* Rows of the streamed factor that are treated at once; `rhs` (length x rank) are their right-hand sides. Called from several
 * threads at once, on distinct rows, cut at the same places for any number of threads. */
typedef void (*row_update)(void *user, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs);

typedef struct data data;

/* What the products of an operator work with, for one rank and number of threads; made by plan(). Borrows from an arena. */
typedef struct data_plan {
    data *x;
    ptrdiff_t rank;
    int threads;
    int stream; /* the mode along which pass() streams; -1 if pass() is not worth its workspace */
    /* After pass(): partial[k][rest] = sum_i factors[stream][i,k] X_(s)[i, rest], `rest` the other modes in memory order
     * rest_modes[0] .. rest_modes[order-2], the last one fastest. */
    factor partial;
    int rest_modes[RLRA_MAX_ORDER];
    void *room; /* of the kind of data, NULL while `work` is measuring */
} data_plan;

typedef struct data_ops {
    rlra_member about;

    /* Plan for factors of this rank and number of threads; takes workspace from `work` (which may be measuring). The operator
     * stays as it is: plans for several ranks may be in use. */
    data_plan (*plan)(data *x, ptrdiff_t rank, int threads, arena *work);

    /* One pass. For each slab of rows of mode p->stream: right-hand sides rhs = X_(s) (khatri-rao of the other factors), then
     * update(rows, rhs), which may change those rows of factors[s]; then p->partial += (updated rows)^T X_(s).
     * update may be NULL; rhs is then undefined. NULL where p->stream is always -1. */
    void (*pass)(const data_plan *p, const factor *factors, row_update update, void *user);

    /* rhs = X_(mode) (khatri-rao of all factors but factors[mode]), for one mode. */
    void (*contract)(const data_plan *p, int mode, const factor *factors, factor rhs);

    /* sum of (X - [[factors]])^2, entry by entry, in double. */
    double (*residual)(const data_plan *p, const factor *factors);
} data_ops;

struct data {
    const data_ops *ops;
    int order;
    ptrdiff_t dims[RLRA_MAX_ORDER];
    double norm2;       /* sum of squares, in double */
    double sum;         /* of the entries */
    double least;       /* smallest entry */
    double scale;       /* largest magnitude */
    double entries;     /* that a contraction goes through: all of them, or those that are stored */
    size_t entry_bytes; /* that are read for each of them */
    const kernels *kernels;
};

/* `room` where it lasts as long as the workspace, for data_plan.room; called at the end of plan(). */
static inline void *data_room(arena *work, const void *room, size_t bytes)
{
    void *const kept = rlra_arena_take(work, 1, bytes);
    if (kept != NULL)
        memcpy(kept, room, bytes);
    return kept;
}

#endif
