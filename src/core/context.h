/* core/context.h: the structure of a context: memory, the last message, progress, interruption. */
#ifndef RLRA_CORE_CONTEXT_H
#define RLRA_CORE_CONTEXT_H

#include <stdatomic.h>
#include <stddef.h>

#include "rlra/context.h"

#define RLRA_MESSAGE_BYTES 1024

struct rlra_context {
    rlra_allocator allocator;
    const rlra_context *parent; /* whose interruption is one of this, too; or NULL */
    rlra_progress_callback progress;
    void *progress_user;
    double memory; /* memory of the machine by the environment; NAN: as the system reports */
    atomic_int interrupted;
    char message[RLRA_MESSAGE_BYTES];
};

/* A context for another thread, of which nothing is to be freed; the parent outlives it. Its allocator is not the heap, as far as
 * checks of memory are concerned: those are the parent's. */
void rlra_context_branch(const rlra_context *parent, const rlra_allocator *allocator, rlra_context *child);

/* Keep the sentence for the user and return `status`. Context may be NULL: the sentence is lost. */
rlra_status rlra_fail(rlra_context *context, rlra_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Memory for count x size bytes, not cleared; NULL if there is none or the product overflows. */
void *rlra_alloc(rlra_context *context, size_t count, size_t size);
void *rlra_alloc_zero(rlra_context *context, size_t count, size_t size);
void rlra_free(rlra_context *context, void *memory);

/* rlra_fail() with the usual message, which names the purpose of the memory. */
rlra_status rlra_fail_memory(rlra_context *context, size_t count, size_t size, const char *what);

/* Seconds of a monotonic clock. */
double rlra_seconds(void);

#endif
