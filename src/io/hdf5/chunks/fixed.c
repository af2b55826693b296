/* io/hdf5/chunks/fixed.c: chunks in a fixed array: one element for each possible chunk, in one block or in pages. */
#include <string.h>

#include "io/hdf5/chunks/chunks.h"

#define BLOCK_HEAD      6
#define CHECKSUM        4
#define HEAD_MOST       32
#define PAGE_BITS_MOST  40
#define CLIENT_PLAIN    0
#define CLIENT_FILTERED 1

typedef struct fixed_array {
    const h5_walk *walk;
    size_t element_bytes;
    uint64_t count, page; /* elements in total, and in a page */
    uint64_t address;     /* address of the block */
} fixed_array;

static rlra_status damaged(const fixed_array *a, uint64_t address)
{
    return rlra_h5_damaged(a->walk->file, "the index of a data set (a fixed array)", address);
}

static rlra_status read_head(fixed_array *a)
{
    rlra_status status = RLRA_OK;
    h5_file *const file = a->walk->file;
    const uint64_t address = a->walk->layout->address;
    unsigned char head[HEAD_MOST];
    const size_t bytes = 8 + (size_t)(file->length_bytes + file->offset_bytes) + CHECKSUM;
    TRY(rlra_h5_read(file, address, head, bytes));
    REQUIRE(memcmp(head, "FAHD", 4) == 0 && head[4] == 0 && rlra_h5_is_sound(head, bytes), damaged(a, address));
    h5_bytes b = rlra_h5_bytes(head + 5, bytes - 5);
    const int client = (int)rlra_h5_take(&b, 1);
    a->element_bytes = (size_t)rlra_h5_take(&b, 1);
    const int page_bits = (int)rlra_h5_take(&b, 1);
    a->count = rlra_h5_take_length(file, &b);
    a->address = rlra_h5_take_address(file, &b);
    REQUIRE(client == (a->walk->is_filtered ? CLIENT_FILTERED : CLIENT_PLAIN) && page_bits <= PAGE_BITS_MOST &&
                rlra_h5_element_fits(a->walk, a->element_bytes) &&
                a->count <= (uint64_t)file->in->size / a->element_bytes,
            damaged(a, address));
    a->page = UINT64_C(1) << page_bits;
cleanup:
    return status;
}

/* Visit elements with their checksum. */
static rlra_status visit_page(const fixed_array *a, uint64_t first, uint64_t count, uint64_t address)
{
    rlra_status status = RLRA_OK;
    unsigned char *page = NULL;
    const size_t bytes = (size_t)count * a->element_bytes + CHECKSUM;
    TRY(rlra_h5_load(a->walk->file, address, bytes, &page));
    REQUIRE(rlra_h5_is_sound(page, bytes), damaged(a, address));
    TRY(rlra_h5_walk_elements(a->walk, first, count, page, a->element_bytes));
cleanup:
    rlra_free(a->walk->file->in->context, page);
    return status;
}

/* Visit pages; those never written have no bit in the head of the block, but take their room. */
static rlra_status visit_pages(const fixed_array *a, size_t head_bytes)
{
    rlra_status status = RLRA_OK;
    unsigned char *head = NULL;
    const uint64_t pages = a->count / a->page + (a->count % a->page != 0);
    const size_t bytes = head_bytes + (size_t)(pages + 7) / 8 + CHECKSUM;
    TRY(rlra_h5_load(a->walk->file, a->address, bytes, &head));
    REQUIRE(rlra_h5_is_sound(head, bytes), damaged(a, a->address));
    for (uint64_t k = 0; k < pages; k++) {
        const uint64_t first = k * a->page, left = a->count - first;
        const uint64_t place = a->address + bytes + k * (a->page * a->element_bytes + CHECKSUM);
        if (head[head_bytes + k / 8] & 0x80 >> k % 8)
            TRY(visit_page(a, first, left < a->page ? left : a->page, place));
    }
cleanup:
    rlra_free(a->walk->file->in->context, head);
    return status;
}

/* Visit a single block, whose checksum includes its head. */
static rlra_status visit_block(const fixed_array *a, size_t head_bytes)
{
    rlra_status status = RLRA_OK;
    unsigned char *block = NULL;
    const size_t bytes = head_bytes + (size_t)a->count * a->element_bytes + CHECKSUM;
    TRY(rlra_h5_load(a->walk->file, a->address, bytes, &block));
    REQUIRE(rlra_h5_is_sound(block, bytes), damaged(a, a->address));
    TRY(rlra_h5_walk_elements(a->walk, 0, a->count, block + head_bytes, a->element_bytes));
cleanup:
    rlra_free(a->walk->file->in->context, block);
    return status;
}

rlra_status rlra_h5_visit_fixed(const h5_walk *walk)
{
    rlra_status status = RLRA_OK;
    fixed_array a = {.walk = walk};
    unsigned char mark[BLOCK_HEAD];
    const size_t head_bytes = BLOCK_HEAD + (size_t)walk->file->offset_bytes;
    TRY(read_head(&a));
    if (a.address == H5_NOWHERE)
        goto cleanup;
    TRY(rlra_h5_read(walk->file, a.address, mark, sizeof mark));
    REQUIRE(memcmp(mark, "FADB", 4) == 0 && mark[4] == 0, damaged(&a, a.address));
    TRY(a.count > a.page ? visit_pages(&a, head_bytes) : visit_block(&a, head_bytes));
cleanup:
    return status;
}
