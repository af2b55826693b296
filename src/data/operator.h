/* data/operator.h: the data X as an operator, with the same functions for every storage. */
#ifndef RLRA_DATA_OPERATOR_H
#define RLRA_DATA_OPERATOR_H

#include <stddef.h>
#include <string.h>

#include "core/arena.h"
#include "core/context.h"
#include "core/real.h"
#include "linalg/kernels.h"
#include "model/factor.h"
#include "rlra/array.h"
#include "rlra/registry.h"

/* Update rows of the streamed factor, given their right-hand sides `rhs` (length x rank). Called from several threads at once,
 * on distinct blocks of rows that do not depend on the number of threads. */
typedef void (*row_update)(void *user, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs);

typedef struct data data;
typedef struct data_source data_source;
struct observed;
struct row_plan;
struct row_reading;
struct row_slab;
struct windows;

/* How data that are read in windows may be cut without changing the order of any sum: along a mode, at multiples of `step`
 * rows. */
typedef struct window_cut {
    int mode;
    ptrdiff_t step;
} window_cut;

/* The plan and workspace of the products of an operator for one rank and number of threads; made by plan(). Borrows from an
 * arena. */
typedef struct data_plan {
    data *x;
    ptrdiff_t rank;
    int threads;
    int stream; /* the mode along which pass() streams; -1 if pass() is not worth its workspace */
    /* After pass(): partial[k][rest] = sum_i factors[stream][i,k] X_(s)[i, rest], `rest` the other modes in memory order
     * rest_modes[0] .. rest_modes[order-2], the last one fastest. */
    factor partial;
    int rest_modes[RLRA_MAX_ORDER];
    window_cut cut[RLRA_MAX_ORDER], pass_cut; /* for data in windows: for contract(), and for pass() */
    void *room;                               /* workspace of the kind of data, NULL while `work` is measuring */
} data_plan;

typedef struct data_ops {
    rlra_member about;

    /* Whether this kind takes a term; make an operator for it; destroy it. See data/kinds.h. */
    int (*takes)(const data_source *from);
    rlra_status (*create)(rlra_context *context, const data_source *from, data **x);
    void (*destroy)(rlra_context *context, data *x);

    /* Plan for factors of this rank and number of threads; takes workspace from `work` (which may be measuring). The operator
     * does not change: several plans may be in use. */
    data_plan (*plan)(data *x, ptrdiff_t rank, int threads, arena *work);

    /* One pass. For each slab of rows of mode p->stream: right-hand sides rhs = X_(s) (khatri-rao of the other factors), then
     * update(rows, rhs), which may change those rows of factors[s]; then p->partial += (updated rows)^T X_(s).
     * update may be NULL; rhs is then undefined. NULL where p->stream is always -1. */
    void (*pass)(const data_plan *p, const factor *factors, row_update update, void *user);

    /* rhs = X_(mode) (khatri-rao of all factors but factors[mode]), for one mode. */
    void (*contract)(const data_plan *p, int mode, const factor *factors, factor rhs);

    /* sum of (X - [[factors]])^2 in double: entry by entry, or else never less than its rounding error. */
    double (*residual)(const data_plan *p, const factor *factors);

    /* Read rows of a mode with their entries, see data/rows/rows.h; NULL if entries are not known. begin_rows may be NULL. */
    void (*plan_rows)(const data_plan *products, arena *work, struct row_plan *plan);
    void (*begin_rows)(struct row_reading *reading);
    void (*rows)(struct row_slab *slab);

    /* Replace entries that are not observed by means, for a start that reads all entries, and undo it. NULL if no entry is
     * missing, or most are. */
    rlra_status (*fill_in)(rlra_context *context, data *x, int threads);
    void (*clear_out)(data *x, int threads);
} data_ops;

struct data {
    const data_ops *ops;
    int order;
    ptrdiff_t dims[RLRA_MAX_ORDER];
    double places;                   /* number of entries: the product of the dims */
    double norm2;                    /* sum of squares, in double */
    double sum;                      /* sum of the entries */
    double zeros;                    /* entries of dense data that are zero, as given */
    double least;                    /* smallest entry */
    double scale;                    /* largest magnitude */
    double largest_weight;           /* largest weight of an entry: 1 without weights */
    double entries;                  /* entries that a contraction reads: all, or the stored ones */
    size_t entry_bytes;              /* bytes read for each of them */
    int is_sparse;                   /* entries that are not stored are zeros, or not observed */
    int has_products_only;           /* no entries, no rows, no range but for its sign */
    double bytes;                    /* bytes of the data as given */
    double own_bytes;                /* bytes of the operator, with its copies and lists */
    const rlra_array *array;         /* all entries, where they are in memory; or NULL */
    const struct observed *observed; /* which entries take part and with which weights; NULL: all, alike */
    struct windows *file;            /* the windows of data that are not in memory, or NULL */
    rlra_status status; /* once it is not RLRA_OK, products are void: the data could not be read, or a product failed */
    const kernels *kernels;
};

/* Copy `room` into the workspace, for data_plan.room; called at the end of plan(). */
static inline void *data_room(arena *work, const void *room, size_t bytes)
{
    void *const kept = rlra_arena_take(work, 1, bytes);
    if (kept != NULL)
        memcpy(kept, room, bytes);
    return kept;
}

#endif
