/* api/array.h: what the functions on array views share. */
#ifndef RLRA_API_ARRAY_H
#define RLRA_API_ARRAY_H

#include "rlra/array.h"

/* Merge a mode with the one that follows it, if the strides allow: returns whether they did. A mode of length 1 fits any. */
int rlra_mode_absorb(int64_t *dim, int64_t *stride, int64_t next_dim, int64_t next_stride);

#endif
