/* support/meter.h: an allocator that counts what is alive and refuses on demand. */
#ifndef TESTS_SUPPORT_METER_H
#define TESTS_SUPPORT_METER_H

#include "core/context.h"
#include "support/support.h"

/* Refuses allocation number `refuse` (from 0; negative: none). */
typedef struct meter {
    long made, refuse, alive;
} meter;

static inline void *meter_allocate(void *user, size_t bytes)
{
    meter *const m = user;
    if (m->made++ == m->refuse)
        return NULL;
    m->alive++;
    void *const memory = malloc(bytes);
    memset(memory, 0xa5, bytes); /* nobody may count on zeros */
    return memory;
}

static inline void meter_release(void *user, void *memory)
{
    meter *const m = user;
    assert_non_null(memory);
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

/* A call failed with this status, and the message holds this part. */
static inline void expect(rlra_context *context, rlra_status came, rlra_status status, const char *part)
{
    const char *const message = rlra_context_message(context);
    if (came != status || strstr(message, part) == NULL)
        fail_msg("expected '%s' with \"..%s..\", got '%s': %s", rlra_status_text(status), part, rlra_status_text(came),
                 message);
}

#endif
