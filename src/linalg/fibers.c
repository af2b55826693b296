/* linalg/fibers.c: choose the sums over fibers that fit the processor. */
#include "linalg/fibers.h"

#include <string.h>

#include "linalg/kernels_isa.h"

void KERNEL_OF(baseline, fibers)(const fiber_list *fibers, double *out);
#if defined(__x86_64__)
void KERNEL_OF(avx2, fibers)(const fiber_list *fibers, double *out);
void KERNEL_OF(avx512, fibers)(const fiber_list *fibers, double *out);
#endif

fibers_kernel RLRA(fibers_of)(const char *kernels_name)
{
#if defined(__x86_64__)
    if (strcmp(kernels_name, "avx512") == 0)
        return KERNEL_OF(avx512, fibers);
    if (strcmp(kernels_name, "avx2") == 0)
        return KERNEL_OF(avx2, fibers);
#endif
    (void)kernels_name;
    return KERNEL_OF(baseline, fibers);
}
