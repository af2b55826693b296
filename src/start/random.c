/* start/random.c: random factors. */
#include "core/random.h"
#include "start/members.h"

static rlra_status make(fit *f, const rlra_model *model)
{
    (void)model;
    const uint64_t seed = (uint64_t)f->options.seed;
    for (int n = 0; n < f->factors; n++) {
        const uint32_t stream = STREAM_START + (uint32_t)n;
        const factor x = f->x[n];
        for (ptrdiff_t i = 0; i < x.length; i++)
            for (ptrdiff_t k = 0; k < x.rank; k++) {
                const uint64_t element = (uint64_t)(i * x.rank + k);
                x.at[k * x.stride + i] =
                    (real)(RLRA(penalties_nonneg)(&f->penalties[n]) ? rlra_random_uniform(seed, stream, element)
                                                                    : rlra_random_normal(seed, stream, element));
            }
    }
    return RLRA_OK;
}

const start_ops RLRA(start_random) = {
    .about = {"random", "uniform random factors (normal where signs are free), at the best scale", "order-N", ""},
    .make = make,
};
