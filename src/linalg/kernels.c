/* linalg/kernels.c: choose the kernels that fit the processor. */
#include "linalg/kernels.h"

#include <stddef.h>

#include "core/processor.h"
#include "linalg/kernels_isa.h"

static const kernels *const sets[PROCESSOR_SETS] = {
#if defined(__x86_64__)
    [PROCESSOR_AVX512] = &KERNELS_OF(avx512),
    [PROCESSOR_AVX2] = &KERNELS_OF(avx2),
#endif
    [PROCESSOR_BASELINE] = &KERNELS_OF(baseline),
};

const kernels *RLRA(kernels_at)(int index)
{
    for (int set = 0; set < PROCESSOR_SETS; set++)
        if (rlra_processor_runs(set) && index-- == 0)
            return sets[set];
    return NULL;
}

const kernels *RLRA(kernels_best)(void)
{
    const int set = rlra_processor_set();
    return set >= 0 ? sets[set] : RLRA(kernels_at)(0);
}

#if !defined(RLRA_SINGLE)
double_products rlra_double_products(void)
{
    const kernels *const best = RLRA(kernels_best)();
    return (double_products){best->dots, best->outer, best->residual, best->entry_sums};
}
#endif
