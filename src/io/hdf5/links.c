/* io/hdf5/links.c: list the children of groups: symbol tables, links in the header, links in a heap. */
#include "io/hdf5/links.h"

#include <stdlib.h>
#include <string.h>

#include "io/hdf5/btree2.h"
#include "io/hdf5/cache.h"
#include "io/hdf5/heap.h"

#define DEPTH_MOST 32
#define NAME_MOST  65536

/* Bits of a link message, and kinds of links. */
#define HAS_KIND    0x08
#define HAS_ORDER   0x04
#define HAS_CHARSET 0x10
#define KIND_SOFT   1

typedef struct listing {
    h5_file *file;
    h5_group *group;
    h5_heap heap;         /* heap of links */
    unsigned char *names; /* names of symbol tables */
    size_t name_bytes;
} listing;

static rlra_status damaged(const listing *l)
{
    return rlra_h5_damaged(l->file, "a group", l->group->address);
}

static rlra_status add(listing *l, const void *name, size_t length, h5_link_kind kind, uint64_t address)
{
    rlra_status status = RLRA_OK;
    h5_file *const file = l->file;
    void *list = l->group->links;
    REQUIRE(length > 0 && length <= NAME_MOST && memchr(name, 0, length) == NULL && memchr(name, '/', length) == NULL,
            damaged(l));
    TRY(rlra_h5_cache_walk(file, &file->cache->named, length));
    TRY(rlra_h5_grow(file, &list, &l->group->room, l->group->count, sizeof *l->group->links));
    l->group->links = list;
    char *const made = rlra_alloc(file->context, length + 1, 1);
    REQUIRE(made != NULL, rlra_fail_memory(file->context, length + 1, 1, "a name in a file"));
    memcpy(made, name, length);
    made[length] = '\0';
    l->group->links[l->group->count++] = (h5_link){made, kind, address};
cleanup:
    return status;
}

/* Add a link of a new group, from the header or from a heap. */
static rlra_status add_link(listing *l, h5_bytes b)
{
    const int version = (int)rlra_h5_take(&b, 1), flags = (int)rlra_h5_take(&b, 1);
    const int kind = flags & HAS_KIND ? (int)rlra_h5_take(&b, 1) : 0;
    rlra_h5_skip(&b, (flags & HAS_ORDER ? 8U : 0U) + (flags & HAS_CHARSET ? 1U : 0U));
    const size_t length = (size_t)rlra_h5_take(&b, 1 << (flags & 3));
    const unsigned char *const name = rlra_h5_take_block(&b, length);
    const uint64_t address = kind == 0 ? rlra_h5_take_address(l->file, &b) : H5_NOWHERE;
    if (b.failed || version != 1)
        return damaged(l);
    return add(l, name, length, kind == 0 ? H5_LINK_HARD : kind == KIND_SOFT ? H5_LINK_SOFT : H5_LINK_OUTSIDE, address);
}

/* Add a leaf of an old group: names and addresses. */
static rlra_status add_symbols(listing *l, uint64_t address)
{
    rlra_status status = RLRA_OK;
    unsigned char head[8], *block = NULL;
    const size_t entry = 24 + (size_t)(l->file->length_bytes + l->file->offset_bytes);
    TRY(rlra_h5_read(l->file, address, head, sizeof head));
    const size_t count = (size_t)rlra_h5_uint(head + 6, 2);
    REQUIRE(memcmp(head, "SNOD", 4) == 0 && head[4] == 1, rlra_h5_damaged(l->file, "a group", address));
    TRY(rlra_h5_cache_walk(l->file, &l->file->cache->walked, count * entry));
    TRY(rlra_h5_load(l->file, address + 8, count * entry, &block));
    h5_bytes b = rlra_h5_bytes(block, count * entry);
    for (size_t k = 0; k < count; k++) {
        const uint64_t name = rlra_h5_take_length(l->file, &b), object = rlra_h5_take_address(l->file, &b);
        const int is_soft = rlra_h5_take(&b, 4) == 2;
        rlra_h5_skip(&b, 20);
        REQUIRE(name < l->name_bytes, rlra_h5_damaged(l->file, "a name in a group", address));
        const char *const text = (const char *)l->names + name;
        TRY(add(l, text, strlen(text), is_soft ? H5_LINK_SOFT : H5_LINK_HARD, object));
    }
cleanup:
    rlra_free(l->file->context, block);
    return status;
}

/* Add a node of the tree of an old group; `level` is the expected one, or -1 for the root. Damaged parts do not hide the rest. */
static rlra_status add_tree(listing *l, uint64_t address, int level) // NOLINT(misc-no-recursion)
{
    rlra_status status = RLRA_OK;
    unsigned char head[24], *block = NULL;
    const size_t head_bytes = 8 + 2 * (size_t)l->file->offset_bytes;
    const size_t pair = (size_t)(l->file->length_bytes + l->file->offset_bytes);
    TRY(rlra_h5_read(l->file, address, head, head_bytes));
    const size_t count = (size_t)rlra_h5_uint(head + 6, 2);
    REQUIRE(memcmp(head, "TREE", 4) == 0 && head[4] == 0 && head[5] < DEPTH_MOST && (level < 0 || head[5] == level),
            rlra_h5_damaged(l->file, "the tree of a group", address));
    TRY(rlra_h5_cache_walk(l->file, &l->file->cache->walked, head_bytes + count * pair));
    TRY(rlra_h5_load(l->file, address + head_bytes, count * pair, &block));
    for (size_t k = 0; k < count; k++) {
        const uint64_t child = rlra_h5_address(l->file, block + k * pair + l->file->length_bytes);
        status = head[5] == 0 ? add_symbols(l, child) : add_tree(l, child, head[5] - 1);
        if (status == RLRA_ERR_FORMAT)
            l->group->damaged = 1;
        else if (status != RLRA_OK)
            goto cleanup;
    }
    status = RLRA_OK;
cleanup:
    rlra_free(l->file->context, block);
    return status;
}

static rlra_status add_old(listing *l, const h5_message *symbols)
{
    rlra_status status = RLRA_OK;
    h5_bytes b = rlra_h5_bytes(symbols->body, symbols->bytes);
    const uint64_t tree = rlra_h5_take_address(l->file, &b), heap = rlra_h5_take_address(l->file, &b);
    REQUIRE(!b.failed, damaged(l));
    TRY(rlra_h5_local_heap(l->file, heap, &l->names, &l->name_bytes));
    TRY(add_tree(l, tree, -1));
cleanup:
    return status;
}

static rlra_status add_record(void *user, const unsigned char *record, size_t bytes)
{
    listing *const l = user;
    h5_bytes link;
    if (bytes < 4 + (size_t)l->heap.id_bytes)
        return damaged(l);
    const rlra_status status = rlra_h5_heap_get(l->file, &l->heap, record + 4, &link);
    return status == RLRA_OK ? add_link(l, link) : status;
}

/* Add the links of a new group that has too many for its header. */
static rlra_status add_dense(listing *l, const h5_message *info)
{
    rlra_status status = RLRA_OK;
    h5_bytes b = rlra_h5_bytes(info->body, info->bytes);
    rlra_h5_skip(&b, 1);
    rlra_h5_skip(&b, rlra_h5_take(&b, 1) & 1 ? 8 : 0);
    const uint64_t heap = rlra_h5_take_address(l->file, &b), tree = rlra_h5_take_address(l->file, &b);
    REQUIRE(!b.failed, damaged(l));
    if (heap == H5_NOWHERE)
        return RLRA_OK;
    TRY(rlra_h5_heap_open(l->file, heap, &l->heap));
    TRY(rlra_h5_btree2_visit(l->file, tree, 5, 11, add_record, l));
cleanup:
    return status;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const h5_link *)a)->name, ((const h5_link *)b)->name);
}

static rlra_status list(listing *l, const h5_object *object)
{
    rlra_status status = RLRA_OK;
    const h5_message *const symbols = rlra_h5_message(object, H5_MESSAGE_SYMBOLS), *const info = rlra_h5_message(
                                                                                       object, H5_MESSAGE_LINK_INFO);
    for (int k = 0; k < object->count; k++)
        if (object->messages[k].type == H5_MESSAGE_LINK)
            TRY(add_link(l, rlra_h5_bytes(object->messages[k].body, object->messages[k].bytes)));
    if (symbols != NULL)
        TRY(add_old(l, symbols));
    if (info != NULL)
        TRY(add_dense(l, info));
cleanup:
    return status;
}

rlra_status rlra_h5_group(h5_file *file, uint64_t address, const h5_group **group)
{
    rlra_status status = RLRA_OK;
    h5_object object = {0};
    listing l = {.file = file};
    *group = rlra_h5_cached(file, address);
    if (*group != NULL)
        return RLRA_OK;
    TRY(rlra_h5_object_open(file, address, &object));
    if (!rlra_h5_is_group(&object))
        goto cleanup;
    TRY(rlra_h5_cache_add(file, address, &l.group));
    status = list(&l, &object);
    l.group->damaged |= status != RLRA_OK;
    if (l.group->count > 1)
        qsort(l.group->links, (size_t)l.group->count, sizeof *l.group->links, compare);
    if (status == RLRA_OK || status == RLRA_ERR_FORMAT) {
        status = RLRA_OK;
        *group = l.group;
    }
cleanup:
    rlra_h5_heap_close(file, &l.heap);
    rlra_free(file->context, l.names);
    rlra_h5_object_close(file, &object);
    return status;
}

const h5_link *rlra_h5_child(const h5_group *group, const char *name)
{
    int low = 0, high = group->count;
    while (low < high) {
        const int middle = (low + high) / 2, order = strcmp(group->links[middle].name, name);
        if (order == 0)
            return &group->links[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static rlra_status step(h5_file *file, const char *name, uint64_t *address)
{
    const h5_group *group;
    const rlra_status status = rlra_h5_group(file, *address, &group);
    if (status != RLRA_OK)
        return status;
    const h5_link *const link = group == NULL ? NULL : rlra_h5_child(group, name);
    if (link == NULL && group != NULL && group->damaged)
        return rlra_h5_damaged(file, "a group", group->address);
    *address = link != NULL && link->kind == H5_LINK_HARD ? link->address : H5_NOWHERE;
    return RLRA_OK;
}

rlra_status rlra_h5_find(h5_file *file, uint64_t from, const char *path, uint64_t *address)
{
    rlra_status status = RLRA_OK;
    char *const name = rlra_alloc(file->context, strlen(path) + 1, 1);
    REQUIRE(name != NULL, rlra_fail_memory(file->context, strlen(path) + 1, 1, "a name in a file"));
    *address = path[0] == '/' ? file->root : from;
    for (path += strspn(path, "/"); *path != '\0' && *address != H5_NOWHERE; path += strspn(path, "/")) {
        const size_t length = strcspn(path, "/");
        memcpy(name, path, length);
        name[length] = '\0';
        path += length;
        TRY(step(file, name, address));
    }
cleanup:
    rlra_free(file->context, name);
    return status;
}
