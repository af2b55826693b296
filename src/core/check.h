/* core/check.h: how functions leave early: one `status`, one `cleanup:` label. */
#ifndef RLRA_CORE_CHECK_H
#define RLRA_CORE_CHECK_H

#include "rlra/status.h"

/* All need a local `rlra_status status` and a label `cleanup` in the calling function. */
#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        if ((status = (call)) != RLRA_OK)                                                                              \
            goto cleanup;                                                                                              \
    } while (0)

/* REQUIRE(rank >= 1, rlra_fail(context, RLRA_ERR_ARGUMENT, "rank must be at least 1, got %d", rank)) */
#define REQUIRE(condition, failure)                                                                                    \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            status = (failure);                                                                                        \
            goto cleanup;                                                                                              \
        }                                                                                                              \
    } while (0)

#endif
