/* linalg/entries_isa.c: sums, counts and the range of a run of entries, in vectors of one instruction set. */
#include "linalg/kernels_isa.h"
#include "linalg/vector.h"

/* A vector's worth of doubles, whatever `real` is: all sums are in double. */
#define DOUBLES ((ptrdiff_t)(VECTOR_BYTES / sizeof(double)))
typedef double double_vector __attribute__((vector_size(VECTOR_BYTES)));
typedef int64_t count_vector __attribute__((vector_size(VECTOR_BYTES)));
typedef real narrow_vector
    __attribute__((vector_size(VECTOR_BYTES / sizeof(double) * sizeof(real)), aligned(sizeof(real)), may_alias));

/* Sums of so many vectors are formed side by side, as one addition waits for the one before it. */
#define CHAINS 4

typedef struct chain {
    double_vector norm2, sum, least, most;
    count_vector zeros, negatives;
} chain;

INLINE double_vector pick(count_vector first, double_vector a, double_vector b)
{
    return (double_vector)((first & (count_vector)a) | (~first & (count_vector)b));
}

INLINE void add(chain *c, double_vector v)
{
    c->norm2 += v * v;
    c->sum += v;
    c->zeros -= v == 0;
    c->negatives -= v < 0;
    c->least = pick(v < c->least, v, c->least);
    c->most = pick(v > c->most, v, c->most);
}

INLINE void join(chain *c, const chain *other)
{
    c->norm2 += other->norm2;
    c->sum += other->sum;
    c->zeros += other->zeros;
    c->negatives += other->negatives;
    c->least = pick(other->least < c->least, other->least, c->least);
    c->most = pick(other->most > c->most, other->most, c->most);
}

/* The sums of a chain. */
INLINE void add_lanes(const chain *c, entry_sums *sums)
{
    for (int lane = 0; lane < DOUBLES; lane++) {
        sums->norm2 += c->norm2[lane];
        sums->sum += c->sum[lane];
        sums->zeros += (double)c->zeros[lane];
        sums->negatives += (double)c->negatives[lane];
        sums->least = c->least[lane] < sums->least ? c->least[lane] : sums->least;
        sums->most = c->most[lane] > sums->most ? c->most[lane] : sums->most;
    }
}

void KERNEL_OF(RLRA_ISA, entry_sums)(ptrdiff_t length, const real *x, entry_sums *sums)
{
    const double_vector first = (double_vector){0} + (length > 0 ? (double)x[0] : 0.0);
    const ptrdiff_t whole = length - length % (CHAINS * DOUBLES);
    chain c[CHAINS];
    for (int v = 0; v < CHAINS; v++)
        c[v] = (chain){.least = first, .most = first};
    for (ptrdiff_t i = 0; i < whole; i += CHAINS * DOUBLES)
        for (int v = 0; v < CHAINS; v++)
            add(&c[v], __builtin_convertvector(*(const narrow_vector *)(x + i + v * DOUBLES), double_vector));
    *sums = (entry_sums){.least = first[0], .most = first[0]};
    for (int v = 1; v < CHAINS; v++)
        join(&c[0], &c[v]);
    add_lanes(&c[0], sums);
    for (ptrdiff_t i = whole; i < length; i++) {
        const double v = (double)x[i];
        sums->norm2 += v * v;
        sums->sum += v;
        sums->zeros += v == 0;
        sums->negatives += v < 0;
        sums->least = v < sums->least ? v : sums->least;
        sums->most = v > sums->most ? v : sums->most;
    }
}
