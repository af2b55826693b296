/* core/ahead.h: a thread that does one thing ahead of the caller, who waits for it when the result is needed. */
#ifndef RLRA_CORE_AHEAD_H
#define RLRA_CORE_AHEAD_H

#include "core/context.h"

typedef struct ahead_thread ahead_thread;

/* RLRA_ERR_MEMORY: nothing was made. Where the system gives no thread, rlra_ahead_wait() does the work. */
rlra_status rlra_ahead_create(rlra_context *context, ahead_thread **made);

/* Waits; NULL is fine. */
void rlra_ahead_destroy(rlra_context *context, ahead_thread *gone);

/* Begin work(user); the work before must have been waited for. */
void rlra_ahead_begin(ahead_thread *a, void (*work)(void *user), void *user);

/* Return when it is done; at once if there is none. */
void rlra_ahead_wait(ahead_thread *a);

#endif
