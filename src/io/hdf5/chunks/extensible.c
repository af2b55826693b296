/* io/hdf5/chunks/extensible.c: chunks in an extensible array, for shapes that grow along one mode.
 *
 * Elements are in the index block, in data blocks that it refers to, and in data blocks that super blocks refer to. Super block
 * s has 2^(s/2) data blocks of 2^((s+1)/2) times the least number of elements; those of the first few super blocks are referred
 * to by the index block itself. */
#include <string.h>

#include "io/hdf5/chunks/chunks.h"

#define BLOCK_HEAD 6
#define CHECKSUM   4
#define HEAD_MOST  80
#define BITS_MOST  62

typedef struct extensible_array {
    const h5_walk *walk;
    size_t element_bytes, number_bytes; /* number_bytes: those of the number of an element */
    uint64_t direct;                    /* elements in the index block */
    uint64_t least;                     /* elements of the smallest data block */
    uint64_t page;                      /* elements in a page */
    uint64_t index_address;
    int super_blocks, direct_super_blocks;
    uint64_t next; /* number of the next element */
} extensible_array;

/* The data blocks of a super block. */
typedef struct super_block {
    uint64_t count, elements;  /* data blocks, and elements of each */
    uint64_t pages;            /* pages of each; 0: a single piece */
    const unsigned char *bits; /* one for each page that was written */
} super_block;

static rlra_status damaged(const extensible_array *a, uint64_t address)
{
    return rlra_h5_damaged(a->walk->file, "the index of a data set (an extensible array)", address);
}

/* The exponent of a power of two, or -1. */
static int exponent(uint64_t number)
{
    int bits = 0;
    while (bits < 63 && number >> bits > 1)
        bits++;
    return number == UINT64_C(1) << bits ? bits : -1;
}

static rlra_status read_head(extensible_array *a)
{
    rlra_status status = RLRA_OK;
    h5_file *const file = a->walk->file;
    const uint64_t address = a->walk->layout->address;
    unsigned char head[HEAD_MOST];
    const size_t bytes = 12 + (size_t)(6 * file->length_bytes + file->offset_bytes) + CHECKSUM;
    TRY(rlra_h5_read(file, address, head, bytes));
    REQUIRE(memcmp(head, "EAHD", 4) == 0 && head[4] == 0 && rlra_h5_is_sound(head, bytes), damaged(a, address));
    h5_bytes b = rlra_h5_bytes(head + 5, bytes - 5);
    const int client = (int)rlra_h5_take(&b, 1);
    a->element_bytes = (size_t)rlra_h5_take(&b, 1);
    const int bits = (int)rlra_h5_take(&b, 1);
    a->direct = rlra_h5_take(&b, 1);
    a->least = rlra_h5_take(&b, 1);
    const int pointers = exponent(rlra_h5_take(&b, 1)), page_bits = (int)rlra_h5_take(&b, 1);
    rlra_h5_skip(&b, 6 * (size_t)file->length_bytes);
    a->index_address = rlra_h5_take_address(file, &b);
    const int least = exponent(a->least);
    REQUIRE(client == (a->walk->is_filtered ? 1 : 0) && rlra_h5_element_fits(a->walk, a->element_bytes) && least >= 0 &&
                pointers >= 1 && bits >= least && bits <= BITS_MOST && page_bits < BITS_MOST,
            damaged(a, address));
    a->number_bytes = (size_t)(bits + 7) / 8;
    a->page = UINT64_C(1) << page_bits;
    a->super_blocks = 1 + bits - least;
    a->direct_super_blocks = 2 * pointers < a->super_blocks ? 2 * pointers : a->super_blocks;
    REQUIRE(2 * pointers <= a->super_blocks, damaged(a, address));
cleanup:
    return status;
}

/* Load a block that begins with its mark and ends with its checksum. */
static rlra_status load_block(const extensible_array *a, uint64_t address, const char *mark, uint64_t bytes,
                              unsigned char **block)
{
    rlra_status status = RLRA_OK;
    TRY(rlra_h5_load(a->walk->file, address, bytes, block));
    REQUIRE(bytes >= BLOCK_HEAD + CHECKSUM && memcmp(*block, mark, 4) == 0 && (*block)[4] == 0 &&
                rlra_h5_is_sound(*block, (size_t)bytes),
            damaged(a, address));
cleanup:
    return status;
}

static super_block super_block_of(const extensible_array *a, int index)
{
    const uint64_t elements = a->least << (index + 1) / 2;
    return (super_block){UINT64_C(1) << index / 2, elements, elements > a->page ? elements / a->page : 0, NULL};
}

static rlra_status visit_pages(extensible_array *a, const super_block *super, uint64_t block, uint64_t address)
{
    rlra_status status = RLRA_OK;
    unsigned char *page = NULL;
    const size_t bytes = (size_t)a->page * a->element_bytes + CHECKSUM;
    const uint64_t first = a->next;
    for (uint64_t k = 0; k < super->pages; k++) {
        const uint64_t bit = block * super->pages + k, place = address + k * bytes;
        if ((super->bits[bit / 8] & 0x80 >> bit % 8) == 0)
            continue;
        TRY(rlra_h5_load(a->walk->file, place, bytes, &page));
        REQUIRE(rlra_h5_is_sound(page, bytes), damaged(a, place));
        TRY(rlra_h5_walk_elements(a->walk, first + k * a->page, a->page, page, a->element_bytes));
        rlra_free(a->walk->file->in->context, page);
        page = NULL;
    }
cleanup:
    rlra_free(a->walk->file->in->context, page);
    return status;
}

static rlra_status visit_data(extensible_array *a, const super_block *super, uint64_t block, uint64_t address)
{
    rlra_status status = RLRA_OK;
    unsigned char *data = NULL;
    const uint64_t size = (uint64_t)a->walk->file->in->size;
    const size_t head = BLOCK_HEAD + (size_t)a->walk->file->offset_bytes + a->number_bytes;
    if (address == H5_NOWHERE)
        goto done;
    REQUIRE(super->elements <= size / a->element_bytes && (super->pages == 0 || super->bits != NULL),
            damaged(a, address));
    const uint64_t bytes = head + (super->pages > 0 ? 0 : super->elements * a->element_bytes) + CHECKSUM;
    TRY(load_block(a, address, "EADB", bytes, &data));
    if (super->pages > 0)
        TRY(visit_pages(a, super, block, address + bytes));
    else
        TRY(rlra_h5_walk_elements(a->walk, a->next, super->elements, data + head, a->element_bytes));
done:
    a->next += super->elements;
cleanup:
    rlra_free(a->walk->file->in->context, data);
    return status;
}

static rlra_status visit_super(extensible_array *a, int index, uint64_t address)
{
    rlra_status status = RLRA_OK;
    unsigned char *block = NULL;
    h5_file *const file = a->walk->file;
    super_block super = super_block_of(a, index);
    const size_t head = BLOCK_HEAD + (size_t)file->offset_bytes + a->number_bytes;
    if (address == H5_NOWHERE) {
        a->next += super.count * super.elements;
        return RLRA_OK;
    }
    const uint64_t bits_each = super.pages / 8 + (super.pages % 8 != 0);
    REQUIRE(super.count <= (uint64_t)file->in->size / (bits_each + (uint64_t)file->offset_bytes), damaged(a, address));
    const size_t bits = (size_t)(super.count * bits_each);
    TRY(load_block(a, address, "EASB", head + (uint64_t)bits + super.count * (uint64_t)file->offset_bytes + CHECKSUM,
                   &block));
    super.bits = block + head;
    h5_bytes b = rlra_h5_bytes(block + head + bits, (size_t)super.count * (size_t)file->offset_bytes);
    for (uint64_t k = 0; k < super.count; k++)
        TRY(visit_data(a, &super, k, rlra_h5_take_address(file, &b)));
cleanup:
    rlra_free(file->in->context, block);
    return status;
}

rlra_status rlra_h5_visit_extensible(const h5_walk *walk)
{
    rlra_status status = RLRA_OK;
    extensible_array a = {.walk = walk};
    unsigned char *block = NULL;
    h5_file *const file = walk->file;
    TRY(read_head(&a));
    if (a.index_address == H5_NOWHERE)
        goto cleanup;
    uint64_t addresses = (uint64_t)(a.super_blocks - a.direct_super_blocks);
    for (int s = 0; s < a.direct_super_blocks; s++)
        addresses += super_block_of(&a, s).count;
    const size_t head = BLOCK_HEAD + (size_t)file->offset_bytes, elements = (size_t)a.direct * a.element_bytes;
    const size_t pointers = (size_t)addresses * (size_t)file->offset_bytes;
    TRY(load_block(&a, a.index_address, "EAIB", head + elements + pointers + CHECKSUM, &block));
    TRY(rlra_h5_walk_elements(walk, 0, a.direct, block + head, a.element_bytes));
    a.next = a.direct;
    h5_bytes b = rlra_h5_bytes(block + head + elements, pointers);
    for (int s = 0; s < a.super_blocks; s++) {
        const super_block super = super_block_of(&a, s);
        if (s >= a.direct_super_blocks)
            TRY(visit_super(&a, s, rlra_h5_take_address(file, &b)));
        for (uint64_t k = 0; k < super.count && s < a.direct_super_blocks; k++)
            TRY(visit_data(&a, &super, k, rlra_h5_take_address(file, &b)));
    }
cleanup:
    rlra_free(file->in->context, block);
    return status;
}
