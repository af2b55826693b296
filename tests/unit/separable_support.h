/* unit/separable_support.h: random numbers and a counting, failing allocator for the tests of this area. */
#ifndef TESTS_UNIT_SEPARABLE_SUPPORT_H
#define TESTS_UNIT_SEPARABLE_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/context.h"
#include "core/random.h"

/* Numbers in a row; `seed` names the case in a failure message. */
typedef struct numbers {
    uint64_t seed, next;
} numbers;

static inline double uniform(numbers *from)
{
    return rlra_random_uniform(from->seed, 0, from->next++);
}

static inline double normal(numbers *from)
{
    return rlra_random_normal(from->seed, 1, from->next++);
}

static inline ptrdiff_t below(numbers *from, ptrdiff_t limit)
{
    return (ptrdiff_t)(uniform(from) * (double)limit);
}

/* Refuses allocation number `refuse` (from 0; negative: none) and counts what is alive. */
typedef struct meter {
    long made, refuse, alive;
} meter;

static inline void *meter_allocate(void *user, size_t bytes)
{
    meter *const m = user;
    if (m->made++ == m->refuse)
        return NULL;
    m->alive++;
    return malloc(bytes);
}

static inline void meter_release(void *user, void *memory)
{
    meter *const m = user;
    m->alive--;
    free(memory);
}

static inline rlra_context *metered_context(meter *m)
{
    const rlra_allocator allocator = {meter_allocate, meter_release, m};
    rlra_context *context = NULL;
    *m = (meter){.refuse = -1};
    assert_int_equal(rlra_context_create(&allocator, &context), RLRA_OK);
    return context;
}

#endif
