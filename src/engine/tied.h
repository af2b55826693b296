/* engine/tied.h: the quadratic part of a factor F whose rows a matrix ties to each other.
 *
 * The model is D F (A C)^T with D not the identity (form/form.h), so the part is  sum_t w_t D_t^T D_t F G_t  with
 * G_t = (A C)^T (A C). It is never formed, but applied. */
#ifndef RLRA_ENGINE_TIED_H
#define RLRA_ENGINE_TIED_H

#include "block/block.h"
#include "model/problem.h"

struct fit;

/* The quadratic part of the current factor: one part for each term, and one for penalties. */
typedef struct tied_gram {
    int terms, parts, threads; /* number of terms, and of parts: those of terms come first */
    ptrdiff_t length, rank;
    const double *left[RLRA_MAX_TERMS + 1]; /* D^T D, length x length; NULL: the identity */
    double *gram[RLRA_MAX_TERMS + 1];       /* w G, rank x rank                           */
    double *rows, *sums;                    /* room for F G and for the sum               */
    double *bound;                          /* room for eigenvalues                       */
    double *diagonal;
    gram_products products;
} tied_gram;

/* Whether some term ties the rows of factor n. */
int RLRA(is_tied)(const struct fit *f, int n);

/* Take workspace for tied factors; called twice, to measure and to allocate. */
void RLRA(tied_plan)(struct fit *f);

/* Form the quadratic part of factor n, which f->tied holds until the next call. */
void RLRA(tied_form)(struct fit *f, int n);

/* <F, sum_t w_t D_t^T D_t F G_t> without penalties: the squared norm of the model. */
double RLRA(tied_norm2)(const struct fit *f, factor x);

#endif
