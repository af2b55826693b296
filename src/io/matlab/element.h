/* io/matlab/element.h: the elements of which MATLAB .mat files of version 5 are made, plain or compressed.
 *
 * Format: "MAT-File Format", The MathWorks, chapter "Level 5 MAT-Files". */
#ifndef RLRA_IO_MATLAB_ELEMENT_H
#define RLRA_IO_MATLAB_ELEMENT_H

#include <zlib.h>

#include "io/dataset.h"
#include "io/places.h"

#define MAT_HEADER_BYTES 128

/* Types of elements. */
enum {
    MAT_INT8 = 1,
    MAT_UINT8,
    MAT_INT16,
    MAT_UINT16,
    MAT_INT32,
    MAT_UINT32,
    MAT_SINGLE,
    MAT_DOUBLE = 9,
    MAT_INT64 = 12,
    MAT_UINT64,
    MAT_MATRIX,
    MAT_COMPRESSED,
    MAT_UTF8,
    MAT_UTF16,
    MAT_UTF32
};

/* Classes of arrays that are not plain numbers. */
enum { MAT_CLASS_CELL = 1, MAT_CLASS_STRUCT = 2, MAT_CLASS_CHAR = 4, MAT_CLASS_SPARSE = 5 };

#define MAT_NAME_BYTES 64  /* most bytes of the name of a variable */
#define MAT_PATH_BYTES 512 /* most bytes of the path of a field of structs, with points between names */

/* The header of an array, before its entries. */
typedef struct mat_array {
    int class, complex;
    scalar type;        /* type of the class for users; NONE for cells, text, .. */
    const char *stored; /* "float64", "text", "cell", .. */
    int order;          /* at most RLRA_MAX_ORDER, or 0 if the array has more modes and cannot be read */
    int64_t dims[RLRA_MAX_ORDER];
    char name[MAT_PATH_BYTES];
} mat_array;

/* A walk over the top-level arrays of a file; also the stream of the current array. */
typedef struct mat_walk {
    byte_source base;
    const input *in;
    int swap;
    int64_t next; /* position of the next element */
    place here;   /* place of the current array: its element, and the offset of the field of a struct in it, or 0 */
    int64_t whole, taken;   /* bytes of the element after its tag, and those taken so far */
    int64_t left;           /* bytes left in the element being read, which limit reads */
    unsigned char small[4]; /* data of a small element, which are in its tag */
    size_t small_left;
    file_source file;
    z_stream inflater;
    int inflating;
    unsigned char buffer[8192]; /* compressed bytes */
} mat_walk;

typedef struct mat_tag {
    uint32_t type;
    int64_t bytes, padded; /* bytes of the data; the same with padding */
} mat_tag;

mat_walk rlra_mat_walk(const input *in);

/* Free the memory of decompression. */
void rlra_mat_end(mat_walk *walk);

/* Go to the next array of the file; *found = 0 at the end. */
rlra_status rlra_mat_next(mat_walk *walk, mat_array *array, int *found);

rlra_status rlra_mat_tag(mat_walk *walk, mat_tag *tag);

/* Read the header of an array, in an element MAT_MATRIX whose tag has been read. */
rlra_status rlra_mat_array(mat_walk *walk, mat_array *array);

/* Skip bytes of the element being read, without reading them if it is not compressed. */
rlra_status rlra_mat_skip(mat_walk *walk, int64_t bytes);

/* Go to the array at a place, or continue to it if the walk is before it in the same element, so that reading the fields of a
 * compressed struct in order unpacks it only once. */
rlra_status rlra_mat_go(mat_walk *walk, place where, mat_array *array);

/* The number type of an element; NONE if it has no numbers. */
scalar rlra_mat_scalar(uint32_t type, int swap);

#endif
