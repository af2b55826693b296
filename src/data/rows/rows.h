/* data/rows/rows.h: rows of a mode with their entries, handed out in the layout that suits their storage and their reader. */
#ifndef RLRA_DATA_ROWS_ROWS_H
#define RLRA_DATA_ROWS_ROWS_H

#include "data/operator.h"
#include "data/part.h"
#include "data/windows.h"

/* What is wanted of the rows of a mode by the rule that updates their factor, and by the loss. */
typedef struct row_wish {
    int across, stored,
        own_sums;      /* the rule takes parts whose rows are side by side, as they are stored, with own sums */
    int zeros_by_sums; /* entries that are zero count through the sums of the design alone, as under kl               */
    double degree; /* s^degree d(y, v) = d(s y, s v): weights may enter through the scale of an entry and its model */
} row_wish;

/* How the rows of a mode come. */
typedef struct row_layout {
    ptrdiff_t slab;            /* rows that a thread takes at once                                                    */
    int others;                /* of the design: the modes whose product it is, the fastest last; 0: the operator ..  */
    int modes[RLRA_MAX_ORDER]; /* .. makes what it needs from the factors                                             */
    ptrdiff_t length;          /* of this product                                                                     */
    int by_rows;               /* it is wanted row by row as well, row_plan.stride apart                              */
    int across;                /* rows lie side by side                                                               */
    int own_sums;              /* each row has sums of its own, without entries that are not observed                 */
    int is_split; /* the rule needs rows cut out, others do not: who both updates and looks does better to come twice */
} row_layout;

/* What rows of an operator are handed out with, in all modes. Borrows from an arena, and from the plan of its products. */
typedef struct row_plan {
    const data_plan *products;
    row_wish wish[RLRA_MAX_ORDER];
    row_layout along[RLRA_MAX_ORDER];
    ptrdiff_t stride;  /* of designs row by row                                   */
    ptrdiff_t longest; /* entries of a row, at most, as readers see them          */
    int may_cut;       /* rows with many zeros are cut down to their other entries */
    double *row_sums;  /* room for sums of each row of a mode, or NULL            */
    size_t room_bytes; /* of each thread                                          */
    char *rooms;
    void *own; /* of the kind of data                                     */
} row_plan;

/* One reading of the rows of a mode. */
typedef struct row_reading {
    const row_plan *plan;
    int mode;
    int takes_stored;      /* the reader takes rows as they are stored     */
    struct design design;  /* of whole rows, as row_layout asks for it     */
    double *sums;          /* of its components: made with it              */
    const factor *factors; /* by mode                                      */
    /* Rows first .. first + count - 1, by the thread that has them: their entries; or NULL, if nothing of them is observed.
     * Once for each row. */
    void (*each)(void *user, int thread, data_part *part, ptrdiff_t first, ptrdiff_t count);
    void *user;
} row_reading;

/* Some rows of it, which are in a window. */
typedef struct row_slab {
    const row_reading *reading;
    const window *part;
    ptrdiff_t begin, end;
    int thread;
    arena room;
} row_slab;

/* Settle the plan for the products of a plan and one wish for each mode; may be measuring. The operator can hand out rows. */
void RLRA(rows_plan)(const data_plan *with, const row_wish *wish, arena *work, row_plan *plan);

/* Complete a design whose product and sums are filled as the layout asks, for the factors as they are. */
void RLRA(rows_begin)(row_reading *reading);

/* Read all rows. */
void RLRA(rows_read)(const row_reading *reading);

/* For kinds of data: pass rows first .. first + part->count.. on to the reader. */
static inline void row_slab_pass(const row_slab *s, data_part *part, ptrdiff_t first, ptrdiff_t count)
{
    s->reading->each(s->reading->user, s->thread, part, first, count);
}

#endif
