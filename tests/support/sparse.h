/* support/sparse.h: random sparse matrices in every storage, and their dense copies. */
#ifndef TESTS_SUPPORT_SPARSE_H
#define TESTS_SUPPORT_SPARSE_H

#include "rlra/sparse.h"
#include "support/support.h"

/* How the entries are stored. */
enum { STORAGE_SHUFFLED, STORAGE_SORTED, STORAGE_CSR, STORAGE_CSR_SHUFFLED, STORAGE_CSC, STORAGES };

/* A view with the memory it borrows. */
typedef struct sparse_matrix {
    rlra_sparse view;
    int64_t dims[2], *i, *j, *starts;
    real *values;
} sparse_matrix;

/* Order of entries in a storage: the number by which they are sorted. */
static inline int64_t sparse_key(const sparse_matrix *m, int storage, int64_t e)
{
    const int64_t shuffled = (int64_t)((uint64_t)(e + 1) * UINT64_C(0x9E3779B97F4A7C15) >> 40);
    const int64_t wide = INT64_C(1) << 24;
    switch (storage) {
    case STORAGE_SHUFFLED:
        return shuffled;
    case STORAGE_SORTED:
    case STORAGE_CSR:
        return m->i[e] * m->dims[1] + m->j[e];
    case STORAGE_CSR_SHUFFLED:
        return m->i[e] * wide + shuffled;
    default:
        return m->j[e] * wide + shuffled;
    }
}

/* An entry on its way through a sort. */
typedef struct sparse_item {
    int64_t key, i, j;
    real value;
} sparse_item;

static inline int compare_items(const void *a, const void *b)
{
    const sparse_item *const x = a, *const y = b;
    return (x->key > y->key) - (x->key < y->key);
}

/* Keys are distinct but for equal places in order, where the order of equal entries does not matter: sums are exact. */
static inline void sort_entries(sparse_matrix *m, int storage)
{
    const size_t count = (size_t)m->view.count;
    sparse_item *const items = malloc((count + 1) * sizeof *items);
    for (size_t e = 0; e < count; e++)
        items[e] = (sparse_item){sparse_key(m, storage, (int64_t)e), m->i[e], m->j[e], m->values[e]};
    qsort(items, count, sizeof *items, compare_items);
    for (size_t e = 0; e < count; e++) {
        m->i[e] = items[e].i;
        m->j[e] = items[e].j;
        m->values[e] = items[e].value;
    }
    free(items);
}

static inline void compress(sparse_matrix *m, int mode)
{
    const int64_t *const index = mode == 0 ? m->i : m->j;
    m->starts = calloc((size_t)m->dims[mode] + 1, sizeof *m->starts);
    for (int64_t e = 0; e < m->view.count; e++)
        m->starts[index[e] + 1]++;
    for (int64_t i = 0; i < m->dims[mode]; i++)
        m->starts[i + 1] += m->starts[i];
    m->view.compressed = mode;
    m->view.starts = m->starts;
    m->view.indices[mode] = NULL;
}

/* `fill` x rows x columns entries at random places, some of them zero, some at the same place; sums are exact. The last row and
 * column stay empty where there are others. */
static inline sparse_matrix make_sparse(const int64_t *dims, double fill, int storage, uint64_t seed)
{
    numbers from = {seed, 0};
    sparse_matrix m = {.dims = {dims[0], dims[1]}};
    const int64_t count = (int64_t)(fill * (double)dims[0] * (double)dims[1]);
    const size_t room = (size_t)(count > 0 ? count : 1);
    m.i = malloc(room * sizeof *m.i);
    m.j = malloc(room * sizeof *m.j);
    m.values = malloc(room * sizeof *m.values);
    for (int64_t e = 0; e < count; e++) {
        m.i[e] = below(&from, dims[0] > 1 ? dims[0] - 1 : 1);
        m.j[e] = below(&from, dims[1] > 1 ? dims[1] - 1 : 1);
        m.values[e] = (real)(below(&from, 65) - 16) / 8;
    }
    m.view = (rlra_sparse){.dtype = REAL_DTYPE,
                           .order = 2,
                           .dims = {dims[0], dims[1]},
                           .count = count,
                           .compressed = -1,
                           .indices = {m.i, m.j},
                           .values = m.values};
    sort_entries(&m, storage);
    if (storage >= STORAGE_CSR)
        compress(&m, storage == STORAGE_CSC ? 1 : 0);
    return m;
}

static inline void free_sparse(sparse_matrix *m)
{
    free(m->i);
    free(m->j);
    free(m->values);
    free(m->starts);
}

/* Row-major, freed by the caller. */
static inline double *sparse_to_dense(const sparse_matrix *m)
{
    double *const dense = calloc((size_t)(m->dims[0] * m->dims[1]), sizeof *dense);
    for (int64_t e = 0; e < m->view.count; e++)
        dense[m->i[e] * m->dims[1] + m->j[e]] += (double)m->values[e];
    return dense;
}

#endif
