/* api/summarise.c: count zeros, NaN, .. of an array and find its range, in one pass over its memory. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "api/array.h"
#include "core/threads.h"
#include "core/view.h"

/* Entries summarised together: a block of double stays in the first-level cache. */
#define BLOCK 1024
#define LANES 8
/* Parts with separate sums: a fixed number, so that the mean does not depend on the threads. */
#define PARTS 64
/* With fewer entries one thread is faster. */
#define PARALLEL_ENTRIES 65536

typedef struct part {
    int64_t zeros, negatives, nans, infinities;
    double least, most, sum;
} part;

/* Scan `length` entries, a multiple of LANES. Counts are lanes of double, exact here, so that every statement vectorises. */
static void add_block(const double *x, int length, part *p)
{
    double zeros[LANES] = {0}, negatives[LANES] = {0}, nans[LANES] = {0}, finites[LANES] = {0}, sum[LANES] = {0};
    double least[LANES], most[LANES];
    for (int l = 0; l < LANES; l++) {
        least[l] = INFINITY;
        most[l] = -INFINITY;
    }
    for (int i = 0; i < length; i += LANES)
        for (int l = 0; l < LANES; l++) {
            const double value = x[i + l];
            const int finite = fabs(value) < INFINITY;
            const double low = finite ? value : INFINITY, high = finite ? value : -INFINITY;
            zeros[l] += value == 0 ? 1.0 : 0.0;
            negatives[l] += value < 0 ? 1.0 : 0.0;
            nans[l] += value != value ? 1.0 : 0.0;
            finites[l] += finite ? 1.0 : 0.0;
            sum[l] += finite ? value : 0.0;
            least[l] = low < least[l] ? low : least[l];
            most[l] = high > most[l] ? high : most[l];
        }
    p->infinities += length;
    for (int l = 0; l < LANES; l++) {
        p->zeros += (int64_t)zeros[l];
        p->negatives += (int64_t)negatives[l];
        p->nans += (int64_t)nans[l];
        p->infinities -= (int64_t)(finites[l] + nans[l]);
        p->sum += sum[l];
        p->least = least[l] < p->least ? least[l] : p->least;
        p->most = most[l] > p->most ? most[l] : p->most;
    }
}

static void load(const rlra_array *array, int64_t offset, int64_t stride, int length, double *block)
{
    if (array->dtype == RLRA_DTYPE_I64) {
        const int64_t *const at = (const int64_t *)array->data + offset;
        for (int64_t i = 0; i < length; i++)
            block[i] = (double)at[i * stride];
    } else if (array->dtype == RLRA_DTYPE_F32) {
        const float *const at = (const float *)array->data + offset;
        for (int i = 0; i < length; i++)
            block[i] = at[i * stride];
    } else {
        const double *const at = (const double *)array->data + offset;
        for (int i = 0; i < length; i++)
            block[i] = at[i * stride];
    }
}

/* Scan `length` entries from `offset`. The last block is padded with Inf, which changes one count only. */
static void scan_run(const rlra_array *array, int64_t offset, int64_t stride, int64_t length, part *p)
{
    double block[BLOCK + LANES];
    for (int64_t begin = 0; begin < length; begin += BLOCK) {
        const int entries = (int)(length - begin < BLOCK ? length - begin : BLOCK);
        const int padded = (entries + LANES - 1) / LANES * LANES;
        load(array, offset + begin * stride, stride, entries, block);
        for (int i = entries; i < padded; i++)
            block[i] = INFINITY;
        add_block(block, padded, p);
        p->infinities -= padded - entries;
    }
}

/* Scan entries begin .. end-1 of the array, counted with the last mode fastest. */
static void scan_range(const rlra_array *array, int64_t begin, int64_t end, part *p)
{
    const int last = array->order - 1;
    while (begin < end) {
        const int64_t inner = begin % array->dims[last];
        int64_t rest = begin / array->dims[last], offset = inner * array->strides[last];
        for (int mode = last - 1; mode >= 0; mode--) {
            offset += rest % array->dims[mode] * array->strides[mode];
            rest /= array->dims[mode];
        }
        const int64_t left = array->dims[last] - inner, length = left < end - begin ? left : end - begin;
        scan_run(array, offset, array->strides[last], length, p);
        begin += length;
    }
}

rlra_status rlra_array_summarise(const rlra_array *array, rlra_array_summary *summary)
{
    if (array == NULL || summary == NULL || rlra_view_check(NULL, "", array, 1) != RLRA_OK ||
        (array->data == NULL && rlra_array_count(array) > 0))
        return RLRA_ERR_ARGUMENT;
    const rlra_array walk = rlra_array_in_memory_order(array);
    const int64_t count = rlra_array_count(array);
    part parts[PARTS];
    const int threads = count >= PARALLEL_ENTRIES ? rlra_team(rlra_threads(0)) : 1;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int k = 0; k < PARTS; k++) {
        part p = {.least = INFINITY, .most = -INFINITY};
        const int64_t share = count / PARTS, extra = count % PARTS;
        const int64_t begin = k * share + (k < extra ? k : extra);
        scan_range(&walk, begin, begin + share + (k < extra), &p);
        parts[k] = p;
    }
    part all = parts[0];
    for (int k = 1; k < PARTS; k++) {
        all.zeros += parts[k].zeros;
        all.negatives += parts[k].negatives;
        all.nans += parts[k].nans;
        all.infinities += parts[k].infinities;
        all.sum += parts[k].sum;
        all.least = parts[k].least < all.least ? parts[k].least : all.least;
        all.most = parts[k].most > all.most ? parts[k].most : all.most;
    }
    const int64_t finite = count - all.nans - all.infinities;
    *summary = (rlra_array_summary){.count = count,
                                    .zeros = all.zeros,
                                    .negatives = all.negatives,
                                    .nans = all.nans,
                                    .infinities = all.infinities,
                                    .least = finite > 0 ? all.least : NAN,
                                    .most = finite > 0 ? all.most : NAN,
                                    .mean = finite > 0 ? all.sum / (double)finite : NAN};
    return RLRA_OK;
}
