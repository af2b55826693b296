/* engine/partial/partial.c: entries that are missing, held out or weighted: what takes part, and the room to treat it. */
#include "engine/partial/partial.h"

#include "core/check.h"
#include "core/threads.h"
#include "engine/fit.h"
#include "engine/partial/room.h"
#include "engine/squares.h"

/* Refuse unsupported combinations; report whether entries are missing or weighted. */
static rlra_status check(const fit *f, int *needed)
{
    const problem_term *const from = &f->problem->term[0];
    const double held_out = f->options.holdout;
    *needed = from->is_partial || held_out > 0;
    if (f->problem->terms != 1 && held_out > 0)
        return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                         "entries can be held out of problems of one term so far, got %d", f->problem->terms);
    if (*needed && from->source != NULL)
        return rlra_fail(
            f->context, RLRA_ERR_UNSUPPORTED,
            "missing entries, weights and `holdout` need the data in memory, and these are read from their "
            "file: raise `memory_limit`");
    for (int t = 0; f->problem->terms > 1 && t < f->problem->terms; t++)
        if (f->problem->term[t].is_partial)
            return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                             "missing entries and weights go with problems of one term so far, got %d",
                             f->problem->terms);
    if (held_out > 0 && from->sparse != NULL && !from->is_partial)
        return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                         "no entries can be held out of sparse data whose other entries are zeros: take dense data, or "
                         "say that what is not stored is missing (`missing=unstored`)");
    return RLRA_OK;
}

static observed_choice choice_of(const fit *f)
{
    const problem_term *const from = &f->problem->term[0];
    return (observed_choice){.data = from->array,
                             .weights = from->weights,
                             .nan_is_missing = from->nan_is_missing,
                             .held_out = f->options.holdout,
                             .seed = (uint64_t)f->options.holdout_seed};
}

rlra_status RLRA(partial_pose)(fit *f)
{
    rlra_status status = RLRA_OK;
    const observed_choice choice = choice_of(f);
    const stored_array *const stored = f->problem->term[0].sparse;
    int needed;
    TRY(check(f, &needed));
    if (!needed)
        return RLRA_OK;
    if (stored != NULL)
        TRY(RLRA(observed_of_sparse)(f->context, &choice, stored, &f->partial.data));
    else
        TRY(RLRA(observed_create)(f->context, &choice, rlra_team(rlra_threads(f->options.threads)), &f->partial.data));
    f->partial.used = 1;
cleanup:
    return status;
}

rlra_status RLRA(partial_measure)(fit *f)
{
    const observed_choice choice = choice_of(f);
    const problem_term *const from = &f->problem->term[0];
    const stored_array *const stored = from->sparse;
    const rlra_status status = check(f, &f->partial.used);
    if (status == RLRA_OK && f->partial.used)
        RLRA(observed_measure)(&choice, stored, &f->partial.data);
    f->partial.data.look.scan = (dense_scan){
        .norm2 = from->norm2, .sum = from->sum, .least = from->least, .scale = from->scale, .zeros = from->zeros};
    return status;
}

double RLRA(partial_listed)(const fit *f)
{
    const problem_term *const from = &f->problem->term[0];
    const double all = (double)rlra_array_count(&from->array), known = from->observed * (1 - f->options.holdout);
    if (!f->partial.used)
        return 0;
    if (from->sparse != NULL || from->is_uneven)
        return known;
    return known < all - known ? known : all - known;
}

double RLRA(partial_bytes)(const fit *f)
{
    const problem_term *const from = &f->problem->term[0];
    const size_t listed = sizeof(int32_t) + (from->is_uneven ? sizeof(real) : 0);
    if (!f->partial.used)
        return 0;
    if (from->sparse != NULL) {
        const size_t kept = f->options.holdout > 0 ? listed + sizeof(real) : 0, product = listed - sizeof(int32_t);
        return 2 * RLRA(partial_listed)(f) * (double)(kept + product);
    }
    return (double)rlra_array_count(&from->array) * sizeof(real) +
           f->partial.data.order * RLRA(partial_listed)(f) * (double)listed;
}

void RLRA(partial_clear)(fit *f)
{
    if (f->partial.used)
        RLRA(observed_destroy)(f->context, &f->partial.data);
}

partial_room RLRA(partial_room_take)(const fit *f, arena *from)
{
    const size_t rank = (size_t)f->rank, pad = (size_t)f->partial.pad, lanes = ROW_GRAMS * rank;
    size_t prepared = 0;
    for (int n = 0; n < f->factors; n++) {
        const size_t doubles = f->rule[n]->prepared_doubles == NULL ? 0 : f->rule[n]->prepared_doubles(f->rank);
        prepared = doubles > prepared ? doubles : prepared;
    }
    partial_room r;
    r.sum = rlra_arena_take(from, pad * pad, sizeof(double));
    r.gram = rlra_arena_take(from, rank * rank, sizeof(double));
    r.prepared = rlra_arena_take(from, prepared, sizeof(double));
    r.grams = rlra_arena_take(from, lanes * rank, sizeof(real));
    r.x = rlra_arena_take(from, lanes, sizeof(real));
    r.rhs = rlra_arena_take(from, lanes, sizeof(real));
    r.other = rlra_arena_take(from, lanes, sizeof(real));
    r.panel = rlra_arena_take(from, pad * OBSERVED_RUN, sizeof(real));
    r.rows = rlra_arena_take(from, OBSERVED_RUN, sizeof(real *));
    r.shares = rlra_arena_take(from, OBSERVED_RUN, sizeof(real));
    r.run = rlra_arena_take(from, 1, sizeof(observed_run));
    r.slope = rlra_arena_take(from, rank, sizeof(double));
    r.curvature = rlra_arena_take(from, rank, sizeof(double));
    r.scratch = rlra_arena_take(from, 1, RLRA(squares_kkt_bytes)(UPDATE_ROWS, f->rank));
    return r;
}

partial_room RLRA(partial_room_of)(const fit *f, int thread)
{
    arena room = {.base = f->partial.rooms + (size_t)thread * f->partial.room_bytes, .size = f->partial.room_bytes};
    return RLRA(partial_room_take)(f, &room);
}

void RLRA(partial_rest)(fit *f, int n, ptrdiff_t i)
{
    const factor x = factor_rows(f->x[n], i, i + 1);
    for (ptrdiff_t k = 0; k < x.rank; k++)
        x.at[k * x.stride] = 0;
    RLRA(penalties_project)(&f->penalties[n], x);
    for (ptrdiff_t k = 0; k < x.rank; k++)
        f->last[n].at[k * f->last[n].stride + i] = x.at[k * x.stride];
}

void RLRA(partial_plan)(fit *f)
{
    partial_data *const m = &f->partial;
    arena measure = {0};
    ptrdiff_t longest = 0;
    m->pad = (f->rank + ROW_GRAMS_PAD - 1) / ROW_GRAMS_PAD * ROW_GRAMS_PAD;
    RLRA(partial_room_take)(f, &measure);
    m->room_bytes = measure.peak;
    m->rooms = rlra_arena_take(&f->work, (size_t)f->threads, m->room_bytes);
    for (int mode = 0; mode < m->data.order; mode++) {
        const ptrdiff_t rows = m->data.along[mode].rows;
        longest = rows > longest ? rows : longest;
        m->packed[mode] = rlra_arena_take(&f->work, (size_t)(rows * m->pad), sizeof(real));
    }
    f->reach = rlra_arena_take(&f->work, (size_t)f->rank, sizeof(double));
    m->values = rlra_arena_take(&f->work, 2 * (size_t)longest, sizeof(double));
}
