/* io/hdf5/type.h: what an entry is: the message of a data type, and the conversion of numbers. */
#ifndef RLRA_IO_HDF5_TYPE_H
#define RLRA_IO_HDF5_TYPE_H

#include "io/hdf5/object.h"
#include "io/scalar.h"

/* As the format numbers them; strings of variable length, which it has as a kind of H5_SEQUENCE, are H5_STRING here. */
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
    scalar number; /* what it is read as: SCALAR_NONE if it is no real number that we read */
    int is_plain;  /* `number` says all: two's complement or IEEE 754 that fills its bytes */

    /* For integers, floats and enums of integers; bit 0 is the lowest. */
    int is_big, is_signed;
    int offset, precision;
    int sign_at, exponent_at, exponent_bits, mantissa_at, mantissa_bits;
    int is_implied; /* the first bit of the mantissa is not stored */
    int64_t bias;

    h5_padding padding; /* of strings */
    int is_variable;    /* a string elsewhere in the file */
    int is_address;     /* a reference that is the address of an object */
} h5_type;

rlra_status rlra_h5_type(const h5_file *file, const h5_message *message, h5_type *type);

/* What the user sees: "float64", "bool", "text", "compound", "opaque", ..; "unknown" for numbers of a width we do not read. */
const char *rlra_h5_type_name(const h5_type *type);

/* Numbers as f32, f64, or integers as int64, of which the largest unsigned ones become the largest. `from` need not be aligned; it
 * may be `to` where the entries have the same size. */
void rlra_h5_convert(const h5_type *type, int64_t count, const void *from, rlra_dtype dtype, void *to);

/* Whether conversion leaves the bytes as they are. */
int rlra_h5_is_same(const h5_type *type, rlra_dtype dtype);

#endif
