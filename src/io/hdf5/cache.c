/* io/hdf5/cache.c: keep the groups that have been listed. */
#include "io/hdf5/cache.h"

#include <string.h>

static size_t slot_of(const h5_cache *cache, uint64_t address)
{
    size_t slot = (size_t)(address * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (size_t)(cache->room - 1);
    while (cache->slots[slot] != NULL && cache->slots[slot]->address != address)
        slot = (slot + 1) & (size_t)(cache->room - 1);
    return slot;
}

const h5_group *rlra_h5_cached(const h5_file *file, uint64_t address)
{
    const h5_cache *const cache = file->cache;
    return cache == NULL || cache->room == 0 ? NULL : cache->slots[slot_of(cache, address)];
}

static rlra_status make_room(h5_file *file, h5_cache *cache)
{
    h5_cache grown = *cache;
    if (2 * (cache->count + 1) <= cache->room)
        return RLRA_OK;
    grown.room = cache->room == 0 ? 64 : 2 * cache->room;
    grown.slots = rlra_alloc_zero(file->context, (size_t)grown.room, sizeof(h5_group *));
    if (grown.slots == NULL)
        return rlra_fail_memory(file->context, (size_t)grown.room, sizeof(h5_group *), "the groups of a file");
    for (int k = 0; k < cache->room; k++)
        if (cache->slots[k] != NULL)
            grown.slots[slot_of(&grown, cache->slots[k]->address)] = cache->slots[k];
    rlra_free(file->context, cache->slots);
    *cache = grown;
    return RLRA_OK;
}

rlra_status rlra_h5_cache_add(h5_file *file, uint64_t address, h5_group **group)
{
    rlra_status status = RLRA_OK;
    *group = NULL;
    if (file->cache == NULL)
        file->cache = rlra_alloc_zero(file->context, 1, sizeof *file->cache);
    REQUIRE(file->cache != NULL, rlra_fail_memory(file->context, 1, sizeof *file->cache, "the groups of a file"));
    TRY(make_room(file, file->cache));
    h5_group *const made = rlra_alloc_zero(file->context, 1, sizeof *made);
    REQUIRE(made != NULL, rlra_fail_memory(file->context, 1, sizeof *made, "a group of a file"));
    made->address = address;
    file->cache->slots[slot_of(file->cache, address)] = made;
    made->index = file->cache->count++;
    *group = made;
cleanup:
    return status;
}

rlra_status rlra_h5_cache_walk(h5_file *file, int64_t *counter, size_t bytes)
{
    if (bytes > (uint64_t)(file->in->size - *counter))
        return rlra_h5_damaged(file, "its groups name the same bytes again and again", H5_NOWHERE);
    *counter += (int64_t)bytes;
    return RLRA_OK;
}

void rlra_h5_forget(h5_file *file)
{
    h5_cache *const cache = file->cache;
    rlra_context *const context = file->context;
    if (cache == NULL)
        return;
    for (int k = 0; k < cache->room; k++) {
        h5_group *const group = cache->slots[k];
        for (int child = 0; group != NULL && child < group->count; child++)
            rlra_free(context, group->links[child].name);
        if (group != NULL)
            rlra_free(context, group->links);
        rlra_free(context, group);
    }
    rlra_free(context, cache->slots);
    rlra_free(context, cache);
    file->cache = NULL;
}
