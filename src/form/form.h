/* form/form.h: forms of models: how the factors of a term give the rank-one arrays that operators use.
 *
 * Along the mode of one of its factors F every model is linear in F:
 *
 *     X_(mode)  is modelled by  D F (A C)^T,     A the khatri-rao product of the seen factors of the other modes,
 *
 * with D a known matrix or another factor, and C a matrix; either may be the identity. A form defines D, A and C; Gram
 * matrices, right-hand sides and designs of every form are made from them here. */
#ifndef RLRA_FORM_FORM_H
#define RLRA_FORM_FORM_H

#include <stdint.h>

#include "core/arena.h"
#include "linalg/kernels.h"
#include "model/factor.h"
#include "rlra/array.h"
#include "rlra/registry.h"

/* Factors of one term: one for each mode, and a core. */
#define FORM_MOST_FACTORS (RLRA_MAX_ORDER + 1)

typedef struct form form;

/* A seen factor, which operators use: one column for each rank-one array. */
typedef struct seen_factor {
    factor at;
    const double *gram; /* S^T S of the factor S whose columns are repeated */
    ptrdiff_t gram_rank;
    const int *columns; /* column k is column columns[k] of S; NULL: column k */
} seen_factor;

/* The model as a function of one factor. */
typedef struct form_view {
    int order, mode;
    seen_factor seen[RLRA_MAX_ORDER]; /* all of rank `inner`; that of `mode` is F where D = 1 and C = 1 */
    ptrdiff_t inner;                  /* number of columns of seen factors                     */
    factor left;                      /* D, I_mode x length of F; `at` NULL: the identity      */
    const double *left_gram;          /* D^T D                                                 */
    double *left_largest;             /* bound of the largest eigenvalue of D^T D, 0: not yet known; NULL: D changes */
    factor fold;                      /* C, inner x rank of F; `at` NULL: the identity         */
} form_view;

typedef struct form_ops {
    rlra_member about;
    int cores;          /* number of factors beyond those of the modes */
    int streams;        /* rows of a factor may be updated within a pass over the data */
    int has_components; /* columns k of all factors belong together and share one scale */

    /* The length and rank of the core, if there is one, from the ranks of the factors of the modes. */
    void (*core_shape)(int order, const int64_t *ranks, int64_t *length, int64_t *rank);

    /* The largest rank of a seen factor; takes workspace, called twice. */
    ptrdiff_t (*plan)(form *self, arena *work);

    /* The model as a function of factor `at` of the term: that of mode `at`, or the core (`order`). */
    void (*view)(form *self, int at, form_view *to);
} form_ops;

struct form {
    const form_ops *ops;
    int order, threads;
    const kernels *kernels;
    ptrdiff_t dims[RLRA_MAX_ORDER]; /* lengths of the modes of the data                        */
    const int *numbers;             /* numbers of the factors, by mode, then of the core       */
    const factor *x;                /* factors of the problem, by number, each with its length and rank */
    double *const *gram;            /* their Gram matrices                                     */
    factor map[RLRA_MAX_ORDER];     /* the known matrix that ties a mode to its factor; `at` NULL: none */
    double *map_gram[RLRA_MAX_ORDER];
    double map_largest[RLRA_MAX_ORDER]; /* bounds of their largest eigenvalues, 0: not known yet    */
    factor mapped[RLRA_MAX_ORDER];      /* room for the product of map and factor                  */
    double *mapped_gram[RLRA_MAX_ORDER];
    factor expanded[RLRA_MAX_ORDER]; /* room for seen factors that have more columns          */
    int *columns[RLRA_MAX_ORDER];
    real *fold, *fold_rows, *product, *whole;
    double *room, *square; /* for Gram matrices                                        */
    ptrdiff_t inner;       /* largest rank of a seen factor                            */
};

/* Take workspace; called twice, to measure and to allocate. ops, order, threads, kernels, dims, numbers, x (shapes), gram and
 * the shapes of map must be set. */
void RLRA(form_plan)(form *self, arena *work);

/* The factor of a mode of the data: the map times the factor, or the factor itself; with its Gram matrix. */
seen_factor RLRA(form_mode_factor)(form *self, int mode);

/* gram += scale (A C)^T (A C), rank x rank. */
void RLRA(form_add_gram)(const form *self, const form_view *v, ptrdiff_t rank, double scale, double *gram);

/* The seen factors by mode, for products of operators. */
void RLRA(form_factors)(const form_view *v, factor *factors);

/* rhs = D^T product C from product = X_(mode) A; both may be the same array if D and C are the identity. `room` has the length
 * of the mode and the rank of the factor; unused without D or C. */
void RLRA(form_fold)(const form *self, const form_view *v, factor product, factor room, factor rhs);

/* The seen factor of the viewed mode: D F C^T, stored in the form, or F itself; with the other seen factors it is the whole
 * model. */
factor RLRA(form_lift)(form *self, const form_view *v, factor x);

/* The whole model as a sum of rank-one arrays, one factor for each mode. */
void RLRA(form_model)(form *self, factor *factors);

/* ||model||^2. */
double RLRA(form_norm2)(form *self);

/* Whether the model is F A^T. */
static inline int form_is_plain(const form_view *v)
{
    return v->left.at == NULL && v->fold.at == NULL;
}

/* Member `index`, or NULL past the last. */
const form_ops *RLRA(form_at)(int index);

#endif
