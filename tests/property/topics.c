/* property/topics.c: topics from which counts were drawn come back from the counts. */
#include "support/topics.h"

enum { DOCUMENTS = 300, WORDS = 60, RANK = 4, LENGTH = 150 };

typedef struct planted {
    double topic[RANK][WORDS];
    double share[DOCUMENTS][RANK];
    int64_t starts[DOCUMENTS + 1], indices[DOCUMENTS * WORDS];
    real values[DOCUMENTS * WORDS];
} planted;

/* A number of the Gamma distribution of shape `shape` <= 1 (Ahrens & Dieter 1974): Dirichlet draws are such numbers divided by
 * their sum. */
static double gamma_number(numbers *from, double shape)
{
    const double b = 1 + shape / exp(1);
    for (;;) {
        const double p = b * uniform(from);
        const double x = p <= 1 ? pow(p, 1 / shape) : -log((b - p) / shape);
        if (uniform(from) <= (p <= 1 ? exp(-x) : pow(x, shape - 1)))
            return x;
    }
}

static void dirichlet(numbers *from, double shape, int count, double *out)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += out[i] = gamma_number(from, shape) + 1e-300;
    for (int i = 0; i < count; i++)
        out[i] /= sum;
}

static int draw(numbers *from, const double *probability, int count)
{
    double left = uniform(from);
    for (int i = 0; i + 1 < count; i++) {
        left -= probability[i];
        if (left < 0)
            return i;
    }
    return count - 1;
}

/* The process of latent Dirichlet allocation: a mixture for each document, a topic for each word of it. */
static planted *plant(uint64_t seed)
{
    planted *const p = calloc(1, sizeof *p);
    numbers from = {seed, 0};
    int64_t count = 0;
    for (int k = 0; k < RANK; k++)
        dirichlet(&from, 0.2, WORDS, p->topic[k]);
    for (int d = 0; d < DOCUMENTS; d++) {
        int drawn[WORDS] = {0};
        dirichlet(&from, 0.2, RANK, p->share[d]);
        for (int i = 0; i < LENGTH; i++)
            drawn[draw(&from, p->topic[draw(&from, p->share[d], RANK)], WORDS)]++;
        for (int w = 0; w < WORDS; w++) {
            p->indices[count] = w;
            p->values[count] = (real)drawn[w];
            count += drawn[w] > 0;
        }
        p->starts[d + 1] = count;
    }
    return p;
}

static rlra_model *find_topics(rlra_context *context, const rlra_sparse *counts, int64_t seed)
{
    rlra_problem *problem;
    rlra_model *model;
    rlra_options options = rlra_options_default();
    options.loss = "kl";
    options.decrease = 1e-6;
    options.max_sweeps = 500;
    options.seed = seed;
    options.threads = 1;
    assert_int_equal(rlra_problem_create(context, &problem), RLRA_OK);
    assert_int_equal(rlra_problem_add_sparse(problem, counts, 1, NULL), RLRA_OK);
    for (int n = 0; n < 2; n++)
        assert_int_equal(rlra_problem_add_penalty(problem, n, "nonneg", 1), RLRA_OK);
    assert_int_equal(rlra_model_create(context, REAL_DTYPE, 2, counts->dims, RANK, &model), RLRA_OK);
    if (rlra_fit(problem, &options, model, NULL) != RLRA_OK)
        fail_msg("%s", rlra_context_message(context));
    rlra_problem_destroy(problem);
    assert_int_equal(rlra_topics_normalise(context, model), RLRA_OK);
    return model;
}

/* Half the l1 distance of two distributions: the part of one that would have to be moved. */
static double moved(const rlra_model *model, int64_t k, const double *topic)
{
    double sum = 0;
    for (int64_t w = 0; w < WORDS; w++)
        sum += fabs(word_probability(model, w, k) - topic[w]) / 2;
    return sum;
}

static void test_planted_topics_come_back(void **state)
{
    (void)state;
    rlra_context *context;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    for (uint64_t seed = 1; seed < 4; seed++) {
        planted *const p = plant(seed);
        const rlra_sparse counts = rlra_sparse_csr(REAL_DTYPE, DOCUMENTS, WORDS, p->starts, p->indices, p->values);
        rlra_model *const model = find_topics(context, &counts, (int64_t)seed);
        double *const shares = malloc(DOCUMENTS * RANK * sizeof *shares), apart = 0;
        int used = 0, of[RANK];
        assert_int_equal(rlra_topics_shares(context, model, shares), RLRA_OK);
        for (int k = 0; k < RANK; k++) {
            of[k] = 0;
            for (int j = 1; j < RANK; j++)
                of[k] = moved(model, k, p->topic[j]) < moved(model, k, p->topic[of[k]]) ? j : of[k];
            used |= 1 << of[k];
            /* 11000 words of a topic over some 30 likely words: sampling alone moves 0.02. */
            CHECK(moved(model, k, p->topic[of[k]]) <= 0.08, "seed %d: topic %d is %g from the nearest planted one",
                  (int)seed, k, moved(model, k, p->topic[of[k]]));
        }
        assert_int_equal(used, (1 << RANK) - 1);
        for (int d = 0; d < DOCUMENTS; d++)
            for (int k = 0; k < RANK; k++)
                apart += fabs(shares[d * RANK + k] - p->share[d][of[k]]) / 2 / DOCUMENTS;
        CHECK(apart <= 0.08, "seed %d: shares are %g apart in the mean", (int)seed, apart);
        free(shares);
        rlra_model_destroy(model);
        free(p);
    }
    rlra_context_destroy(context);
}

/* At the minimum sums of rows and columns are those of the data; the perplexity then is that of the loss. */
static void test_perplexity_belongs_to_the_loss(void **state)
{
    (void)state;
    rlra_context *context;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    planted *const p = plant(5);
    const rlra_sparse counts = rlra_sparse_csr(REAL_DTYPE, DOCUMENTS, WORDS, p->starts, p->indices, p->values);
    rlra_model *const model = find_topics(context, &counts, 1);
    double loss = 0, log_counts = 0, perplexity, total = DOCUMENTS * LENGTH;
    for (int64_t d = 0; d < DOCUMENTS; d++)
        for (int64_t w = 0, e = p->starts[d]; w < WORDS; w++) {
            const double y = e < p->starts[d + 1] && p->indices[e] == w ? (double)p->values[e++] : 0;
            const double v = model_at(model, d, w);
            loss += (y > 0 ? y * log(y / v) : 0) - y + v;
            log_counts += y > 0 ? y * log(y / LENGTH) : 0;
        }
    assert_int_equal(rlra_topics_perplexity(context, &counts, model, &perplexity), RLRA_OK);
    /* The fit stops a little before, and the sums of rows are off by as much as the last sweep moved them. */
    CHECK(fabs(log(perplexity) - (loss - log_counts) / total) <= 1e-4, "%g and %g", log(perplexity),
          (loss - log_counts) / total);
    rlra_model_destroy(model);
    free(p);
    rlra_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_planted_topics_come_back),
        cmocka_unit_test(test_perplexity_belongs_to_the_loss),
    };
    return cmocka_run_group_tests_name("recovery of topics", tests, NULL, NULL);
}
