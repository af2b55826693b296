/* example.h: what the examples share: stop with the library's sentence when a call fails, and noise that repeats. */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <rlra/rlra.h>
#include <stdio.h>
#include <stdlib.h>

/* Programs that live on would free what they hold and hand the status up; an example may just end. */
static inline void check(rlra_context *context, rlra_status status)
{
    if (status == RLRA_OK)
        return;
    fprintf(stderr, "%s: %s\n", rlra_status_text(status), rlra_context_message(context));
    exit(1);
}

/* A number in [0, 1) from a small linear congruential generator. */
static inline double noise(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state / 4294967296.0;
}

static inline double entry(const rlra_array *array, int64_t row, int64_t column)
{
    const int64_t index[] = {row, column};
    return rlra_array_get(array, index);
}

#endif
