/* cli/components.h: what the components of an unmixed scene are: their scale, share, names and the table of them. */
#ifndef RLRA_CLI_COMPONENTS_H
#define RLRA_CLI_COMPONENTS_H

#include "labels.h"
#include "spectra.h"

typedef struct components {
    library library; /* what names them; empty where it was not asked for */
    labels labels;
    int64_t rank;
    double *shares; /* pixels x rank: part of each component in each pixel, sum one (or zero) */
    char **names;   /* of the components */
    char **cells;   /* of the table, row by row */
    const char *header[8];
    int columns;
    char *note; /* how the names were found, or NULL */
} components;

/* Read the library and the labels that are asked for: before the fit, as a wrong file should not be learnt after it.
 * Start from {0}; cleared with components_clear(). */
int components_open(const run *r, const scene *s, components *c);

/* Fill in the rest, of the model. */
void components_describe(const run *r, const scene *s, components *c);
void components_clear(components *c);

#endif
