/* io/hdf5/heap.c: read local heaps, and fractal heaps: their tables of blocks and the objects in these. */
#include "io/hdf5/heap.h"

#include <string.h>

#include "io/hdf5/btree2.h"
#include "io/hdf5/object.h"

#define HEADER_MOST 160
#define DEPTH_MOST  16
#define ROWS_MOST   64

rlra_status rlra_h5_local_heap(h5_file *file, uint64_t address, unsigned char **block, size_t *bytes)
{
    rlra_status status = RLRA_OK;
    unsigned char head[32];
    const size_t head_bytes = 8 + (size_t)(2 * file->length_bytes + file->offset_bytes);
    *block = NULL;
    TRY(rlra_h5_read(file, address, head, head_bytes));
    h5_bytes b = rlra_h5_bytes(head + 8, head_bytes - 8);
    const uint64_t count = rlra_h5_take_length(file, &b);
    rlra_h5_take_length(file, &b); /* free space */
    const uint64_t at = rlra_h5_take_address(file, &b);
    REQUIRE(memcmp(head, "HEAP", 4) == 0 && head[4] == 0, rlra_h5_damaged(file, "a heap of names", address));
    TRY(rlra_h5_load(file, at, count, block));
    *bytes = (size_t)count;
    (*block)[count] = 0;
cleanup:
    return status;
}

static rlra_status damaged(const h5_file *file, const h5_heap *heap)
{
    return rlra_h5_damaged(file, "a heap", heap->address);
}

static uint64_t row_bytes(const h5_heap *heap, int row)
{
    return row == 0 ? heap->first_bytes : heap->first_bytes << (row - 1);
}

static int log2_of(uint64_t x)
{
    int bits = 0;
    while (x >> bits > 1)
        bits++;
    return bits;
}

/* Add the block at `address`, which has the positions from `begin` on. */
static rlra_status add_block(h5_file *file, h5_heap *heap, uint64_t address, uint64_t begin, uint64_t bytes)
{
    rlra_status status = RLRA_OK;
    void *list = heap->blocks;
    if (address == H5_NOWHERE)
        return RLRA_OK;
    /* Valid blocks do not overlap, so that together they are at most the file. */
    REQUIRE(bytes <= (uint64_t)(file->in->size - heap->walked), damaged(file, heap));
    heap->walked += (int64_t)bytes;
    TRY(rlra_h5_grow(file, &list, &heap->room, heap->count, sizeof *heap->blocks));
    heap->blocks = list;
    heap->blocks[heap->count++] = (h5_heap_block){begin, bytes, address, NULL};
cleanup:
    return status;
}

/* Add the children of an indirect block: rows of direct blocks, then rows of indirect ones. */
static rlra_status add_rows(h5_file *file, h5_heap *heap, uint64_t address, uint64_t begin, int rows,
                            int depth) // NOLINT(misc-no-recursion)
{
    rlra_status status = RLRA_OK;
    unsigned char *block = NULL;
    const size_t bytes = 5 + (size_t)file->offset_bytes + (size_t)heap->position_bytes +
                         (size_t)rows * (size_t)heap->width * (size_t)file->offset_bytes + 4;
    if (address == H5_NOWHERE)
        return RLRA_OK;
    REQUIRE(depth < DEPTH_MOST && rows > 0 && rows <= ROWS_MOST && bytes <= (uint64_t)(file->in->size - heap->walked),
            damaged(file, heap));
    heap->walked += (int64_t)bytes;
    TRY(rlra_h5_load(file, address, bytes, &block));
    REQUIRE(memcmp(block, "FHIB", 4) == 0 && rlra_h5_is_sound(block, bytes), damaged(file, heap));
    h5_bytes b = rlra_h5_bytes(block + 5, bytes - 9);
    rlra_h5_skip(&b, (size_t)(file->offset_bytes + heap->position_bytes));
    for (int row = 0; row < rows; row++)
        for (int column = 0; column < heap->width; column++) {
            const uint64_t child = rlra_h5_take_address(file, &b), size = row_bytes(heap, row);
            REQUIRE(size != 0 && size >> heap->bits == 0 && begin >> heap->bits == 0, damaged(file, heap));
            const int below = log2_of(size) - log2_of(heap->first_bytes * (uint64_t)heap->width) + 1;
            TRY(size <= heap->direct_most ? add_block(file, heap, child, begin, size)
                                          : add_rows(file, heap, child, begin, below, depth + 1));
            begin += size;
        }
cleanup:
    rlra_free(file->context, block);
    return status;
}

static int is_power(uint64_t x)
{
    return x != 0 && (x & (x - 1)) == 0;
}

static rlra_status read_header(h5_file *file, h5_heap *heap, uint64_t *root, int *rows)
{
    rlra_status status = RLRA_OK;
    unsigned char head[HEADER_MOST];
    const size_t bytes = 26 + 12 * (size_t)file->length_bytes + 3 * (size_t)file->offset_bytes;
    TRY(rlra_h5_read(file, heap->address, head, bytes));
    REQUIRE(memcmp(head, "FRHP", 4) == 0 && head[4] == 0, damaged(file, heap));
    h5_bytes b = rlra_h5_bytes(head + 5, bytes - 5);
    heap->id_bytes = (int)rlra_h5_take(&b, 2);
    REQUIRE(rlra_h5_take(&b, 2) == 0,
            rlra_fail(file->in->context, RLRA_ERR_UNSUPPORTED,
                      "'%s' holds names or attributes that are compressed, which are not read", file->in->path));
    REQUIRE(rlra_h5_is_sound(head, bytes), damaged(file, heap));
    heap->checked = rlra_h5_take(&b, 1) >> 1 & 1;
    heap->object_most = rlra_h5_take(&b, 4);
    rlra_h5_take_length(file, &b); /* the next of the huge objects */
    heap->huge_tree = rlra_h5_take_address(file, &b);
    rlra_h5_skip(&b, 9 * (size_t)file->length_bytes + (size_t)file->offset_bytes);
    heap->width = (int)rlra_h5_take(&b, 2);
    heap->first_bytes = rlra_h5_take_length(file, &b);
    heap->direct_most = rlra_h5_take_length(file, &b);
    heap->bits = (int)rlra_h5_take(&b, 2);
    rlra_h5_skip(&b, 2);
    *root = rlra_h5_take_address(file, &b);
    *rows = (int)rlra_h5_take(&b, 2);
    REQUIRE(heap->bits >= 1 && heap->bits < 64 && is_power((uint64_t)heap->width) && is_power(heap->first_bytes) &&
                is_power(heap->direct_most) && heap->direct_most < UINT32_MAX &&
                heap->first_bytes <= heap->direct_most && *rows <= ROWS_MOST && heap->id_bytes >= 2,
            damaged(file, heap));
    heap->position_bytes = (heap->bits + 7) / 8;
    const int direct_bytes = (log2_of(heap->direct_most) + 7) / 8, object_bytes = rlra_h5_bytes_for(heap->object_most);
    heap->count_bytes = direct_bytes < object_bytes ? direct_bytes : object_bytes;
cleanup:
    return status;
}

rlra_status rlra_h5_heap_open(h5_file *file, uint64_t address, h5_heap *heap)
{
    rlra_status status = RLRA_OK;
    uint64_t root = H5_NOWHERE;
    int rows = 0;
    *heap = (h5_heap){.address = address};
    TRY(read_header(file, heap, &root, &rows));
    TRY(rows == 0 ? add_block(file, heap, root, 0, heap->first_bytes) : add_rows(file, heap, root, 0, rows, 0));
cleanup:
    return status;
}

void rlra_h5_heap_close(h5_file *file, h5_heap *heap)
{
    for (int k = 0; k < heap->count; k++)
        rlra_free(file->context, heap->blocks[k].content);
    rlra_free(file->context, heap->blocks);
    rlra_free(file->context, heap->huge);
    rlra_free(file->context, heap->object);
    *heap = (h5_heap){0};
}

static rlra_status load_block(h5_file *file, const h5_heap *heap, h5_heap_block *block)
{
    rlra_status status = RLRA_OK;
    const size_t head = 5 + (size_t)(file->offset_bytes + heap->position_bytes);
    unsigned char sum[4] = {0};
    TRY(rlra_h5_load(file, block->address, block->bytes, &block->content));
    REQUIRE(head + 4 <= block->bytes && memcmp(block->content, "FHDB", 4) == 0, damaged(file, heap));
    if (heap->checked) { /* the checksum is in the block, and counts as zero */
        memcpy(sum, block->content + head, 4);
        memset(block->content + head, 0, 4);
        REQUIRE(rlra_h5_checksum(block->content, (size_t)block->bytes) == rlra_h5_uint(sum, 4), damaged(file, heap));
    }
cleanup:
    if (status != RLRA_OK) {
        rlra_free(file->context, block->content);
        block->content = NULL;
    }
    return status;
}

static h5_heap_block *find_block(const h5_heap *heap, uint64_t position)
{
    int low = 0, high = heap->count;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (heap->blocks[middle].begin <= position)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? NULL : &heap->blocks[low - 1];
}

static rlra_status get_managed(h5_file *file, h5_heap *heap, h5_bytes id, h5_bytes *object)
{
    rlra_status status = RLRA_OK;
    const uint64_t position = rlra_h5_take(&id, heap->position_bytes), bytes = rlra_h5_take(&id, heap->count_bytes);
    h5_heap_block *const block = find_block(heap, position);
    REQUIRE(!id.failed && block != NULL && position - block->begin <= block->bytes &&
                bytes <= block->bytes - (position - block->begin),
            damaged(file, heap));
    if (block->content == NULL)
        TRY(load_block(file, heap, block));
    *object = rlra_h5_bytes(block->content + (position - block->begin), (size_t)bytes);
cleanup:
    return status;
}

typedef struct huge_list {
    h5_file *file;
    h5_heap *heap;
} huge_list;

static rlra_status add_huge(void *user, const unsigned char *record, size_t bytes)
{
    const huge_list *const l = user;
    h5_heap *const heap = l->heap;
    void *list = heap->huge;
    h5_bytes b = rlra_h5_bytes(record, bytes);
    const rlra_status status = rlra_h5_grow(l->file, &list, &heap->huge_room, heap->huge_count, sizeof *heap->huge);
    heap->huge = list;
    if (status != RLRA_OK)
        return status;
    h5_huge *const huge = &heap->huge[heap->huge_count++];
    huge->address = rlra_h5_take_address(l->file, &b);
    huge->bytes = rlra_h5_take_length(l->file, &b);
    huge->id = rlra_h5_take_length(l->file, &b);
    return RLRA_OK;
}

/* Get an object larger than blocks, which is stored separately; its identifier is its address, or a number in a tree. */
static rlra_status get_huge(h5_file *file, h5_heap *heap, h5_bytes id, h5_bytes *object)
{
    rlra_status status = RLRA_OK;
    huge_list list = {file, heap};
    h5_huge found = {0, H5_NOWHERE, 0};
    const int width = file->offset_bytes + file->length_bytes;
    if (heap->id_bytes - 1 >= width) {
        found.address = rlra_h5_take_address(file, &id);
        found.bytes = rlra_h5_take_length(file, &id);
    } else {
        const int bytes = heap->id_bytes - 1 < file->length_bytes ? heap->id_bytes - 1 : file->length_bytes;
        found.id = rlra_h5_take(&id, bytes);
        if (!heap->huge_listed)
            TRY(rlra_h5_btree2_visit(file, heap->huge_tree, 1, (size_t)(width + file->length_bytes), add_huge, &list));
        heap->huge_listed = 1;
        for (int k = 0; k < heap->huge_count; k++)
            if (heap->huge[k].id == found.id)
                found = heap->huge[k];
    }
    REQUIRE(found.address != H5_NOWHERE, damaged(file, heap));
    rlra_free(file->context, heap->object);
    heap->object = NULL;
    TRY(rlra_h5_load(file, found.address, found.bytes, &heap->object));
    *object = rlra_h5_bytes(heap->object, (size_t)found.bytes);
cleanup:
    return status;
}

rlra_status rlra_h5_heap_get(h5_file *file, h5_heap *heap, const unsigned char *id, h5_bytes *object)
{
    const h5_bytes rest = rlra_h5_bytes(id + 1, (size_t)heap->id_bytes - 1);
    const int kind = id[0] >> 4 & 3, is_long = heap->id_bytes > 17;
    *object = rlra_h5_bytes(id, 0);
    if (id[0] >> 6 != 0 || kind == 3)
        return damaged(file, heap);
    if (kind == 0)
        return get_managed(file, heap, rest, object);
    if (kind == 1)
        return get_huge(file, heap, rest, object);
    /* Tiny objects are their own identifier. */
    const size_t bytes = (is_long ? (size_t)(id[0] & 15) << 8 | id[1] : (size_t)(id[0] & 15)) + 1;
    if (bytes + 1 + (size_t)is_long > (size_t)heap->id_bytes)
        return damaged(file, heap);
    *object = rlra_h5_bytes(id + 1 + is_long, bytes);
    return RLRA_OK;
}
