/* data/rows/rows.h: rows of a mode with their entries, in the layout that suits their storage and their reader. */
#ifndef RLRA_DATA_ROWS_ROWS_H
#define RLRA_DATA_ROWS_ROWS_H

#include "data/operator.h"
#include "data/part.h"
#include "data/windows.h"

/* What the rule that updates a factor, and the loss, can use of the rows of its mode. */
typedef struct row_wish {
    int across, stored, own_sums; /* the rule can use rows side by side, stored rows, and own sums */
    int zeros_by_sums;            /* entries that are zero count through the sums of the design alone, as under kl */
    double degree; /* s^degree d(y, v) = d(s y, s v): weights may enter through the scale of an entry and its model */
} row_wish;

/* The layout in which the rows of a mode are read. */
typedef struct row_layout {
    ptrdiff_t slab;            /* rows that a thread takes at once                                                    */
    int others;                /* modes whose product is the design, the fastest last; 0: the operator ..             */
    int modes[RLRA_MAX_ORDER]; /* .. forms what it needs from the factors                                             */
    ptrdiff_t length;          /* rows of this product                                                                */
    int by_rows;               /* the product is wanted row by row as well, row_plan.stride apart                     */
    int across;                /* rows lie side by side                                                               */
    int own_sums;              /* each row has its own sums, without entries that are not observed                    */
    int is_split;              /* only the rule needs rows cut out: for an update and a view two readings are better */
} row_layout;

/* The plan and workspace of reading rows in all modes. Borrows from an arena, and from the plan of the products. */
typedef struct row_plan {
    const data_plan *products;
    row_wish wish[RLRA_MAX_ORDER];
    row_layout along[RLRA_MAX_ORDER];
    ptrdiff_t stride;  /* stride of designs row by row                            */
    ptrdiff_t longest; /* most entries of a row, as readers get them              */
    int may_cut;       /* rows with many zeros are cut down to their other entries */
    double *row_sums;  /* room for sums of each row of a mode, or NULL            */
    size_t room_bytes; /* bytes for each thread                                   */
    char *rooms;
    void *own; /* workspace of the kind of data                           */
} row_plan;

/* One reading of the rows of a mode. */
typedef struct row_reading {
    const row_plan *plan;
    int mode;
    int takes_stored;      /* the reader can take rows in their stored form */
    struct design design;  /* design of whole rows, as row_layout requires */
    double *sums;          /* sums of its components, filled by rows_begin() */
    const factor *factors; /* one for each mode                            */
    /* Called once for each row, for rows first .. first + count - 1 together: `part` has their entries, or is NULL if none is
     * observed. `thread` is the calling thread. */
    void (*each)(void *user, int thread, data_part *part, ptrdiff_t first, ptrdiff_t count);
    void *user;
} row_reading;

/* Some rows of a reading, all within one window. */
typedef struct row_slab {
    const row_reading *reading;
    const window *part;
    ptrdiff_t begin, end;
    int thread;
    arena room;
} row_slab;

/* Set up reading rows, given the plan of the products and one wish for each mode; `work` may be measuring. The operator must
 * have rows. */
void RLRA(rows_plan)(const data_plan *with, const row_wish *wish, arena *work, row_plan *plan);

/* Begin a reading for the current factors: reading->design has the product that the layout requires. */
void RLRA(rows_begin)(row_reading *reading);

/* Read all rows. */
void RLRA(rows_read)(const row_reading *reading);

/* Pass rows of a slab on to the reader; called by kinds of data. */
static inline void row_slab_pass(const row_slab *s, data_part *part, ptrdiff_t first, ptrdiff_t count)
{
    s->reading->each(s->reading->user, s->thread, part, first, count);
}

#endif
