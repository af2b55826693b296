/* engine/row_blocks.c: cut rows of the data into blocks, and a row with many zeros down to its other entries. */
#include "engine/row_blocks.h"

#include <string.h>

/* With at least this part of zeros a row of the loss kl is cut down to its other entries. */
#define SPARSE_PART 0.5

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

/* Entries whose rows are turned into columns together: a cache line of each. */
#define TURNED 8

/* How many entries ahead rows are fetched: they lie anywhere. */
#define AHEAD 16

/* out[k][e] = row places[e] of the design, component k. */
static void turn_rows(const block *whole, ptrdiff_t count, const ptrdiff_t *places, ptrdiff_t stride, real *out)
{
    const real *const rows = whole->part->design.rows;
    const ptrdiff_t rank = whole->part->design.columns.rank, apart = whole->part->design.rows_stride;
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

/* The entries of row i that are not zero, and the design cut down to them. */
static void cut_row(const block *whole, const sparse_rows *stored, ptrdiff_t first, ptrdiff_t i, const panel_room *room,
                    block *b)
{
    const factor a = whole->part->design.columns;
    data_part *const part = b->part;
    ptrdiff_t count = 0;
    if (stored != NULL) {
        const int64_t begin = stored->starts[first + i];
        count = (ptrdiff_t)(stored->starts[first + i + 1] - begin);
        memcpy(room->values, stored->values + begin, (size_t)count * sizeof(real));
        for (ptrdiff_t e = 0; e < count; e++)
            room->places[e] = stored->indices[begin + e];
    } else {
        const real *const y = whole->part->y + i * whole->part->y_stride;
        for (ptrdiff_t j = 0; j < a.length; j++)
            if (y[j] > 0) {
                room->values[count] = y[j];
                room->places[count++] = j;
            }
    }
    const ptrdiff_t stride = whole_vectors(count);
    if (stored != NULL && whole->part->design.rows != NULL)
        turn_rows(whole, count, room->places, stride, room->design);
    else
        for (ptrdiff_t k = 0; k < a.rank; k++)
            for (ptrdiff_t e = 0; e < count; e++)
                room->design[k * stride + e] = a.at[k * a.stride + room->places[e]];
    b->x = factor_rows(whole->x, i, i + 1);
    part->y = room->values;
    part->y_stride = count;
    part->design.columns = (factor){room->design, count, a.rank, stride};
    part->design.sums += i * part->design.sums_stride;
    part->is_cut = 1;
}

/* Whether row i is better treated by its entries that are not zero. */
static int is_sparse(const block *whole, const sparse_rows *stored, int has_zeros, ptrdiff_t i)
{
    if (stored != NULL || !has_zeros || whole->loss->kind != LOSS_KL)
        return stored != NULL;
    const real *const y = whole->part->y + i * whole->part->y_stride;
    ptrdiff_t zeros = 0;
    for (ptrdiff_t j = 0; j < whole->part->design.columns.length; j++)
        zeros += y[j] == 0;
    return (double)zeros >= SPARSE_PART * (double)whole->part->design.columns.length;
}

void RLRA(row_blocks_visit)(const block *whole, const sparse_rows *stored, ptrdiff_t first, int has_zeros,
                            const panel_room *room, void (*each)(void *user, block *b, ptrdiff_t i), void *user)
{
    const ptrdiff_t rows = whole->x.length;
    for (ptrdiff_t begin = 0, end; begin < rows; begin = end) {
        data_part part = *whole->part;
        block b = *whole;
        b.part = &part;
        end = begin + 1;
        if (is_sparse(whole, stored, has_zeros, begin)) {
            cut_row(whole, stored, first, begin, room, &b);
        } else {
            while (end < rows && !is_sparse(whole, stored, has_zeros, end))
                end++;
            b.x = factor_rows(whole->x, begin, end);
            part.y += begin * part.y_stride;
            part.design.sums += begin * part.design.sums_stride;
        }
        each(user, &b, begin);
    }
}
