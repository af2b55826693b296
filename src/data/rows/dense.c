/* data/rows/dense.c: rows of a dense array: in place, gathered, or cut down to their entries that are not zero. */
#include "data/dense/dense.h"
#include "data/rows/cut.h"
#include "data/rows/kinds.h"

/* Bytes of data that a thread reads at once, and the fewest rows. */
#define SLAB_BYTES (2 << 20)
#define LEAST_ROWS 4

/* If this fraction of all entries is zero, single rows may have enough zeros to be cut down. */
#define ZERO_PART 0.25

/* The workspace of one thread. */
typedef struct dense_worker {
    real *gathered;
    panel_room panel;
} dense_worker;

static dense_worker lay_out(const row_plan *p, arena *from)
{
    const dense *const x = (const dense *)p->products->x;
    ptrdiff_t gathered = 0;
    dense_worker w;
    for (int m = 0; m < x->base.order; m++) {
        const layout *const l = &x->along[m];
        const ptrdiff_t room = l->gathered && !p->along[m].across ? layout_length(l) * p->along[m].slab : 0;
        gathered = room > gathered ? room : gathered;
    }
    w.gathered = rlra_arena_take(from, (size_t)gathered, sizeof(real));
    w.panel = RLRA(panel_room_take)(p->products->rank, p->may_cut ? p->longest : 0, from);
    return w;
}

/* The modes of a design are those of the layout, and so is its order. */
row_layout RLRA(dense_row_layout)(const layout *l, const row_wish *wish, int may_cut)
{
    const ptrdiff_t length = layout_length(l), fitting = SLAB_BYTES / (length * (ptrdiff_t)sizeof(real));
    row_layout to = {
        .slab = fitting > UPDATE_ROWS  ? UPDATE_ROWS
                : fitting < LEAST_ROWS ? LEAST_ROWS
                                       : fitting,
        .others = l->others,
        .length = length,
    };
    to.across = wish->across && !may_cut && l->others == 1 && l->row_stride == 1 && l->strides[0] > 1;
    to.by_rows = to.across;
    memcpy(to.modes, l->modes, sizeof to.modes);
    return to;
}

void RLRA(dense_plan_rows)(const data_plan *with, arena *work, row_plan *p)
{
    const dense *const x = (const dense *)with->x;
    arena measure = {0};
    (void)work;
    p->may_cut = p->wish[0].zeros_by_sums && x->base.zeros > ZERO_PART * x->base.places;
    p->stride = with->rank;
    for (int m = 0; m < x->base.order; m++) {
        p->along[m] = RLRA(dense_row_layout)(&x->along[m], &p->wish[m], p->may_cut);
        p->longest = p->along[m].length > p->longest ? p->along[m].length : p->longest;
    }
    lay_out(p, &measure);
    p->room_bytes = measure.peak;
}

/* Pass the rows of a slab on, numbered from its first row. */
static void pass_on(void *user, data_part *part, ptrdiff_t begin, ptrdiff_t end)
{
    const row_slab *const s = user;
    part->first = s->begin + begin;
    row_slab_pass(s, part, s->begin + begin, end - begin);
}

void RLRA(dense_read_rows)(row_slab *s)
{
    const row_reading *const r = s->reading;
    const row_plan *const p = r->plan;
    const row_layout *const how = &p->along[r->mode];
    const dense_worker w = lay_out(p, &s->room);
    const layout l = RLRA(layout_within)(&((const dense *)p->products->x)->along[r->mode], s->part);
    data_part whole = {
        .y = s->part->at + (s->begin - s->part->begin) * l.row_stride,
        .y_stride = l.row_stride,
        .y_step = how->across ? l.strides[0] : 0,
        .first = s->begin,
        .design = r->design,
        .weight = 1,
    };
    if (l.gathered && !how->across) {
        RLRA(layout_gather)(&l, s->part->at, s->begin - s->part->begin, s->end - s->part->begin, w.gathered);
        whole.y = w.gathered;
        whole.y_stride = layout_length(&l);
    }
    whole.design.sums += s->begin * whole.design.sums_stride;
    RLRA(cut_zeros)(&whole, s->end - s->begin, p->may_cut, &w.panel, pass_on, s);
}
