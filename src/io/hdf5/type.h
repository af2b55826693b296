/* io/hdf5/type.h: the type of entries: the message of a data type, and the conversion of numbers. */
#ifndef RLRA_IO_HDF5_TYPE_H
#define RLRA_IO_HDF5_TYPE_H

#include "io/hdf5/object.h"
#include "io/scalar.h"

/* Numbered as in the format, except that strings of variable length, there a kind of H5_SEQUENCE, are H5_STRING here. */
typedef enum h5_class {
    H5_INTEGER,
    H5_FLOAT,
    H5_TIME,
    H5_STRING,
    H5_BITFIELD,
    H5_OPAQUE,
    H5_COMPOUND,
    H5_REFERENCE,
    H5_ENUM,
    H5_SEQUENCE,
    H5_ARRAY,
    H5_COMPLEX,
    H5_CLASSES
} h5_class;

typedef enum h5_padding { H5_PAD_ZERO_ENDS, H5_PAD_ZEROS, H5_PAD_SPACES } h5_padding;

typedef struct h5_type {
    h5_class class;
    size_t size;   /* bytes of an entry; never 0 */
    scalar number; /* fully described by `number`: two's complement or IEEE 754 that fills its bytes */
    int is_plain;  /* `number` says all: two's complement or IEEE 754 that fills its bytes */

    /* For integers, floats and enums of integers; bit 0 is the lowest. */
    int is_big, is_signed;
    int offset, precision;
    int sign_at, exponent_at, exponent_bits, mantissa_at, mantissa_bits;
    int is_implied; /* the first bit of the mantissa is not stored */
    int64_t bias;

    h5_padding padding; /* padding of strings */
    int is_variable;    /* a string elsewhere in the file */
    int is_address;     /* a reference by the address of an object */
} h5_type;

rlra_status rlra_h5_type(const h5_file *file, const h5_message *message, h5_type *type);

/* The name of a type for users: "float64", "bool", "text", "compound", "opaque", ..; "unknown" for numbers of unsupported
 * width. */
const char *rlra_h5_type_name(const h5_type *type);

/* Convert numbers to f32 or f64, or integers to int64, with unsigned ones out of range clipped. `from` need not be aligned; it
 * may be `to` if the entries have the same size. */
void rlra_h5_convert(const h5_type *type, int64_t count, const void *from, rlra_dtype dtype, void *to);

/* Whether conversion does not change the bytes. */
int rlra_h5_is_same(const h5_type *type, rlra_dtype dtype);

#endif
