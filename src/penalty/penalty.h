/* penalty/penalty.h: what a factor must or should look like: a family of functions g with value and prox. */
#ifndef RLRA_PENALTY_PENALTY_H
#define RLRA_PENALTY_PENALTY_H

#include "core/real.h"
#include "model/factor.h"
#include "rlra/registry.h"

/* What a prox needs to see at once. Beyond ROW the rows of a factor depend on each other: whoever treats it must have all of them,
 * or refuse. */
typedef enum penalty_scope { PENALTY_ENTRY, PENALTY_ROW, PENALTY_COLUMN, PENALTY_WHOLE } penalty_scope;

/* What a penalty is, one bit each: rules state by them what they can treat. OTHER: known by its prox alone. */
typedef enum penalty_kind {
    PENALTY_L2 = 1,
    PENALTY_L1 = 2,
    PENALTY_NONNEG = 4,
    PENALTY_BOUND = 8, /* entries above or below a number */
    PENALTY_SIMPLEX = 16,
    PENALTY_SPARSITY = 32, /* few entries of a row differ from zero: not convex */
    PENALTY_OTHER_ENTRY = 64,
    PENALTY_OTHER_ROW = 128,
    PENALTY_OTHER_COLUMN = 256,
    PENALTY_OTHER_WHOLE = 512,
    PENALTY_MAJORISED = 1024, /* known by a quadratic bound alone, which joins the Gram matrix of the block */
} penalty_kind;

/* For the penalties whose weight is a bound of the entries: on which side. */
typedef enum penalty_bound { PENALTY_NO_BOUND, PENALTY_FROM_BELOW, PENALTY_FROM_ABOVE } penalty_bound;

typedef struct penalty_ops {
    rlra_member about;
    penalty_kind kind;
    penalty_scope scope;
    int degree; /* g(t x) = t^degree g(x) for t > 0; 0 for a cone (balancing does not see it), -1 if not homogeneous */
    int constraint;      /* g is 0 or infinity: the weight means nothing */
    int nonneg;          /* g is infinite off the nonnegative orthant */
    penalty_bound bound; /* the weight is a bound: it must be given, and may be negative */
    int counts;          /* the weight is a whole number >= 1, which must be given: of entries of a row */
    /* Within the nonnegative orthant g(x) = linear sum(x) + quadratic sum(x^2); both 0 for constraints. */
    double linear, quadratic;

    /* g(x) of what its scope needs to see: entries, rows, columns, or a whole factor; constraints give 0. */
    double (*value)(factor x);

    /* x <- argmin_u step weight g(u) + 1/2 ||u - x||^2, in place on the same. Returns the step that a penalty applied after this
     * one must use (l2 shrinks it; the others return `step`). `room` holds what room() says. */
    double (*prox)(double weight, double step, factor x, double *room);

    /* The same of g plus the constraint u >= 0, where clipping what prox() makes is not the same; NULL: it is. */
    double (*prox_nonneg)(double weight, double step, factor x, double *room);

    /* Instead of value and prox: returns weight g(x) of a whole factor, and adds the matrix Q to `gram` (rank x rank; may be NULL)
     * with which  weight g(u) <= constant + 1/2 tr(u Q u^T)  for all u, with equality at x. */
    double (*majorise)(double weight, factor x, double *gram, double *room);

    /* Doubles of `room` for a factor of this size; NULL: none. */
    size_t (*room)(ptrdiff_t length, ptrdiff_t rank);
} penalty_ops;

/* Whether the rows of a factor depend on each other under it: by its prox, or by its value. */
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
    double *room; /* penalties_room() numbers, for one prox at a time */
} penalty_list;

/* Member `index` in the order in which proxes compose, or NULL beyond the last. */
const penalty_ops *RLRA(penalty_at)(int index);

/* The sum of weights times values of all that have a prox; and of those that are majorised, of a whole factor, whose bounds are
 * added to `gram` (or NULL). */
double RLRA(penalties_value)(const penalty_list *list, factor x);
double RLRA(penalties_majorise)(const penalty_list *list, factor x, double *gram);
void RLRA(penalties_prox)(const penalty_list *list, double step, factor x);

/* x <- the nearest point that the constraints allow. */
void RLRA(penalties_project)(const penalty_list *list, factor x);

/* What they need to see at once: the widest of their scopes, and WHOLE where both rows and columns are coupled. */
penalty_scope RLRA(penalties_scope)(const penalty_list *list);

/* Numbers of `room` for a factor of this size. */
size_t RLRA(penalties_room)(const penalty_list *list, ptrdiff_t length, ptrdiff_t rank);

/* The kinds of all of them, as bits. */
unsigned RLRA(penalties_kinds)(const penalty_list *list);

/* The least and the most that an entry may be, as the precision can hold it: the narrowest of the bounds and 0 of nonneg; or
 * -INFINITY, INFINITY. */
double RLRA(penalties_least)(const penalty_list *list);
double RLRA(penalties_most)(const penalty_list *list);

/* Whether they keep entries from being negative. */
int RLRA(penalties_nonneg)(const penalty_list *list);

/* Sums of weight x linear and of weight x quadratic: all that rules in closed form need to know. */
double RLRA(penalties_linear)(const penalty_list *list);
double RLRA(penalties_quadratic)(const penalty_list *list);

#endif
