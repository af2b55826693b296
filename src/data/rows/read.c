/* data/rows/read.c: read the rows of a mode, window by window, with slabs distributed among threads. */
#include <omp.h>

#include "data/rows/rows.h"

void RLRA(rows_plan)(const data_plan *with, const row_wish *wish, arena *work, row_plan *plan)
{
    const data_ops *const ops = with->x->ops;
    *plan = (row_plan){.products = with, .longest = 1};
    for (int m = 0; m < with->x->order; m++)
        plan->wish[m] = wish[m];
    ops->plan_rows(with, work, plan);
    plan->rooms = rlra_arena_take(work, (size_t)with->threads, plan->room_bytes);
}

void RLRA(rows_begin)(row_reading *reading)
{
    const data_ops *const ops = reading->plan->products->x->ops;
    if (ops->begin_rows != NULL)
        ops->begin_rows(reading);
}

static void read_window(const row_reading *r, const window *part)
{
    const row_plan *const p = r->plan;
    const ptrdiff_t slab = p->along[r->mode].slab;
#pragma omp parallel num_threads(p->products->threads)
    {
        const int thread = omp_get_thread_num();
        row_slab s = {.reading = r, .part = part, .thread = thread};
#pragma omp for schedule(dynamic)
        for (ptrdiff_t begin = part->begin; begin < part->end; begin += slab) {
            s.begin = begin;
            s.end = begin + slab < part->end ? begin + slab : part->end;
            s.room = (arena){.base = p->rooms + (size_t)thread * p->room_bytes, .size = p->room_bytes};
            p->products->x->ops->rows(&s);
        }
    }
}

void RLRA(rows_read)(const row_reading *reading)
{
    data *const x = reading->plan->products->x;
    const int mode = reading->mode;
    window part = {.end = 0};
    if (x->array == NULL && x->file == NULL) {
        read_window(reading, &(window){.mode = mode, .end = x->dims[mode]});
        return;
    }
    while (RLRA(window_next)(x->file, x->array, mode, reading->plan->along[mode].slab, &part))
        read_window(reading, &part);
    x->status = x->file == NULL ? RLRA_OK : x->file->status;
}
