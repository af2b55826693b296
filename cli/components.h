/* cli/components.h: what the components of an unmixed scene are: their scale, share, names and the table of them. */
#ifndef RLRA_CLI_COMPONENTS_H
#define RLRA_CLI_COMPONENTS_H

#include "scene.h"

typedef struct components {
    int64_t rank;
    double *shares; /* pixels x rank: part of each component in each pixel, sum one (or zero) */
    char **names;   /* of the components */
    char **cells;   /* of the table, row by row */
    const char *header[8];
    int columns;
    double mean_angle; /* to the library or the labelled classes; NaN without */
    char *note;        /* how the names were found, or NULL */
} components;

/* Resolve the scale that a factorization leaves open: see `rlra help unmix`. */
void components_rescale(const run *r);

/* Fill in all. Start from {0}; cleared with components_clear(). */
int components_describe(const run *r, const scene *s, components *c);
void components_clear(components *c);

#endif
