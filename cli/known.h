/* cli/known.h: known spectra from a file, brought to the bands of a scene. */
#ifndef RLRA_CLI_KNOWN_H
#define RLRA_CLI_KNOWN_H

#include "scene.h"

typedef struct known {
    int64_t bands, count;
    double *values; /* spectrum after spectrum */
    char **names;   /* of the spectra, or NULL */
    double *waves;  /* of the bands, or NULL */
    char *unit;     /* of the wavelengths, or NULL */
} known;

/* Whether a variable of this name holds wavelengths or the like beside spectra. */
int known_is_axis(const char *name);

/* Lengths that the bands may have: [0] alone where the file says (a library of ENVI, wavelengths, `transposed`), else the
 * numbers of rows and columns; 0: none. */
void known_lengths(const rlra_dataset *dataset, int transposed, int64_t lengths[2]);

/* Take the spectra of a dense data set of order 1 or 2: bands x spectra, or spectra x bands where the file says so, `transposed`
 * does, or only the columns are as many as the bands of a scene. Columns of a table that are wavelengths by their name become
 * those of all. Start from {0}; cleared with known_clear(). */
int known_take(const run *r, const char *spec, const rlra_dataset *dataset, int64_t bands, int transposed, known *k);

/* Bring spectra to the bands of a scene: by wavelength with --resample, else they must be as many. `what` is for messages. */
int known_match(const run *r, const char *what, const scene *s, known *k);
void known_clear(known *k);

#endif
