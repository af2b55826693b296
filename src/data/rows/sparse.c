/* data/rows/sparse.c: rows of a sparse matrix: in their stored form, or each cut down to its entries. */
#include "data/sparse/sparse.h"
#include "data/rows/cut.h"
#include "data/rows/kinds.h"

static panel_room lay_out(const row_plan *p, arena *from)
{
    int cuts = 0;
    for (int m = 0; m < 2; m++)
        cuts |= !p->wish[m].stored;
    return RLRA(panel_room_take)(p->products->rank, cuts ? p->longest : 0, from);
}

void RLRA(sparse_plan_rows)(const data_plan *with, arena *work, row_plan *p)
{
    const sparse *const x = (const sparse *)with->x;
    arena measure = {0};
    (void)work;
    p->stride = (with->rank + GATHER_ALIGNMENT - 1) / GATHER_ALIGNMENT * GATHER_ALIGNMENT;
    for (int m = 0; m < 2; m++) {
        const ptrdiff_t longest = RLRA(longest_row)(&x->pair->along[m]);
        p->along[m] = (row_layout){.slab = UPDATE_ROWS,
                                   .others = 1,
                                   .modes = {1 - m},
                                   .length = x->base.dims[1 - m],
                                   .by_rows = 1,
                                   .is_split = !p->wish[m].stored};
        p->longest = longest > p->longest ? longest : p->longest;
    }
    lay_out(p, &measure);
    p->room_bytes = measure.peak;
}

void RLRA(sparse_read_rows)(row_slab *s)
{
    const row_reading *const r = s->reading;
    const sparse_rows *const rows = &((const sparse *)r->plan->products->x)->pair->along[r->mode];
    const data_part whole = {.first = s->begin, .design = r->design, .weight = 1};
    if (r->takes_stored) {
        data_part part = whole;
        part.stored = rows;
        row_slab_pass(s, &part, s->begin, s->end - s->begin);
        return;
    }
    const panel_room room = lay_out(r->plan, &s->room);
    for (ptrdiff_t i = s->begin; i < s->end; i++) {
        data_part part = RLRA(cut_stored)(&whole, rows, i, &room);
        row_slab_pass(s, &part, i, 1);
    }
}
