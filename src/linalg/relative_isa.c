/* linalg/relative_isa.c: sums of relative divergences of the losses kl and is, in vectors of one instruction set. */
#include "linalg/relative.h"

#include "linalg/kernels_isa.h"

typedef real narrow_vector
    __attribute__((vector_size(RELATIVE_LANES * sizeof(real)), aligned(sizeof(real)), may_alias));

/* Load a vector of reals as double. */
static inline relative_vector load_wide(const real *from)
{
    return __builtin_convertvector(*(const narrow_vector *)from, relative_vector);
}

/* Entries that are summed in vectors, and again one by one if some of them are out of bounds. */
#define RUN 256

static double single_term(double a, double b, int divided)
{
    const double term = relative_any(a, b);
    return divided ? term / a : term;
}

static double sum_singly(ptrdiff_t length, const real *a, const real *b, int divided)
{
    double sum = 0;
    for (ptrdiff_t j = 0; j < length; j++)
        sum += single_term((double)a[j], (double)b[j], divided);
    return sum;
}

/* The sum over a run of whole vectors. A term of a = 0 is formed from invalid values and is not used. */
static inline double sum_run(ptrdiff_t length, const real *a, const real *b, int divided)
{
    relative_vector sum = {0};
    relative_bits odd = {0};
    for (ptrdiff_t j = 0; j < length; j += RELATIVE_LANES) {
        const relative_vector from = load_wide(a + j), to = load_wide(b + j);
        const relative_bits used = from != 0;
        const relative_vector term = relative_terms(from, to);
        /* Floats other than zero are far within the bounds; the data are finite, the model may not be. */
        const relative_bits plain = sizeof(real) == sizeof(float) ? from > 0 : relative_plain(from);
        const relative_bits taken = plain & relative_plain(to);
        odd |= divided ? ~taken : used & ~taken;
        sum += divided ? term / from : relative_pick(used, term, to);
    }
    if (!relative_none(odd))
        return sum_singly(length, a, b, divided);
    double total = 0;
    for (int lane = 0; lane < RELATIVE_LANES; lane++)
        total += sum[lane];
    return total;
}

double KERNEL_OF(RLRA_ISA, relative)(ptrdiff_t length, const real *a, const real *b, int divided)
{
    const ptrdiff_t whole = length / RELATIVE_LANES * RELATIVE_LANES;
    double total = 0;
    for (ptrdiff_t j = 0; j < whole; j += RUN) {
        const ptrdiff_t run = whole - j < RUN ? whole - j : RUN;
        total += divided ? sum_run(run, a + j, b + j, 1) : sum_run(run, a + j, b + j, 0);
    }
    return total + sum_singly(length - whole, a + whole, b + whole, divided);
}
