/* api/summarise.c: count zeros, NaN, .. of an array and find its range, in one pass over its memory. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "api/array.h"
#include "core/threads.h"
#include "core/view.h"
#include "linalg/kernels.h"

/* Entries summarised together: a block of double stays in the first-level cache. */
#define BLOCK 1024
/* Parts that are summed on their own: a fixed number, so that the mean does not depend on the threads. */
#define PARTS 64
/* With fewer entries one thread is faster. */
#define PARALLEL_ENTRIES 65536

typedef struct part {
    int64_t nans, infinities;
    entry_sums sums; /* of the others */
} part;

/* Entry by entry, without those that are NaN or infinite. */
static entry_sums sum_singly(const double *x, int length, part *p)
{
    entry_sums sums = {.least = INFINITY, .most = -INFINITY};
    for (int i = 0; i < length; i++) {
        p->nans += isnan(x[i]) ? 1 : 0;
        p->infinities += isinf(x[i]) ? 1 : 0;
        sums.negatives += x[i] < 0;
        if (!isfinite(x[i]))
            continue;
        sums.sum += x[i];
        sums.zeros += x[i] == 0;
        sums.least = fmin(sums.least, x[i]);
        sums.most = fmax(sums.most, x[i]);
    }
    return sums;
}

static void add_sums(entry_sums *to, const entry_sums *from)
{
    to->sum += from->sum;
    to->zeros += from->zeros;
    to->negatives += from->negatives;
    to->least = fmin(to->least, from->least);
    to->most = fmax(to->most, from->most);
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

/* Look at `length` entries from `offset`. */
static void scan_run(const rlra_array *array, int64_t offset, int64_t stride, int64_t length,
                     const double_products *products, part *p)
{
    double block[BLOCK];
    for (int64_t begin = 0; begin < length; begin += BLOCK) {
        const int entries = (int)(length - begin < BLOCK ? length - begin : BLOCK);
        entry_sums sums;
        load(array, offset + begin * stride, stride, entries, block);
        products->entry_sums(entries, block, &sums);
        if (!isfinite(sums.norm2))
            sums = sum_singly(block, entries, p);
        add_sums(&p->sums, &sums);
    }
}

/* Scan entries begin .. end-1 of the array, counted with the last mode fastest. */
static void scan_range(const rlra_array *array, int64_t begin, int64_t end, part *p)
{
    const double_products products = rlra_double_products();
    const int last = array->order - 1;
    while (begin < end) {
        const int64_t inner = begin % array->dims[last];
        int64_t rest = begin / array->dims[last], offset = inner * array->strides[last];
        for (int mode = last - 1; mode >= 0; mode--) {
            offset += rest % array->dims[mode] * array->strides[mode];
            rest /= array->dims[mode];
        }
        const int64_t left = array->dims[last] - inner, length = left < end - begin ? left : end - begin;
        scan_run(array, offset, array->strides[last], length, &products, p);
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
        part p = {.sums = {.least = INFINITY, .most = -INFINITY}};
        const int64_t share = count / PARTS, extra = count % PARTS;
        const int64_t begin = k * share + (k < extra ? k : extra);
        scan_range(&walk, begin, begin + share + (k < extra), &p);
        parts[k] = p;
    }
    part all = parts[0];
    for (int k = 1; k < PARTS; k++) {
        all.nans += parts[k].nans;
        all.infinities += parts[k].infinities;
        add_sums(&all.sums, &parts[k].sums);
    }
    const int64_t finite = count - all.nans - all.infinities;
    *summary = (rlra_array_summary){.count = count,
                                    .zeros = (int64_t)all.sums.zeros,
                                    .negatives = (int64_t)all.sums.negatives,
                                    .nans = all.nans,
                                    .infinities = all.infinities,
                                    .least = finite > 0 ? all.sums.least : NAN,
                                    .most = finite > 0 ? all.sums.most : NAN,
                                    .mean = finite > 0 ? all.sums.sum / (double)finite : NAN};
    return RLRA_OK;
}
