/* io/calibration.c: convert stored numbers to the values that they represent. */
#include "io/calibration.h"

#include <math.h>

/* Entries converted together, in double, so that each is rounded only once. */
#define BLOCK 512

/* Numbers beyond this, which no instrument measures, are often rounded in headers: the largest float as -3.40282e+38. */
#define BEYOND  1e30
#define ROUNDED 5e-6

double rlra_calibration_stored(scalar type, double value)
{
    return type.kind == SCALAR_FLOAT && type.bytes == 4 ? (double)(float)value : value;
}

static int is_ignored(const calibration *c, double stored)
{
    return stored == c->ignored ||
           (fabs(c->ignored) > BEYOND && fabs(stored - c->ignored) <= ROUNDED * fabs(c->ignored));
}

static double meaning(const calibration *c, int64_t entry, double stored)
{
    const int64_t band = entry / c->inner % c->bands;
    const double scaled = c->gains == NULL ? stored : c->gains[band] * stored;
    return (c->offsets == NULL ? scaled : scaled + c->offsets[band]) / c->divisor;
}

void rlra_calibration_convert(const calibration *c, scalar type, int64_t first, size_t count, void *from,
                              rlra_dtype dtype, void *to, int64_t *missing)
{
    double block[BLOCK];
    for (size_t begin = 0; begin < count; begin += BLOCK) {
        const size_t entries = count - begin < BLOCK ? count - begin : BLOCK;
        rlra_scalar_convert(type, entries, (char *)from + begin * (size_t)type.bytes, RLRA_DTYPE_F64, block);
        for (size_t i = 0; i < entries; i++) {
            const int none = c->has_ignored && is_ignored(c, block[i]);
            const double value = none ? NAN : meaning(c, first + (int64_t)(begin + i), block[i]);
            *missing += none;
            if (dtype == RLRA_DTYPE_F32)
                ((float *)to)[begin + i] = (float)value;
            else
                ((double *)to)[begin + i] = value;
        }
    }
}
