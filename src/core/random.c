/* core/random.c: Philox numbers as uniforms and normals. */
#include "core/random.h"

#include <math.h>

#include <Random123/philox.h>

static philox4x32_ctr_t draw(uint64_t seed, uint32_t stream, uint64_t element)
{
    const philox4x32_ctr_t counter = {{(uint32_t)element, (uint32_t)(element >> 32), stream, 0}};
    const philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
    return philox4x32(counter, key);
}

/* The middle of one of 2^52 equal cells of (0, 1). */
static double unit(uint32_t high, uint32_t low)
{
    const uint64_t bits = ((uint64_t)high << 20) | (low >> 12);
    return ((double)bits + 0.5) * 0x1p-52;
}

double rlra_random_uniform(uint64_t seed, uint32_t stream, uint64_t element)
{
    const philox4x32_ctr_t word = draw(seed, stream, element);
    return unit(word.v[0], word.v[1]);
}

double rlra_random_normal(uint64_t seed, uint32_t stream, uint64_t element)
{
    const double two_pi = 6.283185307179586476925286766559;
    const philox4x32_ctr_t word = draw(seed, stream, element);
    const double radius = sqrt(-2.0 * log(unit(word.v[0], word.v[1])));
    return radius * cos(two_pi * unit(word.v[2], word.v[3]));
}
