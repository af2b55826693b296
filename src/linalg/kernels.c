/* linalg/kernels.c: choose the kernels that fit the processor. */
#include "linalg/kernels.h"

#include <stdlib.h>
#include <string.h>

#include "linalg/kernels_isa.h"

/* Best first. */
static const kernels *const sets[] = {
#if defined(__x86_64__)
    &KERNELS_OF(avx512),
    &KERNELS_OF(avx2),
#endif
    &KERNELS_OF(baseline),
};
enum { SETS = sizeof sets / sizeof sets[0] };

static int runs_here(const kernels *set)
{
#if defined(__x86_64__)
    if (set == &KERNELS_OF(avx512))
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl");
    if (set == &KERNELS_OF(avx2))
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
    return set == &KERNELS_OF(baseline);
}

const kernels *RLRA(kernels_at)(int index)
{
    for (int s = 0; s < SETS; s++)
        if (runs_here(sets[s]) && index-- == 0)
            return sets[s];
    return NULL;
}

const kernels *RLRA(kernels_best)(void)
{
    const char *const wanted = getenv("RLRA_KERNELS");
    for (int index = 0; wanted != NULL && RLRA(kernels_at)(index) != NULL; index++)
        if (strcmp(RLRA(kernels_at)(index)->name, wanted) == 0)
            return RLRA(kernels_at)(index);
    return RLRA(kernels_at)(0);
}

#if !defined(RLRA_SINGLE)
double_products rlra_double_products(void)
{
    const kernels *const best = RLRA(kernels_best)();
    return (double_products){best->dots, best->outer, best->residual};
}
#endif
