/* linalg/relative.h: b - a - a log(b/a), the basis of the losses kl and is, to nearly full relative accuracy however close a
 * and b are. */
#ifndef RLRA_LINALG_RELATIVE_H
#define RLRA_LINALG_RELATIVE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "core/real.h"

/* With e the power of two nearest to b/a, c = b 2^-e and s = (c - a) / (c + a), so that b/a = 2^e (1 + s)/(1 - s),
 *
 *   log(b/a) = e log 2 + 2 atanh s,   b - a - a log(b/a) = (b - c) + (c - a) s - a (e log 2 + 2 s^3 P(s^2)),
 *
 * where P(z) = 1/3 + z/5 + z^2/7 + .. Nothing cancels for e = 0, where b/a is near 1: b - c is zero and c - a exact. |s| <=
 * 0.2004, as bits of doubles, read as integers, follow log2 to 0.087. P: polynomial through Chebyshev nodes in long double,
 * error 2e-17; twice its coefficients. */
#define RELATIVE_P0 0x1.5555555555555p-1
#define RELATIVE_P1 0x1.999999999a01bp-2
#define RELATIVE_P2 0x1.24924923c223dp-2
#define RELATIVE_P3 0x1.c71c7303cac48p-3
#define RELATIVE_P4 0x1.745ca132b68eep-3
#define RELATIVE_P5 0x1.3b2b861fa54b1p-3
#define RELATIVE_P6 0x1.0e6b04455522ep-3
#define RELATIVE_P7 0x1.1799ab4f6efefp-3

/* If both are within these, powers of two of the quotient stay in the range of doubles. */
#define RELATIVE_LEAST 0x1p-500
#define RELATIVE_MOST  0x1p+500

/* Explicit vectors, as compilers do not vectorise code with choices. */
#if defined(__AVX512F__) || defined(RLRA_ISA_avx512)
#define RELATIVE_LANES 8
#elif defined(__AVX2__)
#define RELATIVE_LANES 4
#else
#define RELATIVE_LANES 2
#endif
typedef double relative_vector __attribute__((vector_size(8 * RELATIVE_LANES)));
typedef int64_t relative_bits __attribute__((vector_size(8 * RELATIVE_LANES)));
typedef uint64_t relative_unsigned __attribute__((vector_size(8 * RELATIVE_LANES)));

/* Lane by lane a where a > b, else b. */
static inline relative_vector relative_larger(relative_vector a, relative_vector b)
{
#if RELATIVE_LANES == 8 && defined(__AVX512F__)
    return (relative_vector)_mm512_max_pd((__m512d)a, (__m512d)b);
#elif RELATIVE_LANES == 4 && defined(__AVX2__)
    return (relative_vector)_mm256_max_pd((__m256d)a, (__m256d)b);
#else
    const relative_bits first = a > b;
    return (relative_vector)((first & (relative_bits)a) | (~first & (relative_bits)b));
#endif
}

/* For RELATIVE_LEAST <= b <= RELATIVE_MOST and a = base within the same; or for a = 0, with any such base. */
static inline relative_vector relative_terms_by(relative_vector base, relative_vector a, relative_vector b)
{
    const int mantissa = 52;
    const uint64_t half = (uint64_t)1 << 51, one = (uint64_t)1023 << 52, magic = 0x4330000000000000;
    const relative_unsigned power =
        ((relative_unsigned)b - (relative_unsigned)base + (half + one)) & ~(2 * half - 1); /* 2^e */
    const relative_unsigned count = power >> mantissa;
    const relative_vector e = (relative_vector)(count | magic) - (4503599627370496.0 + 1023.0);
    const relative_vector c = (relative_vector)((relative_unsigned)b - (power - one)), difference = c - a;
    const relative_vector s = difference / (c + a), z = s * s, z2 = z * z;
    const relative_vector low = (RELATIVE_P0 + z * RELATIVE_P1) + z2 * (RELATIVE_P2 + z * RELATIVE_P3);
    const relative_vector high = (RELATIVE_P4 + z * RELATIVE_P5) + z2 * (RELATIVE_P6 + z * RELATIVE_P7);
    const relative_vector logarithm = e * 0x1.62e42fefa39efp-1 + s * z * (low + z2 * z2 * high);
    return ((b - c) + difference * s) - a * logarithm;
}

static inline relative_vector relative_terms(relative_vector a, relative_vector b)
{
    return relative_terms_by(a, a, b);
}

static inline int relative_is_plain(double x)
{
    return (x >= RELATIVE_LEAST) & (x <= RELATIVE_MOST);
}

/* b - a - a log(b/a) for any a, b >= 0 with 0 log 0 = 0; infinite for b = 0 < a. */
static inline double relative_any(double a, double b)
{
    if (relative_is_plain(a) & relative_is_plain(b))
        return relative_terms((relative_vector){0} + a, (relative_vector){0} + b)[0];
    if (a == 0)
        return b;
    return b == 0 ? (double)INFINITY : b - a - a * (log(b) - log(a));
}

/* a where `mask` is set, else b. */
static inline relative_vector relative_pick(relative_bits mask, relative_vector a, relative_vector b)
{
    return (relative_vector)((mask & (relative_bits)a) | (~mask & (relative_bits)b));
}

/* Whether relative_terms() can take each entry. */
static inline relative_bits relative_plain(relative_vector x)
{
    return (x >= RELATIVE_LEAST) & (x <= RELATIVE_MOST);
}

static inline int relative_none(relative_bits mask)
{
    int64_t any = 0;
    for (int lane = 0; lane < RELATIVE_LANES; lane++)
        any |= mask[lane];
    return any == 0;
}

#endif
