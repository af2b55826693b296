/* support/fitting.h: problems with known answers, and fits in a few lines. */
#ifndef TESTS_SUPPORT_FITTING_H
#define TESTS_SUPPORT_FITTING_H

#include "rlra/rlra.h"
#include "support/arrays.h"

typedef struct fitting {
    rlra_context *context;
    rlra_problem *problem;
    rlra_model *model;
    rlra_options options;
    rlra_report report;
} fitting;

#define MUST(f, call)                                                                                                  \
    do {                                                                                                               \
        const rlra_status came = (call);                                                                               \
        if (came != RLRA_OK)                                                                                           \
            fail_msg("%s: %s", rlra_status_text(came), rlra_context_message((f)->context));                            \
    } while (0)

/* A problem without terms, and a model; the caller adds the terms. */
static inline fitting empty_fitting(int factors, const int64_t *lengths, ptrdiff_t rank)
{
    fitting f = {.options = rlra_options_default()};
    assert_int_equal(rlra_context_create(NULL, &f.context), RLRA_OK);
    MUST(&f, rlra_problem_create(f.context, &f.problem));
    MUST(&f, rlra_model_create(f.context, REAL_DTYPE, factors, lengths, rank, &f.model));
    return f;
}

/* One term, with the same prior on all factors; rules run to the end. */
static inline fitting make_fitting(const rlra_array *array, ptrdiff_t rank, const char *prior)
{
    fitting f = empty_fitting(array->order, array->dims, rank);
    MUST(&f, rlra_problem_add_dense(f.problem, array, 1, NULL));
    for (int n = 0; n < array->order; n++)
        MUST(&f, rlra_problem_add_prior(f.problem, n, prior));
    return f;
}

static inline void free_fitting(fitting *f)
{
    rlra_model_destroy(f->model);
    rlra_problem_destroy(f->problem);
    rlra_context_destroy(f->context);
}

static inline void run_fit(fitting *f)
{
    MUST(f, rlra_fit(f->problem, &f->options, f->model, &f->report));
}

/* Factor n of the model, to read and write. */
static inline factor factor_of(const fitting *f, int n)
{
    const rlra_array a = rlra_model_factor(f->model, n);
    return (factor){a.data, a.dims[0], a.dims[1], a.strides[1]};
}

static inline void set_factor(fitting *f, int n, factor from)
{
    const factor to = factor_of(f, n);
    assert_true(to.length == from.length && to.rank == from.rank);
    for (ptrdiff_t k = 0; k < to.rank; k++)
        memcpy(to.at + k * to.stride, from.at + k * from.stride, (size_t)to.length * sizeof(real));
}

static inline int same_factors(const fitting *a, int na, const fitting *b, int nb)
{
    const factor x = factor_of(a, na), y = factor_of(b, nb);
    return x.length == y.length && x.rank == y.rank && same_bits(x.at, y.at, x.rank, x.length, x.stride);
}

static inline int same_models(const fitting *a, const fitting *b)
{
    for (int n = 0; n < rlra_model_order(a->model); n++)
        if (!same_factors(a, n, b, n))
            return 0;
    return 1;
}

static inline double largest_difference(factor a, factor b)
{
    double most = 0;
    for (ptrdiff_t k = 0; k < a.rank; k++)
        for (ptrdiff_t i = 0; i < a.length; i++)
            most = fmax(most, fabs((double)*entry(a, i, k) - (double)*entry(b, i, k)));
    return most;
}

static inline double largest_entry(factor a)
{
    double most = 0;
    for (ptrdiff_t k = 0; k < a.rank; k++)
        for (ptrdiff_t i = 0; i < a.length; i++)
            most = fmax(most, fabs((double)*entry(a, i, k)));
    return most;
}

/* Data made of uniform factors (a share `zeros` of whose entries is zero) and uniform noise, all nonnegative. */
typedef struct planted {
    view data;
    ptrdiff_t rank;
    factor truth[RLRA_MAX_ORDER];
} planted;

static inline planted plant(uint64_t seed, int order, const int64_t *dims, ptrdiff_t rank, double zeros, double noise)
{
    numbers from = {seed, 0};
    planted p = {.data = empty_view(order, dims, &c_order), .rank = rank};
    int64_t index[RLRA_MAX_ORDER] = {0};
    for (int m = 0; m < order; m++) {
        p.truth[m] = uniform_factor(&from, dims[m], rank);
        for (ptrdiff_t k = 0; k < rank; k++)
            for (ptrdiff_t i = 0; i < dims[m]; i++)
                if (uniform(&from) < zeros)
                    *entry(p.truth[m], i, k) = 0;
    }
    do
        *entry_at(&p.data.array, index) = (real)(model_at(order, p.truth, index, NULL) + noise * uniform(&from));
    while (next_index(&p.data.array, index));
    return p;
}

static inline void free_planted(planted *p)
{
    for (int m = 0; m < p->data.array.order; m++)
        free(p->truth[m].at);
    free(p->data.memory);
}

/* Cosine of column k of a and column l of b. */
static inline double cosine(factor a, ptrdiff_t k, factor b, ptrdiff_t l)
{
    double ab = 0, aa = 0, bb = 0;
    for (ptrdiff_t i = 0; i < a.length; i++) {
        ab += (double)*entry(a, i, k) * (double)*entry(b, i, l);
        aa += (double)*entry(a, i, k) * (double)*entry(a, i, k);
        bb += (double)*entry(b, i, l) * (double)*entry(b, i, l);
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

/* Share of the planted components that are found: cosines of the columns, multiplied over modes, least over components.
 * Each planted component takes the best one that is left. */
static inline double match_score(const fitting *f, const planted *p)
{
    double worst = 1;
    int taken[64] = {0};
    for (ptrdiff_t k = 0; k < p->rank; k++) {
        double best = -1;
        int at = 0;
        for (ptrdiff_t l = 0; l < p->rank; l++) {
            double score = taken[l] ? -1 : 1;
            for (int m = 0; m < p->data.array.order; m++)
                score *= cosine(p->truth[m], k, factor_of(f, m), l);
            at = score > best ? (int)l : at;
            best = fmax(best, score);
        }
        taken[at] = 1;
        worst = fmin(worst, best);
    }
    return worst;
}

#endif
