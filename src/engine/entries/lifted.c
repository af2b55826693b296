/* engine/entries/lifted.c: update factors of forms and maps under kl by slopes folded back from rows of the data. */
#include "engine/entries/lifted.h"

#include <omp.h>
#include <string.h>

#include "block/rows.h"
#include "core/sum.h"
#include "engine/entries/walk.h"
#include "engine/fit.h"

int RLRA(is_lifted)(const fit *f, int n)
{
    for (int t = 0; t < f->terms; t++)
        if (RLRA(term_place)(&f->term[t], n) >= 0 && !f->term[t].form.ops->has_components)
            return 1;
    return RLRA(is_tied)(f, n);
}

void RLRA(lifted_plan)(fit *f)
{
    lifted_state *const l = &f->entries.lifted;
    ptrdiff_t entries = 0, rows = 0;
    for (int n = 0; n < f->factors; n++) {
        const factor x = f->x[n];
        if (!RLRA(is_lifted)(f, n))
            continue;
        entries = factor_stride(x.length) * x.rank > entries ? factor_stride(x.length) * x.rank : entries;
        rows = x.length > rows ? x.length : rows;
    }
    l->down.at = rlra_arena_take(&f->work, (size_t)entries, sizeof(real));
    l->sums = rlra_arena_take(&f->work, (size_t)entries, sizeof(double));
    l->lefts = rlra_arena_take(&f->work, (size_t)rows, sizeof(double));
}

/* One walk over the data for the slopes of the rows of L(F) and their loss. */
typedef struct row_view {
    fit *f;
    factor seen, slopes;
} row_view;

static void visit_rows(void *user, int thread, data_part *part, ptrdiff_t first, ptrdiff_t count)
{
    const row_view *const at = user;
    fit *const f = at->f;
    const block b = {
        .x = factor_rows(at->seen, first, first + count),
        .part = part,
        .parts = 1,
        .loss = &f->loss,
        .kernels = f->kernels,
        .floor = f->floor,
    };
    const row_pass pass = {
        .up = factor_rows(at->slopes, first, first + count),
        .down = {NULL, count, at->seen.rank, UPDATE_ROWS},
        .total = f->entries.values + first,
    };
    RLRA(rows_pass)(&b, b.x, &pass, RLRA(entries_scratch)(f, thread));
}

/* down = D^T 1 (C^T sums)^T: the part of the slopes of kl that does not depend on the data. */
static void fold_sums(fit *f, const form_view *v, factor x)
{
    lifted_state *const l = &f->entries.lifted;
    for (ptrdiff_t p = 0; p < x.length; p++) {
        l->lefts[p] = v->left.at == NULL;
        for (ptrdiff_t i = 0; v->left.at != NULL && i < v->left.length; i++)
            l->lefts[p] += (double)v->left.at[p * v->left.stride + i];
    }
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        double sum = v->fold.at == NULL ? f->entries.way->design.sums[k] : 0;
        for (ptrdiff_t c = 0; v->fold.at != NULL && c < v->inner; c++)
            sum += (double)v->fold.at[k * v->fold.stride + c] * f->entries.way->design.sums[c];
        for (ptrdiff_t p = 0; p < x.length; p++) {
            l->sums[p * x.rank + k] = l->lefts[p] * sum;
            l->down.at[k * l->down.stride + p] = (real)(l->lefts[p] * sum);
        }
    }
}

/* A block of rows begin .. end-1 of factor n, whose slopes are known. */
static block block_of(fit *f, int n, int thread, ptrdiff_t begin, ptrdiff_t end, data_part *part)
{
    const lifted_state *const l = &f->entries.lifted;
    const ptrdiff_t rank = f->x[n].rank;
    *part = (data_part){.weight = 1,
                        .design = {.columns = {.rank = rank}, .sums = l->sums + begin * rank, .sums_stride = rank}};
    return (block){
        .x = factor_rows(f->x[n], begin, end),
        .part = part,
        .parts = 1,
        .loss = &f->loss,
        .up = factor_rows(l->up, begin, end),
        .knows_up = 1,
        .penalties = &f->entries.penalties[n],
        .kernels = f->kernels,
        .floor = f->floor,
        .rounds_before = 1, /* not the first round, as the slopes are known without the data */
        .inner_sweeps = 1,
        .scratch = RLRA(entries_scratch)(f, thread),
        .scratch_bytes = f->entries.scratch_bytes,
        .settings = &f->settings,
        .counts = &f->counts[thread],
    };
}

double RLRA(lifted_read)(fit *f, int n, int judges)
{
    lifted_state *const l = &f->entries.lifted;
    fit_term *const term = &f->term[0];
    const factor x = f->x[n];
    const form_view v = RLRA(term_view)(term, n);
    const ptrdiff_t rows = term->x->dims[v.mode];
    factor factors[RLRA_MAX_ORDER];
    data_part part;
    row_view at = {f, RLRA(form_lift)(&term->form, &v, x), {f->product.at, rows, v.inner, f->product.stride}};
    row_reading reading = {.takes_stored = 1, .each = visit_rows, .user = &at};
    RLRA(form_factors)(&v, factors);
    factors[v.mode] = at.seen;
    l->up = RLRA(fit_rhs)(f, f->rhs, n);
    l->down = (factor){l->down.at, x.length, x.rank, x.stride};
    memset(f->entries.values, 0, (size_t)rows * sizeof(double));
    RLRA(design_begin)(&f->entries.way->design, &f->entries.way->rows, v.mode, factors, f->threads, &reading);
    RLRA(rows_read)(&reading);
    RLRA(form_fold)(&term->form, &v, at.slopes, (factor){f->folded.at, rows, x.rank, f->folded.stride}, l->up);
    fold_sums(f, &v, x);
    if (judges) {
        const block b = block_of(f, n, 0, 0, x.length, &part);
        RLRA(kkt_parts_of_rows)(&b, x, l->up, l->down, &f->entries.kkt);
        f->kkt[n] = RLRA(kkt_of_parts)(&f->entries.kkt, x.length);
    }
    return term->weight * rlra_sum(0, rows, 1, f->entries.values);
}

/* One step of the rule on all rows, by the folded slopes. */
static void step(fit *f, int n)
{
    const ptrdiff_t rows = f->x[n].length;
#pragma omp parallel for num_threads(f->threads) schedule(static) if (rows > UPDATE_ROWS)
    for (ptrdiff_t begin = 0; begin < rows; begin += UPDATE_ROWS) {
        const ptrdiff_t end = begin + UPDATE_ROWS < rows ? begin + UPDATE_ROWS : rows;
        data_part part;
        block b = block_of(f, n, omp_get_thread_num(), begin, end, &part);
        rule_improve(f->rule[n], &b);
    }
}

double RLRA(lifted_improve)(fit *f, int n, int judges, int valued)
{
    for (int round = 0; round < f->inner_sweeps[n]; round++) {
        RLRA(lifted_read)(f, n, judges && round == 0);
        step(f, n);
    }
    RLRA(fit_extrapolate)(f, n, f->x[n], f->last[n]);
    return valued ? RLRA(lifted_read)(f, n, 0) : 0;
}
