/* support/guarded.h: what the address sanitizer guards, where there is one. */
#ifndef TESTS_SUPPORT_GUARDED_H
#define TESTS_SUPPORT_GUARDED_H

#include <string.h>

#include "core/arena.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#endif

#if defined(IS_SANITIZED)
#include <sanitizer/asan_interface.h>
#else
#define IS_SANITIZED 0
#endif

/* Memory of an arena from which nothing has been taken becomes NaN in both precisions; the sanitizer guards it as before. */
static inline void fill_with_nan(arena *a)
{
#if IS_SANITIZED
    ASAN_UNPOISON_MEMORY_REGION(a->base, a->size);
#endif
    memset(a->base, 0xff, a->size);
#if IS_SANITIZED
    ASAN_POISON_MEMORY_REGION(a->base, a->size);
#endif
}

#endif
