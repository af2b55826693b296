/* unit/api/topics_quality.c: coherence, exclusivity and perplexity against plain loops over the dense counts. */
#include "support/sparse.h"
#include "support/topics.h"

enum { DOCUMENTS = 50, WORDS = 30, RANK = 3, TOP = 6 };

static rlra_context *context;

/* Repeated and stored zero counts, in any order; some documents are empty. */
static sparse_matrix make_counts(int storage, uint64_t seed)
{
    sparse_matrix m = make_sparse((const int64_t[]){DOCUMENTS, WORDS}, 0.12, storage, seed);
    for (int64_t e = 0; e < m.view.count; e++)
        m.values[e] = (real)floor(fabs((double)m.values[e]) * 2);
    return m;
}

/* Documents that hold a and b. */
static double meet(const double *counts, int64_t a, int64_t b)
{
    double both = 0;
    for (int64_t d = 0; d < DOCUMENTS; d++)
        both += counts[d * WORDS + a] > 0 && counts[d * WORDS + b] > 0;
    return both;
}

static double used_documents(const double *counts)
{
    double used = 0;
    for (int64_t d = 0; d < DOCUMENTS; d++) {
        double sum = 0;
        for (int64_t w = 0; w < WORDS; w++)
            sum += counts[d * WORDS + w];
        used += sum > 0;
    }
    return used;
}

static rlra_topic_quality judge(const double *counts, const rlra_model *model, const rlra_topic_word *ranked)
{
    rlra_topic_quality q = {0, 0, 0};
    double umass_pairs = 0, npmi_pairs = 0, words = 0;
    for (int i = 0; i < TOP && ranked[i].word >= 0; i++) {
        double sum = 0;
        for (int64_t k = 0; k < RANK; k++)
            sum += word_probability(model, ranked[i].word, k);
        q.exclusivity += ranked[i].probability / sum;
        words++;
        for (int j = 0; j < i; j++) {
            const double all = used_documents(counts), both = meet(counts, ranked[i].word, ranked[j].word) / all;
            const double a = meet(counts, ranked[i].word, ranked[i].word) / all;
            const double b = meet(counts, ranked[j].word, ranked[j].word) / all;
            if (b > 0)
                q.umass += log((both * all + 1) / (b * all));
            umass_pairs += b > 0;
            if (a > 0 && b > 0)
                q.npmi += both > 0 ? log(both / (a * b)) / -log(both) : -1;
            npmi_pairs += a > 0 && b > 0;
        }
    }
    q.umass /= umass_pairs;
    q.npmi /= npmi_pairs;
    q.exclusivity /= words;
    return q;
}

/* Or both are unknown. */
static int near(double a, double b)
{
    return isnan(a) ? isnan(b) : fabs(a - b) <= 1e3 * DBL_EPSILON * (1 + fabs(b));
}

static void test_quality_is_that_of_plain_loops(void **state)
{
    (void)state;
    for (int storage = 0; storage < STORAGES; storage++)
        for (uint64_t seed = 1; seed < 6; seed++) {
            sparse_matrix m = make_counts(storage, seed);
            double *const counts = sparse_to_dense(&m);
            rlra_model *const model = make_topics(context, DOCUMENTS, WORDS, RANK, seed);
            rlra_topic_word ranked[RANK * TOP];
            rlra_topic_quality quality[RANK];
            assert_int_equal(rlra_topics_rank(context, model, 0.6, TOP, ranked), RLRA_OK);
            /* A short topic. */
            ranked[TOP + 3].word = ranked[TOP + 4].word = ranked[TOP + 5].word = -1;
            assert_int_equal(rlra_topics_quality(context, &m.view, model, TOP, ranked, quality), RLRA_OK);
            for (int k = 0; k < RANK; k++) {
                const rlra_topic_quality q = judge(counts, model, ranked + k * TOP);
                CHECK(near(quality[k].umass, q.umass), "umass %g, expected %g", quality[k].umass, q.umass);
                CHECK(near(quality[k].npmi, q.npmi), "npmi %g, expected %g", quality[k].npmi, q.npmi);
                CHECK(near(quality[k].exclusivity, q.exclusivity), "exclusivity %g, expected %g",
                      quality[k].exclusivity, q.exclusivity);
            }
            rlra_model_destroy(model);
            free(counts);
            free_sparse(&m);
        }
}

/* Words 0 and 1 are in every document, 2 and 3 each in another half. */
static void test_npmi_is_one_minus_one_and_zero_where_it_should(void **state)
{
    (void)state;
    const int64_t starts[] = {0, 3, 6, 9, 12}, indices[] = {0, 1, 2, 0, 1, 2, 0, 1, 3, 0, 1, 3};
    const real values[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    const rlra_sparse counts = rlra_sparse_csr(REAL_DTYPE, 4, 5, starts, indices, values);
    rlra_model *const model = make_topics(context, 4, 5, 4, 1);
    const rlra_topic_word ranked[] = {{0, 1, 1}, {1, 1, 1}, {2, 1, 1}, {3, 1, 1},
                                      {0, 1, 1}, {2, 1, 1}, {4, 1, 1}, {2, 1, 1}};
    static const double expected[] = {1, -1, 0, NAN};
    rlra_topic_quality quality[4];
    assert_int_equal(rlra_topics_quality(context, &counts, model, 2, ranked, quality), RLRA_OK);
    for (int k = 0; k < 4; k++)
        CHECK(isnan(expected[k]) ? isnan(quality[k].npmi) : fabs(quality[k].npmi - expected[k]) <= 4 * DBL_EPSILON,
              "topic %d: %g", k, quality[k].npmi);
    /* Word 4 is in no document: nothing is known of pairs below it. */
    assert_true(isnan(quality[3].umass));
    assert_true(fabs(quality[0].umass - log(5.0 / 4)) <= 4 * DBL_EPSILON);
    rlra_model_destroy(model);
}

static void test_perplexity_is_that_of_plain_loops(void **state)
{
    (void)state;
    for (int storage = 0; storage < STORAGES; storage++) {
        sparse_matrix m = make_counts(storage, 9);
        double *const counts = sparse_to_dense(&m), sum = 0, total = 0, perplexity = NAN;
        rlra_model *const model = make_topics(context, DOCUMENTS, WORDS, RANK, 10);
        assert_int_equal(rlra_topics_perplexity(context, &m.view, model, &perplexity), RLRA_OK);
        for (int64_t d = 0; d < DOCUMENTS; d++) {
            double whole = 0;
            for (int64_t w = 0; w < WORDS; w++)
                whole += model_at(model, d, w);
            for (int64_t w = 0; w < WORDS; w++) {
                const double count = counts[d * WORDS + w];
                sum += count > 0 ? count * log(model_at(model, d, w) / whole) : 0;
                total += count;
            }
        }
        CHECK(fabs(log(perplexity) + sum / total) <= 1e3 * DBL_EPSILON, "%g, expected %g", perplexity,
              exp(-sum / total));
        rlra_model_destroy(model);
        free(counts);
        free_sparse(&m);
    }
}

static void test_perplexity_of_a_model_that_knows_nothing_is_the_number_of_words(void **state)
{
    (void)state;
    sparse_matrix m = make_counts(STORAGE_CSR, 11);
    rlra_model *const model = make_topics(context, DOCUMENTS, WORDS, 1, 12);
    const rlra_array documents = rlra_model_factor(model, 0), words = rlra_model_factor(model, 1);
    double perplexity = NAN;
    for (int64_t w = 0; w < WORDS; w++)
        set_real(&words, w, 0, 1);
    assert_int_equal(rlra_topics_perplexity(context, &m.view, model, &perplexity), RLRA_OK);
    assert_true(fabs(perplexity - WORDS) <= 1e3 * DBL_EPSILON * WORDS);
    for (int64_t d = 0; d < DOCUMENTS; d++)
        set_real(&documents, d, 0, 0);
    assert_int_equal(rlra_topics_perplexity(context, &m.view, model, &perplexity), RLRA_OK);
    assert_true(isinf(perplexity));
    rlra_model_destroy(model);
    free_sparse(&m);
}

static void test_counts_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    sparse_matrix m = make_counts(STORAGE_SHUFFLED, 13);
    rlra_model *const model = make_topics(context, DOCUMENTS, WORDS, RANK, 14);
    rlra_model *const other = make_topics(context, WORDS, DOCUMENTS, RANK, 14);
    rlra_topic_word ranked[RANK];
    rlra_topic_quality quality[RANK];
    double perplexity;
    assert_int_equal(rlra_topics_rank(context, model, 1, 1, ranked), RLRA_OK);
    expect(context, rlra_topics_quality(context, &m.view, other, 1, ranked, quality), RLRA_ERR_SHAPE,
           "the model has 30 documents and 50 words, the counts have order 2 and are 50 x 30");
    expect(context, rlra_topics_quality(context, NULL, model, 1, ranked, quality), RLRA_ERR_ARGUMENT, "no counts");
    expect(context, rlra_topics_quality(context, &m.view, model, 1, NULL, quality), RLRA_ERR_ARGUMENT, "ranked words");
    ranked[2].word = WORDS;
    expect(context, rlra_topics_quality(context, &m.view, model, 1, ranked, quality), RLRA_ERR_ARGUMENT,
           "ranked word 2 is 30, expected 0 to 29");
    m.values[7] = -2;
    expect(context, rlra_topics_perplexity(context, &m.view, model, &perplexity), RLRA_ERR_DATA,
           "stored entry 7 is -2");
    for (int64_t e = 0; e < m.view.count; e++)
        m.values[e] = 0;
    expect(context, rlra_topics_perplexity(context, &m.view, model, &perplexity), RLRA_ERR_DATA, "all zero");
    rlra_model_destroy(model);
    rlra_model_destroy(other);
    free_sparse(&m);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    meter m;
    rlra_context *const metered = metered_context(&m);
    sparse_matrix counts = make_counts(STORAGE_CSC, 15);
    rlra_model *const model = make_topics(metered, DOCUMENTS, WORDS, RANK, 16);
    rlra_topic_word ranked[RANK * TOP];
    rlra_topic_quality quality[RANK];
    double perplexity;
    assert_int_equal(rlra_topics_rank(metered, model, 1, TOP, ranked), RLRA_OK);
    const long alive = m.alive;
    for (int call = 0; call < 2; call++) {
        rlra_status status = RLRA_ERR_MEMORY;
        long failures = -1;
        for (long at = 0; status != RLRA_OK; at++, failures++) {
            m.refuse = m.made + at;
            status = call == 0 ? rlra_topics_quality(metered, &counts.view, model, TOP, ranked, quality)
                               : rlra_topics_perplexity(metered, &counts.view, model, &perplexity);
            assert_int_equal(m.alive, alive);
            if (status != RLRA_OK)
                expect(metered, status, RLRA_ERR_MEMORY, "out of memory");
        }
        m.refuse = -1;
        assert_int_equal(failures, call == 0 ? 5 : 2);
    }
    rlra_model_destroy(model);
    rlra_context_destroy(metered);
    free_sparse(&counts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quality_is_that_of_plain_loops),
        cmocka_unit_test(test_npmi_is_one_minus_one_and_zero_where_it_should),
        cmocka_unit_test(test_perplexity_is_that_of_plain_loops),
        cmocka_unit_test(test_perplexity_of_a_model_that_knows_nothing_is_the_number_of_words),
        cmocka_unit_test(test_counts_that_do_not_fit_are_refused),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    if (rlra_context_create(NULL, &context) != RLRA_OK)
        return 1;
    const int failures = cmocka_run_group_tests_name("quality of topics", tests, NULL, NULL);
    rlra_context_destroy(context);
    return failures;
}
