/* fingerprint/data.c: small arrays whose bits depend on nothing but their name. */
#include "fingerprint/data.h"

#include <string.h>

double fingerprint_number(uint64_t seed, uint64_t place)
{
    uint64_t x = seed * 0x9e3779b97f4a7c15u + place * 0xd1342543de82ef95u + 1;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (double)((x ^ (x >> 31)) >> 44) / (1 << 20);
}

void fingerprint_put(rlra_dtype dtype, void *data, int64_t place, double number)
{
    if (dtype == RLRA_DTYPE_F32)
        ((float *)data)[place] = (float)number;
    else
        ((double *)data)[place] = number;
}

/* Three components and a little noise. */
static double entry(int order, const int64_t *index, uint64_t seed)
{
    double sum = 0;
    for (uint64_t k = 0; k < 3; k++) {
        double product = 1;
        for (int m = 0; m < order; m++)
            product *= fingerprint_number(seed + 7 * k + 31 * (uint64_t)m, (uint64_t)index[m]);
        sum += product;
    }
    uint64_t place = 0;
    for (int m = 0; m < order; m++)
        place = place * 1009 + (uint64_t)index[m];
    return sum + 0.05 * fingerprint_number(seed + 1000, place) + 0x1p-10;
}

/* The next index in row-major order; 0 after the last. */
static int next(int order, const int64_t *dims, int64_t *index)
{
    for (int m = order - 1; m >= 0; m--) {
        if (++index[m] < dims[m])
            return 1;
        index[m] = 0;
    }
    return 0;
}

void fingerprint_dense(stored *to, rlra_dtype dtype, int order, const int64_t *dims, uint64_t seed, int zeros, int gap)
{
    int64_t index[RLRA_MAX_ORDER] = {0};
    to->dense = rlra_array_contiguous(dtype, order, dims, to->values);
    if (gap > 0) {
        to->dense.strides[0] = 1 + gap;
        for (int m = 1; m < order; m++)
            to->dense.strides[m] = to->dense.strides[m - 1] * dims[m - 1];
    }
    memset(to->values, 0, sizeof to->values);
    do {
        int64_t place = 0;
        for (int m = 0; m < order; m++)
            place += index[m] * to->dense.strides[m];
        const double value = entry(order, index, seed);
        const int zero = zeros && fingerprint_number(seed + 2000, (uint64_t)place) < 0.25;
        fingerprint_put(dtype, to->values, place, zero ? 0 : value);
    } while (next(order, dims, index));
}

void fingerprint_sparse(stored *to, rlra_dtype dtype, int order, const int64_t *dims, uint64_t seed, double part,
                        int compressed)
{
    int64_t index[RLRA_MAX_ORDER] = {0}, count = 0;
    const int64_t *indices[RLRA_MAX_ORDER] = {NULL};
    uint64_t place = 0;
    memset(to->starts, 0, sizeof to->starts);
    do {
        if (fingerprint_number(seed + 3000, place++) >= part || count == STORED_MOST)
            continue;
        fingerprint_put(dtype, to->values, count, 1 + (double)(int)(8 * entry(order, index, seed)));
        for (int m = 0; m < order; m++)
            to->indices[m][count] = index[m];
        to->starts[index[0] + 1]++;
        count++;
    } while (next(order, dims, index));
    for (int m = 0; m < order; m++)
        indices[m] = to->indices[m];
    for (int64_t i = 0; i < dims[0]; i++)
        to->starts[i + 1] += to->starts[i];
    to->sparse = compressed < 0 ? rlra_sparse_coo(dtype, order, dims, count, indices, to->values)
                                : rlra_sparse_csr(dtype, dims[0], dims[1], to->starts, to->indices[1], to->values);
}
