/* io/hdf5/type.c: the message of a data type. */
#include "io/hdf5/type.h"

#include <string.h>

#define VERSION_MOST 5

static void take_integer(h5_bytes *b, unsigned flags, h5_type *type)
{
    type->is_big = (int)(flags & 1);
    type->is_signed = (int)(flags >> 3 & 1);
    type->offset = (int)rlra_h5_take(b, 2);
    type->precision = (int)rlra_h5_take(b, 2);
    const int bits = 8 * (int)type->size;
    b->failed |= type->precision == 0 || type->offset + type->precision > bits;
    type->is_plain = type->offset == 0 && type->precision == bits;
}

/* Whether the fields are those of IEEE 754 with this number of bytes. */
static int is_ieee(const h5_type *type)
{
    static const struct {
        size_t size;
        int exponent, mantissa;
    } rows[] = {{2, 5, 10}, {4, 8, 23}, {8, 11, 52}};
    for (int k = 0; k < 3; k++)
        if (rows[k].size == type->size && rows[k].exponent == type->exponent_bits &&
            rows[k].mantissa == type->mantissa_bits)
            return type->mantissa_at == 0 && type->exponent_at == type->mantissa_bits &&
                   type->sign_at == 8 * (int)type->size - 1 && type->is_implied &&
                   type->bias == (INT64_C(1) << (type->exponent_bits - 1)) - 1;
    return 0;
}

/* Whether `count` bits at a position, at most `most`, are within the entry. */
static int holds(const h5_type *type, int at, int count, int most)
{
    return count >= 1 && count <= most && at + count <= 8 * (int)type->size;
}

/* Parse a float; returns whether it is supported. */
static int take_float(h5_bytes *b, unsigned flags, h5_type *type)
{
    type->is_big = (int)(flags & 1);
    type->is_implied = (flags >> 4 & 3) == 2;
    type->sign_at = (int)(flags >> 8 & 255);
    type->offset = (int)rlra_h5_take(b, 2);
    type->precision = (int)rlra_h5_take(b, 2);
    type->exponent_at = (int)rlra_h5_take(b, 1);
    type->exponent_bits = (int)rlra_h5_take(b, 1);
    type->mantissa_at = (int)rlra_h5_take(b, 1);
    type->mantissa_bits = (int)rlra_h5_take(b, 1);
    type->bias = (int64_t)rlra_h5_take(b, 4);
    type->is_plain = is_ieee(type);
    /* The byte order of VAX swaps pairs of bytes; IEEE 754 has at most 15 bits of exponent. */
    return (flags >> 6 & 1) == 0 && type->size <= 8 && holds(type, type->sign_at, 1, 1) &&
           holds(type, type->exponent_at, type->exponent_bits, 15) &&
           holds(type, type->mantissa_at, type->mantissa_bits, 63);
}

/* Parse the base of an enum. */
static void take_base(h5_bytes *b, h5_type *type)
{
    const uint64_t head = rlra_h5_take(b, 4), size = rlra_h5_take(b, 4);
    b->failed |= (head & 15) != H5_INTEGER || size != type->size || size > 8;
    if (!b->failed)
        take_integer(b, (unsigned)(head >> 8), type);
}

/* Whether the members, whose names end with a zero and are padded to 8 bytes before version 3, have the values 0 and 1 of
 * NumPy's bool. Other enums are codes of categories, not quantities. */
static int take_bool(h5_bytes *b, int version, int members, const h5_type *type)
{
    if (members != 2 || type->size != 1)
        return 0;
    for (int k = 0; k < members; k++) {
        const unsigned char *const end = rlra_h5_left(b) == 0 ? NULL : memchr(b->at, 0, rlra_h5_left(b));
        if (end == NULL)
            return 0;
        const size_t length = (size_t)(end - b->at) + 1;
        rlra_h5_skip(b, version < 3 ? (length + 7) / 8 * 8 : length);
    }
    const uint64_t first = rlra_h5_take(b, 1), second = rlra_h5_take(b, 1);
    return !b->failed && first + second == 1;
}

static void take_properties(h5_bytes *b, int version, unsigned flags, h5_type *type)
{
    int is_number = type->size <= 8;
    switch (type->class) {
    case H5_INTEGER:
        if (!is_number)
            return;
        take_integer(b, flags, type);
        type->number = (scalar){type->is_signed ? SCALAR_INT : SCALAR_UINT, (int)type->size, 0};
        break;
    case H5_FLOAT:
        is_number = take_float(b, flags, type);
        type->number = (scalar){SCALAR_FLOAT, (int)type->size, 0};
        break;
    case H5_ENUM:
        take_base(b, type);
        is_number = !b->failed && take_bool(b, version, (int)(flags & 0xffff), type);
        type->is_plain = is_number;
        type->number = (scalar){SCALAR_BOOL, 1, 0};
        break;
    case H5_STRING:
        type->padding = (h5_padding)(flags & 15);
        return;
    case H5_SEQUENCE:
        type->is_variable = (flags & 15) == 1;
        if (type->is_variable)
            type->class = H5_STRING;
        return;
    case H5_REFERENCE:
        type->is_address = (flags & 15) == 0;
        return;
    default:
        return;
    }
    type->number.swap = type->size > 1 && type->is_big == rlra_machine_is_little();
    if (!is_number || !rlra_scalar_valid(type->number))
        type->number = (scalar){SCALAR_NONE, 0, 0};
}

rlra_status rlra_h5_type(const h5_file *file, const h5_message *message, h5_type *type)
{
    rlra_status status = RLRA_OK;
    h5_bytes b = {message->body, message->body + message->bytes, 0};
    const uint64_t head = rlra_h5_take(&b, 4), size = rlra_h5_take(&b, 4);
    const int version = (int)(head >> 4 & 15);
    *type = (h5_type){.class = (h5_class)(head & 15), .size = (size_t)size};
    REQUIRE(!b.failed && version >= 1 && version <= VERSION_MOST && type->class < H5_CLASSES && size > 0,
            rlra_h5_damaged(file, "a data type", H5_NOWHERE));
    take_properties(&b, version, (unsigned)(head >> 8), type);
    REQUIRE(!b.failed, rlra_h5_damaged(file, "a data type", H5_NOWHERE));
cleanup:
    return status;
}

const char *rlra_h5_type_name(const h5_type *type)
{
    static const char *const names[H5_CLASSES] = {
        [H5_TIME] = "time",         [H5_STRING] = "text",         [H5_BITFIELD] = "bits",    [H5_OPAQUE] = "opaque",
        [H5_COMPOUND] = "compound", [H5_REFERENCE] = "reference", [H5_ENUM] = "enumeration", [H5_SEQUENCE] = "lists",
        [H5_ARRAY] = "arrays",      [H5_COMPLEX] = "complex",
    };
    if (type->number.kind != SCALAR_NONE)
        return rlra_scalar_name(type->number);
    return names[type->class] == NULL ? "unknown" : names[type->class];
}
