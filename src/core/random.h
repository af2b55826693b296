/* core/random.h: counter-based random numbers: the same (seed, stream, element) gives the same number, anywhere. */
#ifndef RLRA_CORE_RANDOM_H
#define RLRA_CORE_RANDOM_H

#include <stdint.h>

/* Uniform in (0, 1), without the ends. Philox4x32-10: Salmon et al. (2011), SC'11, doi:10.1145/2063384.2063405. */
double rlra_random_uniform(uint64_t seed, uint32_t stream, uint64_t element);

/* Standard normal (Box-Muller). */
double rlra_random_normal(uint64_t seed, uint32_t stream, uint64_t element);

#endif
