/* block/parts.c: sums over several parts of data, one after the other. */
#include <assert.h>

#include "block/rows.h"

void RLRA(rows_sums)(const block *b, const ptrdiff_t *index, factor down)
{
    for (int p = 0; p < b->parts; p++) {
        const data_part *const part = &b->part[p];
        for (ptrdiff_t i = 0; i < down.length; i++) {
            const double *const sums = part_sums(part, index != NULL ? index[i] : i);
            for (ptrdiff_t k = 0; k < down.rank; k++) {
                real *const to = down.at + k * down.stride + i;
                *to = (real)(part->weight * sums[k] + (p > 0 ? (double)*to : 0));
            }
        }
    }
}

/* to = weight * from, or += if `adds`; nothing where to.at is NULL. */
static void add(factor from, double weight, int adds, factor to)
{
    for (ptrdiff_t k = 0; to.at != NULL && k < to.rank; k++)
        for (ptrdiff_t i = 0; i < to.length; i++) {
            real *const at = to.at + k * to.stride + i;
            *at = (real)(weight * (double)from.at[k * from.stride + i] + (adds ? (double)*at : 0));
        }
}

static void pass_all(const block *b, factor x, const row_pass *asked, void *scratch)
{
    const ptrdiff_t stride = block_stride(x.length);
    const factor up = {scratch, x.length, x.rank, stride};
    const factor down = {up.at + x.rank * stride, x.length, x.rank, stride};
    assert(asked->steep.at == NULL);
    if (asked->total != NULL)
        *asked->total = 0;
    for (int p = 0; p < b->parts; p++) {
        double values[UPDATE_ROWS], total;
        const double weight = b->part[p].weight;
        data_part part = b->part[p];
        block alone = *b;
        part.weight = 1;
        alone.part = &part;
        alone.parts = 1;
        row_pass own = *asked;
        own.up = asked->up.at != NULL ? up : asked->up;
        own.down = asked->down.at != NULL ? down : asked->down;
        own.values = asked->values != NULL ? values : NULL;
        own.total = asked->total != NULL ? &total : NULL;
        RLRA(rows_pass_part)(&alone, x, &own, down.at + x.rank * stride);
        add(up, weight, p > 0, asked->up);
        add(down, weight, p > 0, asked->down);
        for (ptrdiff_t i = 0; own.values != NULL && i < x.length; i++)
            asked->values[i] = weight * values[i] + (p > 0 ? asked->values[i] : 0);
        if (own.total != NULL)
            *asked->total += weight * total;
    }
}

void RLRA(rows_pass)(const block *b, factor x, const row_pass *out, void *scratch)
{
    if (b->parts == 1 && b->part->weight == 1)
        RLRA(rows_pass_part)(b, x, out, scratch);
    else
        pass_all(b, x, out, scratch);
}

void RLRA(rows_slopes)(const block *b, factor x, factor up, factor down, double *values, void *scratch)
{
    RLRA(rows_pass)(b, x, &(row_pass){.up = up, .down = down, .values = values}, scratch);
}
