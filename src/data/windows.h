/* data/windows.h: an array as windows of rows along a mode: a single one if it is in memory, else read one after the other from
 * where it is stored. */
#ifndef RLRA_DATA_WINDOWS_H
#define RLRA_DATA_WINDOWS_H

#include <stddef.h>

#include "core/ahead.h"
#include "core/arena.h"
#include "core/context.h"
#include "core/source.h"
#include "data/layout.h"
#include "data/operator.h"
#include "rlra/array.h"

/* Rows begin .. end-1 of a mode. {0} precedes the first window. */
typedef struct window {
    int mode;
    ptrdiff_t begin, end;
    const real *at; /* the entry of row `begin` whose other indices are 0 */
    ptrdiff_t strides[RLRA_MAX_ORDER];
} window;

/* Room for a window, and which one it holds or will hold; end == 0: none. */
typedef struct window_room {
    real *at;
    int mode;
    ptrdiff_t begin, end;
    rlra_status status; /* status of reading it */
} window_room;

/* The windows of an array that is not in memory: one is used while the next is read. Must not be copied while in use. */
typedef struct windows {
    rlra_array array;     /* dims and strides as stored, packed; data NULL */
    entry_source *source; /* borrowed; NULL: no such array */
    size_t bytes;         /* bytes of each room */
    int rooms;            /* 2; 1 if all of the array fits in it */
    window_room room[2];
    int current, filling; /* rooms: in use, and being filled or -1 */
    ahead_thread *ahead;
    rlra_status status; /* once it is not RLRA_OK there are no more windows, and results of earlier ones are void */
} windows;

/* Bytes of rows of a mode. */
double RLRA(window_bytes)(const rlra_array *array, int mode, ptrdiff_t rows);

/* A window of the outermost mode is contiguous and need not be larger: it stays in cache between reading and use. */
#define WINDOW_ENOUGH (8 << 20)

/* Divide at most `bytes` among the rooms; each gets at most `most` bytes, unless one room holds the whole array. */
void RLRA(windows_size)(windows *all, double bytes, double most);

/* Length in bytes of contiguous runs in the windows of a walk. */
double RLRA(window_run_bytes)(const windows *all, window_cut c);

/* Bytes of the largest window that the products of a plan need at least; windows_are_outermost(): whether all walks are along
 * the outermost mode. */
double RLRA(windows_least)(const data_plan *p);
int RLRA(windows_in_order)(const data_plan *p);

/* Take rooms from `work`, which may be measuring. */
void RLRA(windows_take)(windows *all, arena *work);

/* Start to read ahead; windows_stop() ends it and is allowed for {0}. */
rlra_status RLRA(windows_start)(rlra_context *context, windows *all);
void RLRA(windows_stop)(rlra_context *context, windows *all);

/* The window after `at` along `mode`, cut at multiples of `step` rows; returns 0 after the last one or if the array cannot be
 * read. If `all` is NULL or has no source, `array` is in memory and is a single window. */
int RLRA(window_next)(windows *all, const rlra_array *array, int mode, ptrdiff_t step, window *at);

/* The layout of the array, with the strides that it has in a window. */
layout RLRA(layout_within)(const layout *l, const window *at);

#endif
