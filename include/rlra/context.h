/* rlra/context.h: memory, messages, progress and interruption of calls. No global state. */
#ifndef RLRA_CONTEXT_H
#define RLRA_CONTEXT_H

#include <stddef.h>
#include <stdint.h>

#include "rlra/export.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Owned by the library. One context serves one thread at a time; distinct contexts are independent. */
typedef struct rlra_context rlra_context;

/* The functions from which the library gets its memory. `allocate` returns NULL if there is none. */
typedef struct rlra_allocator {
    void *(*allocate)(void *user, size_t bytes);
    void (*release)(void *user, void *memory);
    void *user;
} rlra_allocator;

/* The state of a fit; passed to the progress callback after the start (sweep 0) and after every sweep. */
typedef struct rlra_progress {
    int64_t sweep;         /* sweeps done                                                        */
    double seconds;        /* wall time of the fit so far, without the time of this callback     */
    double objective;      /* loss plus penalties of the current factors                         */
    double relative_error; /* ||Y - model|| / ||Y||                                              */
    double kkt_residual;   /* relative, see rlra_report; for the factors one sweep ago; NaN at 0 */
    int64_t escapes;       /* local minima left so far, see rlra_report                          */
    int64_t max_sweeps;    /* the limits that may end the fit                                    */
    double tolerance;
    double time_limit;
    int64_t start, starts; /* number of this start, from 0, and of all; 0 and 1 for a single fit */
} rlra_progress;

typedef void (*rlra_progress_callback)(void *user, const rlra_progress *progress);

/**
 * Make a context.
 *
 * @param[in]  allocator  NULL for malloc and free; copied, its `user` must outlive the context
 * @param[out] context    freed by rlra_context_destroy(); NULL on error
 * @retval RLRA_ERR_ARGUMENT  `context` is NULL or a function of the allocator is NULL
 * @retval RLRA_ERR_MEMORY    out of memory; no context is made
 * @retval RLRA_ERR_UNSUPPORTED  RLRA_KERNELS names kernels that cannot be used, see rlra_kernels_check()
 */
RLRA_API rlra_status rlra_context_create(const rlra_allocator *allocator, rlra_context **context);

/**
 * Check that RLRA_KERNELS in the environment, if it is set and not empty, names kernels that this build has and this processor
 * can run.
 *
 * @param[out] sentence  at most `size` bytes with the final zero; the message if it does not, else ""
 * @retval RLRA_ERR_UNSUPPORTED  it does not
 */
RLRA_API rlra_status rlra_kernels_check(char *sentence, size_t size);

/** Free a context; NULL is allowed. Objects made with it must be destroyed first. */
RLRA_API void rlra_context_destroy(rlra_context *context);

/**
 * The message of the last failure: what was expected, what was found, and where. "" if none; valid until the next call with
 * this context. Options are written as `name` or `name=value`; the command line replaces them by --name value, Python by
 * name=value.
 */
RLRA_API const char *rlra_context_message(const rlra_context *context);

/** Call `callback(user, progress)` after each sweep of a fit; NULL: no callback. */
RLRA_API void rlra_context_set_progress(rlra_context *context, rlra_progress_callback callback, void *user);

/**
 * Bytes of memory that the process can still have: what the machine has available, including swap space, within the limits of
 * the control group and of the process. INFINITY if the system does not report it. Fits and large arrays that need more are
 * refused. RLRA_MEMORY in the environment (a number of bytes, or with the unit K, M, G or T) replaces this number; it is read
 * when a context is made.
 *
 * @param[in] context  may be NULL
 */
RLRA_API double rlra_context_memory(const rlra_context *context);

/** Ask the running fit to stop after its current sweep. Safe in signal handlers and from other threads. */
RLRA_API void rlra_context_interrupt(rlra_context *context);

/** Whether rlra_context_interrupt() was called since the context was made or rlra_context_resume() was called. */
RLRA_API int rlra_context_interrupted(const rlra_context *context);

/** Clear an interruption, so that the next fit runs. */
RLRA_API void rlra_context_resume(rlra_context *context);

#ifdef __cplusplus
}
#endif
#endif
