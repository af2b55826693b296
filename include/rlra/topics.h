/* rlra/topics.h: read the factors of counts (documents x words) as topics: scale, typical words, coherence, perplexity. */
#ifndef RLRA_TOPICS_H
#define RLRA_TOPICS_H

#include <stdint.h>

#include "rlra/array.h"
#include "rlra/context.h"
#include "rlra/export.h"
#include "rlra/model.h"
#include "rlra/sparse.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Below, a model has order 2: factor 0 belongs to documents, factor 1 to words, entries and weights are not negative, and it means
 *     X[d,w] ~ sum_k n_k p(d|k) p(w|k)
 * with n_k the number of words that topic k accounts for. Sums, and all that is returned, are double. */

/* A word of a topic. */
typedef struct rlra_topic_word {
    int64_t word;       /* row of factor 1; -1: the topic has no more words */
    double probability; /* p(w|k) */
    double lift;        /* p(w|k) / p(w) with p(w) = sum_k n_k p(w|k) / sum_k n_k */
} rlra_topic_word;

/**
 * Scale a model such that columns of both factors sum to one: they become p(d|k) and p(w|k), the weights n_k. Topics are sorted
 * by falling weight; a topic with a column of zeros gets weight zero. The values of the model do not change.
 *
 * @retval RLRA_ERR_SHAPE   the order is not 2
 * @retval RLRA_ERR_DATA    a negative entry or weight, NaN or Inf (the message has the place)
 * @retval RLRA_ERR_MEMORY
 * On error the model is unchanged.
 */
RLRA_API rlra_status rlra_topics_normalise(rlra_context *context, rlra_model *model);

/**
 * Set rows without counts to zero, in which a fit leaves its start: those of documents without words, and of words in no
 * document.
 *
 * @param[in]  counts     documents x words, of the shape of the model; entries are not negative
 * @param[out] documents  NULL, or the number of documents without words
 * @param[out] words      NULL, or the number of words in no document
 * @retval as rlra_topics_quality(); on error the model is unchanged
 */
RLRA_API rlra_status rlra_topics_clear(rlra_context *context, const rlra_sparse *counts, rlra_model *model,
                                       int64_t *documents, int64_t *words);

/**
 * The share of each topic in each document, p(k|d) = n_k p(d|k) / sum_j n_j p(d|j).
 *
 * @param[out] shares  documents x rank numbers, row by row; rows of documents without words are zero
 * @retval as rlra_topics_normalise(); the model may have any scale
 */
RLRA_API rlra_status rlra_topics_shares(rlra_context *context, const rlra_model *model, double *shares);

/**
 * The most relevant words of each topic: those of largest
 *     relevance log p(w|k) + (1 - relevance) log(p(w|k) / p(w)),
 * by probability for relevance 1, by lift for 0; equal ones by falling probability, then by their index. Words of less than
 * 1e-9 of the largest probability are left out, as they represent zeros that a rule could not reach.
 *
 * @param[in]  relevance  in [0, 1]
 * @param[in]  top        words for each topic, >= 1
 * @param[out] ranked     rank x top words, topic by topic
 * @retval as rlra_topics_normalise(); RLRA_ERR_ARGUMENT  relevance or top out of range
 * Cost: O(words rank log top).  Reference: Sievert & Shirley (2014), ACL workshop on interactive language learning.
 */
RLRA_API rlra_status rlra_topics_rank(rlra_context *context, const rlra_model *model, double relevance, int64_t top,
                                      rlra_topic_word *ranked);

/* How well the words of a topic belong together; means over pairs of its words, NaN if there are fewer than two. */
typedef struct rlra_topic_quality {
    double umass; /* log((D(a,b) + 1) / D(b)), a ranked below b; at most log((D(b) + 1) / D(b)), higher is better */
    double npmi;  /* log(p(a,b) / (p(a) p(b))) / -log p(a,b), in [-1, 1]: 0 for independent words */
    double exclusivity; /* mean of p(w|k) / sum_j p(w|j) over the words, in [0, 1] */
} rlra_topic_quality;

/**
 * Coherence and exclusivity of ranked words. D(a) is the number of documents with a, D(a,b) that of documents with both, p = D
 * / number of documents with any word. Pairs that never meet have npmi -1; pairs with D(b) = 0 are left out of umass, those
 * with D(a) D(b) = 0 of npmi.
 *
 * @param[in]  counts   documents x words, of the shape of the model; entries are not negative
 * @param[in]  ranked   rank x top, as from rlra_topics_rank()
 * @param[out] quality  one for each topic
 * @retval RLRA_ERR_ARGUMENT  a word that does not exist; or as rlra_sparse_check()
 * @retval RLRA_ERR_SHAPE     counts and model have different shapes
 * @retval RLRA_ERR_DATA      a negative count (the message has the place), or as rlra_topics_normalise()
 * @retval RLRA_ERR_MEMORY    8 bytes for each count of a ranked word are needed
 * Cost: one pass over the entries, and for each topic top times the number of counts of its words. References: Mimno et al.
 * (2011), EMNLP, 262-272 (umass); Bouma (2009), GSCL, 31-40, and Lau, Newman & Baldwin (2014), EACL, 530-539 (npmi); Bischof &
 * Airoldi (2012), ICML (exclusivity).
 */
RLRA_API rlra_status rlra_topics_quality(rlra_context *context, const rlra_sparse *counts, const rlra_model *model,
                                         int64_t top, const rlra_topic_word *ranked, rlra_topic_quality *quality);

/**
 * The perplexity exp(- sum_dw X[d,w] log p(w|d) / sum_dw X[d,w]) with p(w|d) = v[d,w] / sum_w v[d,w], v the model: the number
 * of equally likely words with the same uncertainty. Infinite if a word that occurs has probability zero.
 *
 * @retval as rlra_topics_quality(); RLRA_ERR_DATA also for counts that are all zero
 * Cost: 2 rank flops for each entry; memory: (words + 1) x rank numbers.
 */
RLRA_API rlra_status rlra_topics_perplexity(rlra_context *context, const rlra_sparse *counts, const rlra_model *model,
                                            double *perplexity);

#ifdef __cplusplus
}
#endif
#endif
