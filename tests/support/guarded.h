/* support/guarded.h: what the address sanitizer guards, where there is one. */
#ifndef TESTS_SUPPORT_GUARDED_H
#define TESTS_SUPPORT_GUARDED_H

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

static inline int is_guarded(const char *at)
{
#if IS_SANITIZED
    return __asan_address_is_poisoned(at);
#else
    (void)at;
    return 0;
#endif
}

#endif
