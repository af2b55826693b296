/* penalty/penalty.h: penalties and constraints on factors: a family of functions g with value and prox. */
#ifndef RLRA_PENALTY_PENALTY_H
#define RLRA_PENALTY_PENALTY_H

#include "core/real.h"
#include "model/factor.h"
#include "rlra/registry.h"

/* The part of a factor that a prox needs as a whole. Beyond ROW the rows of a factor depend on each other: an engine or rule
 * must have all of them, or refuse. */
typedef enum penalty_scope { PENALTY_ENTRY, PENALTY_ROW, PENALTY_COLUMN, PENALTY_WHOLE } penalty_scope;

/* Kinds of penalties, one bit each, by which rules state what they can handle. OTHER: has nothing but a prox. */
typedef enum penalty_kind {
    PENALTY_L2 = 1,
    PENALTY_L1 = 2,
    PENALTY_NONNEG = 4,
    PENALTY_BOUND = 8, /* bound of entries, from above or below */
    PENALTY_SIMPLEX = 16,
    PENALTY_SPARSITY = 32, /* few entries of a row differ from zero: not convex */
    PENALTY_OTHER_ENTRY = 64,
    PENALTY_OTHER_ROW = 128,
    PENALTY_OTHER_COLUMN = 256,
    PENALTY_OTHER_WHOLE = 512,
    PENALTY_MAJORISED = 1024, /* has only a quadratic bound, which joins the Gram matrix of the block */
} penalty_kind;

/* The side on which a penalty bounds the entries, if its weight is such a bound. */
typedef enum penalty_bound { PENALTY_NO_BOUND, PENALTY_FROM_BELOW, PENALTY_FROM_ABOVE } penalty_bound;

typedef struct penalty_ops {
    rlra_member about;
    penalty_kind kind;
    penalty_scope scope;
    int degree;     /* g(t x) = t^degree g(x) for t > 0; 0 for a cone (no effect on balancing), -1 if not homogeneous */
    int constraint; /* g is 0 or infinity: the weight has no meaning */
    int nonneg;     /* g is infinite off the nonnegative orthant */
    penalty_bound bound; /* the weight is a bound, which must be given and may be negative */
    int counts;          /* the weight is a number >= 1 of entries of a row, which must be given */
    /* Within the nonnegative orthant g(x) = linear sum(x) + quadratic sum(x^2); both 0 for constraints. */
    double linear, quadratic;

    /* g(x) of entries, rows, columns or a whole factor, according to the scope; constraints give 0. */
    double (*value)(factor x);

    /* x <- argmin_u step weight g(u) + 1/2 ||u - x||^2, in place, on the same parts. Returns the step that a penalty applied
     * after this one must use (l2 shrinks it; the others return `step`). `room` has the size that room() returns. */
    double (*prox)(double weight, double step, factor x, double *room);

    /* The prox of g plus the constraint u >= 0; NULL if clipping the result of prox() is the same. */
    double (*prox_nonneg)(double weight, double step, factor x, double *room);

    /* Instead of value and prox: returns weight g(x) of a whole factor, and adds the matrix Q to `gram` (rank x rank; may be NULL)
     * with which  weight g(u) <= constant + 1/2 tr(u Q u^T)  for all u, with equality at x. */
    double (*majorise)(double weight, factor x, double *gram, double *room);

    /* Doubles of `room` for a factor of this size; NULL: none. */
    size_t (*room)(ptrdiff_t length, ptrdiff_t rank);
} penalty_ops;

/* Whether a penalty ties the rows of a factor to each other, by its prox or by its value. */
static inline int penalty_ties_rows(const penalty_ops *ops)
{
    return ops->scope > PENALTY_ROW || ops->majorise != NULL;
}

/* One penalty with its weight; a factor has a short list, kept in the order of the registry, in which their proxes compose. */
typedef struct penalty {
    const penalty_ops *ops;
    double weight;
} penalty;

#define RLRA_MAX_PENALTIES 6

typedef struct penalty_list {
    int count;
    penalty item[RLRA_MAX_PENALTIES];
    double *room; /* penalties_room() numbers, used by one prox at a time */
} penalty_list;

/* Member `index` in the order in which proxes compose, or NULL past the last. */
const penalty_ops *RLRA(penalty_at)(int index);

/* The sum of weights times values of all penalties with a prox; penalties_majorise(): of all that are majorised, for a whole
 * factor, adding their bounds to `gram` (may be NULL). */
double RLRA(penalties_value)(const penalty_list *list, factor x);
double RLRA(penalties_majorise)(const penalty_list *list, factor x, double *gram);
void RLRA(penalties_prox)(const penalty_list *list, double step, factor x);

/* x <- the nearest point that meets the constraints. */
void RLRA(penalties_project)(const penalty_list *list, factor x);

/* The widest of the scopes of a list, or WHOLE if both rows and columns are coupled. */
penalty_scope RLRA(penalties_scope)(const penalty_list *list);

/* Numbers of `room` for a factor of this size. */
size_t RLRA(penalties_room)(const penalty_list *list, ptrdiff_t length, ptrdiff_t rank);

/* The kinds of all penalties of a list, as bits. */
unsigned RLRA(penalties_kinds)(const penalty_list *list);

/* The least and the largest value of an entry, rounded to the precision: the tightest of the bounds and the 0 of nonneg; or
 * -INFINITY, INFINITY. */
double RLRA(penalties_least)(const penalty_list *list);
double RLRA(penalties_most)(const penalty_list *list);

/* Whether the penalties exclude negative entries. */
int RLRA(penalties_nonneg)(const penalty_list *list);

/* Sums of weight x linear and of weight x quadratic: all that closed-form rules need. */
double RLRA(penalties_linear)(const penalty_list *list);
double RLRA(penalties_quadratic)(const penalty_list *list);

#endif
