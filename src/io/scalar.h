/* io/scalar.h: the number types that files store, and their conversion to those of the library. */
#ifndef RLRA_IO_SCALAR_H
#define RLRA_IO_SCALAR_H

#include <stddef.h>
#include <stdint.h>

#include "rlra/array.h"
#include "rlra/io.h"

typedef enum scalar_kind { SCALAR_NONE, SCALAR_BOOL, SCALAR_INT, SCALAR_UINT, SCALAR_FLOAT } scalar_kind;

/* A number type of a file; {SCALAR_NONE} is an unsupported type. */
typedef struct scalar {
    scalar_kind kind;
    int bytes; /* 1, 2, 4 or 8 */
    int swap;  /* bytes are in the opposite order of this machine */
} scalar;

/* Whether this kind of number is supported in this size. */
int rlra_scalar_valid(scalar type);

/* "uint16", "float64", "bool"; "unknown" if not valid. */
const char *rlra_scalar_name(scalar type);

/* Whether this machine stores the low byte first. */
int rlra_machine_is_little(void);

/* Reverse the bytes of each of `count` numbers. */
void rlra_bytes_swap(int bytes, size_t count, void *numbers);

/* The type to read a stored one into: as requested, or for AUTO f32 if the floats have at most 32 bits. */
rlra_dtype rlra_scalar_target(scalar type, rlra_read_dtype asked);

/* Convert `count` numbers. `from` is changed if bytes are swapped; both must be aligned to their entries. */
void rlra_scalar_convert(scalar type, size_t count, void *from, rlra_dtype dtype, void *to);

#endif
