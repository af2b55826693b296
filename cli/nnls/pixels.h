/* cli/nnls/pixels.h: a regression on known spectra for every pixel of a scene. */
#ifndef RLRA_CLI_NNLS_PIXELS_H
#define RLRA_CLI_NNLS_PIXELS_H

#include "nnls/nnls.h"

/* Whether Y is a scene: a cube, or a matrix with an option that only scenes have. Refuses such options for what is none. */
int regression_find_scene(regression *r);

/* W and Y without bands and pixels that are left out, from the files. */
int regression_read_scene(regression *r);

/* After solving: X as maps and the numbers of pixels as images, with NaN where there are no data. */
void regression_spread(regression *r);

/* The page, if it is asked for. */
int regression_report(const regression *r);

/* Where column `column` of Y is: "column 7", or the place of a pixel. Freed with free(). */
char *regression_place(const regression *r, int64_t column);

/* What is reported of the scene on stdout. */
void regression_print_scene(const regression *r);
void regression_clear_scene(regression *r);

#endif
