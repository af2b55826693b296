/* engine/partial/partial.c: workspace for rows with entries that are missing, held out or weighted. */
#include "engine/partial/partial.h"

#include "engine/fit.h"
#include "engine/partial/room.h"
#include "engine/squares.h"

partial_room RLRA(partial_room_take)(const fit *f, arena *from)
{
    const size_t rank = (size_t)f->widest, pad = (size_t)f->partial.product.pad, lanes = ROW_GRAMS * rank;
    size_t prepared = 0;
    for (int n = 0; n < f->factors; n++)
        for (int w = 0; w < f->way_count; w++) {
            const update_ops *const rule = f->ways[w][n];
            const size_t doubles = rule->prepared_doubles == NULL ? 0 : rule->prepared_doubles(f->widest);
            prepared = doubles > prepared ? doubles : prepared;
        }
    partial_room r;
    r.sum = rlra_arena_take(from, ROW_GRAMS * pad * pad, sizeof(double));
    r.gram = rlra_arena_take(from, rank * rank, sizeof(double));
    r.prepared = rlra_arena_take(from, prepared, sizeof(double));
    r.grams = rlra_arena_take(from, (size_t)row_grams_count(f->widest), sizeof(real));
    r.x = rlra_arena_take(from, lanes, sizeof(real));
    r.rhs = rlra_arena_take(from, lanes, sizeof(real));
    r.other = rlra_arena_take(from, lanes, sizeof(real));
    r.panel = rlra_arena_take(from, pad * OBSERVED_RUN, sizeof(real));
    r.rows = rlra_arena_take(from, OBSERVED_RUN, sizeof(real *));
    r.shares = rlra_arena_take(from, OBSERVED_RUN, sizeof(real));
    r.run = rlra_arena_take(from, 1, sizeof(observed_run));
    r.slope = rlra_arena_take(from, rank, sizeof(double));
    r.curvature = rlra_arena_take(from, rank, sizeof(double));
    r.scratch = rlra_arena_take(from, 1, RLRA(squares_kkt_bytes)(UPDATE_ROWS, f->widest));
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
    for (int mode = 0; mode < m->data->order; mode++)
        longest = m->data->along[mode].rows > longest ? m->data->along[mode].rows : longest;
    f->reach = rlra_arena_take(&f->work, (size_t)f->widest, sizeof(double));
    m->values = rlra_arena_take(&f->work, 2 * (size_t)longest, sizeof(double));
    if (!f->engine->is_quadratic && m->data->pair == NULL)
        return; /* this engine gets rows with their entries, and residuals from lines of the array */
    m->product = RLRA(observed_product_take)(m->data, f->widest, &f->work);
    RLRA(partial_room_take)(f, &measure);
    m->room_bytes = measure.peak;
    m->rooms = rlra_arena_take(&f->work, (size_t)f->threads, m->room_bytes);
}
