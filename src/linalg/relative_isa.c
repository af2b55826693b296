/* linalg/relative_isa.c: sums of relative divergences of the losses kl and is, in vectors of one instruction set. */
#include "linalg/relative.h"

#include "linalg/kernels_isa.h"

typedef real narrow_vector
    __attribute__((vector_size(RELATIVE_LANES * sizeof(real)), aligned(sizeof(real)), may_alias));

/* As double. */
static inline relative_vector load_wide(const real *from)
{
    return __builtin_convertvector(*(const narrow_vector *)from, relative_vector);
}

static double single_term(double a, double b, int divided)
{
    const double term = relative_any(a, b);
    return divided ? term / a : term;
}

double KERNEL_OF(RLRA_ISA, relative)(ptrdiff_t length, const real *a, const real *b, int divided)
{
    const relative_vector one = (relative_vector){0} + 1;
    relative_vector sum = {0};
    double total = 0;
    ptrdiff_t j = 0;
    for (; j + RELATIVE_LANES <= length; j += RELATIVE_LANES) {
        const relative_vector from = load_wide(a + j), to = load_wide(b + j);
        const relative_bits used = from != 0, odd = used & (relative_odd(from) | relative_odd(to));
        if (!relative_none(odd) || (divided && !relative_none(~used))) {
            for (ptrdiff_t e = j; e < j + RELATIVE_LANES; e++)
                total += single_term((double)a[e], (double)b[e], divided);
            continue;
        }
        const relative_vector term = relative_terms(relative_pick(used, from, one), relative_pick(used, to, one));
        sum += divided ? term / from : relative_pick(used, term, to);
    }
    for (; j < length; j++)
        total += single_term((double)a[j], (double)b[j], divided);
    for (int lane = 0; lane < RELATIVE_LANES; lane++)
        total += sum[lane];
    return total;
}
