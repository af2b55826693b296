/* linalg/gather.c: choose the sums of picked rows that fit the processor. */
#include "linalg/gather.h"

#include <string.h>

#include "linalg/kernels_isa.h"

void KERNEL_OF(baseline, gather)(ptrdiff_t count, const int32_t *indices, const real *values, const real *rows,
                                 ptrdiff_t stride, double *out);
#if defined(__x86_64__)
void KERNEL_OF(avx2, gather)(ptrdiff_t count, const int32_t *indices, const real *values, const real *rows,
                             ptrdiff_t stride, double *out);
void KERNEL_OF(avx512, gather)(ptrdiff_t count, const int32_t *indices, const real *values, const real *rows,
                               ptrdiff_t stride, double *out);
#endif

gather_kernel RLRA(gather_of)(const char *kernels_name)
{
#if defined(__x86_64__)
    if (strcmp(kernels_name, "avx512") == 0)
        return KERNEL_OF(avx512, gather);
    if (strcmp(kernels_name, "avx2") == 0)
        return KERNEL_OF(avx2, gather);
#endif
    (void)kernels_name;
    return KERNEL_OF(baseline, gather);
}
