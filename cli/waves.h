/* cli/waves.h: wavelengths: their unit, and spectra brought to other ones. */
#ifndef RLRA_CLI_WAVES_H
#define RLRA_CLI_WAVES_H

#include "rlra/rlra.h"

/* What a unit is to nanometres: 1, 1000 of micrometres, 0 of what is no length. `unit` may be NULL or "Unknown": then the
 * numbers show, 400 being nm and 0.4 micrometres, as sensors of light have them. */
double waves_scale(const char *unit, const double *waves, int64_t count);

/* Whether an array, or a column, of that name holds wavelengths: `wavelength`, `Wavelength_Vnir`, `lambda (um)`, `wl`, or a
 * unit of them; of a path such as /cube/wavelengths or data.wl the last part counts. */
int waves_named(const char *name);

/* How the values at some wavelengths give those at others: between two neighbours on a line. */
typedef struct resampling {
    int64_t count;         /* of the wavelengths that are wanted */
    int64_t outside;       /* of them that lie beyond the others */
    int64_t *left, *right; /* the neighbours of each; -1 outside */
    double *part;          /* of the right one */
} resampling;

/* From `count` wavelengths in any order to others, both in the same unit; cleared with resampling_clear(). */
resampling resampling_make(int64_t count, const double *from, int64_t wanted, const double *to);
void resampling_clear(resampling *r);

/* The values at the wanted wavelengths; NaN outside. */
void resampling_apply(const resampling *r, const double *values, double *wanted);

/* The largest distance between wavelengths of equal number, in the unit of `a`. */
double waves_distance(int64_t count, const double *a, double scale_a, const double *b, double scale_b);

#endif
