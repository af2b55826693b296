/* data/kinds.h: the kinds of data: one file for each, which makes an operator of a problem's term; and their registry. */
#ifndef RLRA_DATA_KINDS_H
#define RLRA_DATA_KINDS_H

#include "core/context.h"
#include "data/operator.h"
#include "model/problem.h"

/* A term, and how a fit uses it. */
struct data_source {
    const problem_term *term;
    double held_out; /* this fraction of its entries does not take part ..         */
    uint64_t seed;   /* .. drawn by random numbers with this seed                  */
    int threads;     /* threads to use while the operator is made                  */
    int measures;    /* only to plan a fit: entries are neither read nor listed    */
};

/* In the order of precedence: the first kind that takes a term makes its operator. */
#define RLRA_DATA_LIST(ENTRY)                                                                                          \
    ENTRY(implicit)                                                                                                    \
    ENTRY(observed)                                                                                                    \
    ENTRY(observed_sparse)                                                                                             \
    ENTRY(sparse_tensor)                                                                                               \
    ENTRY(sparse)                                                                                                      \
    ENTRY(windows)                                                                                                     \
    ENTRY(dense)

#define DECLARE_DATA(name) extern const data_ops RLRA(data_##name);
RLRA_DATA_LIST(DECLARE_DATA)
#undef DECLARE_DATA

/* Member `index`, or NULL past the last. */
const data_ops *RLRA(data_at)(int index);

/* The operator for a term; arrays of the problem are borrowed. `*x` is NULL on error. */
rlra_status RLRA(data_create)(rlra_context *context, const data_source *from, data **x);

/* Destroy an operator; NULL is allowed. */
void RLRA(data_destroy)(rlra_context *context, data *x);

#endif
