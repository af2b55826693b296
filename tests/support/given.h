/* support/given.h: data as a problem has them, of any kind, beside their dense copy. */
#ifndef TESTS_SUPPORT_GIVEN_H
#define TESTS_SUPPORT_GIVEN_H

#include "data/kinds.h"
#include "data/observed/observed.h"
#include "support/stored.h"

/* Data as a problem has them, and what they are: entries and weights; NaN where nothing is known. */
typedef struct given {
    problem_term term;
    view dense, weights;
    stored_array *stored; /* or NULL */
    file_array file;
    rlra_context *context;
    const char *name;
} given;

static inline void describe(given *g)
{
    problem_term *const t = &g->term;
    int64_t index[RLRA_MAX_ORDER] = {0};
    t->least = INFINITY;
    t->weight = 1;
    do {
        const double w = (double)*entry_at(&g->weights.array, index);
        const double x = w > 0 ? (double)*entry_at(&g->dense.array, index) : 0;
        t->observed += w > 0;
        t->is_partial |= w != 1;
        t->is_uneven |= w != 0 && w != 1;
        t->norm2 += w * x * x;
        t->sum += w * x;
        t->zeros += w > 0 && x == 0;
        t->least = w > 0 ? fmin(t->least, x) : t->least;
        t->scale = fmax(t->scale, x);
    } while (next_index(&g->dense.array, index));
}

/* A share of the entries is zero; `missing` of the weights are, others may be any number. */
static inline given give(const char *name, int order, const int64_t *dims, const arrangement *how, double zeros,
                         double missing, int uneven)
{
    numbers from = {(uint64_t)(order + (int)(100 * zeros)), 0};
    given g = {.name = name, .dense = empty_view(order, dims, how), .weights = empty_view(order, dims, &c_order)};
    int64_t index[RLRA_MAX_ORDER] = {0};
    assert_int_equal(rlra_context_create(NULL, &g.context), RLRA_OK);
    do {
        const int gone = uniform(&from) < missing || (missing > 0 && index[0] == 3);
        *entry_at(&g.dense.array, index) = uniform(&from) < zeros ? 0 : (real)(0.1 + uniform(&from));
        *entry_at(&g.weights.array, index) = gone ? 0 : uneven ? (real)(0.25 + uniform(&from)) : 1;
        if (gone)
            *entry_at(&g.dense.array, index) = (real)NAN;
    } while (next_index(&g.dense.array, index));
    describe(&g);
    g.term.array = g.dense.array;
    if (g.term.is_partial)
        g.term.weights = g.weights.array;
    return g;
}

/* The same as a sparse array of what is not zero, or, with weights, of what is known. */
static inline void store_sparse(given *g)
{
    const rlra_array *const a = &g->dense.array;
    const int64_t count = rlra_array_count(a);
    int64_t index[RLRA_MAX_ORDER] = {0}, *places[RLRA_MAX_ORDER], used = 0;
    const int64_t *indices[RLRA_MAX_ORDER];
    real *const values = malloc((size_t)count * sizeof *values), *const weights =
                                                                     malloc((size_t)count * sizeof *weights);
    for (int m = 0; m < a->order; m++)
        indices[m] = places[m] = malloc((size_t)count * sizeof **places);
    do {
        const real w = *entry_at(&g->weights.array, index), x = *entry_at(a, index);
        if (!(w > 0) || (x == 0 && !g->term.is_partial))
            continue;
        for (int m = 0; m < a->order; m++)
            places[m][used] = index[m];
        weights[used] = w;
        values[used++] = x;
    } while (next_index(a, index));
    const rlra_sparse x = rlra_sparse_coo(REAL_DTYPE, a->order, a->dims, used, indices, values);
    const rlra_sparse w = rlra_sparse_coo(REAL_DTYPE, a->order, a->dims, used, indices, weights);
    const stored_choice choice = {
        .data = &x, .weights = g->term.is_uneven ? &w : NULL, .only_stored = g->term.is_partial};
    observed_summary summary;
    void *stored;
    assert_int_equal(RLRA(stored_create)(g->context, &choice, &stored, &summary), RLRA_OK);
    g->term.sparse = g->stored = stored;
    g->term.array.data = g->term.weights.data = NULL;
    g->term.zeros = 0;
    for (int m = 0; m < a->order; m++)
        free(places[m]);
    free(values);
    free(weights);
}

static inline void free_given(given *g)
{
    RLRA(stored_destroy)(g->context, g->stored);
    rlra_context_destroy(g->context);
    free(g->dense.memory);
    free(g->weights.memory);
}

#endif
