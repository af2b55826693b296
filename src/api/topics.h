/* api/topics.h: checks of models and counts for the functions on topics. */
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

/* Refuse models that are not of order 2, or have negative or non-finite numbers. */
rlra_status rlra_topics_check_model(rlra_context *context, const rlra_model *model);

/* Refuse counts that are not a sparse matrix of the shape of the model without negative entries; and check the model as above. */
rlra_status rlra_topics_check_counts(rlra_context *context, const rlra_sparse *counts, const rlra_model *model);

/* The sum of column k of factor n. */
double rlra_topics_column_sum(const rlra_model *model, int n, int64_t k);

#endif
