/* core/context.c: make, free and use contexts. */
#include "core/context.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/memory.h"
#include "core/print.h"
#include "core/processor.h"

static void *heap_allocate(void *user, size_t bytes)
{
    (void)user;
    return malloc(bytes);
}

static void heap_release(void *user, void *memory)
{
    (void)user;
    free(memory);
}

static void begin(rlra_context *made, const rlra_context *parent, const rlra_allocator *allocator, double memory)
{
    made->allocator = *allocator;
    made->parent = parent;
    made->memory = memory;
    made->progress = NULL;
    made->progress_user = NULL;
    atomic_init(&made->interrupted, 0);
    made->message[0] = '\0';
}

rlra_status rlra_context_create(const rlra_allocator *allocator, rlra_context **context)
{
    const rlra_allocator heap = {heap_allocate, heap_release, NULL};
    if (context == NULL)
        return RLRA_ERR_ARGUMENT;
    *context = NULL;
    if (allocator == NULL)
        allocator = &heap;
    if (allocator->allocate == NULL || allocator->release == NULL)
        return RLRA_ERR_ARGUMENT;
    if (rlra_processor_set() < 0)
        return RLRA_ERR_UNSUPPORTED;
    rlra_context *made = allocator->allocate(allocator->user, sizeof *made);
    if (made == NULL)
        return RLRA_ERR_MEMORY;
    begin(made, NULL, allocator, rlra_memory_stated());
    *context = made;
    return RLRA_OK;
}

void rlra_context_branch(const rlra_context *parent, const rlra_allocator *allocator, rlra_context *child)
{
    begin(child, parent, allocator, parent->memory);
}

void rlra_context_destroy(rlra_context *context)
{
    if (context == NULL)
        return;
    const rlra_allocator allocator = context->allocator;
    allocator.release(allocator.user, context);
}

const char *rlra_context_message(const rlra_context *context)
{
    return context == NULL ? "" : context->message;
}

void rlra_context_set_progress(rlra_context *context, rlra_progress_callback callback, void *user)
{
    if (context == NULL)
        return;
    context->progress = callback;
    context->progress_user = user;
}

void rlra_context_interrupt(rlra_context *context)
{
    if (context == NULL)
        return;
    atomic_store(&context->interrupted, 1);
}

int rlra_context_interrupted(const rlra_context *context)
{
    while (context != NULL && !atomic_load(&context->interrupted))
        context = context->parent;
    return context != NULL;
}

void rlra_context_resume(rlra_context *context)
{
    if (context == NULL)
        return;
    atomic_store(&context->interrupted, 0);
}

rlra_status rlra_fail(rlra_context *context, rlra_status status, const char *format, ...)
{
    if (context == NULL)
        return status;
    va_list arguments;
    va_start(arguments, format);
    rlra_print_list(context->message, sizeof context->message, format, arguments);
    va_end(arguments);
    return status;
}

int rlra_memory_is_ours(const rlra_context *context)
{
    return context->allocator.allocate == heap_allocate;
}

/* Whether an allocation exceeds memory: a system that overcommits would end the process later. */
static int is_too_much(const rlra_context *context, double bytes)
{
    return context != NULL && bytes >= RLRA_MEMORY_ASKED && rlra_memory_is_ours(context) &&
           bytes > rlra_context_memory(context);
}

void *rlra_alloc(rlra_context *context, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    const size_t bytes = count * size;
    if (is_too_much(context, (double)bytes))
        return NULL;
    return context->allocator.allocate(context->allocator.user, bytes == 0 ? 1 : bytes);
}

void *rlra_alloc_zero(rlra_context *context, size_t count, size_t size)
{
    void *const memory = rlra_alloc(context, count, size);
    if (memory != NULL)
        memset(memory, 0, count * size);
    return memory;
}

void rlra_free(rlra_context *context, void *memory)
{
    if (memory != NULL)
        context->allocator.release(context->allocator.user, memory);
}

rlra_status rlra_fail_memory(rlra_context *context, size_t count, size_t size, const char *what)
{
    const double bytes = (double)count * (double)size;
    if (!is_too_much(context, bytes))
        return rlra_fail(context, RLRA_ERR_MEMORY, "out of memory: %s needs %.3g MiB", what, bytes / 1048576.0);
    const memory_left left = rlra_memory_left(context);
    char need[RLRA_BYTES_ROOM], have[RLRA_BYTES_ROOM];
    return rlra_fail(context, RLRA_ERR_MEMORY, "out of memory: %s needs %s, and there are %s %s", what,
                     rlra_bytes_text(bytes, need), rlra_bytes_text(left.bytes, have), left.where);
}

double rlra_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
