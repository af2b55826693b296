/* drawn/draw.h: what fits and regressions are drawn with. */
#ifndef TESTS_DRAWN_DRAW_H
#define TESTS_DRAWN_DRAW_H

#include "drawn/problem.h"

/* Numbers in the precision of the data, freed by the caller. */
void *in_memory(rlra_dtype dtype, int64_t count, const long double *values);

const rlra_member *draw_member(dice *from, const char *family);
void draw_priors(dice *from, int64_t rank, drawn_priors *priors);
void draw_loss(dice *from, rlra_options *options);

/* Loss, rule, start and all else of a fit but the rank. */
void draw_options(dice *from, rlra_options *options);

/* Add a term that is known by its products. */
rlra_status pose_implicit(drawn_fit *fit, drawn_array *a);

#endif
