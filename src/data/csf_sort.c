/* data/csf_sort.c: sort the entries of a sparse tensor by radix: keys of as few bits as their modes need, values beside them. */
#include "data/csf_sort.h"

#include <string.h>

#include "core/check.h"
#include "core/sparse.h"

/* Bits that one pass sorts by: the counts stay in the first-level cache. */
#define DIGIT   11
#define BUCKETS (1 << DIGIT)

/* Bits of a number below `length`; one at least, so that every level has a part. */
static int bits_of(int64_t length)
{
    int bits = 1;
    while ((length - 1) >> bits > 0)
        bits++;
    return bits;
}

/* From the last level on, which takes the lowest bits; a part does not go over the end of a word. */
static void cut_key(const rlra_sparse *from, const int *modes, csf_entries_list *list)
{
    int word = 0, used = 0;
    for (int l = list->order - 1; l >= 0; l--) {
        const int bits = bits_of(from->dims[modes[l]]);
        if (used + bits > 64) {
            word++;
            used = 0;
        }
        list->part[l] = (key_part){word, used, bits, from->dims[modes[l]]};
        used += bits;
    }
    list->words = word + 1;
    for (int l = 0; l < list->order; l++)
        list->part[l].word = word - list->part[l].word;
}

static void put_value(const rlra_sparse *from, int64_t e, uint64_t *entry, int words)
{
    const double value = (double)((const real *)from->values)[e];
    memcpy(&entry[words], &value, sizeof value);
}

/* Keys and values, mode by mode. */
static void load(const rlra_sparse *from, const int *modes, csf_entries_list *list)
{
    const int size = list->words + 1;
    memset(list->entries, 0, (size_t)(from->count * size) * sizeof *list->entries);
    for (int l = 0; l < list->order; l++) {
        const key_part part = list->part[l];
        const int64_t *const index = from->indices[modes[l]];
        uint64_t *at = list->entries + part.word;
        if (modes[l] == from->compressed) {
            for (int64_t i = 0; i < part.length; i++)
                for (int64_t e = from->starts[i]; e < from->starts[i + 1]; e++, at += size)
                    *at |= (uint64_t)i << part.shift;
            continue;
        }
        for (int64_t e = 0; e < from->count; e++, at += size)
            *at |= (uint64_t)index[e] << part.shift;
    }
    for (int64_t e = 0; e < from->count; e++)
        put_value(from, e, list->entries + e * size, list->words);
}

/* One stable pass by some bits of a word of the key. */
static void sort_by(const csf_entries_list *list, int word, int shift, int bits, int64_t *starts, uint64_t *to)
{
    const int size = list->words + 1;
    const uint64_t mask = (UINT64_C(1) << bits) - 1;
    const uint64_t *from = list->entries;
    memset(starts, 0, BUCKETS * sizeof *starts);
    for (int64_t e = 0; e < list->count; e++)
        starts[from[e * size + word] >> shift & mask]++;
    for (int64_t b = 0, sum = 0; b <= (int64_t)mask; b++) {
        const int64_t count = starts[b];
        starts[b] = sum;
        sum += count;
    }
    for (int64_t e = 0; e < list->count; e++, from += size) {
        uint64_t *const at = to + starts[from[word] >> shift & mask]++ * size;
        for (int w = 0; w < size; w++)
            at[w] = from[w];
    }
}

/* Bits of a word that are in use. */
static int bits_in(const csf_entries_list *list, int word)
{
    int bits = 0;
    for (int l = 0; l < list->order; l++)
        bits += list->part[l].word == word ? list->part[l].bits : 0;
    return bits;
}

rlra_status RLRA(csf_entries_sort)(rlra_context *context, const rlra_sparse *from, const int *modes,
                                   csf_entries_list *list)
{
    *list = (csf_entries_list){.order = from->order, .count = from->count};
    cut_key(from, modes, list);
    const size_t size = (size_t)(list->words + 1) * sizeof *list->entries;
    int64_t *const starts = rlra_alloc(context, BUCKETS, sizeof *starts);
    uint64_t *room = rlra_alloc(context, (size_t)from->count, size);
    list->entries = rlra_alloc(context, (size_t)from->count, size);
    rlra_status status = RLRA_OK;
    REQUIRE(starts != NULL && room != NULL && list->entries != NULL,
            rlra_fail_memory(context, 2 * (size_t)from->count, size, "sorting the entries of a sparse tensor"));
    load(from, modes, list);
    for (int word = list->words - 1; word >= 0; word--) {
        const int bits = bits_in(list, word), passes = (bits + DIGIT - 1) / DIGIT;
        for (int pass = 0, shift = 0; pass < passes; pass++) {
            const int digit = (bits - shift + passes - pass - 1) / (passes - pass);
            sort_by(list, word, shift, digit, starts, room);
            shift += digit;
            uint64_t *const sorted = room;
            room = list->entries;
            list->entries = sorted;
        }
    }
cleanup:
    rlra_free(context, room);
    rlra_free(context, starts);
    return status;
}

void RLRA(csf_entries_clear)(rlra_context *context, csf_entries_list *list)
{
    rlra_free(context, list->entries);
    list->entries = NULL;
}
