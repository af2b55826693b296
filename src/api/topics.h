/* api/topics.h: what the functions on topics ask of models and counts. */
#ifndef RLRA_API_TOPICS_H
#define RLRA_API_TOPICS_H

#include "rlra/topics.h"

/* Entry (i, k) of a factor. */
static inline double rlra_topics_entry(const rlra_array *factor, int64_t i, int64_t k)
{
    const int64_t at = i * factor->strides[0] + k * factor->strides[1];
    return factor->dtype == RLRA_DTYPE_F32 ? (double)((const float *)factor->data)[at]
                                           : ((const double *)factor->data)[at];
}

/* Order 2, no negative number, none that is not finite. */
rlra_status rlra_topics_check_model(rlra_context *context, const rlra_model *model);

/* A sparse matrix without negative entries, of the shape of the model; and the model, as above. */
rlra_status rlra_topics_check_counts(rlra_context *context, const rlra_sparse *counts, const rlra_model *model);

/* The sum of column k of factor n. */
double rlra_topics_column_sum(const rlra_model *model, int n, int64_t k);

#endif
