/* api/topics_quality.c: the quality of topics: coherence, exclusivity, perplexity. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/topics.h"
#include "core/check.h"
#include "core/context.h"
#include "core/sparse.h"

/* Row and column of an entry; entries are visited in the order in which they are stored. */
typedef struct cursor {
    const rlra_sparse *s;
    int64_t e, group;
} cursor;

static int64_t index_along(cursor *at, int mode)
{
    const rlra_sparse *const s = at->s;
    if (mode != s->compressed)
        return s->indices[mode][at->e];
    while (s->starts[at->group + 1] <= at->e)
        at->group++;
    return at->group;
}

/* The documents of each ranked word: those of slot s are document[start[s]] .. document[start[s + 1] - 1], rising. */
typedef struct postings {
    int64_t slots, documents_used;
    int64_t *slot_of; /* slot of each word, or -1 */
    int64_t *start, *document;
    double *exclusive;   /* for each slot: sum_j p(w|j) */
    unsigned char *seen; /* for each document: whether it has a word */
} postings;

static void postings_clear(rlra_context *context, postings *p)
{
    rlra_free(context, p->slot_of);
    rlra_free(context, p->start);
    rlra_free(context, p->document);
    rlra_free(context, p->exclusive);
    rlra_free(context, p->seen);
}

static rlra_status assign_slots(rlra_context *context, int64_t words, int64_t count, const rlra_topic_word *ranked,
                                postings *p)
{
    p->slot_of = rlra_alloc(context, (size_t)words, sizeof *p->slot_of);
    if (p->slot_of == NULL)
        return rlra_fail_memory(context, (size_t)words, sizeof *p->slot_of, "the coherence of topics");
    for (int64_t w = 0; w < words; w++)
        p->slot_of[w] = -1;
    for (int64_t i = 0; i < count; i++) {
        const int64_t word = ranked[i].word;
        if (word < -1 || word >= words)
            return rlra_fail(context, RLRA_ERR_ARGUMENT,
                             "topics: ranked word %" PRId64 " is %" PRId64 ", expected 0 to %" PRId64, i, word,
                             words - 1);
        if (word >= 0 && p->slot_of[word] < 0)
            p->slot_of[word] = p->slots++;
    }
    return RLRA_OK;
}

static int rising(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* Sort the documents of a slot and drop repeated ones; returns how many are left. */
static int64_t tidy(int64_t *document, int64_t count)
{
    int64_t kept = 0;
    int sorted = 1;
    for (int64_t i = 1; i < count; i++)
        sorted = sorted && document[i - 1] <= document[i];
    if (!sorted)
        qsort(document, (size_t)count, sizeof *document, rising);
    for (int64_t i = 0; i < count; i++)
        if (i == 0 || document[i] != document[kept - 1])
            document[kept++] = document[i];
    return kept;
}

/* Count the entries of each slot in start[slot + 1], and the documents that hold a word. */
static void count_entries(const rlra_sparse *counts, postings *p)
{
    for (cursor at = {counts, 0, 0}; at.e < counts->count; at.e++) {
        if (!(rlra_sparse_value(counts, at.e) > 0))
            continue;
        const int64_t document = index_along(&at, 0), slot = p->slot_of[index_along(&at, 1)];
        p->documents_used += !p->seen[document];
        p->seen[document] = 1;
        if (slot >= 0)
            p->start[slot + 1]++;
    }
    for (int64_t s = 0; s < p->slots; s++)
        p->start[s + 1] += p->start[s];
}

/* Fill in the documents of each slot; start[] advances to the ends of the slots, and is restored while repeats are dropped. */
static void fill_documents(const rlra_sparse *counts, postings *p)
{
    for (cursor at = {counts, 0, 0}; at.e < counts->count; at.e++) {
        if (!(rlra_sparse_value(counts, at.e) > 0))
            continue;
        const int64_t document = index_along(&at, 0), slot = p->slot_of[index_along(&at, 1)];
        if (slot >= 0)
            p->document[p->start[slot]++] = document;
    }
    int64_t from = 0, to = 0;
    for (int64_t s = 0; s < p->slots; s++) {
        const int64_t end = p->start[s], kept = tidy(p->document + from, end - from);
        memmove(p->document + to, p->document + from, (size_t)kept * sizeof *p->document);
        p->start[s] = to;
        from = end;
        to += kept;
    }
    p->start[p->slots] = to;
}

static rlra_status postings_init(rlra_context *context, const rlra_sparse *counts, int64_t count,
                                 const rlra_topic_word *ranked, postings *p)
{
    rlra_status status = RLRA_OK;
    TRY(assign_slots(context, counts->dims[1], count, ranked, p));
    p->start = rlra_alloc_zero(context, (size_t)p->slots + 1, sizeof *p->start);
    p->exclusive = rlra_alloc_zero(context, (size_t)p->slots + 1, sizeof *p->exclusive);
    p->seen = rlra_alloc_zero(context, (size_t)counts->dims[0], 1);
    REQUIRE(p->start != NULL && p->exclusive != NULL && p->seen != NULL,
            rlra_fail_memory(context, (size_t)p->slots + (size_t)counts->dims[0], sizeof *p->start,
                             "the coherence of topics"));
    count_entries(counts, p);
    const size_t room = (size_t)p->start[p->slots];
    p->document = rlra_alloc(context, room + 1, sizeof *p->document);
    REQUIRE(p->document != NULL, rlra_fail_memory(context, room + 1, sizeof *p->document, "the coherence of topics"));
    fill_documents(counts, p);
cleanup:
    return status;
}

static int64_t documents_of(const postings *p, int64_t slot)
{
    return p->start[slot + 1] - p->start[slot];
}

static int64_t documents_of_both(const postings *p, int64_t a, int64_t b)
{
    int64_t i = p->start[a], j = p->start[b], both = 0;
    while (i < p->start[a + 1] && j < p->start[b + 1]) {
        const int64_t left = p->document[i], right = p->document[j];
        both += left == right;
        i += left <= right;
        j += right <= left;
    }
    return both;
}

static double npmi(double a, double b, double both, double all)
{
    if (both == 0)
        return -1;
    if (both == all)
        return 1;
    return log(both * all / (a * b)) / -log(both / all);
}

static void judge(const postings *p, int64_t top, const rlra_topic_word *ranked, rlra_topic_quality *quality)
{
    double umass = 0, bound = 0, exclusive = 0;
    int64_t umass_pairs = 0, npmi_pairs = 0, words = 0;
    for (int64_t i = 0; i < top && ranked[i].word >= 0; i++, words++) {
        const int64_t below = p->slot_of[ranked[i].word];
        exclusive += p->exclusive[below] > 0 ? ranked[i].probability / p->exclusive[below] : 0;
        for (int64_t j = 0; j < i; j++) {
            const int64_t above = p->slot_of[ranked[j].word];
            const double a = (double)documents_of(p, below), b = (double)documents_of(p, above);
            const double both = (double)documents_of_both(p, below, above);
            umass += b > 0 ? log((both + 1) / b) : 0;
            umass_pairs += b > 0;
            bound += a > 0 && b > 0 ? npmi(a, b, both, (double)p->documents_used) : 0;
            npmi_pairs += a > 0 && b > 0;
        }
    }
    quality->umass = umass_pairs > 0 ? umass / (double)umass_pairs : NAN;
    quality->npmi = npmi_pairs > 0 ? bound / (double)npmi_pairs : NAN;
    quality->exclusivity = words > 0 ? exclusive / (double)words : NAN;
}

/* exclusive[slot] = sum_j p(w|j). */
static void add_probabilities(const rlra_model *model, postings *p)
{
    const rlra_array words = rlra_model_factor(model, 1);
    for (int64_t k = 0; k < words.dims[1]; k++) {
        const double sum = rlra_topics_column_sum(model, 1, k);
        for (int64_t w = 0; w < words.dims[0] && sum > 0; w++)
            if (p->slot_of[w] >= 0)
                p->exclusive[p->slot_of[w]] += rlra_topics_entry(&words, w, k) / sum;
    }
}

rlra_status rlra_topics_quality(rlra_context *context, const rlra_sparse *counts, const rlra_model *model, int64_t top,
                                const rlra_topic_word *ranked, rlra_topic_quality *quality)
{
    if (context == NULL)
        return RLRA_ERR_ARGUMENT;
    rlra_status status = RLRA_OK;
    postings p = {0};
    TRY(rlra_topics_check_counts(context, counts, model));
    REQUIRE(top >= 1 && ranked != NULL && quality != NULL,
            rlra_fail(context, RLRA_ERR_ARGUMENT,
                      "topics: ranked words, at least 1 for each topic, and room for their quality are "
                      "needed, got %" PRId64 " words",
                      ranked == NULL ? 0 : top));
    const int64_t rank = rlra_model_rank(model);
    TRY(postings_init(context, counts, rank * top, ranked, &p));
    add_probabilities(model, &p);
    for (int64_t k = 0; k < rank; k++)
        judge(&p, top, ranked + k * top, &quality[k]);
cleanup:
    postings_clear(context, &p);
    return status;
}

/* Copy a factor row by row, as entries need rows; `scale` has a number for each column, or is NULL. */
static void copy_rows(const rlra_array *factor, const double *scale, double *rows)
{
    const int64_t rank = factor->dims[1];
    for (int64_t k = 0; k < rank; k++)
        for (int64_t i = 0; i < factor->dims[0]; i++)
            rows[i * rank + k] = rlra_topics_entry(factor, i, k) * (scale == NULL ? 1 : scale[k]);
}

/* p(w|d) = sum_k s_k / sum_k s_k c_k h_wk: `share` is s_k c_k, c the column sums of the words' factor. */
static double log_likelihood(const rlra_sparse *counts, const rlra_array *documents, const double *words,
                             const double *weight, double *share)
{
    const int64_t rank = documents->dims[1];
    int64_t current = -1;
    double sum = 0;
    for (cursor at = {counts, 0, 0}; at.e < counts->count; at.e++) {
        const double count = rlra_sparse_value(counts, at.e);
        const int64_t document = index_along(&at, 0);
        if (!(count > 0))
            continue;
        if (document != current) {
            double whole = 0;
            for (int64_t k = 0; k < rank; k++)
                whole += share[k] = weight[k] * rlra_topics_entry(documents, document, k);
            for (int64_t k = 0; k < rank && whole > 0; k++)
                share[k] /= whole;
            current = document;
        }
        const double *const row = words + index_along(&at, 1) * rank;
        double probability = 0;
        for (int64_t k = 0; k < rank; k++)
            probability += share[k] * row[k];
        sum += count * log(probability);
    }
    return sum;
}

rlra_status rlra_topics_perplexity(rlra_context *context, const rlra_sparse *counts, const rlra_model *model,
                                   double *perplexity)
{
    if (context == NULL)
        return RLRA_ERR_ARGUMENT;
    rlra_status status = RLRA_OK;
    double *rows = NULL, *weight = NULL, total = 0;
    TRY(rlra_topics_check_counts(context, counts, model));
    REQUIRE(perplexity != NULL, rlra_fail(context, RLRA_ERR_ARGUMENT, "topics: no room for the perplexity was given"));
    for (int64_t e = 0; e < counts->count; e++)
        total += rlra_sparse_value(counts, e);
    REQUIRE(total > 0, rlra_fail(context, RLRA_ERR_DATA, "topics: the counts are all zero"));
    const rlra_array documents = rlra_model_factor(model, 0), words = rlra_model_factor(model, 1);
    const rlra_array weights = rlra_model_weights(model);
    const int64_t rank = words.dims[1];
    rows = rlra_alloc(context, (size_t)words.dims[0] * (size_t)rank, sizeof *rows);
    weight = rlra_alloc(context, 3 * (size_t)rank, sizeof *weight);
    REQUIRE(rows != NULL && weight != NULL, rlra_fail_memory(context, (size_t)(words.dims[0] + 3) * (size_t)rank,
                                                             sizeof *rows, "the perplexity of topics"));
    double *const inverse = weight + rank, *const share = weight + 2 * rank;
    for (int64_t k = 0; k < rank; k++) {
        const double sum = rlra_topics_column_sum(model, 1, k);
        weight[k] = rlra_array_get(&weights, &k) * sum;
        inverse[k] = sum > 0 ? 1 / sum : 0;
    }
    copy_rows(&words, inverse, rows);
    *perplexity = exp(-log_likelihood(counts, &documents, rows, weight, share) / total);
cleanup:
    rlra_free(context, weight);
    rlra_free(context, rows);
    return status;
}
