/* support/tensors.h: random sparse tensors of any order in every storage, and their dense copies. */
#ifndef TESTS_SUPPORT_TENSORS_H
#define TESTS_SUPPORT_TENSORS_H

#include "rlra/sparse.h"
#include "support/arrays.h"

/* A view with the memory it borrows. */
typedef struct sparse_array {
    rlra_sparse view;
    int64_t *indices[RLRA_MAX_ORDER], *starts;
    real *values;
} sparse_array;

/* Swap entries a and b. */
static inline void swap_entries(const sparse_array *t, int64_t a, int64_t b)
{
    for (int m = 0; m < t->view.order; m++) {
        const int64_t index = t->indices[m][a];
        t->indices[m][a] = t->indices[m][b];
        t->indices[m][b] = index;
    }
    const real value = t->values[a];
    t->values[a] = t->values[b];
    t->values[b] = value;
}

/* Compressed along a mode: entries are few, and sorted in the plainest way. */
static inline void compress_tensor(sparse_array *t, int mode)
{
    int64_t *const index = t->indices[mode];
    const int64_t count = t->view.count, rows = t->view.dims[mode];
    for (int64_t a = 0; a < count; a++)
        for (int64_t b = a; b > 0 && index[b] < index[b - 1]; b--)
            swap_entries(t, b, b - 1);
    t->starts = calloc((size_t)rows + 1, sizeof *t->starts);
    for (int64_t e = 0; e < count; e++)
        t->starts[index[e] + 1]++;
    for (int64_t i = 0; i < rows; i++)
        t->starts[i + 1] += t->starts[i];
    t->view.compressed = mode;
    t->view.starts = t->starts;
    t->view.indices[mode] = NULL;
}

/* `count` entries at random places, some zero, some of them negative unless `is_count`, some at the same place; sums are exact. The
 * last index along modes longer than one has none. Compressed along a mode, or by coordinates in any order (-1). */
static inline sparse_array make_tensor(int order, const int64_t *dims, int64_t count, int compressed, int is_count,
                                       uint64_t seed)
{
    numbers from = {seed, 0};
    sparse_array t = {
        .view = {.dtype = REAL_DTYPE, .order = order, .count = count, .compressed = -1},
        .values = malloc((size_t)(count > 0 ? count : 1) * sizeof *t.values),
    };
    for (int m = 0; m < order; m++) {
        t.view.dims[m] = dims[m];
        t.indices[m] = malloc((size_t)(count > 0 ? count : 1) * sizeof *t.indices[m]);
        t.view.indices[m] = t.indices[m];
    }
    for (int64_t e = 0; e < count; e++) {
        for (int m = 0; m < order; m++)
            t.indices[m][e] = below(&from, dims[m] > 1 ? dims[m] - 1 : 1);
        t.values[e] = (real)(below(&from, 65) - (is_count ? 0 : 16)) / 8;
    }
    t.view.values = t.values;
    if (compressed >= 0)
        compress_tensor(&t, compressed);
    return t;
}

static inline void free_tensor(sparse_array *t)
{
    for (int m = 0; m < t->view.order; m++)
        free(t->indices[m]);
    free(t->starts);
    free(t->values);
}

/* All places in row-major order, entries of equal indices added up; the caller frees its memory. */
static inline view tensor_to_dense(const sparse_array *t)
{
    const view v = empty_view(t->view.order, t->view.dims, &c_order);
    int64_t index[RLRA_MAX_ORDER] = {0};
    do
        *entry_at(&v.array, index) = 0;
    while (next_index(&v.array, index));
    for (int64_t e = 0; e < t->view.count; e++) {
        for (int m = 0; m < t->view.order; m++)
            index[m] = t->indices[m][e];
        *entry_at(&v.array, index) += t->values[e];
    }
    return v;
}

#endif
