/* linalg/vector.h: vectors of the instruction set that a file is compiled for. */
#ifndef RLRA_LINALG_VECTOR_H
#define RLRA_LINALG_VECTOR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "core/real.h"

#if defined(RLRA_ISA_avx512)
#define VECTOR_BYTES 64
#define REGISTERS    32
#elif defined(RLRA_ISA_avx2)
#define VECTOR_BYTES 32
#define REGISTERS    16
#else
#define VECTOR_BYTES 16
#define REGISTERS    16
#endif

#define LANES  ((ptrdiff_t)(VECTOR_BYTES / sizeof(real)))
#define INLINE static inline __attribute__((always_inline))

typedef real vector __attribute__((vector_size(VECTOR_BYTES)));
typedef double wide_vector __attribute__((vector_size(VECTOR_BYTES / sizeof(real) * sizeof(double))));
typedef double loose_wide_vector
    __attribute__((vector_size(VECTOR_BYTES / sizeof(real) * sizeof(double)), aligned(sizeof(double)), may_alias));
typedef real loose_vector __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(real)), may_alias));

/* Columns of y that are processed together, so that the rows of h stay in the first-level cache. */
#define COLUMN_BLOCK (2048 / (ptrdiff_t)sizeof(real))

INLINE vector load(const real *at)
{
    return *(const loose_vector *)at;
}

INLINE void store(real *at, vector v)
{
    *(loose_vector *)at = v;
}

/* at[lane] += v[lane], in double. */
INLINE void add_wide(double *at, vector v)
{
    *(loose_wide_vector *)at += __builtin_convertvector(v, wide_vector);
}

/* load_part: the first `count` < LANES entries, followed by zeros; nothing else is read. store_part writes only these. Vector
 * extensions have no masks, and copies of few bytes cost as much as a whole tile. */
#if defined(RLRA_ISA_avx512) && defined(__AVX512F__)
#if defined(RLRA_SINGLE)
INLINE vector load_part(const real *at, ptrdiff_t count)
{
    return (vector)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), at);
}

INLINE void store_part(real *at, ptrdiff_t count, vector v)
{
    _mm512_mask_storeu_ps(at, (__mmask16)((1u << count) - 1), (__m512)v);
}
#else
INLINE vector load_part(const real *at, ptrdiff_t count)
{
    return (vector)_mm512_maskz_loadu_pd((__mmask8)((1u << count) - 1), at);
}

INLINE void store_part(real *at, ptrdiff_t count, vector v)
{
    _mm512_mask_storeu_pd(at, (__mmask8)((1u << count) - 1), (__m512d)v);
}
#endif
#elif defined(RLRA_ISA_avx2)
#if defined(RLRA_SINGLE)
INLINE __m256i first_lanes(ptrdiff_t count)
{
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), lane);
}

INLINE vector load_part(const real *at, ptrdiff_t count)
{
    return (vector)_mm256_maskload_ps(at, first_lanes(count));
}

INLINE void store_part(real *at, ptrdiff_t count, vector v)
{
    _mm256_maskstore_ps(at, first_lanes(count), (__m256)v);
}
#else
INLINE __m256i first_lanes(ptrdiff_t count)
{
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3));
}

INLINE vector load_part(const real *at, ptrdiff_t count)
{
    return (vector)_mm256_maskload_pd(at, first_lanes(count));
}

INLINE void store_part(real *at, ptrdiff_t count, vector v)
{
    _mm256_maskstore_pd(at, first_lanes(count), (__m256d)v);
}
#endif
#else
INLINE vector load_part(const real *at, ptrdiff_t count)
{
    vector v = {0};
    memcpy(&v, at, (size_t)count * sizeof(real));
    return v;
}

INLINE void store_part(real *at, ptrdiff_t count, vector v)
{
    memcpy(at, &v, (size_t)count * sizeof(real));
}
#endif

INLINE real lane_sum(vector v)
{
    real lanes[VECTOR_BYTES / sizeof(real)];
    memcpy(lanes, &v, sizeof lanes);
    for (ptrdiff_t width = LANES / 2; width > 0; width /= 2)
        for (ptrdiff_t lane = 0; lane < width; lane++)
            lanes[lane] += lanes[lane + width];
    return lanes[0];
}

/* Lane e of the result is the sum of the lanes of v[e], for LANES vectors: without a way through memory where that pays. */
#if defined(RLRA_ISA_avx512) && defined(__AVX512F__) && defined(RLRA_SINGLE)
/* Halves of pairs, then quarters, side by side. */
INLINE __m512 fold_parts(__m512 a, __m512 b)
{
    return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xee));
}

INLINE __m512 fold_four(const vector *v)
{
    const __m512 first = fold_parts((__m512)v[0], (__m512)v[4]), second = fold_parts((__m512)v[8], (__m512)v[12]);
    return _mm512_add_ps(_mm512_shuffle_f32x4(first, second, 0x88), _mm512_shuffle_f32x4(first, second, 0xdd));
}

INLINE vector lane_sums(const vector *v)
{
    const __m512 a = fold_four(v), b = fold_four(v + 1), c = fold_four(v + 2), d = fold_four(v + 3);
    const __m512 first = _mm512_add_ps(_mm512_shuffle_ps(a, b, 0x44), _mm512_shuffle_ps(a, b, 0xee));
    const __m512 second = _mm512_add_ps(_mm512_shuffle_ps(c, d, 0x44), _mm512_shuffle_ps(c, d, 0xee));
    return (vector)_mm512_add_ps(_mm512_shuffle_ps(first, second, 0x88), _mm512_shuffle_ps(first, second, 0xdd));
}
#elif defined(RLRA_ISA_avx512) && defined(__AVX512F__)
/* Halves of pairs, then quarters, side by side. */
INLINE __m512d fold_parts(__m512d a, __m512d b)
{
    return _mm512_add_pd(_mm512_shuffle_f64x2(a, b, 0x44), _mm512_shuffle_f64x2(a, b, 0xee));
}

INLINE __m512d fold_four(const vector *v)
{
    const __m512d first = fold_parts((__m512d)v[0], (__m512d)v[2]), second = fold_parts((__m512d)v[4], (__m512d)v[6]);
    return _mm512_add_pd(_mm512_shuffle_f64x2(first, second, 0x88), _mm512_shuffle_f64x2(first, second, 0xdd));
}

INLINE vector lane_sums(const vector *v)
{
    const __m512d a = fold_four(v), b = fold_four(v + 1);
    return (vector)_mm512_add_pd(_mm512_unpacklo_pd(a, b), _mm512_unpackhi_pd(a, b));
}
#elif defined(RLRA_ISA_avx2) && defined(RLRA_SINGLE)
INLINE vector lane_sums(const vector *v)
{
    const __m256 first =
        _mm256_hadd_ps(_mm256_hadd_ps((__m256)v[0], (__m256)v[1]), _mm256_hadd_ps((__m256)v[2], (__m256)v[3]));
    const __m256 second =
        _mm256_hadd_ps(_mm256_hadd_ps((__m256)v[4], (__m256)v[5]), _mm256_hadd_ps((__m256)v[6], (__m256)v[7]));
    return (vector)(_mm256_permute2f128_ps(first, second, 0x20) + _mm256_permute2f128_ps(first, second, 0x31));
}
#elif defined(RLRA_ISA_avx2)
INLINE vector lane_sums(const vector *v)
{
    const __m256d first = _mm256_hadd_pd((__m256d)v[0], (__m256d)v[1]);
    const __m256d second = _mm256_hadd_pd((__m256d)v[2], (__m256d)v[3]);
    return (vector)(_mm256_permute2f128_pd(first, second, 0x20) + _mm256_permute2f128_pd(first, second, 0x31));
}
#else
INLINE vector lane_sums(const vector *v)
{
    real sums[VECTOR_BYTES / sizeof(real)];
    for (ptrdiff_t e = 0; e < LANES; e++)
        sums[e] = lane_sum(v[e]);
    return load(sums);
}
#endif

#if defined(RLRA_SINGLE)
typedef int32_t mask_lane;
#else
typedef int64_t mask_lane;
#endif
typedef mask_lane mask_vector __attribute__((vector_size(VECTOR_BYTES)));

/* Lane by lane a where a > b, else b. */
#if defined(RLRA_ISA_avx512) && defined(__AVX512F__)
INLINE vector larger(vector a, vector b)
{
#if defined(RLRA_SINGLE)
    return (vector)_mm512_max_ps((__m512)a, (__m512)b);
#else
    return (vector)_mm512_max_pd((__m512d)a, (__m512d)b);
#endif
}
#elif defined(RLRA_ISA_avx2)
INLINE vector larger(vector a, vector b)
{
#if defined(RLRA_SINGLE)
    return (vector)_mm256_max_ps((__m256)a, (__m256)b);
#else
    return (vector)_mm256_max_pd((__m256d)a, (__m256d)b);
#endif
}
#else
INLINE vector larger(vector a, vector b)
{
    const mask_vector first = a > b;
    return (vector)((first & (mask_vector)a) | (~first & (mask_vector)b));
}
#endif

/* 1 / v, or nearly: a division is slower than two steps of Newton where there is a fast estimate. The numbers v are positive and at
 * most INVERSE_MOST, and their inverses no larger. */
#if defined(RLRA_SINGLE)
#define INVERSE_MOST 0x1p+120f
#else
#define INVERSE_MOST 0x1p+500
#endif
#if defined(RLRA_ISA_avx512) && defined(__AVX512F__)
INLINE vector inverse_of(vector v)
{
#if defined(RLRA_SINGLE)
    const vector guess = (vector)_mm512_rcp14_ps((__m512)v);
    return guess + guess * (1 - v * guess);
#else
    const vector guess = (vector)_mm512_rcp14_pd((__m512d)v), better = guess + guess * (1 - v * guess);
    return better + better * (1 - v * better);
#endif
}
#else
INLINE vector inverse_of(vector v)
{
    return 1 / v;
}
#endif

#endif
