/* block/block.c: what a block is made of. */
#include "block/block.h"

unsigned RLRA(block_shapes)(const block *b)
{
    const quadratic_part *const q = &b->quadratic;
    unsigned shapes = 0;
    if (q->rhs.at != NULL)
        shapes |= q->grams != NULL ? BLOCK_OWN_GRAMS : q->products != NULL ? BLOCK_PRODUCTS : BLOCK_GRAM;
    for (int p = 0; p < b->parts; p++) {
        const data_part *const part = &b->part[p];
        shapes |= part->stored != NULL ? BLOCK_STORED : part->y_step > 0 ? BLOCK_ACROSS : BLOCK_ROWS;
        shapes |= part->design.sums_stride > 0 ? BLOCK_OWN_SUMS : 0;
        shapes |= b->parts > 1 || part->weight != 1 ? BLOCK_PARTS : 0;
    }
    shapes |= b->up.at != NULL ? BLOCK_SLOPES : 0;
    return shapes | (b->x.length > UPDATE_ROWS ? BLOCK_ALL_ROWS : 0);
}

const char *RLRA(block_shape_name)(unsigned shapes)
{
    static const char *const names[] = {"one Gram matrix for all rows",
                                        "a Gram matrix for each row",
                                        "a Gram matrix that is known by its products alone",
                                        "rows of data",
                                        "rows of data side by side",
                                        "rows of stored entries",
                                        "rows with sums of their own",
                                        "slopes known beforehand",
                                        "several parts of data with weights",
                                        "rows that are tied to each other"};
    size_t bit = 0;
    while (bit + 1 < sizeof names / sizeof names[0] && (shapes >> bit & 1) == 0)
        bit++;
    return names[bit];
}
