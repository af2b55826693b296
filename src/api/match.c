/* api/match.c: match the components of two models: check them, score all pairs, assign. */
#include <inttypes.h>
#include <math.h>

#include "core/check.h"
#include "linalg/assign.h"
#include "model/match.h"

static rlra_status check_shapes(const rlra_model *a, const rlra_model *b)
{
    if (a->order != b->order)
        return rlra_fail(a->context, RLRA_ERR_SHAPE, "models to match need the same order, got %d and %d", a->order,
                         b->order);
    if (a->weights == NULL || b->weights == NULL)
        return rlra_fail(a->context, RLRA_ERR_UNSUPPORTED,
                         "the factors of one of the models have ranks of their own: it has no components to match");
    for (int n = 0; n < a->order; n++)
        if (a->dims[n] != b->dims[n])
            return rlra_fail(a->context, RLRA_ERR_SHAPE,
                             "models to match need factors of the same lengths, but factor %d has %" PRId64
                             " rows in one and %" PRId64 " in the other",
                             n, a->dims[n], b->dims[n]);
    return RLRA_OK;
}

/* If scores are equal, as for components of very different size, congruences decide. */
#define TIE_WEIGHT 1e-12

/* Arrays of most x most numbers, and of `most` indices. */
typedef struct tables {
    double *congruence, *ratio, *cost;
    ptrdiff_t *partner;
    void *scratch;
} tables;

static tables lay_out(char *room, size_t most)
{
    tables t = {.congruence = (double *)room};
    t.ratio = t.congruence + most * most;
    t.cost = t.ratio + most * most;
    t.partner = (ptrdiff_t *)(t.cost + most * most);
    t.scratch = t.partner + most;
    return t;
}

static void fill_in(const tables *t, int64_t most, rlra_match *match)
{
    *match = (rlra_match){.least = 1};
    for (int64_t k = 0; k < most; k++) {
        const int64_t at = k * most + t->partner[k];
        const double score = t->ratio[at] * fmax(t->congruence[at], 0);
        match->score += score / (double)most;
        match->congruence += t->congruence[at] / (double)most;
        match->least = fmin(match->least, score);
    }
    match->score = fmin(match->score, 1);
    match->congruence = fmin(match->congruence, 1);
}

rlra_status rlra_model_match(const rlra_model *a, const rlra_model *b, rlra_match *match, int64_t *partners)
{
    if (!(a != NULL && b != NULL && match != NULL))
        return rlra_fail(a == NULL ? NULL : a->context, RLRA_ERR_ARGUMENT,
                         "a match needs two models and a place for it, got NULL");
    rlra_status status = RLRA_OK;
    char *room = NULL;
    TRY(check_shapes(a, b));
    const int64_t most = a->rank > b->rank ? a->rank : b->rank;
    const size_t size = (size_t)most;
    const size_t bytes =
        3 * size * size * sizeof(double) + size * sizeof(ptrdiff_t) + rlra_assign_bytes((ptrdiff_t)most);
    room = rlra_alloc(a->context, bytes, 1);
    REQUIRE(room != NULL, rlra_fail_memory(a->context, bytes, 1, "matching two models"));
    const tables t = lay_out(room, size);
    TRY(rlra_match_pairs(a, b, t.congruence, t.ratio));
    for (int64_t e = 0; e < most * most; e++)
        t.cost[e] = -(t.ratio[e] + TIE_WEIGHT) * fmax(t.congruence[e], 0);
    rlra_assign((ptrdiff_t)most, (ptrdiff_t)most, t.cost, t.partner, t.scratch);
    fill_in(&t, most, match);
    for (int64_t k = 0; partners != NULL && k < a->rank; k++)
        partners[k] = t.partner[k] < b->rank ? (int64_t)t.partner[k] : -1;
cleanup:
    rlra_free(a->context, room);
    return status;
}
