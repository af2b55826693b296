/* support/support.h: random numbers and guarded memory for the tests of the core. */
#ifndef TESTS_SUPPORT_SUPPORT_H
#define TESTS_SUPPORT_SUPPORT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/random.h"
#include "core/real.h"
#include "model/factor.h"

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* A test function names the current case here, and messages of failures report it. */
#define CHECK(condition, ...)                                                                                          \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            fail_msg(#condition ": " __VA_ARGS__);                                                                     \
    } while (0)

/* One in so many of the cases that a test draws or combines is enough where a run repeats others, with lesser kernels or under
 * another locale; else 1. */
static inline int test_share(void)
{
    const char *const share = getenv("RLRA_TEST_SHARE");
    return share == NULL || atoi(share) < 1 ? 1 : atoi(share);
}

/* Numbers in a row. */
typedef struct numbers {
    uint64_t seed, next;
} numbers;

static inline double uniform(numbers *from)
{
    return rlra_random_uniform(from->seed, 0, from->next++);
}

static inline double normal(numbers *from)
{
    return rlra_random_normal(from->seed, 1, from->next++);
}

static inline ptrdiff_t below(numbers *from, ptrdiff_t limit)
{
    return (ptrdiff_t)(uniform(from) * (double)limit);
}

/* Exactly as many entries as asked for, so that a sanitizer sees the first one beyond; all NaN, so that a kernel that
 * reads what it should write, or reads the gaps between rows, shows it. */
static inline real *nan_reals(ptrdiff_t count)
{
    real *const memory = malloc((size_t)(count > 0 ? count : 1) * sizeof *memory);
    assert_non_null(memory);
    for (ptrdiff_t i = 0; i < count; i++)
        memory[i] = (real)NAN;
    return memory;
}

/* Entries of `rows` rows of `length`, `stride` apart, without anything behind the last. */
static inline ptrdiff_t span(ptrdiff_t rows, ptrdiff_t length, ptrdiff_t stride)
{
    return rows > 0 ? (rows - 1) * stride + length : 0;
}

/* Standard normal rows with NaN between them. */
static inline real *normal_rows(numbers *from, ptrdiff_t rows, ptrdiff_t length, ptrdiff_t stride)
{
    real *const memory = nan_reals(span(rows, length, stride));
    for (ptrdiff_t i = 0; i < rows; i++)
        for (ptrdiff_t j = 0; j < length; j++)
            memory[i * stride + j] = (real)normal(from);
    return memory;
}

static inline real *uniform_rows(numbers *from, ptrdiff_t rows, ptrdiff_t length, ptrdiff_t stride)
{
    real *const memory = normal_rows(from, rows, length, stride);
    for (ptrdiff_t i = 0; i < rows; i++)
        for (ptrdiff_t j = 0; j < length; j++)
            memory[i * stride + j] = (real)uniform(from);
    return memory;
}

/* A copy of `count` entries. */
static inline real *copy_reals(const real *from, ptrdiff_t count)
{
    real *const memory = nan_reals(count);
    memcpy(memory, from, (size_t)count * sizeof *memory);
    return memory;
}

/* Whether the gaps between rows are still NaN: nothing was written there. */
static inline int gaps_are_untouched(const real *memory, ptrdiff_t rows, ptrdiff_t length, ptrdiff_t stride)
{
    for (ptrdiff_t i = 0; i + 1 < rows; i++)
        for (ptrdiff_t j = length; j < stride; j++)
            if (!isnan((double)memory[i * stride + j]))
                return 0;
    return 1;
}

/* Whether all entries of rows are the same bits. */
static inline int same_bits(const real *a, const real *b, ptrdiff_t rows, ptrdiff_t length, ptrdiff_t stride)
{
    for (ptrdiff_t i = 0; i < rows; i++)
        if (memcmp(a + i * stride, b + i * stride, (size_t)length * sizeof *a) != 0)
            return 0;
    return 1;
}

/* Rounding errors of a sum of `terms` products whose magnitudes add up to `size`: they grow like a random walk. */
static inline double sum_tolerance(ptrdiff_t terms, double size)
{
    return (8.0 + 2.0 * sqrt((double)terms)) * (double)REAL_EPS * size;
}

/* A factor of its own memory at .at, with some room between components. */
static inline factor make_factor(ptrdiff_t length, ptrdiff_t rank)
{
    const ptrdiff_t stride = length + 3;
    return (factor){nan_reals(span(rank, length, stride)), length, rank, stride};
}

static inline factor normal_factor(numbers *from, ptrdiff_t length, ptrdiff_t rank)
{
    const ptrdiff_t stride = length + 3;
    return (factor){normal_rows(from, rank, length, stride), length, rank, stride};
}

static inline factor uniform_factor(numbers *from, ptrdiff_t length, ptrdiff_t rank)
{
    const ptrdiff_t stride = length + 3;
    return (factor){uniform_rows(from, rank, length, stride), length, rank, stride};
}

static inline factor copy_factor(factor f)
{
    factor copy = f;
    copy.at = copy_reals(f.at, span(f.rank, f.length, f.stride));
    return copy;
}

static inline real *entry(factor f, ptrdiff_t i, ptrdiff_t k)
{
    return f.at + k * f.stride + i;
}

#endif
