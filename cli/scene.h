/* cli/scene.h: a hyperspectral image seen as a cube and as a matrix of bands x pixels. */
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
} scene;

/* Make the views of what was read into `r`. Start from {0}; cleared with scene_close(). */
int scene_open(run *r, scene *s);
void scene_close(scene *s);

/* Number of a pixel in the matrix. */
int64_t scene_pixel(const scene *s, int64_t row, int64_t column);
void scene_place(const scene *s, int64_t pixel, int64_t *row, int64_t *column);

/* A factor of pixels x rank as rank x height x width. */
rlra_array scene_maps(const scene *s, const rlra_array *factor);

#endif
