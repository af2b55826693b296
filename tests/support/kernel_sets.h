/* support/kernel_sets.h: the kernel sets to test: those this processor can run, or one that was built for the tests. */
#ifndef TESTS_SUPPORT_KERNEL_SETS_H
#define TESTS_SUPPORT_KERNEL_SETS_H

#include "linalg/kernels.h"

#if defined(RLRA_TEST_WIDE)
/* The tiles of AVX-512 in instructions that any processor has: their arithmetic is tested everywhere. */
extern const kernels RLRA(kernels_wide);
#endif

static inline const kernels *set_at(int index)
{
#if defined(RLRA_TEST_WIDE)
    return index == 0 ? &RLRA(kernels_wide) : NULL;
#else
    return RLRA(kernels_at)(index);
#endif
}

#endif
