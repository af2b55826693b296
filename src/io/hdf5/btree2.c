/* io/hdf5/btree2.c: walk B-trees of version 2. */
#include "io/hdf5/btree2.h"

#include <string.h>

/* A node begins with its mark, version and type and ends with a checksum. */
#define NODE_HEAD  6
#define NODE_EXTRA 10
#define DEPTH_MOST 16

typedef struct tree {
    h5_file *file;
    int type, depth;
    size_t node_bytes, record_bytes;
    int count_bytes;                 /* bytes of the number of records of a child */
    int total_bytes[DEPTH_MOST + 1]; /* bytes of the number of all records below a child of this depth */
    uint64_t left;                   /* records still to come */
    h5_record callback;
    void *user;
} tree;

/* A child of an internal node. */
typedef struct child {
    uint64_t address, records;
} child;

static uint64_t times(uint64_t a, uint64_t b)
{
    return a != 0 && b > UINT64_MAX / 2 / a ? UINT64_MAX / 2 : a * b;
}

/* Compute the widths of pointers, which follow from the number of records that fit into nodes of each depth. */
static void measure(tree *t)
{
    const uint64_t leaf = (t->node_bytes - NODE_EXTRA) / t->record_bytes;
    uint64_t all = leaf;
    t->count_bytes = rlra_h5_bytes_for(leaf);
    t->total_bytes[0] = 0;
    for (int depth = 1; depth <= t->depth; depth++) {
        const size_t pointer =
            (size_t)(t->file->offset_bytes + t->count_bytes + (depth > 1 ? t->total_bytes[depth - 1] : 0));
        const uint64_t most = t->node_bytes < NODE_EXTRA + pointer
                                  ? 0
                                  : (t->node_bytes - NODE_EXTRA - pointer) / (t->record_bytes + pointer);
        all = times(most + 1, all) + most;
        t->total_bytes[depth] = rlra_h5_bytes_for(all);
    }
}

static rlra_status damaged(const tree *t, uint64_t address)
{
    return rlra_h5_damaged(t->file, "a B-tree", address);
}

static rlra_status report_record(tree *t, const unsigned char *record, uint64_t address)
{
    if (t->left == 0)
        return damaged(t, address);
    t->left--;
    return t->callback(t->user, record, t->record_bytes);
}

static rlra_status read_node(tree *t, const char *mark, const child *node, unsigned char **block)
{
    rlra_status status = RLRA_OK;
    /* Every node holds records, so that there are no more nodes than records. */
    REQUIRE(node->address != H5_NOWHERE && node->records > 0 && node->records <= t->left, damaged(t, node->address));
    TRY(rlra_h5_load(t->file, node->address, t->node_bytes, block));
    REQUIRE(memcmp(*block, mark, 4) == 0 && (*block)[4] == 0 && (*block)[5] == t->type, damaged(t, node->address));
cleanup:
    return status;
}

static rlra_status visit_leaf(tree *t, const child *node)
{
    rlra_status status = RLRA_OK;
    unsigned char *block = NULL;
    TRY(read_node(t, "BTLF", node, &block));
    const size_t used = NODE_HEAD + (size_t)times(node->records, t->record_bytes);
    REQUIRE(used + 4 <= t->node_bytes && rlra_h5_is_sound(block, used + 4), damaged(t, node->address));
    for (uint64_t k = 0; k < node->records; k++)
        TRY(report_record(t, block + NODE_HEAD + k * t->record_bytes, node->address));
cleanup:
    rlra_free(t->file->context, block);
    return status;
}

static rlra_status visit_node(tree *t, const child *node, int depth) // NOLINT(misc-no-recursion)
{
    rlra_status status = RLRA_OK;
    unsigned char *block = NULL;
    if (depth == 0)
        return visit_leaf(t, node);
    TRY(read_node(t, "BTIN", node, &block));
    const int total = depth > 1 ? t->total_bytes[depth - 1] : 0;
    const size_t pointer = (size_t)(t->file->offset_bytes + t->count_bytes + total);
    const size_t records = (size_t)times(node->records, t->record_bytes);
    const size_t used = NODE_HEAD + records + (size_t)times(node->records + 1, pointer);
    REQUIRE(records <= t->node_bytes && used + 4 <= t->node_bytes && rlra_h5_is_sound(block, used + 4),
            damaged(t, node->address));
    h5_bytes pointers = rlra_h5_bytes(block + NODE_HEAD + records, used - NODE_HEAD - records);
    for (uint64_t k = 0; k <= node->records; k++) {
        child next = {.address = rlra_h5_take_address(t->file, &pointers)};
        next.records = rlra_h5_take(&pointers, t->count_bytes);
        rlra_h5_skip(&pointers, (size_t)total);
        TRY(visit_node(t, &next, depth - 1));
        if (k < node->records)
            TRY(report_record(t, block + NODE_HEAD + k * t->record_bytes, node->address));
    }
cleanup:
    rlra_free(t->file->context, block);
    return status;
}

rlra_status rlra_h5_btree2_visit(h5_file *file, uint64_t address, int type, size_t least, h5_record callback,
                                 void *user)
{
    rlra_status status = RLRA_OK;
    unsigned char head[38];
    tree t = {.file = file, .callback = callback, .user = user};
    const size_t bytes = 22 + (size_t)(file->offset_bytes + file->length_bytes);
    TRY(rlra_h5_read(file, address, head, bytes));
    REQUIRE(memcmp(head, "BTHD", 4) == 0 && head[4] == 0 && rlra_h5_is_sound(head, bytes), damaged(&t, address));
    h5_bytes b = rlra_h5_bytes(head + 5, bytes - 5);
    t.type = (int)rlra_h5_take(&b, 1);
    t.node_bytes = (size_t)rlra_h5_take(&b, 4);
    t.record_bytes = (size_t)rlra_h5_take(&b, 2);
    t.depth = (int)rlra_h5_take(&b, 2);
    rlra_h5_skip(&b, 2);
    child root = {.address = rlra_h5_take_address(file, &b)};
    root.records = rlra_h5_take(&b, 2);
    t.left = rlra_h5_take_length(file, &b);
    REQUIRE(t.type == type && t.depth <= DEPTH_MOST && t.record_bytes > 0 && t.record_bytes >= least &&
                t.node_bytes >= NODE_EXTRA + t.record_bytes && t.left <= (uint64_t)file->in->size / t.record_bytes,
            damaged(&t, address));
    measure(&t);
    if (t.left > 0)
        TRY(visit_node(&t, &root, t.depth));
    REQUIRE(t.left == 0, damaged(&t, address));
cleanup:
    return status;
}
