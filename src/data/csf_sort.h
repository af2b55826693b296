/* data/csf_sort.h: the entries of a sparse tensor in the order of a tree. */
#ifndef RLRA_DATA_CSF_SORT_H
#define RLRA_DATA_CSF_SORT_H

#include "core/context.h"
#include "core/real.h"
#include "rlra/sparse.h"

/* Where the index of one level is in the key of an entry. */
typedef struct key_part {
    int word, shift, bits;
    int64_t length; /* indices that there are */
} key_part;

/* An entry is its key, `words` of 64 bits, the highest first, and its value as a double. Indices take the bits that their mode
 * needs; the root is highest, so that the order of keys is that of paths. */
typedef struct csf_entries_list {
    int order, words;
    key_part part[RLRA_MAX_ORDER]; /* of each level */
    int64_t count;
    uint64_t *entries;
} csf_entries_list;

/**
 * Take the entries of a valid view and sort them, equal ones in the order of the view.
 *
 * @param[in]  modes  of the levels, each at most 2^31 - 1 long
 * @param[out] list   freed by csf_entries_clear(), also on error
 *
 * Cost: a pass for each eleven bits of the key. Memory: twice that of the entries, which are 16 bytes where keys fit into a word.
 */
rlra_status RLRA(csf_entries_sort)(rlra_context *context, const rlra_sparse *from, const int *modes,
                                   csf_entries_list *list);

void RLRA(csf_entries_clear)(rlra_context *context, csf_entries_list *list);

static inline uint64_t *csf_entry_at(const csf_entries_list *list, int64_t p)
{
    return list->entries + p * (list->words + 1);
}

/* The index of an entry on a level. */
static inline int64_t csf_index_of(const csf_entries_list *list, const uint64_t *entry, int level)
{
    const key_part *const part = &list->part[level];
    return (int64_t)(entry[part->word] >> part->shift & ((UINT64_C(1) << part->bits) - 1));
}

#endif
