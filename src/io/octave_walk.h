/* io/octave_walk.h: walk through the variables of Octave's text files, into structs and cells.
 *
 * Format: what `save FILE X Y` of Octave 3 to 9 writes: lines `# name: X`, `# type: matrix`, .., then the entries. */
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

/* What stands before the entries. */
typedef struct octave_array {
    octave_form form;
    scalar type;     /* NONE when it is no real number */
    char stored[32]; /* "float64", "text", "complex matrix", .. */
    int by_rows;     /* else column after column */
    int64_t count;   /* of stored entries that are sparse */
    int order;
    int64_t dims[RLRA_MAX_ORDER];
    double base, increment; /* of a range */
} octave_array;

typedef struct octave_walk {
    lines *l;
    int found;              /* whether there is a current line */
    char path[OCTAVE_PATH]; /* of the variable, through structs with points */
    place here;             /* of its first line: byte and number */
    int named;              /* `path` is that of the variable that comes next, whatever it says */
    int depth, inside_cell;
    const char *wanted; /* whose text is collected in `text`; or NULL */
    text_buffer *text;
    int collecting;
    int stop; /* set by visit(), which may have read the entries */
    rlra_status (*visit)(struct octave_walk *w, const octave_array *a);
    void *user;
} octave_walk;

/* Call visit() for one variable, `path`, before whose first line `l` stands. */
rlra_status rlra_octave_walk_one(octave_walk *w, const char *path);

/* Call visit() for each variable that is not in a cell: of numbers at its first entry, of others behind it. */
rlra_status rlra_octave_walk(octave_walk *w);

/* The next entry; lines ends do not matter. */
rlra_status rlra_octave_value(octave_walk *w, double *value);

/* Whether a line is the field `key` of a header: `# key: rest`; *rest is behind the colon. */
int rlra_octave_field(const char *line, const char *key, const char **rest);

#endif
