/* io/hdf5/place.c: copy the entries of chunks to their positions, run by run. */
#include "io/hdf5/place.h"

#include <string.h>

h5_part rlra_h5_part(const h5_target *target, const uint64_t *at)
{
    const int order = target->space->order;
    const uint64_t *const chunk = target->layout->chunk;
    h5_part part = {.is_whole = 1, .run = 1};
    for (int mode = 0; mode < order; mode++) {
        const uint64_t all = (uint64_t)target->space->dims[mode], left = all - at[mode] * chunk[mode];
        part.first[mode] = at[mode] * chunk[mode];
        part.length[mode] = left < chunk[mode] ? left : chunk[mode];
        part.is_whole &= part.length[mode] == chunk[mode];
        part.offset = part.offset * (int64_t)all + (int64_t)part.first[mode];
    }
    /* Modes that chunk and array have completely are contiguous. */
    int mode = order;
    for (int goes_on = 1; mode > 0 && goes_on; mode--) {
        part.run *= part.length[mode - 1];
        goes_on =
            part.length[mode - 1] == chunk[mode - 1] && chunk[mode - 1] == (uint64_t)target->space->dims[mode - 1];
    }
    while (mode > 0 && part.length[mode - 1] == 1 && chunk[mode - 1] == 1)
        mode--;
    part.outer = mode;
    return part;
}

void rlra_h5_put_run(const h5_target *target, int64_t first, int64_t count, const unsigned char *from)
{
    const size_t bytes = target->entry_bytes;
    char *const to = target->to + (size_t)first * bytes;
    if (from != NULL && target->converts)
        rlra_h5_convert(target->type, count, from, target->dtype, to);
    else if (from != NULL && (const char *)from != to)
        memcpy(to, from, (size_t)count * bytes);
    else if (from == NULL && target->fill == NULL)
        memset(to, 0, (size_t)count * bytes);
    for (int64_t k = 0; k < count && from == NULL && target->fill != NULL; k++)
        memcpy(to + (size_t)k * bytes, target->fill, bytes);
}

void rlra_h5_put(const h5_target *target, const h5_part *part, const unsigned char *from)
{
    uint64_t at[H5_ORDER_MOST] = {0};
    const uint64_t *const chunk = target->layout->chunk;
    for (;;) {
        int64_t in_array = 0;
        uint64_t in_chunk = 0;
        for (int mode = 0; mode < target->space->order; mode++) {
            in_array = in_array * target->space->dims[mode] + (int64_t)(part->first[mode] + at[mode]);
            in_chunk = in_chunk * chunk[mode] + at[mode];
        }
        rlra_h5_put_run(target, in_array, (int64_t)part->run,
                        from == NULL ? NULL : from + in_chunk * target->type->size);
        int mode = part->outer - 1;
        for (; mode >= 0 && ++at[mode] == part->length[mode]; mode--)
            at[mode] = 0;
        if (mode < 0)
            return;
    }
}
