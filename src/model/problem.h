/* model/problem.h: a problem as posed: terms, factors and their penalties; independent of precision. */
#ifndef RLRA_MODEL_PROBLEM_H
#define RLRA_MODEL_PROBLEM_H

#include "core/context.h"
#include "core/source.h"
#include "rlra/array.h"
#include "rlra/implicit.h"
#include "rlra/problem.h"

#define RLRA_MAX_TERMS   8
#define RLRA_MAX_FACTORS 16

/* Numbers of rows and columns of factors. */
typedef struct factor_shapes {
    int64_t dims[RLRA_MAX_FACTORS], ranks[RLRA_MAX_FACTORS];
} factor_shapes;
#define RLRA_MAX_PRIORS 6

typedef struct problem_term {
    rlra_array array;     /* data of the term; of a sparse one, or one not in memory, the shape only */
    entry_source *source; /* borrowed, for a term that is not in memory; or NULL */
    double memory;        /* bytes that a fit of such a term may hold */
    void *sparse;         /* owned, see core_ops.store(); or NULL */
    double weight;
    int is_partial;     /* not all entries are observed, or they have weights other than one        */
    int is_uneven;      /* weights have values other than 0 and 1                                   */
    double observed;    /* entries with a weight > 0                                                */
    int nan_is_missing; /* NaN entries of dense data are missing                                    */
    rlra_array weights; /* borrowed; .data NULL: none. In sparse data entries not stored are missing */
    rlra_array
        map[RLRA_MAX_ORDER]; /* borrowed: mode m is tied to this matrix times its factor; .data NULL: to it itself */
    int form;                /* index in the registry of forms                         */
    int factors[RLRA_MAX_ORDER + 1]; /* factor of each mode; then of the core, if the form has one */
    /* Products of implicit data, and a number that identifies these data; 0: not known. */
    rlra_products products;
    uint64_t digest;
    double norm2, sum, zeros, least,
        scale; /* sums of squares and of entries, zeros, smallest entry, largest magnitude */
} problem_term;

typedef struct problem_prior {
    int member; /* index in the penalty registry */
    double weight;
} problem_prior;

/* The penalties of a factor, in the order of the registry. */
typedef struct prior_list {
    int count;
    problem_prior item[RLRA_MAX_PRIORS];
} prior_list;

struct rlra_problem {
    rlra_context *context;
    rlra_dtype dtype;
    int terms;
    problem_term term[RLRA_MAX_TERMS];
    int factors;                       /* one more than the largest factor number in use */
    int64_t lengths[RLRA_MAX_FACTORS]; /* 0 where no term uses the number, and for cores             */
    int is_core[RLRA_MAX_FACTORS];
    prior_list priors[RLRA_MAX_FACTORS];
};

/* The number of rows of the factor of mode m of a term. */
static inline int64_t problem_length(const problem_term *term, int m)
{
    return term->map[m].data != NULL ? term->map[m].dims[1] : term->array.dims[m];
}

/* Whether some mode is tied to factor n by a matrix. */
static inline int problem_is_mapped(const rlra_problem *problem, int n)
{
    for (int t = 0; t < problem->terms; t++)
        for (int m = 0; m < problem->term[t].array.order; m++)
            if (problem->term[t].factors[m] == n && problem->term[t].map[m].data != NULL)
                return 1;
    return 0;
}

#endif
