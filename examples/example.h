/* example.h: shared by the examples: stop with the message of the library if a call fails, and reproducible noise. */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <rlra/rlra.h>
#include <stdio.h>
#include <stdlib.h>

/* Longer programs would free their objects and return the status; an example may just exit. */
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
