/* io/octave_walk.h: walk over the variables of Octave's text files, into structs and cells.
 *
 * Format: as written by `save FILE X Y` of Octave 3 to 9: lines `# name: X`, `# type: matrix`, .., then the entries. */
#ifndef RLRA_IO_OCTAVE_WALK_H
#define RLRA_IO_OCTAVE_WALK_H

#include "io/dataset.h"
#include "io/lines.h"
#include "io/places.h"
#include "io/text.h"

#define OCTAVE_PATH 512

/* How the entries are written. */
typedef enum octave_form {
    OCTAVE_OTHER, /* cannot be read */
    OCTAVE_FULL,
    OCTAVE_SPARSE,   /* row, column, value */
    OCTAVE_DIAGONAL, /* values of the diagonal */
    OCTAVE_RANGE,    /* base, limit, increment */
    OCTAVE_TEXT,
    OCTAVE_CELL,
    OCTAVE_STRUCT,
    OCTAVE_SCALAR_STRUCT
} octave_form;

/* The header of a variable, before its entries. */
typedef struct octave_array {
    octave_form form;
    scalar type;     /* NONE if it is no real number */
    char stored[32]; /* "float64", "text", "complex matrix", .. */
    int by_rows;     /* entries are stored row by row, else column after column */
    int64_t count;   /* stored entries of a sparse array */
    int order;
    int64_t dims[RLRA_MAX_ORDER];
    double base, increment; /* values of a range */
} octave_array;

typedef struct octave_walk {
    lines *l;
    int found;              /* there is a current line */
    char path[OCTAVE_PATH]; /* path of the variable, with points between structs */
    place here;             /* place of its first line: byte and number */
    int named;              /* `path` is the name of the next variable, for any name in the file */
    int depth, inside_cell;
    const char *wanted; /* path of the variable whose text is collected in `text`; or NULL */
    text_buffer *text;
    int collecting;
    int stop; /* set by visit(), which may have read the entries */
    rlra_status (*visit)(struct octave_walk *w, const octave_array *a);
    void *user;
} octave_walk;

/* Call visit() for one variable, `path`; `l` must be before its first line. */
rlra_status rlra_octave_walk_one(octave_walk *w, const char *path);

/* Call visit() for each variable that is not in a cell: for numbers at the first entry, for others after the variable. */
rlra_status rlra_octave_walk(octave_walk *w);

/* The next entry; line ends do not matter. */
rlra_status rlra_octave_value(octave_walk *w, double *value);

/* Whether a line is the field `key` of a header: `# key: rest`; *rest is the text after the colon. */
int rlra_octave_field(const char *line, const char *key, const char **rest);

#endif
