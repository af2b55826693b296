/* rlra/status.h: the statuses that calls return. */
#ifndef RLRA_STATUS_H
#define RLRA_STATUS_H

#include "rlra/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One list for both the enum and the texts. */
#define RLRA_STATUS_LIST(ENTRY)                                                                                        \
    ENTRY(RLRA_OK, 0, "success")                                                                                       \
    ENTRY(RLRA_ERR_ARGUMENT, -1, "an argument is out of its valid range")                                              \
    ENTRY(RLRA_ERR_SHAPE, -2, "array shapes do not agree")                                                             \
    ENTRY(RLRA_ERR_MEMORY, -3, "out of memory")                                                                        \
    ENTRY(RLRA_ERR_DATA, -4, "the data holds values that are not allowed")                                             \
    ENTRY(RLRA_ERR_UNSUPPORTED, -5, "this combination is not supported")                                               \
    ENTRY(RLRA_ERR_FILE, -6, "a file could not be opened, read or written")                                            \
    ENTRY(RLRA_ERR_FORMAT, -7, "a file does not hold what its format demands")                                         \
    ENTRY(RLRA_ERR_NUMERIC, -8, "the computation broke down")

typedef enum rlra_status {
#define RLRA_STATUS_ENUM(name, value, text) name = (value),
    RLRA_STATUS_LIST(RLRA_STATUS_ENUM)
#undef RLRA_STATUS_ENUM
} rlra_status;

/** A short text for a status, for example "out of memory"; never NULL. rlra_context_message() has the full message of a failure:
 * what was expected, what was found, and where. */
RLRA_API const char *rlra_status_text(rlra_status status);

#ifdef __cplusplus
}
#endif
#endif
