/* io/hdf5/convert.c: convert numbers of all kinds of HDF5, as f32, f64 or int64. */
#include <math.h>
#include <string.h>

#include "io/hdf5/type.h"

/* Entries converted together. */
#define BLOCK 1024

static uint64_t low_bits(int count)
{
    return count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

static uint64_t entry_bits(const h5_type *type, const unsigned char *at)
{
    uint64_t bits = 0;
    const int size = (int)type->size;
    for (int k = 0; k < size; k++)
        bits = bits << 8 | at[type->is_big ? k : size - 1 - k];
    return bits;
}

/* The bits of an integer, extended by its sign. */
static uint64_t integer_bits(const h5_type *type, const unsigned char *at)
{
    const uint64_t bits = entry_bits(type, at) >> type->offset & low_bits(type->precision);
    const int is_negative = type->is_signed && (bits >> (type->precision - 1) & 1);
    return is_negative ? bits | ~low_bits(type->precision) : bits;
}

static int64_t integer_of(const h5_type *type, const unsigned char *at)
{
    const uint64_t bits = integer_bits(type, at);
    if (!type->is_signed)
        return bits > INT64_MAX ? INT64_MAX : (int64_t)bits;
    /* Two's complement, without implementation-defined behaviour. */
    return bits > INT64_MAX ? -(int64_t)~bits - 1 : (int64_t)bits;
}

static double float_of(const h5_type *type, const unsigned char *at)
{
    const uint64_t bits = entry_bits(type, at);
    const uint64_t stored = bits >> type->mantissa_at & low_bits(type->mantissa_bits);
    const int64_t exponent = (int64_t)(bits >> type->exponent_at & low_bits(type->exponent_bits));
    const int is_last = (uint64_t)exponent == low_bits(type->exponent_bits);
    /* If the first bit is stored, it is not part of the fraction. */
    const uint64_t fraction = type->is_implied ? stored : stored & low_bits(type->mantissa_bits - 1);
    double magnitude;
    if (is_last)
        magnitude = fraction == 0 ? INFINITY : NAN;
    else {
        const int places = type->is_implied ? type->mantissa_bits : type->mantissa_bits - 1;
        const int is_normal = type->is_implied && exponent != 0;
        const uint64_t digits = is_normal ? stored | UINT64_C(1) << type->mantissa_bits : stored;
        const int64_t power = (type->is_implied && exponent == 0 ? 1 : exponent) - type->bias - places;
        magnitude = ldexp((double)digits, (int)(power < -100000 ? -100000 : power));
    }
    return bits >> type->sign_at & 1 ? -magnitude : magnitude;
}

static double real_of(const h5_type *type, const unsigned char *at)
{
    if (type->class == H5_FLOAT)
        return float_of(type, at);
    return type->is_signed ? (double)integer_of(type, at) : (double)integer_bits(type, at);
}

int rlra_h5_is_same(const h5_type *type, rlra_dtype dtype)
{
    static const scalar kinds[] = {[RLRA_DTYPE_F32] = {SCALAR_FLOAT, 4, 0},
                                   [RLRA_DTYPE_F64] = {SCALAR_FLOAT, 8, 0},
                                   [RLRA_DTYPE_I64] = {SCALAR_INT, 8, 0}};
    const scalar same = kinds[dtype], stored = type->number;
    return type->is_plain && stored.kind == same.kind && stored.bytes == same.bytes && !stored.swap;
}

static void convert_unusual(const h5_type *type, int64_t count, const unsigned char *from, rlra_dtype dtype, void *to)
{
    for (int64_t k = 0; k < count; k++, from += type->size)
        if (dtype == RLRA_DTYPE_I64)
            ((int64_t *)to)[k] = integer_of(type, from);
        else if (dtype == RLRA_DTYPE_F64)
            ((double *)to)[k] = real_of(type, from);
        else
            ((float *)to)[k] = (float)real_of(type, from);
}

void rlra_h5_convert(const h5_type *type, int64_t count, const void *from, rlra_dtype dtype, void *to)
{
    const unsigned char *at = from;
    char *out = to;
    if (rlra_h5_is_same(type, dtype)) {
        memmove(to, from, (size_t)count * type->size);
        return;
    }
    while (count > 0) {
        _Alignas(16) unsigned char block[BLOCK * 8];
        const int64_t entries = count < BLOCK ? count : BLOCK;
        memcpy(block, at, (size_t)entries * type->size);
        if (type->is_plain && dtype != RLRA_DTYPE_I64)
            rlra_scalar_convert(type->number, (size_t)entries, block, dtype, out);
        else
            convert_unusual(type, entries, block, dtype, out);
        count -= entries;
        at += (size_t)entries * type->size;
        out += entries * (dtype == RLRA_DTYPE_F32 ? 4 : 8);
    }
}
