/* core/source.h: the entries of an array that is not in memory: how to get at them. */
#ifndef RLRA_CORE_SOURCE_H
#define RLRA_CORE_SOURCE_H

#include <stdint.h>

#include "rlra/status.h"

typedef struct entry_source entry_source;

struct entry_source {
    /* Entries first .. first + count - 1, in the order in which they are stored, to `to` in the type of the array. `quiet`:
     * without a message, as in a thread that is not the caller's. Never called twice at a time. */
    rlra_status (*read)(entry_source *self, int quiet, int64_t first, int64_t count, void *to);

    /* Whether what is stored is still what it was when the source was made. */
    rlra_status (*check)(entry_source *self);
};

#endif
