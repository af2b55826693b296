/* rlra/model.h: the factors of a low-rank model. */
#ifndef RLRA_MODEL_H
#define RLRA_MODEL_H

#include <stdint.h>

#include "rlra/array.h"
#include "rlra/context.h"
#include "rlra/export.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A Kruskal model: sum_k weights[k] a_1[:,k] o ... o a_N[:,k]. Owns its memory. Order 2 is W diag(weights) H^T. Models of
 * rlra_model_create_for() whose factors have their own ranks (rlra/form.h) have neither components nor weights. */
typedef struct rlra_model rlra_model;

/**
 * Make a model whose factors are zero and weights one.
 *
 * @param[in]  dims   lengths I_0 .. I_{order-1} of the factors, each >= 1
 * @param[in]  rank   number of components, >= 1
 * @param[out] model  freed by rlra_model_destroy(), before the context; NULL on error
 * @retval RLRA_ERR_ARGUMENT  order, a length or the rank is out of range
 * @retval RLRA_ERR_MEMORY    out of memory; no model is made
 */
RLRA_API rlra_status rlra_model_create(rlra_context *context, rlra_dtype dtype, int order, const int64_t *dims,
                                       int64_t rank, rlra_model **model);

/** Free a model; NULL is allowed. */
RLRA_API void rlra_model_destroy(rlra_model *model);

RLRA_API rlra_dtype rlra_model_dtype(const rlra_model *model);
RLRA_API int rlra_model_order(const rlra_model *model);
/** The number of components; 0 if factors have their own ranks. */
RLRA_API int64_t rlra_model_rank(const rlra_model *model);

/** A view (I_n x rank, or its own rank) of factor `n`: reading and writing it reads and writes the model. Components are
 * contiguous: its strides are {1, I_n rounded up}. An array of order 0 if there is no such factor. */
RLRA_API rlra_array rlra_model_factor(const rlra_model *model, int n);

/** A view (rank) of the weights. An array of order 0 if there are none. */
RLRA_API rlra_array rlra_model_weights(const rlra_model *model);

/**
 * Copy an I_n x rank array of either dtype into factor `n`.
 *
 * @retval RLRA_ERR_ARGUMENT  there is no such factor
 * @retval RLRA_ERR_SHAPE     the array is not I_n x rank
 * @retval RLRA_ERR_DATA      it has NaN, Inf or a number out of range for the dtype of the model
 * On error the factor is unchanged.
 */
RLRA_API rlra_status rlra_model_set_factor(rlra_model *model, int n, const rlra_array *array);

/** Give every nonzero column of every factor l2 norm one, move the scales into the weights and sort the components by falling
 * weight. The values of the model do not change (up to rounding); penalties on the factors do.
 *
 * @retval RLRA_ERR_UNSUPPORTED  the factors have their own ranks, so that there are no components; the model is unchanged
 */
RLRA_API rlra_status rlra_model_normalise(rlra_model *model);

/* Similarity of the components of two models; filled in by rlra_model_match(). */
typedef struct rlra_match {
    double score;      /* factor match score: mean of the scores of matched components, in [0, 1] */
    double congruence; /* mean of their congruences: the scores without the weights                */
    double least;      /* least score of a component; 0 if one has no partner                      */
} rlra_match;

/**
 * Match the components of two models and report their similarity.
 *
 * The score of components k and l is  min(u, v) / max(u, v) * max(0, prod_n cos(a_n[:,k], b_n[:,l])),  with the norms u and v
 * of the two rank-one arrays: 1 if these are equal, for any scales and signs of their columns. Two zero components score 1. The
 * matching is that with the largest sum of scores. Components without a partner, in models of unequal rank, score 0.
 *
 * Reference: Tomasi & Bro (2006), Acar, Dunlavy & Kolda (2011), where min / max is written 1 - |u - v| / max.
 *
 * @param[in]  a, b      of the same shape, of any rank and dtype
 * @param[out] match     filled in
 * @param[out] partners  NULL, or for each component of `a` that of `b`, -1 for none
 * @retval RLRA_ERR_SHAPE   their orders or the lengths of a factor differ
 * @retval RLRA_ERR_DATA    a factor has NaN or Inf
 * @retval RLRA_ERR_UNSUPPORTED  factors of one of them have their own ranks
 * @retval RLRA_ERR_MEMORY  out of memory; nothing is filled in
 *
 * Cost: 2 I r^2 flops for I rows of all factors together, and at most r^3 for the matching.
 */
RLRA_API rlra_status rlra_model_match(const rlra_model *a, const rlra_model *b, rlra_match *match, int64_t *partners);

#ifdef __cplusplus
}
#endif
#endif
