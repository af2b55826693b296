/* engine/entries/plan.c: what sweeps with losses that have no Gram matrix need. */
#include "block/rows.h"
#include "engine/defaults.h"
#include "engine/fit.h"
#include "engine/partial/room.h"
#include "engine/reach.h"

ptrdiff_t RLRA(entries_longest_row)(const fit *f)
{
    ptrdiff_t longest = 1;
    for (int n = 0; n < f->factors; n++) {
        const sparse_rows *const stored = f->entries.stored[n];
        const csf *const tree = f->entries.tree[n];
        const ptrdiff_t length = stored != NULL ? RLRA(longest_row)(stored)
                                 : tree != NULL ? (ptrdiff_t)RLRA(csf_longest)(tree)
                                                : layout_length(&f->entries.along[n]);
        longest = length > longest ? length : longest;
    }
    return longest;
}

/* How rows of each factor are handed to its rule, and what that needs. */
static void plan_rows(fit *f)
{
    entries_state *const g = &f->entries;
    ptrdiff_t side = 0;
    int pads = 0;
    g->has_panels = f->partial.data != NULL || g->has_zeros;
    for (int n = 0; n < f->factors; n++) {
        const layout *const l = &g->along[n];
        const int is_plain = f->partial.data == NULL;
        g->shares[n] = f->partial.data != NULL && RLRA(partial_shares_design)(f, n);
        g->across[n] = (is_plain || g->shares[n]) && rule_takes(f->rule[n], BLOCK_ACROSS) && g->stored[n] == NULL &&
                       !g->has_zeros && l->others == 1 && l->row_stride == 1 && l->strides[0] > 1;
        g->by_rows[n] = g->stored[n] != NULL && is_plain;
        g->has_panels |=
            g->tree[n] != NULL || (g->stored[n] != NULL && !(g->by_rows[n] && rule_takes(f->rule[n], BLOCK_STORED)));
        pads |= g->by_rows[n] || g->tree[n] != NULL;
        side = (g->across[n] || g->by_rows[n]) && layout_length(l) > side ? layout_length(l) : side;
    }
    g->rows_stride = f->rank;
    if (pads)
        g->rows_stride = (f->rank + GATHER_ALIGNMENT - 1) / GATHER_ALIGNMENT * GATHER_ALIGNMENT;
    g->rows = rlra_arena_take(&f->work, (size_t)(side * g->rows_stride), sizeof(real));
}

/* Slopes can be computed one sweep ahead if the rule accepts them and the end of the sweep rescales only by powers of two. */
static void plan_ahead(fit *f)
{
    slopes_ahead *const ahead = &f->entries.ahead;
    const int first = f->order[0];
    const int has_all = f->partial.data == NULL || f->entries.shares[first];
    ahead->used = f->loss.kind == LOSS_KL && rule_takes(f->rule[first], BLOCK_SLOPES) && has_all &&
                  !f->entries.has_zeros && !RLRA(fit_balances_penalties)(f);
    for (int s = 0; ahead->used && s < 2; s++) {
        const ptrdiff_t length = f->x[first].length, stride = factor_stride(length);
        real *const at = rlra_arena_take(&f->work, (size_t)(stride * f->rank), sizeof(real));
        ahead->up[s] = (factor){at, length, f->rank, stride};
    }
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Each factor sees model and ratio, and the last one the loss besides, if it does not come with the slopes of the first. */
static void state_cost(fit *f)
{
    const data *const x = f->term[0].x;
    const double product = 2 * (double)f->rank * x->entries;
    for (int n = 0; n < f->factors; n++)
        f->cost.product_flops += 2 * product * (double)f->inner_sweeps[n];
    f->cost.product_flops += f->entries.ahead.used ? 0 : product;
    f->cost.passes = f->factors;
    f->cost.read_bytes = (double)f->factors * x->entries * (double)x->entry_bytes;
}

void RLRA(entries_plan)(fit *f)
{
    entries_state *const g = &f->entries;
    const ptrdiff_t longest = RLRA(entries_longest_row)(f);
    ptrdiff_t rows = 0, product = 0;
    plan_rows(f);
    plan_ahead(f);
    g->scratch_bytes = RLRA(rows_bytes)(UPDATE_ROWS, f->rank);
    for (int n = 0; n < f->factors; n++) {
        f->inner_sweeps[n] = f->options.inner_sweeps > 0 ? (int)f->options.inner_sweeps : 1;
        g->scratch_bytes = larger(g->scratch_bytes, f->rule[n]->regress_bytes(f->slab[n], f->rank, longest));
        if (f->partial.data != NULL)
            g->scratch_bytes =
                larger(g->scratch_bytes, RLRA(rule_of_use)(RULE_OF_REACH)->regress_bytes(f->slab[n], f->rank, longest));
        rows = f->x[n].length > rows ? f->x[n].length : rows;
        product = layout_length(&g->along[n]) > product ? layout_length(&g->along[n]) : product;
    }
    const ptrdiff_t stride = f->factors > 2 ? factor_stride(product) : 0;
    g->product =
        (factor){rlra_arena_take(&f->work, (size_t)(stride * f->rank), sizeof(real)), product, f->rank, stride};
    g->sums = rlra_arena_take(&f->work, (size_t)f->rank, sizeof(double));
    g->row_sums = rlra_arena_take(&f->work, f->partial.data != NULL ? (size_t)(rows * f->rank) : 0, sizeof(double));
    g->values = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    g->kkt.pull = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    g->kkt.slack = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    g->kkt.size = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    g->kkt.worst = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
    state_cost(f);
}
