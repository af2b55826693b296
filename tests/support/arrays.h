/* support/arrays.h: arrays of any layout, and what plain loops over their entries make of them. */
#ifndef TESTS_SUPPORT_ARRAYS_H
#define TESTS_SUPPORT_ARRAYS_H

#include "rlra/array.h"
#include "support/support.h"

/* How an array lies in memory: its modes from slow to fast, strides as multiples, mirrored or repeated modes (bits). */
typedef struct arrangement {
    const char *name;
    int permutation; /* number of one of order! permutations; 0 is C order, the last one is Fortran order */
    int step;
    unsigned mirrored, repeated;
} arrangement;

typedef struct view {
    rlra_array array;
    real *memory;
} view;

/* Permutation `number` of 0 .. count-1, in lexical order. */
static inline void permutation_of(int number, int count, int *out)
{
    int left[RLRA_MAX_ORDER], total = 1;
    for (int m = 0; m < count; m++) {
        left[m] = m;
        total *= m + 1;
    }
    for (int m = 0; m < count; m++) {
        total /= count - m;
        const int at = number / total;
        number %= total;
        out[m] = left[at];
        memmove(left + at, left + at + 1, (size_t)(count - m - 1 - at) * sizeof *left);
    }
}

static inline int permutations(int count)
{
    return count <= 1 ? 1 : count * permutations(count - 1);
}

static inline ptrdiff_t offset_of(const rlra_array *array, const int64_t *index)
{
    ptrdiff_t offset = 0;
    for (int m = 0; m < array->order; m++)
        offset += index[m] * array->strides[m];
    return offset;
}

static inline real *entry_at(const rlra_array *array, const int64_t *index)
{
    return (real *)array->data + offset_of(array, index);
}

/* The next index in row-major order; 0 after the last, which is followed by the first. */
static inline int next_index(const rlra_array *array, int64_t *index)
{
    for (int m = array->order - 1; m >= 0; m--) {
        if (++index[m] < array->dims[m])
            return 1;
        index[m] = 0;
    }
    return 0;
}

/* Memory of NaN with an array in it whose entries are still NaN. */
static inline view empty_view(int order, const int64_t *dims, const arrangement *how)
{
    view v = {.array = {.dtype = REAL_DTYPE, .order = order}};
    int modes[RLRA_MAX_ORDER];
    ptrdiff_t stride = 1, first = 0;
    permutation_of(how->permutation, order, modes);
    for (int at = order - 1; at >= 0; at--) {
        const int m = modes[at];
        v.array.dims[m] = dims[m];
        v.array.strides[m] = how->repeated >> m & 1 ? 0 : stride * how->step;
        if (how->repeated >> m & 1)
            continue;
        stride *= how->step * dims[m];
        if (how->mirrored >> m & 1) {
            first += (dims[m] - 1) * v.array.strides[m];
            v.array.strides[m] = -v.array.strides[m];
        }
    }
    v.memory = nan_reals(stride);
    v.array.data = v.memory + first;
    return v;
}

static inline view normal_view(numbers *from, int order, const int64_t *dims, const arrangement *how)
{
    const view v = empty_view(order, dims, how);
    int64_t index[RLRA_MAX_ORDER] = {0};
    do
        *entry_at(&v.array, index) = (real)normal(from);
    while (next_index(&v.array, index));
    return v;
}

static const arrangement c_order = {"C order", 0, 1, 0, 0};

/* Value of [[factors]] at an index; *size gets the sum of the magnitudes of its terms, unless NULL. */
static inline double model_at(int order, const factor *factors, const int64_t *index, double *size)
{
    double sum = 0, total = 0;
    for (ptrdiff_t k = 0; k < factors[0].rank; k++) {
        double product = 1;
        for (int m = 0; m < order; m++)
            product *= (double)*entry(factors[m], index[m], k);
        sum += product;
        total += fabs(product);
    }
    if (size != NULL)
        *size = total;
    return sum;
}

/* A sum in double with the magnitudes of its terms. */
typedef struct tally {
    double sum, size;
} tally;

static inline void tally_add(tally *t, double term)
{
    t->sum += term;
    t->size += fabs(term);
}

/* X_(mode) (khatri-rao of the other factors): tally [i * rank + k]. */
static inline tally *contract_plain(const rlra_array *array, int mode, const factor *factors)
{
    const ptrdiff_t rank = factors[0].rank;
    tally *const out = calloc((size_t)(array->dims[mode] * rank), sizeof *out);
    int64_t index[RLRA_MAX_ORDER] = {0};
    do {
        const double value = (double)*entry_at(array, index);
        for (ptrdiff_t k = 0; k < rank; k++) {
            double product = value;
            for (int m = 0; m < array->order; m++)
                product *= m == mode ? 1 : (double)*entry(factors[m], index[m], k);
            tally_add(&out[index[mode] * rank + k], product);
        }
    } while (next_index(array, index));
    return out;
}

/* sum (X - [[factors]])^2 and a bound of its rounding errors. */
static inline double residual_plain(const rlra_array *array, const factor *factors, double *tolerance)
{
    double sum = 0, slack = 0;
    int64_t index[RLRA_MAX_ORDER] = {0};
    do {
        double size;
        const double value = (double)*entry_at(array, index);
        const double left = value - model_at(array->order, factors, index, &size);
        const double error = sum_tolerance(factors[0].rank, fabs(value) + size);
        sum += left * left;
        slack += error * (2 * fabs(left) + error);
    } while (next_index(array, index));
    *tolerance = slack + 64 * DBL_EPSILON * sum;
    return sum;
}

#endif
