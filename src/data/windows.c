/* data/windows.c: read windows of a stored array, each while its predecessor is in use. */
#include "data/windows.h"

#include <math.h>

double RLRA(window_bytes)(const rlra_array *array, int mode, ptrdiff_t rows)
{
    double entries = (double)(rows < array->dims[mode] ? rows : array->dims[mode]);
    for (int m = 0; m < array->order; m++)
        entries *= m == mode ? 1 : (double)array->dims[m];
    return entries * sizeof(real);
}

void RLRA(windows_size)(windows *all, double bytes, double most)
{
    const double whole = RLRA(window_bytes)(&all->array, 0, all->array.dims[0]);
    all->rooms = whole <= bytes ? 1 : 2;
    all->bytes = (size_t)(whole <= bytes ? whole : fmin(bytes / 2, most));
}

void RLRA(windows_take)(windows *all, arena *work)
{
    for (int r = 0; all->source != NULL && r < all->rooms; r++)
        all->room[r].at = rlra_arena_take(work, all->bytes, 1);
}

rlra_status RLRA(windows_start)(rlra_context *context, windows *all)
{
    all->filling = -1;
    return all->source == NULL ? RLRA_OK : rlra_ahead_create(context, &all->ahead);
}

void RLRA(windows_stop)(rlra_context *context, windows *all)
{
    rlra_ahead_destroy(context, all->ahead);
    all->ahead = NULL;
}

/* Rows of a window: as many as fit, in whole steps. Runs of rows of an outer mode are long anyway. */
static ptrdiff_t rows_of(const windows *all, int mode, ptrdiff_t step)
{
    const double each = RLRA(window_bytes)(&all->array, mode, step);
    const int is_outermost = mode == RLRA(layout_outermost)(&all->array);
    const double room =
        all->rooms == 2 && is_outermost && all->bytes > WINDOW_ENOUGH ? WINDOW_ENOUGH : (double)all->bytes;
    const ptrdiff_t steps = (ptrdiff_t)(room / each);
    return step * (steps < 1 ? 1 : steps);
}

double RLRA(windows_least)(const data_plan *p)
{
    const rlra_array *const array = &p->x->file->array;
    double most = RLRA(window_bytes)(array, RLRA(layout_outermost)(array), 1);
    if (p->stream >= 0)
        most = fmax(most, RLRA(window_bytes)(array, p->pass_cut.mode, p->pass_cut.step));
    for (int m = 0; m < p->x->order; m++)
        most = fmax(most, RLRA(window_bytes)(array, p->cut[m].mode, p->cut[m].step));
    return most;
}

int RLRA(windows_in_order)(const data_plan *p)
{
    const int outermost = RLRA(layout_outermost)(&p->x->file->array);
    int others = p->stream >= 0 && p->stream != outermost;
    for (int m = 0; m < p->x->order; m++)
        others += p->cut[m].mode != outermost;
    return others == 0;
}

double RLRA(window_run_bytes)(const windows *all, window_cut c)
{
    const int64_t length = all->array.dims[c.mode], inner = all->array.strides[c.mode];
    const ptrdiff_t rows = rows_of(all, c.mode, c.step);
    if (rows >= length)
        return RLRA(window_bytes)(&all->array, c.mode, length);
    return (double)(rows * inner) * sizeof(real);
}

/* Read a window in runs of `rows` rows, one for each index of the modes further out. */
static rlra_status read_room(windows *all, window_room *to, int quiet)
{
    const rlra_array *const array = &all->array;
    const int64_t inner = array->strides[to->mode], length = array->dims[to->mode];
    const int64_t run = (to->end - to->begin) * inner, outer = rlra_array_count(array) / (length * inner);
    to->status = RLRA_OK;
    if (run == length * inner)
        return to->status = all->source->read(all->source, quiet, 0, outer * run, to->at);
    for (int64_t o = 0; to->status == RLRA_OK && o < outer; o++)
        to->status = all->source->read(all->source, quiet, (o * length + to->begin) * inner, run, to->at + o * run);
    return to->status;
}

static void read_quietly(void *user)
{
    windows *const all = user;
    read_room(all, &all->room[all->filling], 1);
}

static void await(windows *all)
{
    if (all->filling < 0)
        return;
    rlra_ahead_wait(all->ahead);
    all->filling = -1;
}

static int holds(const window_room *room, int mode, ptrdiff_t begin, ptrdiff_t end)
{
    return room->end > 0 && room->mode == mode && room->begin == begin && room->end == end;
}

/* Make the room with these rows the current one, reading them now unless that was done ahead. If that reading failed it is
 * repeated, so that the reason can be reported. */
static rlra_status enter(windows *all, int mode, ptrdiff_t begin, ptrdiff_t end)
{
    for (int r = 0; r < all->rooms; r++) {
        if (!holds(&all->room[r], mode, begin, end))
            continue;
        if (all->filling == r)
            await(all);
        all->current = r;
        return all->room[r].status == RLRA_OK ? RLRA_OK : read_room(all, &all->room[r], 0);
    }
    await(all);
    window_room *const room = &all->room[all->current];
    room->mode = mode;
    room->begin = begin;
    room->end = end;
    return read_room(all, room, 0);
}

/* Start to fill the other room with the next rows of this walk or a later one. */
static void fill_other(windows *all, int mode, ptrdiff_t begin, ptrdiff_t end)
{
    const int other = 1 - all->current;
    if (all->rooms < 2 || all->filling >= 0 || holds(&all->room[other], mode, begin, end))
        return;
    window_room *const room = &all->room[other];
    room->mode = mode;
    room->begin = begin;
    room->end = end;
    all->filling = other;
    rlra_ahead_begin(all->ahead, read_quietly, all);
}

static int next_stored(windows *all, int mode, ptrdiff_t step, window *at)
{
    const ptrdiff_t length = all->array.dims[mode], rows = rows_of(all, mode, step), begin = at->end;
    const int is_edge = begin == 0 || begin == length;
    if (all->status == RLRA_OK && is_edge)
        all->status = all->source->check(all->source);
    if (all->status != RLRA_OK || begin == length)
        return 0;
    const ptrdiff_t end = begin + rows < length ? begin + rows : length;
    all->status = enter(all, mode, begin, end);
    if (all->status != RLRA_OK)
        return 0;
    const ptrdiff_t following = end == length ? 0 : end;
    fill_other(all, mode, following, following + rows < length ? following + rows : length);
    *at = (window){.mode = mode, .begin = begin, .end = end, .at = all->room[all->current].at};
    for (int m = 0; m < all->array.order; m++) {
        const int64_t stride = all->array.strides[m], inner = all->array.strides[mode];
        at->strides[m] = stride > inner ? stride / length * (end - begin) : stride;
    }
    return 1;
}

int RLRA(window_next)(windows *all, const rlra_array *array, int mode, ptrdiff_t step, window *at)
{
    if (all != NULL && all->source != NULL)
        return next_stored(all, mode, step, at);
    if (at->end == array->dims[mode])
        return 0;
    *at = (window){.mode = mode, .end = array->dims[mode], .at = array->data};
    for (int m = 0; m < array->order; m++)
        at->strides[m] = array->strides[m];
    return 1;
}

layout RLRA(layout_within)(const layout *l, const window *at)
{
    layout within = *l;
    within.row_stride = at->strides[l->mode];
    for (int o = 0; o < l->others; o++)
        within.strides[o] = at->strides[l->modes[o]];
    return within;
}
