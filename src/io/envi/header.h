/* io/envi/header.h: the text header of ENVI rasters: `key = value` lines, values in braces over several lines. */
#ifndef RLRA_IO_ENVI_HEADER_H
#define RLRA_IO_ENVI_HEADER_H

#include "io/dataset.h"

#define ENVI_KEY_BYTES 64

/* One field of a header; the value is a part of the header's text. */
typedef struct envi_field {
    char key[ENVI_KEY_BYTES]; /* lower case, blanks single */
    const char *value;
    size_t length; /* braces and blanks at both ends dropped */
    int line;      /* that it begins in, from 1 */
    int open;      /* whether a brace is never closed */
} envi_field;

/* Where the walk through a header's text stands; starts as {text, 1}. */
typedef struct envi_place {
    const char *at;
    int line;
} envi_place;

typedef struct envi_header {
    shape shape;    /* lines x samples x bands; spectra x bands of a spectral library */
    int is_library; /* whether it is one */
    int64_t bands;  /* the length of its last mode */
    int64_t inner;  /* entries side by side in the file that are of one band */
    scalar type;
    int64_t offset;
    int64_t bytes; /* that the data file has, with what stands before the data */
} envi_header;

/* Whether text begins as an ENVI header. */
int rlra_envi_mark(const unsigned char *head, size_t bytes);

/* The next field, behind which `place` then stands; 0 at the end. */
int rlra_envi_next(envi_place *place, envi_field *field);

/* The first field of this key; 0 if there is none. */
int rlra_envi_find(const char *text, const char *key, envi_field *field);

/* A sentence on a field that is not what it should be. */
rlra_status rlra_envi_fail(const input *header, const envi_field *field, const char *expected);

/* What the fields say about the data file. */
rlra_status rlra_envi_parse(const input *header, const char *text, envi_header *parsed);

#endif
