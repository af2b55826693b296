/* api/sparse.c: make views of sparse arrays and report their contents. */
#include "rlra/sparse.h"

#include <math.h>
#include <string.h>

#include "core/check.h"
#include "core/sparse.h"

rlra_sparse rlra_sparse_csr(rlra_dtype dtype, int64_t rows, int64_t columns, const int64_t *starts,
                            const int64_t *indices, const void *values)
{
    return (rlra_sparse){.dtype = dtype,
                         .order = 2,
                         .dims = {rows, columns},
                         .count = starts == NULL || rows < 0 ? 0 : starts[rows],
                         .compressed = 0,
                         .starts = starts,
                         .indices = {NULL, indices},
                         .values = values};
}

rlra_sparse rlra_sparse_csc(rlra_dtype dtype, int64_t rows, int64_t columns, const int64_t *starts,
                            const int64_t *indices, const void *values)
{
    return (rlra_sparse){.dtype = dtype,
                         .order = 2,
                         .dims = {rows, columns},
                         .count = starts == NULL || columns < 0 ? 0 : starts[columns],
                         .compressed = 1,
                         .starts = starts,
                         .indices = {indices, NULL},
                         .values = values};
}

rlra_sparse rlra_sparse_coo(rlra_dtype dtype, int order, const int64_t *dims, int64_t count,
                            const int64_t *const *indices, const void *values)
{
    if (dims == NULL || indices == NULL)
        return (rlra_sparse){.dtype = dtype, .compressed = -1};
    rlra_sparse s = {.dtype = dtype, .order = order, .count = count, .compressed = -1, .values = values};
    for (int m = 0; m < order && m < RLRA_MAX_ORDER; m++) {
        s.dims[m] = dims[m];
        s.indices[m] = indices[m];
    }
    return s;
}

/* A walk over the entries; `group` is the index along the compressed mode. */
typedef struct walk {
    const rlra_sparse *s;
    int64_t e, group;
} walk;

static int64_t index_of(const walk *w, int m, int64_t e, int64_t group)
{
    return m == w->s->compressed ? group : w->s->indices[m][e];
}

static void to_group(walk *w)
{
    if (w->s->compressed >= 0)
        while (w->s->starts[w->group + 1] <= w->e)
            w->group++;
}

/* Whether indices rise strictly, with the first mode slowest (forward) or fastest, so that no two are equal. */
static int rises(const rlra_sparse *s, int forward)
{
    int64_t before[RLRA_MAX_ORDER];
    walk w = {s, 0, 0};
    for (; w.e < s->count; w.e++) {
        int sign = w.e == 0;
        to_group(&w);
        for (int k = 0; k < s->order; k++) {
            const int m = forward ? k : s->order - 1 - k;
            const int64_t index = index_of(&w, m, w.e, w.group);
            if (sign == 0)
                sign = w.e == 0 || index > before[m] ? 1 : index < before[m] ? -1 : 0;
            before[m] = index;
        }
        if (sign <= 0)
            return 0;
    }
    return 1;
}

/* One slot of a hash table: an entry and its group, or entry -1. */
typedef struct slot {
    int64_t e, group;
} slot;

static uint64_t hash_of(const walk *w)
{
    uint64_t hash = 0;
    for (int m = 0; m < w->s->order; m++) {
        hash = (hash ^ (uint64_t)index_of(w, m, w->e, w->group)) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 32;
    }
    return hash;
}

static int same_place(const walk *w, const slot *other)
{
    for (int m = 0; m < w->s->order; m++)
        if (index_of(w, m, w->e, w->group) != index_of(w, m, other->e, other->group))
            return 0;
    return 1;
}

static rlra_status count_duplicates(rlra_context *context, const rlra_sparse *s, int64_t *duplicates)
{
    size_t room = 16;
    walk w = {s, 0, 0};
    *duplicates = 0;
    if (rises(s, 1) || rises(s, 0))
        return RLRA_OK;
    while (room < 2 * (size_t)s->count)
        room *= 2;
    slot *const slots = rlra_alloc(context, room, sizeof *slots);
    if (slots == NULL)
        return rlra_fail_memory(context, room, sizeof *slots, "looking for duplicates in a sparse array");
    memset(slots, 0xff, room * sizeof *slots); /* entry -1 everywhere */
    for (; w.e < s->count; w.e++) {
        to_group(&w);
        size_t at = (size_t)hash_of(&w) & (room - 1);
        while (slots[at].e >= 0 && !same_place(&w, &slots[at]))
            at = (at + 1) & (room - 1);
        if (slots[at].e >= 0)
            ++*duplicates;
        else
            slots[at] = (slot){w.e, w.group};
    }
    rlra_free(context, slots);
    return RLRA_OK;
}

static void scan_values(const rlra_sparse *s, rlra_sparse_summary *reported)
{
    double sum = 0, least = INFINITY, most = -INFINITY;
    for (int64_t e = 0; e < s->count; e++) {
        const double value = rlra_sparse_value(s, e);
        if (!isfinite(value)) {
            reported->nans += isnan(value) != 0;
            reported->infinities += isnan(value) == 0;
            continue;
        }
        reported->zeros += value == 0;
        reported->negatives += value < 0;
        least = value < least ? value : least;
        most = value > most ? value : most;
        sum += value;
    }
    const int64_t finite = s->count - reported->nans - reported->infinities;
    reported->least = finite > 0 ? least : NAN;
    reported->most = finite > 0 ? most : NAN;
    reported->mean = finite > 0 ? sum / (double)finite : NAN;
}

rlra_status rlra_sparse_summarise(rlra_context *context, const rlra_sparse *sparse, rlra_sparse_summary *summary)
{
    if (!(sparse != NULL && summary != NULL))
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "a summary needs a sparse array and a place for it, got NULL");
    rlra_status status = RLRA_OK;
    rlra_sparse_summary reported = {.stored = sparse->count, .density = (double)sparse->count};
    TRY(rlra_sparse_check_places(context, sparse));
    for (int m = 0; m < sparse->order; m++)
        reported.density /= (double)sparse->dims[m];
    scan_values(sparse, &reported);
    TRY(count_duplicates(context, sparse, &reported.duplicates));
    *summary = reported;
cleanup:
    return status;
}
