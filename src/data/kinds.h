/* data/kinds.h: the kinds of data: one file for each, which makes an operator of a problem's term; and their registry. */
#ifndef RLRA_DATA_KINDS_H
#define RLRA_DATA_KINDS_H

#include "core/context.h"
#include "data/operator.h"
#include "model/problem.h"

/* A term, and what a fit wants of it. */
struct data_source {
    const problem_term *term;
    double held_out; /* this share of its entries does not take part ..            */
    uint64_t seed;   /* .. by random numbers with this seed                        */
    int threads;     /* for what is done while the operator is made                */
    int measures;    /* to plan a fit: the entries are not looked at or listed     */
};

/* In the order in which a term is offered to them: the first that takes it makes the operator. */
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

/* Member `index`, or NULL beyond the last. */
const data_ops *RLRA(data_at)(int index);

/* The operator for a term; arrays of the problem are borrowed. `*x` is NULL on error. */
rlra_status RLRA(data_create)(rlra_context *context, const data_source *from, data **x);

/* NULL is fine. */
void RLRA(data_destroy)(rlra_context *context, data *x);

#endif
