/* unit/api/topics.c: the scale of topics, their shares in documents, and their most relevant words. */
#include "support/topics.h"

static const int64_t shapes[][3] = {{1, 1, 1}, {7, 5, 3}, {40, 61, 8}};

static rlra_context *context;

static void test_normalised_columns_sum_to_one_and_values_stay(void **state)
{
    (void)state;
    for (int s = 0; s < COUNT_OF(shapes); s++) {
        const int64_t rows = shapes[s][0], columns = shapes[s][1], rank = shapes[s][2];
        rlra_model *const model = make_topics(context, rows, columns, rank, 1);
        double *const before = model_values(model);
        assert_int_equal(rlra_topics_normalise(context, model), RLRA_OK);
        double *const after = model_values(model);
        for (int64_t e = 0; e < rows * columns; e++)
            CHECK(fabs(before[e] - after[e]) <= sum_tolerance(rank + rows + columns, before[e]), "shape %d", s);
        const rlra_array weights = rlra_model_weights(model);
        for (int64_t k = 0; k < rank; k++) {
            for (int n = 0; n < 2; n++) {
                const rlra_array f = rlra_model_factor(model, n);
                double sum = 0;
                for (int64_t i = 0; i < f.dims[0]; i++)
                    sum += get_real(&f, i, k);
                CHECK(fabs(sum - 1) <= sum_tolerance(f.dims[0], 1), "shape %d, factor %d, topic %d", s, n, (int)k);
            }
            CHECK(k == 0 || get_real(&weights, k - 1, 0) >= get_real(&weights, k, 0), "weights rise");
        }
        free(before);
        free(after);
        rlra_model_destroy(model);
    }
}

static void test_a_topic_without_words_gets_no_weight(void **state)
{
    (void)state;
    rlra_model *const model = make_topics(context, 6, 5, 3, 2);
    const rlra_array words = rlra_model_factor(model, 1), weights = rlra_model_weights(model);
    for (int64_t j = 0; j < 5; j++)
        set_real(&words, j, 1, 0);
    assert_int_equal(rlra_topics_normalise(context, model), RLRA_OK);
    const rlra_array documents = rlra_model_factor(model, 0);
    assert_true(get_real(&weights, 2, 0) == 0);
    for (int64_t i = 0; i < 6; i++)
        assert_true(get_real(&documents, i, 2) == 0);
    rlra_topic_word ranked[3 * 2];
    assert_int_equal(rlra_topics_rank(context, model, 0.5, 2, ranked), RLRA_OK);
    assert_int_equal(ranked[4].word, -1);
    assert_int_equal(ranked[5].word, -1);
    rlra_model_destroy(model);
}

static void test_shares_are_those_of_the_model_and_sum_to_one(void **state)
{
    (void)state;
    rlra_model *const model = make_topics(context, 9, 11, 4, 3);
    const rlra_array documents = rlra_model_factor(model, 0), words = rlra_model_factor(model, 1);
    const rlra_array weights = rlra_model_weights(model);
    double shares[9 * 4];
    for (int64_t k = 0; k < 4; k++)
        set_real(&documents, 5, k, 0);
    assert_int_equal(rlra_topics_shares(context, model, shares), RLRA_OK);
    for (int64_t i = 0; i < 9; i++) {
        double part[4], sum = 0;
        for (int64_t k = 0; k < 4; k++) {
            part[k] = 0;
            for (int64_t j = 0; j < 11; j++)
                part[k] += get_real(&weights, k, 0) * get_real(&documents, i, k) * get_real(&words, j, k);
            sum += part[k];
        }
        for (int64_t k = 0; k < 4; k++)
            CHECK(fabs(shares[i * 4 + k] - (sum > 0 ? part[k] / sum : 0)) <= 100 * DBL_EPSILON, "document %d", (int)i);
        assert_true(i != 5 || sum == 0);
    }
    rlra_model_destroy(model);
}

static double marginal(const rlra_model *model, int64_t word)
{
    const rlra_array w = rlra_model_factor(model, 0), h = rlra_model_factor(model, 1);
    double part = 0, total = 0;
    for (int64_t i = 0; i < w.dims[0]; i++)
        for (int64_t j = 0; j < h.dims[0]; j++) {
            total += model_at(model, i, j);
            part += j == word ? model_at(model, i, j) : 0;
        }
    return part / total;
}

/* Each word that is reported is in its place but for ties, no better one is left out, probability and lift are as defined. */
static void check_ranking(const rlra_model *model, double relevance, int64_t top, const rlra_topic_word *ranked)
{
    const int64_t words = rlra_model_factor(model, 1).dims[0], rank = rlra_model_rank(model);
    double *const score = malloc((size_t)words * sizeof *score), tolerance = 1e4 * DBL_EPSILON;
    for (int64_t k = 0; k < rank; k++) {
        int64_t possible = 0, reported = 0;
        for (int64_t j = 0; j < words; j++) {
            const double p = word_probability(model, j, k);
            score[j] = p > 0 ? log(p) - (1 - relevance) * log(marginal(model, j)) : -INFINITY;
            possible += p > 0;
        }
        for (; reported < top && ranked[k * top + reported].word >= 0; reported++) {
            const rlra_topic_word *const w = &ranked[k * top + reported];
            const double p = word_probability(model, w->word, k), lift = p / marginal(model, w->word);
            CHECK(fabs(w->probability - p) <= tolerance * p, "probability %g, expected %g", w->probability, p);
            CHECK(fabs(w->lift - lift) <= tolerance * lift, "lift %g, expected %g", w->lift, lift);
            int64_t better = 0, as_good = 0;
            for (int64_t j = 0; j < words; j++) {
                better += score[j] > score[w->word] + 2 * rlra_tie(REAL_DTYPE);
                as_good += score[j] > score[w->word] - 2 * rlra_tie(REAL_DTYPE);
            }
            CHECK(better <= reported && reported < as_good,
                  "relevance %g: %d words are better than number %d, %d as good", relevance, (int)better, (int)reported,
                  (int)as_good);
        }
        CHECK(reported == (possible < top ? possible : top), "topic %d has %d words, reported %d", (int)k,
              (int)possible, (int)reported);
    }
    free(score);
}

static void test_words_are_ranked_by_relevance(void **state)
{
    (void)state;
    static const double relevances[] = {0, 0.6, 1};
    static const int64_t tops[] = {1, 4, 61, 70};
    for (int s = 0; s < COUNT_OF(shapes); s++)
        for (int r = s % test_share(); r < COUNT_OF(relevances); r += test_share())
            for (int t = 0; t < COUNT_OF(tops); t++) {
                rlra_model *const model = make_topics(context, shapes[s][0], shapes[s][1], shapes[s][2], 4);
                rlra_topic_word *const ranked = malloc((size_t)(shapes[s][2] * tops[t]) * sizeof *ranked);
                assert_int_equal(rlra_topics_rank(context, model, relevances[r], tops[t], ranked), RLRA_OK);
                check_ranking(model, relevances[r], tops[t], ranked);
                free(ranked);
                rlra_model_destroy(model);
            }
}

static void test_equal_words_come_in_the_order_of_their_numbers(void **state)
{
    (void)state;
    rlra_model *const model = make_topics(context, 2, 9, 1, 5);
    const rlra_array words = rlra_model_factor(model, 1);
    rlra_topic_word ranked[5];
    for (int64_t j = 0; j < 9; j++)
        set_real(&words, j, 0, j == 6 ? 2 : 1);
    assert_int_equal(rlra_topics_rank(context, model, 1, 5, ranked), RLRA_OK);
    static const int64_t expected[] = {6, 0, 1, 2, 3};
    for (int i = 0; i < 5; i++)
        assert_int_equal(ranked[i].word, expected[i]);
    rlra_model_destroy(model);
}

/* What rounding makes of equal words decides nothing, whatever they are ranked by; nor of topics of equal weight. */
static void test_words_and_topics_that_are_equal_but_for_rounding_keep_their_order(void **state)
{
    (void)state;
    static const double relevances[] = {0, 0.5, 1};
    rlra_model *const model = make_topics(context, 4, 30, 3, 5);
    const rlra_array documents = rlra_model_factor(model, 0), words = rlra_model_factor(model, 1);
    const rlra_array weights = rlra_model_weights(model);
    rlra_topic_word ranked[3 * 10];
    /* Words of topic k are those with the remainder k, and the later one is larger by some digits. */
    for (int64_t k = 0; k < 3; k++) {
        for (int64_t j = 0; j < 30; j++)
            set_real(&words, j, k, j % 3 == k ? 1 + (double)(j + 1) * (double)REAL_EPS : 0);
        for (int64_t i = 0; i < 4; i++)
            set_real(&documents, i, k, 1);
        set_real(&weights, k, 0, 1 + (double)k * (double)REAL_EPS);
    }
    assert_int_equal(rlra_topics_normalise(context, model), RLRA_OK);
    for (int r = 0; r < COUNT_OF(relevances); r++) {
        assert_int_equal(rlra_topics_rank(context, model, relevances[r], 10, ranked), RLRA_OK);
        for (int k = 0; k < 3; k++)
            for (int i = 0; i < 10; i++)
                CHECK(ranked[10 * k + i].word == 3 * i + k, "relevance %g: word %d of topic %d is %d", relevances[r], i,
                      k, (int)ranked[10 * k + i].word);
    }
    rlra_model_destroy(model);
}

static void test_words_that_stand_for_zeros_are_left_out(void **state)
{
    (void)state;
    rlra_model *const model = make_topics(context, 2, 5, 1, 5);
    const rlra_array words = rlra_model_factor(model, 1);
    rlra_topic_word ranked[5];
    static const double entries[] = {0.5, 2, 1e-9, 0, 3e-9};
    for (int64_t j = 0; j < 5; j++)
        set_real(&words, j, 0, entries[j]);
    assert_int_equal(rlra_topics_rank(context, model, 0, 5, ranked), RLRA_OK);
    int reported = 0;
    while (reported < 5 && ranked[reported].word >= 0)
        reported++;
    assert_int_equal(reported, 3);
    rlra_model_destroy(model);
}

static void test_what_is_no_model_of_counts_is_refused_and_left(void **state)
{
    (void)state;
    rlra_model *const model = make_topics(context, 4, 5, 2, 6), *cube;
    const rlra_array words = rlra_model_factor(model, 1), weights = rlra_model_weights(model);
    rlra_topic_word ranked[2];
    double shares[8];
    const double first = get_real(&words, 0, 0);
    set_real(&words, 3, 1, -0.5);
    expect(context, rlra_topics_normalise(context, model), RLRA_ERR_DATA, "entry [3, 1] of factor 1 is -0.5");
    expect(context, rlra_topics_shares(context, model, shares), RLRA_ERR_DATA, "entry [3, 1]");
    expect(context, rlra_topics_rank(context, model, 1, 1, ranked), RLRA_ERR_DATA, "entry [3, 1]");
    assert_true(get_real(&words, 0, 0) == first);
    set_real(&words, 3, 1, NAN);
    expect(context, rlra_topics_normalise(context, model), RLRA_ERR_DATA, "entry [3, 1]");
    set_real(&words, 3, 1, 0);
    expect(context, rlra_topics_rank(context, model, 1.5, 1, ranked), RLRA_ERR_ARGUMENT, "[0, 1], got 1.5");
    expect(context, rlra_topics_rank(context, model, NAN, 1, ranked), RLRA_ERR_ARGUMENT, "[0, 1]");
    expect(context, rlra_topics_rank(context, model, 1, 0, ranked), RLRA_ERR_ARGUMENT, "at least one word");
    expect(context, rlra_topics_rank(context, model, 1, 1, NULL), RLRA_ERR_ARGUMENT, "no room");
    expect(context, rlra_topics_shares(context, model, NULL), RLRA_ERR_ARGUMENT, "no room");
    expect(context, rlra_topics_shares(context, NULL, shares), RLRA_ERR_ARGUMENT, "no model");
    set_real(&weights, 1, 0, -1);
    expect(context, rlra_topics_normalise(context, model), RLRA_ERR_DATA, "weight 1 is -1");
    assert_int_equal(rlra_model_create(context, REAL_DTYPE, 3, (const int64_t[]){2, 2, 2}, 1, &cube), RLRA_OK);
    expect(context, rlra_topics_normalise(context, cube), RLRA_ERR_SHAPE, "order 2 (documents x words), got order 3");
    rlra_model_destroy(cube);
    rlra_model_destroy(model);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    meter m;
    rlra_context *const metered = metered_context(&m);
    rlra_model *const model = make_topics(metered, 4, 5, 2, 7);
    const rlra_array words = rlra_model_factor(model, 1);
    const double first = get_real(&words, 0, 0);
    const long alive = m.alive;
    rlra_topic_word ranked[2 * 3];
    double shares[4 * 2];
    for (int call = 0; call < 3; call++) {
        rlra_status status = RLRA_ERR_MEMORY;
        for (long at = 0; status != RLRA_OK; at++) {
            m.refuse = m.made + at;
            status = call == 0   ? rlra_topics_rank(metered, model, 1, 3, ranked)
                     : call == 1 ? rlra_topics_shares(metered, model, shares)
                                 : rlra_topics_normalise(metered, model);
            assert_int_equal(m.alive, alive);
            if (status == RLRA_OK)
                continue;
            expect(metered, status, RLRA_ERR_MEMORY, "out of memory");
            assert_true(get_real(&words, 0, 0) == first);
        }
        m.refuse = -1;
    }
    rlra_model_destroy(model);
    rlra_context_destroy(metered);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normalised_columns_sum_to_one_and_values_stay),
        cmocka_unit_test(test_a_topic_without_words_gets_no_weight),
        cmocka_unit_test(test_shares_are_those_of_the_model_and_sum_to_one),
        cmocka_unit_test(test_words_are_ranked_by_relevance),
        cmocka_unit_test(test_equal_words_come_in_the_order_of_their_numbers),
        cmocka_unit_test(test_words_and_topics_that_are_equal_but_for_rounding_keep_their_order),
        cmocka_unit_test(test_words_that_stand_for_zeros_are_left_out),
        cmocka_unit_test(test_what_is_no_model_of_counts_is_refused_and_left),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    if (rlra_context_create(NULL, &context) != RLRA_OK)
        return 1;
    const int failures = cmocka_run_group_tests_name("topics", tests, NULL, NULL);
    rlra_context_destroy(context);
    return failures;
}
