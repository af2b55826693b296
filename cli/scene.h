/* cli/scene.h: a hyperspectral image seen as a cube and as a matrix of bands x pixels, and what of it is used. */
#ifndef RLRA_CLI_SCENE_H
#define RLRA_CLI_SCENE_H

#include "run.h"

typedef struct scene {
    int64_t height, width, bands;
    int by_columns;      /* pixel p of the matrix is at column p / height, else at row p / width */
    rlra_array cube;     /* height x width x bands */
    rlra_array matrix;   /* bands x pixels, the same memory */
    void *copy;          /* what both are views of when the file's memory allows no matrix; else NULL */
    double *wavelengths; /* one for each band, or NULL */
    char *unit;          /* of the wavelengths, or NULL */
    double nanometres;   /* that the unit has; 0: it is no length */

    unsigned char *use_band, *use_pixel; /* 1 for those that are fitted */
    int64_t *pixel_of;                   /* number in the matrix of each pixel that is used */
    rlra_array used;                     /* the matrix without what is left out */
    int is_partial;                      /* whether anything is left out */
    void *packed;                        /* memory of `used` then */
    rlra_unmix_survey survey;
    int64_t masked, bad; /* pixels and bands that were asked to be left out */
} scene;

/* Make the views of what was read into `r`; `known`: lengths that the bands may have by the spectra that go with it, the likelier
 * one first, or 0. Start from {0}; cleared with scene_close(). */
int scene_open(run *r, const int64_t known[2], scene *s);
void scene_close(scene *s);

/* Find what of it is used; bands may have been struck out before. */
int scene_select(const run *r, scene *s);

/* Add the lines that report what was left out, freed with free(). */
char *scene_report(const scene *s);

/* Number of a pixel in the matrix. */
int64_t scene_pixel(const scene *s, int64_t row, int64_t column);
void scene_place(const scene *s, int64_t pixel, int64_t *row, int64_t *column);

/* Whether an array goes with the pixels: an image of height x width, or a list in their order; modes of length one are dropped
 * from it. scene_image_at() is its entry for a pixel then. */
int scene_fits_image(const scene *s, rlra_array *array);
double scene_image_at(const scene *s, const rlra_array *array, int64_t pixel);

/* A factor of pixels x rank as rank x height x width. */
rlra_array scene_maps(const scene *s, const rlra_array *factor);

/* Rows of `from`, those that are used, to their place in `to`, where all others become NaN. */
void scene_spread(const unsigned char *used, const rlra_array *from, const rlra_array *to);

/* cli/scene_shape.c: which modes of a cube are height, width and bands: order[0..2]; height x width of a matrix. */
int scene_read_shape(const run *r, int64_t *height, int64_t *width);
int scene_order(const run *r, const int64_t known[2], const char *waves, int order[3]);
char *scene_waves_beside(const run *r); /* FILE:NAME of wavelengths in the scene's own file, or NULL */
int scene_image(const run *r, int64_t *height, int64_t *width);

/* cli/scene_parts.c: numbers from 1 and ranges, such as 1-3,104-113, or a file of them: clears the flags of these bands. */
int scene_strike_bands(const char *list, int64_t bands, unsigned char *use);

#endif
