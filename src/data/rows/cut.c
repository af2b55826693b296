/* data/rows/cut.c: cut rows of the data into parts, and a row with many zeros down to its other entries. */
#include "data/rows/cut.h"

#include <stdint.h>
#include <string.h>

#include "linalg/gather.h"

/* Rows with at least this fraction of zeros are cut down to their other entries. */
#define SPARSE_PART 0.5

/* A counter as wide as an entry, so that counting vectorises. */
#ifdef RLRA_SINGLE
typedef int32_t count_of_zeros;
#else
typedef int64_t count_of_zeros;
#endif

panel_room RLRA(panel_room_take)(ptrdiff_t rank, ptrdiff_t longest, arena *from)
{
    const size_t length = (size_t)whole_vectors(longest);
    panel_room room;
    room.design = rlra_arena_take(from, length * (size_t)rank, sizeof(real));
    room.values = rlra_arena_take(from, length, sizeof(real));
    room.scales = rlra_arena_take(from, length, sizeof(real));
    room.places = rlra_arena_take(from, length, sizeof(ptrdiff_t));
    room.order = rlra_arena_take(from, length, sizeof(int32_t));
    return room;
}

ptrdiff_t RLRA(longest_row)(const sparse_rows *rows)
{
    ptrdiff_t longest = 1;
    for (ptrdiff_t i = 0; i < rows->rows; i++) {
        const ptrdiff_t count = (ptrdiff_t)(rows->starts[i + 1] - rows->starts[i]);
        longest = count > longest ? count : longest;
    }
    return longest;
}

/* Rows that are transposed together: a cache line of each column. */
#define TURNED 8

/* Prefetch distance in entries, as rows are in random order. */
#define AHEAD 16

/* out[k][e] = row places[e] of the design, component k. */
static void turn_rows(const struct design *whole, ptrdiff_t count, const ptrdiff_t *places, ptrdiff_t stride, real *out)
{
    const real *const rows = whole->rows;
    const ptrdiff_t rank = whole->columns.rank, apart = whole->rows_stride;
    for (ptrdiff_t begin = 0; begin < count; begin += TURNED) {
        const ptrdiff_t end = count - begin < TURNED ? count : begin + TURNED;
        for (ptrdiff_t e = begin + AHEAD; e < begin + AHEAD + TURNED && e < count; e++)
            for (ptrdiff_t k = 0; k < rank; k += GATHER_ALIGNMENT)
                __builtin_prefetch(rows + places[e] * apart + k);
        for (ptrdiff_t k = 0; k < rank; k++)
            for (ptrdiff_t e = begin; e < end; e++)
                out[k * stride + e] = rows[places[e] * apart + k];
    }
}

/* The part of one row whose entries and their places are in `room`. */
static data_part cut_to(const data_part *whole, ptrdiff_t count, int turns, const panel_room *room)
{
    const factor a = whole->design.columns;
    const ptrdiff_t stride = whole_vectors(count);
    data_part part = *whole;
    if (turns)
        turn_rows(&whole->design, count, room->places, stride, room->design);
    else
        for (ptrdiff_t k = 0; k < a.rank; k++)
            for (ptrdiff_t e = 0; e < count; e++)
                room->design[k * stride + e] = a.at[k * a.stride + room->places[e]];
    part.y = room->values;
    part.y_stride = count;
    part.design.columns = (factor){room->design, count, a.rank, stride};
    part.is_cut = 1;
    return part;
}

data_part RLRA(cut_stored)(const data_part *whole, const sparse_rows *stored, ptrdiff_t i, const panel_room *room)
{
    const int64_t begin = stored->starts[i];
    const ptrdiff_t count = (ptrdiff_t)(stored->starts[i + 1] - begin);
    memcpy(room->values, stored->values + begin, (size_t)count * sizeof(real));
    for (ptrdiff_t e = 0; e < count; e++)
        room->places[e] = stored->indices[begin + e];
    return cut_to(whole, count, whole->design.rows != NULL, room);
}

/* Cut row i down to its entries that are not zero. */
static data_part cut_dense(const data_part *whole, ptrdiff_t i, const panel_room *room)
{
    const real *const y = whole->y + i * whole->y_stride;
    const ptrdiff_t length = whole->design.columns.length;
    ptrdiff_t count = 0, j = 0;
    while (j < length) {
        /* As no entry is negative, four zeros are found by one sum. */
        if (j + 4 <= length && !((y[j] + y[j + 1]) + (y[j + 2] + y[j + 3]) > 0)) {
            j += 4;
            continue;
        }
        for (const ptrdiff_t end = length - j < 4 ? length : j + 4; j < end; j++) {
            room->values[count] = y[j];
            room->places[count] = j;
            count += y[j] > 0;
        }
    }
    data_part part = cut_to(whole, count, 0, room);
    part.design.sums += i * part.design.sums_stride;
    return part;
}

/* Whether row i should be cut down to its entries that are not zero. */
static int is_sparse(const data_part *whole, ptrdiff_t i)
{
    const real *const y = whole->y + i * whole->y_stride;
    const ptrdiff_t length = whole->design.columns.length;
    ptrdiff_t zeros = 0;
    for (ptrdiff_t begin = 0; begin < length; begin += INT16_MAX) {
        const ptrdiff_t end = length - begin < INT16_MAX ? length : begin + INT16_MAX;
        count_of_zeros some = 0;
        for (ptrdiff_t j = begin; j < end; j++)
            some += y[j] == 0;
        zeros += (ptrdiff_t)some;
    }
    return (double)zeros >= SPARSE_PART * (double)length;
}

void RLRA(cut_zeros)(const data_part *whole, ptrdiff_t count, int may_cut, const panel_room *room,
                     void (*each)(void *user, data_part *part, ptrdiff_t begin, ptrdiff_t end), void *user)
{
    for (ptrdiff_t begin = 0, end; begin < count; begin = end) {
        data_part part = *whole;
        end = begin + 1;
        if (may_cut && is_sparse(whole, begin)) {
            part = cut_dense(whole, begin, room);
        } else {
            while (end < count && !(may_cut && is_sparse(whole, end)))
                end++;
            part.y += begin * part.y_stride;
            part.design.sums += begin * part.design.sums_stride;
        }
        each(user, &part, begin, end);
    }
}
