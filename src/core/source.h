/* core/source.h: the interface for reading entries of an array that is not in memory. */
#ifndef RLRA_CORE_SOURCE_H
#define RLRA_CORE_SOURCE_H

#include <stdint.h>

#include "rlra/status.h"

typedef struct entry_source entry_source;

struct entry_source {
    /* Read entries first .. first + count - 1, in stored order, to `to` in the type of the array. `quiet`: without a message,
     * for other threads than the caller's. Never called concurrently. */
    rlra_status (*read)(entry_source *self, int quiet, int64_t first, int64_t count, void *to);

    /* Check that the stored array has not changed since the source was made. */
    rlra_status (*check)(entry_source *self);
};

#endif
