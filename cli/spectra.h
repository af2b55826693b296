/* cli/spectra.h: spectra, angles between them, and the assignment of components to classes. */
#ifndef RLRA_CLI_SPECTRA_H
#define RLRA_CLI_SPECTRA_H

#include "scene.h"

/* Spectra of one material. */
typedef struct spectra_class {
    char *name;
    int64_t count;
    double *spectra; /* count x bands */
    double *mean;    /* bands: the mean of the spectra scaled to length one */
} spectra_class;

typedef struct library {
    int64_t bands;
    int count;
    spectra_class *classes;
} library;

/* Read the classes of a file: arrays of bands x spectra, each a class, or one array, each spectrum a class. */
int library_read(const run *r, const char *spec, const scene *s, library *l);
void library_clear(library *l);

/* Angle in radians between two vectors, in the bands that both have; NaN if one is zero. */
double spectral_angle(int64_t bands, const double *a, const double *b);

/* The least angle to a spectrum of the class. */
double nearest_angle(const spectra_class *c, int64_t bands, const double *spectrum);

/* Column k of a factor, as double. */
void factor_column(const rlra_array *factor, int64_t k, double *column);

/* assigned[i] = column of row i such that the sum of costs (count x count) is least and no column is used twice. */
void assign_least(int count, const double *cost, int *assigned);

#endif
