/* engine/entries/plan.c: workspace and cost of sweeps under losses without a Gram matrix. */
#include "block/rows.h"
#include "engine/defaults.h"
#include "engine/fit.h"
#include "engine/partial/room.h"
#include "engine/reach.h"

/* Plan how the rule of each factor gets its rows. */
static void plan_rows(fit *f)
{
    entries_state *const g = &f->entries;
    const fit_term *const term = &f->term[0];
    row_wish wish[RLRA_MAX_ORDER];
    for (int m = 0; m < term->x->order; m++) {
        const update_ops *const rule = f->rule[term->factors[m]];
        wish[m] = (row_wish){.across = rule_takes(rule, BLOCK_ACROSS),
                             .stored = rule_takes(rule, BLOCK_STORED),
                             .own_sums = rule_takes(rule, BLOCK_OWN_SUMS),
                             .zeros_by_sums = f->loss.kind == LOSS_KL,
                             .degree = f->loss.beta};
    }
    RLRA(rows_plan)(&term->plan, wish, &f->work, &g->rows);
    for (int m = 0; m < term->x->order; m++)
        f->slab[term->factors[m]] = g->rows.along[m].slab;
}

/* Slopes can be computed one sweep ahead if the rule accepts them and the end of the sweep rescales only by powers of two. */
static void plan_ahead(fit *f)
{
    slopes_ahead *const ahead = &f->entries.ahead;
    const int first = f->order[0];
    const row_layout *const l = &f->entries.rows.along[RLRA(term_mode)(&f->term[0], first)];
    const int has_all = (f->partial.data == NULL || l->own_sums) && RLRA(term_is_plain)(&f->term[0]);
    ahead->used = f->loss.kind == LOSS_KL && rule_takes(f->rule[first], BLOCK_SLOPES) && has_all &&
                  !f->entries.rows.may_cut && !RLRA(fit_balances_penalties)(f);
    for (int s = 0; ahead->used && s < 2; s++)
        ahead->up[s] = factor_take(&f->work, f->x[first].length, f->x[first].rank);
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
    f->cost.product_flops += f->entries.ahead.used ? 0 : product;
    f->cost.passes = f->factors;
    f->cost.read_bytes = (double)f->factors * x->entries * (double)x->entry_bytes;
}

void RLRA(entries_plan)(fit *f)
{
    entries_state *const g = &f->entries;
    ptrdiff_t rows = 0;
    plan_rows(f);
    const ptrdiff_t longest = g->rows.longest;
    plan_ahead(f);
    g->scratch_bytes = RLRA(rows_bytes)(UPDATE_ROWS, f->widest);
    for (int n = 0; n < f->factors; n++) {
        const ptrdiff_t slab = RLRA(is_lifted)(f, n) ? UPDATE_ROWS : f->slab[n];
        f->inner_sweeps[n] = f->options.inner_sweeps > 0 ? (int)f->options.inner_sweeps : 1;
        g->scratch_bytes = larger(g->scratch_bytes, f->rule[n]->regress_bytes(slab, f->widest, longest));
        if (f->partial.data != NULL)
            g->scratch_bytes =
                larger(g->scratch_bytes, RLRA(rule_of_use)(RULE_OF_REACH)->regress_bytes(slab, f->widest, longest));
        rows = f->x[n].length > rows ? f->x[n].length : rows;
    }
    for (int m = 0; m < f->term[0].x->order; m++)
        rows = f->term[0].x->dims[m] > rows ? f->term[0].x->dims[m] : rows;
    g->design = RLRA(design_plan)(&g->rows, f->term[0].x->order, f->term[0].form.inner, &f->work);
    g->values = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    g->kkt.pull = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    g->kkt.slack = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    g->kkt.size = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    g->kkt.worst = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    state_cost(f);
}
