/* rlra/context.h: what calls share: memory, messages, progress, interruption. No global state. */
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

/* Where the library takes its memory. `allocate` returns NULL when it has none. */
typedef struct rlra_allocator {
    void *(*allocate)(void *user, size_t bytes);
    void (*release)(void *user, void *memory);
    void *user;
} rlra_allocator;

/* Where a fit stands; passed to the progress callback after the start (sweep 0) and after every sweep. */
typedef struct rlra_progress {
    int64_t sweep;         /* sweeps done                                                        */
    double seconds;        /* wall time of the fit so far, without this callback's own time      */
    double objective;      /* loss plus penalties of the current factors                         */
    double relative_error; /* ||Y - model|| / ||Y||                                              */
    double kkt_residual;   /* relative, see rlra_report; of the factors one sweep ago; NaN at 0  */
    int64_t max_sweeps;    /* the limits that may end the fit                                    */
    double tolerance;
    double time_limit;
    int64_t start, starts; /* of several starts: which one, from 0, and how many; 0 and 1 of a single fit */
} rlra_progress;

typedef void (*rlra_progress_callback)(void *user, const rlra_progress *progress);

/**
 * Make a context.
 *
 * @param[in]  allocator  NULL for malloc and free; copied, its `user` must outlive the context
 * @param[out] context    freed by rlra_context_destroy(); NULL on error
 * @retval RLRA_ERR_ARGUMENT  `context` is NULL or a function of the allocator is NULL
 * @retval RLRA_ERR_MEMORY    nothing was made
 * @retval RLRA_ERR_UNSUPPORTED  the environment asks for kernels that are not here; rlra_kernels_check() reports which are
 */
RLRA_API rlra_status rlra_context_create(const rlra_allocator *allocator, rlra_context **context);

/**
 * Whether RLRA_KERNELS in the environment, where it is set and not empty, names kernels that this build has and this processor
 * can run; else the sentence that says so.
 *
 * @param[out] sentence  at most `size` bytes with the final zero; "" if all is well
 * @retval RLRA_ERR_UNSUPPORTED  it does not
 */
RLRA_API rlra_status rlra_kernels_check(char *sentence, size_t size);

/** Free a context; NULL is fine. Objects made with it must have been destroyed before. */
RLRA_API void rlra_context_destroy(rlra_context *context);

/**
 * The sentence about the last failure: what was expected, what came, where. "" if none; valid until the next call with this
 * context. Options stand in it as `name` or `name=value`: the command line says --name value, Python name=value.
 */
RLRA_API const char *rlra_context_message(const rlra_context *context);

/** Call `callback(user, progress)` after each sweep of a fit; NULL stops that. */
RLRA_API void rlra_context_set_progress(rlra_context *context, rlra_progress_callback callback, void *user);

/**
 * Bytes of memory that the process can still have: what the machine has available, swap space included, within the limits of the
 * control group and of the process. INFINITY where the system does not say. Fits and large arrays that need more are refused.
 * RLRA_MEMORY in the environment (a number of bytes, or of K, M, G or T of them) says instead what there is; a context reads it
 * when it is made.
 *
 * @param[in] context  or NULL
 */
RLRA_API double rlra_context_memory(const rlra_context *context);

/** Ask the running fit to stop after its current sweep. Safe in signal handlers and from other threads. */
RLRA_API void rlra_context_interrupt(rlra_context *context);

/** Whether rlra_context_interrupt() was called since the context was made or rlra_context_resume() was called. */
RLRA_API int rlra_context_interrupted(const rlra_context *context);

/** Forget an interruption, so that the next fit runs. */
RLRA_API void rlra_context_resume(rlra_context *context);

#ifdef __cplusplus
}
#endif
#endif
