/* linalg/kernels_isa.h: names of the kernel sets that are compiled for one instruction set each. */
#ifndef RLRA_LINALG_KERNELS_ISA_H
#define RLRA_LINALG_KERNELS_ISA_H

#include "linalg/kernels.h"

#define KERNELS_JOIN(isa) RLRA(kernels_##isa)
#define KERNELS_OF(isa)   KERNELS_JOIN(isa)

extern const kernels KERNELS_OF(baseline);
#if defined(__x86_64__)
extern const kernels KERNELS_OF(avx2);
extern const kernels KERNELS_OF(avx512);
#endif

#endif
