/* linalg/kernels_isa.h: names of the kernel sets that are compiled for one instruction set each. */
#ifndef RLRA_LINALG_KERNELS_ISA_H
#define RLRA_LINALG_KERNELS_ISA_H

#include "linalg/kernels.h"

#define KERNELS_JOIN(isa) RLRA(kernels_##isa)
#define KERNELS_OF(isa)   KERNELS_JOIN(isa)

#define KERNEL_JOIN(isa, name) RLRA(kernel_##isa##_##name)
#define KERNEL_OF(isa, name)   KERNEL_JOIN(isa, name)

extern const kernels KERNELS_OF(baseline);
#if defined(__x86_64__)
extern const kernels KERNELS_OF(avx2);
extern const kernels KERNELS_OF(avx512);
#endif

/* Kernels in separate files, for the set that is being compiled; see linalg/kernels.h. */
#if defined(RLRA_ISA)
extern const face_kernels KERNEL_OF(RLRA_ISA, faces);
extern const row_gram_kernels KERNEL_OF(RLRA_ISA, row_grams);
void KERNEL_OF(RLRA_ISA, dots)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, const real *y, ptrdiff_t y_stride,
                               const real *next, const real *h, ptrdiff_t h_stride, real *out, ptrdiff_t out_stride,
                               int add);
void KERNEL_OF(RLRA_ISA, outer)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, const real *w, ptrdiff_t w_stride,
                                const real *y, ptrdiff_t y_stride, real *z, ptrdiff_t z_stride);
void KERNEL_OF(RLRA_ISA, ratio_sums)(ptrdiff_t length, const real *a, const real *inverse, const real *weight,
                                     double *sums);
void KERNEL_OF(RLRA_ISA, ratio_shift)(ptrdiff_t length, real step, const real *a, real least, const real *y,
                                      real *model, real *inverse, real *ratio, const real *next, double *sums);
void KERNEL_OF(RLRA_ISA, quotients)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, const real *w, ptrdiff_t w_stride,
                                    const real *h, ptrdiff_t h_stride, real least, const real *const *y, real *out,
                                    ptrdiff_t out_stride, double *values);
double KERNEL_OF(RLRA_ISA, picked_slopes)(ptrdiff_t count, const int32_t *indices, const real *values,
                                          const picked_rows *from, double *up, int valued);
void KERNEL_OF(RLRA_ISA, picked_model)(ptrdiff_t count, const int32_t *indices, const picked_rows *from, real *model);
void KERNEL_OF(RLRA_ISA, entry_sums)(ptrdiff_t length, const real *x, entry_sums *sums);
double KERNEL_OF(RLRA_ISA, relative)(ptrdiff_t length, const real *a, const real *b, int divided);
#endif

#endif
