/* engine/entries/plan.c: workspace and cost of sweeps under losses without a Gram matrix. */
#include "block/rows.h"
#include "engine/defaults.h"
#include "engine/fit.h"
#include "engine/partial/room.h"
#include "engine/reach.h"

/* Plan how each rule of a way gets its rows. */
static void plan_rows(fit *f, int w)
{
    entries_way *const way = &f->entries.ways[w];
    const fit_term *const term = &f->term[0];
    row_wish wish[RLRA_MAX_ORDER];
    for (int m = 0; m < term->x->order; m++) {
        const update_ops *const rule = f->ways[w][term->factors[m]];
        wish[m] = (row_wish){.across = rule_takes(rule, BLOCK_ACROSS),
                             .stored = rule_takes(rule, BLOCK_STORED),
                             .own_sums = rule_takes(rule, BLOCK_OWN_SUMS),
                             .zeros_by_sums = f->loss.kind == LOSS_KL,
                             .degree = f->loss.beta};
    }
    RLRA(rows_plan)(&term->plan, wish, &f->work, &way->rows);
    way->design = RLRA(design_plan)(&way->rows, term->x->order, term->form.inner, &f->work);
}

/* Slopes can be computed one sweep ahead if the rule accepts them and the end of the sweep rescales only by powers of two. */
static void plan_ahead(fit *f, int w)
{
    entries_way *const way = &f->entries.ways[w];
    const int first = f->order[0];
    const row_layout *const l = &way->rows.along[RLRA(term_mode)(&f->term[0], first)];
    const int has_all = (f->partial.data == NULL || l->own_sums) && RLRA(term_is_plain)(&f->term[0]);
    way->uses_ahead = f->loss.kind == LOSS_KL && rule_takes(f->ways[w][first], BLOCK_SLOPES) && has_all &&
                      !way->rows.may_cut && !RLRA(fit_balances_penalties)(f);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* The update of each factor forms model and ratio; the last one also the loss, unless that comes with the slopes of the first. */
static void state_cost(fit *f)
{
    const data *const x = f->term[0].x;
    const double product = 2 * (double)f->term[0].form.inner * x->entries;
    for (int n = 0; n < f->factors; n++)
        f->cost.product_flops += 2 * product * (double)f->inner_sweeps[n];
    f->cost.product_flops += f->entries.way->uses_ahead ? 0 : product;
    f->cost.passes = f->factors;
    f->cost.read_bytes = (double)f->factors * x->entries * (double)x->entry_bytes;
}

ptrdiff_t RLRA(entries_slab)(const fit *f, int way, int n)
{
    const int mode = RLRA(term_mode)(&f->term[0], n);
    return RLRA(is_lifted)(f, n) ? UPDATE_ROWS : f->entries.ways[way].rows.along[mode].slab;
}

void RLRA(entries_plan)(fit *f)
{
    entries_state *const g = &f->entries;
    ptrdiff_t rows = 0, longest = 0;
    int ahead = 0;
    for (int w = 0; w < f->way_count; w++) {
        plan_rows(f, w);
        plan_ahead(f, w);
        longest = g->ways[w].rows.longest > longest ? g->ways[w].rows.longest : longest;
        ahead |= g->ways[w].uses_ahead;
    }
    g->way = &g->ways[f->way];
    for (int m = 0; m < f->term[0].x->order; m++) {
        const int n = f->term[0].factors[m];
        f->slab[n] = g->ways[0].rows.along[m].slab;
        for (int w = 1; w < f->way_count; w++)
            f->slab[n] = g->ways[w].rows.along[m].slab > f->slab[n] ? g->ways[w].rows.along[m].slab : f->slab[n];
    }
    for (int s = 0; ahead && s < 2; s++)
        g->ahead.up[s] = factor_take(&f->work, f->x[f->order[0]].length, f->x[f->order[0]].rank);
    g->scratch_bytes = RLRA(rows_bytes)(UPDATE_ROWS, f->widest);
    for (int n = 0; n < f->factors; n++) {
        f->inner_sweeps[n] = f->options.inner_sweeps > 0 ? (int)f->options.inner_sweeps : 1;
        for (int w = 0; w < f->way_count; w++) {
            const ptrdiff_t slab = RLRA(entries_slab)(f, w, n);
            g->scratch_bytes = larger(g->scratch_bytes, f->ways[w][n]->regress_bytes(slab, f->widest, longest));
            if (f->partial.data != NULL)
                g->scratch_bytes =
                    larger(g->scratch_bytes, RLRA(rule_of_use)(RULE_OF_REACH)->regress_bytes(slab, f->widest, longest));
        }
        rows = f->x[n].length > rows ? f->x[n].length : rows;
    }
    for (int m = 0; m < f->term[0].x->order; m++)
        rows = f->term[0].x->dims[m] > rows ? f->term[0].x->dims[m] : rows;
    g->values = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    g->kkt.pull = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    g->kkt.slack = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    g->kkt.size = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    g->kkt.worst = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    state_cost(f);
}
