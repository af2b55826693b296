/* core/ahead.h: a thread that works ahead of the caller, who waits for it when the result is needed. */
#ifndef RLRA_CORE_AHEAD_H
#define RLRA_CORE_AHEAD_H

#include "core/context.h"

typedef struct ahead_thread ahead_thread;

/* RLRA_ERR_MEMORY: *made is not usable. If the system grants no thread, rlra_ahead_wait() does the work. */
rlra_status rlra_ahead_create(rlra_context *context, ahead_thread **made);

/* Waits for the work; NULL is allowed. */
void rlra_ahead_destroy(rlra_context *context, ahead_thread *gone);

/* Begin work(user); earlier work must have been waited for. */
void rlra_ahead_begin(ahead_thread *a, void (*work)(void *user), void *user);

/* Return when the work is done, or at once if there is none. */
void rlra_ahead_wait(ahead_thread *a);

#endif
