/* cli/labels.h: a label image of a scene, and what its classes say about the components. */
#ifndef RLRA_CLI_LABELS_H
#define RLRA_CLI_LABELS_H

#include "scene.h"

typedef struct labels {
    int classes;       /* numbered from 1; 0 is no label */
    char **names;      /* classes names */
    int32_t *of_pixel; /* in the order of the scene's matrix */
    int64_t *pixels;   /* in each class: classes + 1 counts */
} labels;

int labels_read(const run *r, const scene *s, labels *l);
void labels_clear(labels *l);

/* means[c * rank + k]: mean over the pixels of class c + 1 of column k of `shares` (pixels x rank, row by row). */
void labels_means(const labels *l, int64_t pixels, int64_t rank, const double *shares, double *means);

/* The mean spectrum of the pixels of class `label`. */
void labels_spectrum(const labels *l, const scene *s, int label, double *mean);

#endif
