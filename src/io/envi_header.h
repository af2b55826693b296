/* io/envi_header.h: the text header of ENVI rasters: `key = value` lines, values in braces over several lines. */
#ifndef RLRA_IO_ENVI_HEADER_H
#define RLRA_IO_ENVI_HEADER_H

#include "io/dataset.h"

#define ENVI_KEY_BYTES 64

/* One field of a header; the value is a part of the header's text. */
typedef struct envi_field {
    char key[ENVI_KEY_BYTES]; /* lower case, blanks single */
    const char *value;
    size_t length; /* braces and blanks at both ends dropped */
} envi_field;

typedef struct envi_header {
    shape shape; /* lines x samples x bands */
    scalar type;
    int64_t offset;
} envi_header;

/* Whether text begins as an ENVI header. */
int rlra_envi_mark(const unsigned char *head, size_t bytes);

/* The next field after *at, which moves on; 0 at the end. */
int rlra_envi_next(const char **at, envi_field *field);

/* What the fields say about the data file. */
rlra_status rlra_envi_parse(const input *header, const char *text, envi_header *parsed);

#endif
