/* io/scalar.c: convert stored numbers of any type and byte order to float or double. */
#include "io/scalar.h"

#include <math.h>
#include <string.h>

/* Numbers converted together, through a block of double that stays in the first-level cache. */
#define BLOCK 1024

typedef void (*loader)(size_t count, const void *from, double *to);

/* One loop for each type, which only converts. */
#define LOADER(name, type)                                                                                             \
    static void name(size_t count, const void *from, double *to)                                                       \
    {                                                                                                                  \
        const type *const at = from;                                                                                   \
        for (size_t i = 0; i < count; i++)                                                                             \
            to[i] = (double)at[i];                                                                                     \
    }
LOADER(load_int8, int8_t)
LOADER(load_int16, int16_t)
LOADER(load_int32, int32_t)
LOADER(load_int64, int64_t)
LOADER(load_uint8, uint8_t)
LOADER(load_uint16, uint16_t)
LOADER(load_uint32, uint32_t)
LOADER(load_uint64, uint64_t)
LOADER(load_float32, float)
LOADER(load_float64, double)

static void load_bool(size_t count, const void *from, double *to)
{
    const uint8_t *const at = from;
    for (size_t i = 0; i < count; i++)
        to[i] = at[i] != 0;
}

/* IEEE 754 binary16: sign, 5 bits of exponent (bias 15), 10 bits of fraction. */
static double half_value(uint16_t bits)
{
    const int exponent = bits >> 10 & 31, fraction = bits & 1023;
    double magnitude;
    if (exponent == 31)
        magnitude = fraction == 0 ? INFINITY : NAN;
    else if (exponent == 0)
        magnitude = ldexp(fraction, -24);
    else
        magnitude = ldexp(fraction + 1024, exponent - 25);
    return bits >> 15 ? -magnitude : magnitude;
}

static void load_float16(size_t count, const void *from, double *to)
{
    const uint16_t *const at = from;
    for (size_t i = 0; i < count; i++)
        to[i] = half_value(at[i]);
}

static const struct {
    scalar_kind kind;
    int bytes;
    const char *name;
    loader load;
} types[] = {
    {SCALAR_BOOL, 1, "bool", load_bool},        {SCALAR_INT, 1, "int8", load_int8},
    {SCALAR_INT, 2, "int16", load_int16},       {SCALAR_INT, 4, "int32", load_int32},
    {SCALAR_INT, 8, "int64", load_int64},       {SCALAR_UINT, 1, "uint8", load_uint8},
    {SCALAR_UINT, 2, "uint16", load_uint16},    {SCALAR_UINT, 4, "uint32", load_uint32},
    {SCALAR_UINT, 8, "uint64", load_uint64},    {SCALAR_FLOAT, 2, "float16", load_float16},
    {SCALAR_FLOAT, 4, "float32", load_float32}, {SCALAR_FLOAT, 8, "float64", load_float64},
};

static int row_of(scalar type)
{
    for (int row = 0; row < (int)(sizeof types / sizeof types[0]); row++)
        if (types[row].kind == type.kind && types[row].bytes == type.bytes)
            return row;
    return -1;
}

int rlra_scalar_valid(scalar type)
{
    return row_of(type) >= 0;
}

const char *rlra_scalar_name(scalar type)
{
    const int row = row_of(type);
    return row < 0 ? "unknown" : types[row].name;
}

int rlra_machine_is_little(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 1;
}

rlra_dtype rlra_scalar_target(scalar type, rlra_read_dtype asked)
{
    if (asked == RLRA_READ_AUTO)
        return type.kind == SCALAR_FLOAT && type.bytes <= 4 ? RLRA_DTYPE_F32 : RLRA_DTYPE_F64;
    return asked == RLRA_READ_F32 ? RLRA_DTYPE_F32 : RLRA_DTYPE_F64;
}

void rlra_bytes_swap(int bytes, size_t count, void *numbers)
{
    unsigned char *at = numbers;
    for (size_t i = 0; i < count; i++, at += bytes)
        for (int low = 0, high = bytes - 1; low < high; low++, high--) {
            const unsigned char kept = at[low];
            at[low] = at[high];
            at[high] = kept;
        }
}

void rlra_scalar_convert(scalar type, size_t count, void *from, rlra_dtype dtype, void *to)
{
    const loader load = types[row_of(type)].load;
    if (type.swap && type.bytes > 1)
        rlra_bytes_swap(type.bytes, count, from);
    if (dtype == RLRA_DTYPE_F64) {
        load(count, from, to);
        return;
    }
    for (size_t begin = 0; begin < count; begin += BLOCK) {
        double block[BLOCK];
        const size_t entries = count - begin < BLOCK ? count - begin : BLOCK;
        float *const out = (float *)to + begin;
        load(entries, (const char *)from + begin * (size_t)type.bytes, block);
        for (size_t i = 0; i < entries; i++)
            out[i] = (float)block[i];
    }
}
