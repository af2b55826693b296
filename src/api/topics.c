/* api/topics.c: the scale of topics, their shares and their words. */
#include "api/topics.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/check.h"
#include "core/context.h"
#include "core/order.h"
#include "core/sparse.h"

rlra_status rlra_topics_check_model(rlra_context *context, const rlra_model *model)
{
    if (model == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "topics: no model was given");
    if (rlra_model_order(model) != 2)
        return rlra_fail(context, RLRA_ERR_SHAPE,
                         "topics: the model must have order 2 (documents x words), got order %d",
                         rlra_model_order(model));
    const rlra_array weights = rlra_model_weights(model);
    for (int64_t k = 0; k < weights.dims[0]; k++) {
        const double weight = rlra_array_get(&weights, &k);
        if (!(weight >= 0) || isinf(weight))
            return rlra_fail(context, RLRA_ERR_DATA,
                             "topics: weights are finite and not negative, weight %" PRId64 " is %g", k, weight);
    }
    for (int n = 0; n < 2; n++) {
        const rlra_array factor = rlra_model_factor(model, n);
        for (int64_t k = 0; k < factor.dims[1]; k++)
            for (int64_t i = 0; i < factor.dims[0]; i++) {
                const double entry = rlra_topics_entry(&factor, i, k);
                if (!(entry >= 0) || isinf(entry))
                    return rlra_fail(context, RLRA_ERR_DATA,
                                     "topics: factors are finite and not negative, entry [%" PRId64 ", %" PRId64
                                     "] of factor %d is %g",
                                     i, k, n, entry);
            }
    }
    return RLRA_OK;
}

rlra_status rlra_topics_check_counts(rlra_context *context, const rlra_sparse *counts, const rlra_model *model)
{
    rlra_status status = RLRA_OK;
    TRY(rlra_topics_check_model(context, model));
    REQUIRE(counts != NULL, rlra_fail(context, RLRA_ERR_ARGUMENT, "topics: no counts were given"));
    TRY(rlra_sparse_check(context, counts));
    const int64_t documents = rlra_model_factor(model, 0).dims[0], words = rlra_model_factor(model, 1).dims[0];
    REQUIRE(counts->order == 2 && counts->dims[0] == documents && counts->dims[1] == words,
            rlra_fail(context, RLRA_ERR_SHAPE,
                      "topics: the model has %" PRId64 " documents and %" PRId64 " words, the counts have order %d and "
                      "are %" PRId64 " x %" PRId64,
                      documents, words, counts->order, counts->dims[0], counts->dims[1]));
    for (int64_t e = 0; e < counts->count; e++)
        if (rlra_sparse_value(counts, e) < 0)
            return rlra_fail(context, RLRA_ERR_DATA, "topics: counts are not negative, stored entry %" PRId64 " is %g",
                             e, rlra_sparse_value(counts, e));
cleanup:
    return status;
}

double rlra_topics_column_sum(const rlra_model *model, int n, int64_t k)
{
    const rlra_array factor = rlra_model_factor(model, n);
    double sum = 0;
    for (int64_t i = 0; i < factor.dims[0]; i++)
        sum += rlra_topics_entry(&factor, i, k);
    return sum;
}

static void set_entry(const rlra_array *array, int64_t at, double value)
{
    if (array->dtype == RLRA_DTYPE_F32)
        ((float *)array->data)[at] = (float)value;
    else
        ((double *)array->data)[at] = value;
}

/* A topic and its position before sorting. */
typedef struct place {
    int64_t topic;
    double weight, sum[2];
} place;

/* Put the columns of factor n in the order of `places`, each divided by its sum; the column of a topic without weight becomes
 * zero. */
static void reorder(const rlra_array *factor, int n, const place *places, double *row)
{
    const int64_t rank = factor->dims[1];
    for (int64_t i = 0; i < factor->dims[0]; i++) {
        for (int64_t k = 0; k < rank; k++) {
            const place *const p = &places[k];
            row[k] = p->weight > 0 ? rlra_topics_entry(factor, i, p->topic) / p->sum[n] : 0;
        }
        for (int64_t k = 0; k < rank; k++)
            set_entry(factor, i * factor->strides[0] + k * factor->strides[1], row[k]);
    }
}

rlra_status rlra_topics_normalise(rlra_context *context, rlra_model *model)
{
    if (context == NULL)
        return RLRA_ERR_ARGUMENT;
    rlra_status status = RLRA_OK;
    place *places = NULL;
    double *row = NULL;
    int64_t *order = NULL;
    TRY(rlra_topics_check_model(context, model));
    const rlra_array weights = rlra_model_weights(model);
    const int64_t rank = weights.dims[0];
    places = rlra_alloc(context, 2 * (size_t)rank, sizeof *places);
    row = rlra_alloc(context, (size_t)rank, sizeof *row);
    order = rlra_alloc(context, (size_t)rank, sizeof *order);
    REQUIRE(places != NULL && row != NULL && order != NULL,
            rlra_fail_memory(context, (size_t)rank, 2 * sizeof *places + sizeof *row + sizeof *order,
                             "the scale of topics"));
    place *const found = places + rank;
    for (int64_t k = 0; k < rank; k++) {
        found[k] = (place){.topic = k, .weight = rlra_array_get(&weights, &k)};
        for (int n = 0; n < 2; n++) {
            found[k].sum[n] = rlra_topics_column_sum(model, n, k);
            found[k].weight *= found[k].sum[n];
        }
        row[k] = found[k].weight;
    }
    TRY(rlra_order_falling(context, weights.dtype, rank, row, order));
    for (int64_t k = 0; k < rank; k++)
        places[k] = found[order[k]];
    for (int n = 0; n < 2; n++) {
        const rlra_array factor = rlra_model_factor(model, n);
        reorder(&factor, n, places, row);
    }
    for (int64_t k = 0; k < rank; k++)
        set_entry(&weights, k * weights.strides[0], places[k].weight);
cleanup:
    rlra_free(context, order);
    rlra_free(context, row);
    rlra_free(context, places);
    return status;
}

/* Mark in `seen` which rows of mode n of the counts have entries. */
static void survey(const rlra_sparse *counts, int n, unsigned char *seen)
{
    int64_t group = 0;
    memset(seen, 0, (size_t)counts->dims[n]);
    for (int64_t e = 0; e < counts->count; e++) {
        while (counts->compressed == n && counts->starts[group + 1] <= e)
            group++;
        if (rlra_sparse_value(counts, e) > 0)
            seen[counts->compressed == n ? group : counts->indices[n][e]] = 1;
    }
}

static int64_t clear_unseen(const rlra_array *factor, const unsigned char *seen)
{
    int64_t count = 0;
    for (int64_t i = 0; i < factor->dims[0]; i++) {
        count += !seen[i];
        for (int64_t k = 0; k < factor->dims[1] && !seen[i]; k++)
            set_entry(factor, i * factor->strides[0] + k * factor->strides[1], 0);
    }
    return count;
}

rlra_status rlra_topics_clear(rlra_context *context, const rlra_sparse *counts, rlra_model *model, int64_t *documents,
                              int64_t *words)
{
    if (context == NULL)
        return RLRA_ERR_ARGUMENT;
    rlra_status status = RLRA_OK;
    unsigned char *seen = NULL;
    TRY(rlra_topics_check_counts(context, counts, model));
    const int64_t most = counts->dims[0] > counts->dims[1] ? counts->dims[0] : counts->dims[1];
    seen = rlra_alloc(context, (size_t)most, 1);
    REQUIRE(seen != NULL, rlra_fail_memory(context, (size_t)most, 1, "a scan of the counts"));
    for (int n = 0; n < 2; n++) {
        int64_t *const reported = n == 0 ? documents : words;
        const rlra_array factor = rlra_model_factor(model, n);
        survey(counts, n, seen);
        const int64_t count = clear_unseen(&factor, seen);
        if (reported != NULL)
            *reported = count;
    }
cleanup:
    rlra_free(context, seen);
    return status;
}

rlra_status rlra_topics_shares(rlra_context *context, const rlra_model *model, double *shares)
{
    if (context == NULL)
        return RLRA_ERR_ARGUMENT;
    rlra_status status = RLRA_OK;
    double *weight = NULL;
    TRY(rlra_topics_check_model(context, model));
    REQUIRE(shares != NULL, rlra_fail(context, RLRA_ERR_ARGUMENT, "topics: no room for the shares was given"));
    const rlra_array factor = rlra_model_factor(model, 0), weights = rlra_model_weights(model);
    const int64_t rank = factor.dims[1];
    weight = rlra_alloc(context, (size_t)rank, sizeof *weight);
    REQUIRE(weight != NULL, rlra_fail_memory(context, (size_t)rank, sizeof *weight, "the shares of topics"));
    for (int64_t k = 0; k < rank; k++)
        weight[k] = rlra_array_get(&weights, &k) * rlra_topics_column_sum(model, 1, k);
    for (int64_t i = 0; i < factor.dims[0]; i++) {
        double *const row = shares + i * rank;
        double sum = 0;
        for (int64_t k = 0; k < rank; k++) {
            row[k] = weight[k] * rlra_topics_entry(&factor, i, k);
            sum += row[k];
        }
        for (int64_t k = 0; k < rank; k++)
            row[k] = sum > 0 ? row[k] / sum : 0;
    }
cleanup:
    rlra_free(context, weight);
    return status;
}

/* A word less probable than this fraction of the first one of its topic counts as not in the topic, as multiplicative rules
 * only approach zero. */
#define NEGLIGIBLE 1e-9

/* A ranking of words, and its workspace. */
typedef struct ranking {
    double relevance;
    int64_t top;
    double *marginal;   /* p(w) */
    order_item *scored; /* the words of a topic, by score and probability */
} ranking;

/* Score the words of topic k; returns how many it has. */
static int64_t score(const ranking *r, const rlra_array *words, int64_t k, double sum)
{
    double most = 0;
    int64_t count = 0;
    for (int64_t i = 0; i < words->dims[0]; i++)
        most = fmax(most, rlra_topics_entry(words, i, k));
    for (int64_t i = 0; i < words->dims[0] && sum > 0; i++) {
        const double entry = rlra_topics_entry(words, i, k), probability = entry / sum;
        if (entry <= NEGLIGIBLE * most)
            continue;
        /* The exponential of X log p(w|k) + (1 - X) log lift; words of topics without weight may have no marginal. */
        const double common = r->marginal[i] > 0 ? pow(r->marginal[i], 1 - r->relevance) : 1;
        r->scored[count++] = (order_item){{probability / common, probability}, i};
    }
    return count;
}

static void rank_topic(const ranking *r, const rlra_model *model, int64_t k, rlra_topic_word *ranked)
{
    const rlra_array words = rlra_model_factor(model, 1);
    const int64_t count = score(r, &words, k, rlra_topics_column_sum(model, 1, k));
    rlra_order_items(r->scored, count, rlra_tie(words.dtype));
    for (int64_t i = 0; i < count && i < r->top; i++) {
        const int64_t word = r->scored[i].place;
        const double probability = r->scored[i].key[1], marginal = r->marginal[word];
        ranked[i] = (rlra_topic_word){word, probability, marginal > 0 ? probability / marginal : 0};
    }
}

/* p(w) = sum_k n_k p(w|k) / sum_k n_k. */
static void fill_marginal(const rlra_model *model, double *marginal)
{
    const rlra_array words = rlra_model_factor(model, 1), weights = rlra_model_weights(model);
    double total = 0;
    memset(marginal, 0, (size_t)words.dims[0] * sizeof *marginal);
    for (int64_t k = 0; k < words.dims[1]; k++) {
        const double scale = rlra_array_get(&weights, &k) * rlra_topics_column_sum(model, 0, k);
        for (int64_t i = 0; i < words.dims[0]; i++) {
            const double part = scale * rlra_topics_entry(&words, i, k);
            marginal[i] += part;
            total += part;
        }
    }
    for (int64_t i = 0; i < words.dims[0] && total > 0; i++)
        marginal[i] /= total;
}

rlra_status rlra_topics_rank(rlra_context *context, const rlra_model *model, double relevance, int64_t top,
                             rlra_topic_word *ranked)
{
    if (context == NULL)
        return RLRA_ERR_ARGUMENT;
    rlra_status status = RLRA_OK;
    ranking r = {relevance, top, NULL, NULL};
    TRY(rlra_topics_check_model(context, model));
    REQUIRE(relevance >= 0 && relevance <= 1,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "topics: the relevance must lie in [0, 1], got %g", relevance));
    REQUIRE(top >= 1,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "topics: at least one word must be asked for, got %" PRId64, top));
    REQUIRE(ranked != NULL, rlra_fail(context, RLRA_ERR_ARGUMENT, "topics: no room for the words was given"));
    const int64_t words = rlra_model_factor(model, 1).dims[0], rank = rlra_model_rank(model);
    r.marginal = rlra_alloc(context, (size_t)words, sizeof *r.marginal);
    r.scored = rlra_alloc(context, (size_t)words, sizeof *r.scored);
    REQUIRE(
        r.marginal != NULL && r.scored != NULL,
        rlra_fail_memory(context, (size_t)words, sizeof *r.marginal + sizeof *r.scored, "ranking the words of topics"));
    fill_marginal(model, r.marginal);
    for (int64_t i = 0; i < rank * top; i++)
        ranked[i] = (rlra_topic_word){-1, 0, 0};
    for (int64_t k = 0; k < rank; k++)
        rank_topic(&r, model, k, ranked + k * top);
cleanup:
    rlra_free(context, r.scored);
    rlra_free(context, r.marginal);
    return status;
}
