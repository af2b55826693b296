/* io/envi/header.h: the text header of ENVI rasters: `key = value` lines, values in braces over several lines. */
#ifndef RLRA_IO_ENVI_HEADER_H
#define RLRA_IO_ENVI_HEADER_H

#include "io/dataset.h"

#define ENVI_KEY_BYTES 64

/* One field of a header; the value is a part of the text of the header. */
typedef struct envi_field {
    char key[ENVI_KEY_BYTES]; /* lower case, blanks single */
    const char *value;
    size_t length; /* braces and blanks at both ends dropped */
    int line;      /* line that it begins in, from 1 */
    int open;      /* a brace is never closed */
} envi_field;

/* The position of a walk over the text of a header; starts as {text, 1}. */
typedef struct envi_place {
    const char *at;
    int line;
} envi_place;

typedef struct envi_header {
    shape shape;    /* lines x samples x bands; spectra x bands of a spectral library */
    int is_library; /* whether it is a spectral library */
    int64_t bands;  /* the length of its last mode */
    int64_t inner;  /* contiguous entries in the file that belong to one band */
    scalar type;
    int64_t offset;
    int64_t bytes; /* bytes of the data file, including those before the data */
} envi_header;

/* Whether text begins like an ENVI header. */
int rlra_envi_mark(const unsigned char *head, size_t bytes);

/* Get the next field and move `place` after it; 0 at the end. */
int rlra_envi_next(envi_place *place, envi_field *field);

/* Get the first field with this key; 0 if there is none. */
int rlra_envi_find(const char *text, const char *key, envi_field *field);

/* Fail with a message about a field that is not as expected. */
rlra_status rlra_envi_fail(const input *header, const envi_field *field, const char *expected);

/* Parse the fields about the data file. */
rlra_status rlra_envi_parse(const input *header, const char *text, envi_header *parsed);

#endif
