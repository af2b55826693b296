/* io/scipy_parts.h: read the parts of a sparse array in a .npz archive. */
#ifndef RLRA_IO_SCIPY_PARTS_H
#define RLRA_IO_SCIPY_PARTS_H

#include "io/npz/group.h"

/* How the entries are stored. */
typedef enum scipy_storage {
    SCIPY_COMPRESSED,
    SCIPY_ROW_COL,
    SCIPY_COORDS,
    SCIPY_DIAGONALS,
    SCIPY_BLOCKS
} scipy_storage;

/* The description of a sparse array, read from its parts. */
typedef struct scipy_array {
    npz_group group;
    scipy_storage storage;
    rlra_sparse sparse; /* shape; the mode that is compressed; count of the entries in `data` */
    scalar type;
    char stored[48];
} scipy_array;

/* Open a part that must be a vector of numbers. */
rlra_status rlra_scipy_open(const npz_group *group, const char *part, npz_member *member, npy_header *header,
                            int64_t *count);

/* Read a vector of integers of known length into `to`. */
rlra_status rlra_scipy_integers(const npz_group *group, const char *part, int64_t expected, int64_t *to);

/* Read a part of any order, as double. */
rlra_status rlra_scipy_table(const npz_group *group, const char *part, rlra_dataset **table);

/* Read diagonals (dia) or blocks (bsr) as entries with coordinates; zeros in them are padding and are left out. */
rlra_status rlra_scipy_read_diagonals(const scipy_array *a, rlra_dtype dtype, rlra_dataset **dataset);
rlra_status rlra_scipy_read_blocks(const scipy_array *a, rlra_dtype dtype, rlra_dataset **dataset);

#endif
