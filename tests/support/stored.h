/* support/stored.h: an array that is read from memory as if it came from a file, and operators on it. */
#ifndef TESTS_SUPPORT_STORED_H
#define TESTS_SUPPORT_STORED_H

#include "data/windows.h"
#include "support/guarded.h"
#include "support/operators.h"

/* Entries in the order of their memory. */
typedef struct file_array {
    entry_source base;
    const real *memory;
    int64_t reads, entries; /* done so far */
    int64_t next, jumps;    /* where the last one ended; how many did not begin there, or at 0 */
    int64_t fails_at;       /* reading fails from this number of entries on; < 0: never */
    int checks_fail;
} file_array;

static inline rlra_status read_stored(entry_source *base, int quiet, int64_t first, int64_t count, void *to)
{
    file_array *const self = (file_array *)base;
    (void)quiet;
    if (self->fails_at >= 0 && self->entries + count > self->fails_at)
        return RLRA_ERR_FILE;
    memcpy(to, self->memory + first, (size_t)count * sizeof(real));
    self->reads++;
    self->jumps += first != 0 && first != self->next;
    self->next = first + count;
    self->entries += count;
    return RLRA_OK;
}

static inline rlra_status check_stored(entry_source *base)
{
    return ((file_array *)base)->checks_fail ? RLRA_ERR_FILE : RLRA_OK;
}

static inline file_array store(const view *v)
{
    return (file_array){.base = {read_stored, check_stored}, .memory = v->memory, .fails_at = -1};
}

static inline void plan_stored(operators *o, ptrdiff_t rank, int threads, windows *from)
{
    plan_operators(o, rank, threads);
    RLRA(windows_take)(from, &o->work);
}

/* Operators on the stored array, with windows of `times` the least size; `from` must outlive them, and is to be stopped. */
static inline operators *make_stored(const rlra_array *array, file_array *source, double times, ptrdiff_t rank,
                                     int threads, windows *from)
{
    operators *const o = calloc(1, sizeof *o);
    const dense_scan scan = RLRA(dense_scan)(array, threads);
    assert_int_equal(rlra_context_create(NULL, &o->context), RLRA_OK);
    *from = (windows){.array = *array, .source = &source->base};
    from->array.data = NULL;
    RLRA(dense_init)(&o->dense, &from->array, from, &scan);
    o->x = &o->dense.base;
    plan_operators(o, rank, threads);
    RLRA(windows_size)(from, 2 * times * RLRA(windows_least)(&o->plan), INFINITY);
    o->work = (arena){0};
    plan_stored(o, rank, threads, from);
    o->bytes = o->work.peak;
    assert_int_equal(rlra_arena_allocate(o->context, &o->work, "a test"), RLRA_OK);
    fill_with_nan(&o->work);
    plan_stored(o, rank, threads, from);
    assert_int_equal(RLRA(windows_start)(o->context, from), RLRA_OK);
    return o;
}

#endif
