/* engine/squares.c: one sweep over the factors: contract, update, extrapolate. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "engine/fit.h"
#include "engine/kkt.h"

/* Below this part of the squared data norm the cached loss is mostly rounding error, and the residual is formed instead. */
#define CACHED_LEAST (sizeof(real) == 4 ? 1e-4 : 1e-10)

/* Room for the slopes, then for what turns them into residuals. */
size_t RLRA(fit_kkt_bytes)(ptrdiff_t rank)
{
    return (size_t)(rank * UPDATE_ROWS) * sizeof(real) + RLRA(kkt_bytes)(rank);
}

double RLRA(fit_kkt_rows)(const fit *f, int n, factor x, factor rhs, real *scratch)
{
    const factor slopes = {scratch, x.length, x.rank, UPDATE_ROWS};
    real *const rest = scratch + x.rank * UPDATE_ROWS;
    RLRA(kkt_slopes)(f->kernels, f->others, x, rhs, slopes, rest);
    if (f->partial.used)
        RLRA(reach_pin)(f, n, x, slopes);
    return RLRA(kkt_rows)(f->kernels, &f->penalties[n], f->others, x, slopes, rest, NULL);
}

void RLRA(fit_extrapolate)(const fit *f, int n, factor x, factor last)
{
    const real momentum = (real)f->momentum;
    const real least = f->rule[n]->needs_nonneg ? (real)f->floor : 0;
    const int nonneg = RLRA(penalties_nonneg)(&f->penalties[n]);
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        real *const at = x.at + k * x.stride;
        real *const before = last.at + k * last.stride;
        for (ptrdiff_t i = 0; i < x.length; i++) {
            const real fresh = at[i];
            const real ahead = fresh + momentum * (fresh - before[i]);
            at[i] = nonneg && ahead < least ? least : ahead;
            before[i] = fresh;
        }
    }
    const int bounded = (RLRA(penalties_kinds)(&f->penalties[n]) & PENALTY_BOUND) != 0;
    if (momentum != 0 && (bounded || RLRA(penalties_scope)(&f->penalties[n]) > PENALTY_ENTRY))
        RLRA(penalties_project)(&f->penalties[n], x);
    if (momentum != 0 && f->partial.used)
        RLRA(reach_clip)(f, x);
}

block RLRA(fit_block)(const fit *f, int thread, factor x, factor rhs)
{
    const int n = f->in_hand;
    return (block){
        .x = x,
        .rhs = rhs,
        .gram = f->others,
        .penalties = &f->penalties[n],
        .kernels = f->kernels,
        .floor = f->floor,
        .inner_sweeps = f->inner_sweeps[n],
        .rounds_before = f->rounds_before,
        .inner_decrease = 0.1,
        .prepared = f->prepared,
        .scratch = f->scratch + (size_t)thread * f->scratch_bytes,
        .settings = &f->settings,
        .counts = &f->counts[thread],
    };
}

void RLRA(fit_update_block)(fit *f, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs)
{
    const int n = f->in_hand;
    const factor x = factor_rows(f->x[n], begin, end);
    const block b = RLRA(fit_block)(f, thread, x, rhs);
    f->row_kkt[begin] = RLRA(fit_kkt_rows)(f, n, x, rhs, b.scratch);
    f->rule[n]->apply(&b);
    for (ptrdiff_t i = 0; f->partial.used && i < x.length; i++)
        if (RLRA(reach_is_beyond)(f, x, i))
            RLRA(reach_bound_row)(f, n, begin + i, factor_rows(rhs, i, i + 1), f->others);
    RLRA(fit_extrapolate)(f, n, x, factor_rows(f->last[n], begin, end));
}

/* At most UPDATE_ROWS rows of the factor in hand. */
static void update_some(fit *f, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs)
{
    if (f->partial.used)
        RLRA(own_grams_rows)(f, thread, begin, end, rhs);
    else
        RLRA(fit_update_block)(f, thread, begin, end, rhs);
}

/* The row callback of a pass. */
static void update_rows(void *user, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs)
{
    fit *const f = user;
    if (f->rhs_weight != 1)
        for (ptrdiff_t k = 0; k < rhs.rank; k++)
            for (ptrdiff_t i = 0; i < rhs.length; i++)
                rhs.at[k * rhs.stride + i] *= (real)f->rhs_weight;
    for (ptrdiff_t at = begin; at < end; at += UPDATE_ROWS) {
        const ptrdiff_t stop = at + UPDATE_ROWS < end ? at + UPDATE_ROWS : end;
        update_some(f, thread, at, stop, factor_rows(rhs, at - begin, stop - begin));
    }
}

static void take_in_hand(fit *f, int n)
{
    f->in_hand = n;
    RLRA(fit_others)(f, n);
    memset(f->row_kkt, 0, (size_t)f->x[n].length * sizeof(double));
    if (f->partial.used)
        RLRA(partial_pack)(f, n);
    if (f->rule[n]->prepare != NULL)
        f->rule[n]->prepare(f->others, f->rank, &f->penalties[n], f->prepared);
}

static void put_back(fit *f)
{
    const int n = f->in_hand;
    f->kkt[n] = 0;
    for (ptrdiff_t i = 0; i < f->x[n].length; i++)
        f->kkt[n] += f->row_kkt[i];
    RLRA(fit_gram)(f, n);
}

static void update_in_pass(fit *f, int n)
{
    fit_term *const term = &f->term[0];
    factor factors[RLRA_MAX_ORDER];
    take_in_hand(f, n);
    for (int m = 0; m < term->x->order; m++)
        factors[m] = f->x[term->factors[m]];
    term->x->ops->pass(term->x, factors, update_rows, f);
    put_back(f);
}

static void update_given(fit *f, int n, factor rhs)
{
    take_in_hand(f, n);
    const ptrdiff_t length = f->x[n].length;
#pragma omp parallel for num_threads(f->threads) schedule(static) if (length > 4 * UPDATE_ROWS)
    for (ptrdiff_t begin = 0; begin < length; begin += UPDATE_ROWS) {
        const ptrdiff_t end = begin + UPDATE_ROWS < length ? begin + UPDATE_ROWS : length;
        update_some(f, omp_get_thread_num(), begin, end, factor_rows(rhs, begin, end));
    }
    put_back(f);
}

static void scale_rhs(factor rhs, double weight)
{
    for (ptrdiff_t k = 0; weight != 1 && k < rhs.rank; k++)
        for (ptrdiff_t i = 0; i < rhs.length; i++)
            rhs.at[k * rhs.stride + i] *= (real)weight;
}

/* Right-hand sides of factor n from the accumulator of the pass before. */
static factor rhs_of_pass(fit *f, int n)
{
    const fit_term *const term = &f->term[0];
    factor factors[RLRA_MAX_ORDER];
    int mode = 0;
    for (int m = 0; m < term->x->order; m++) {
        factors[m] = f->x[term->factors[m]];
        if (term->factors[m] == n)
            mode = m;
    }
    const factor rhs = RLRA(kruskal_rhs)(&term->form, term->x, mode, factors, factor_rows(f->rhs, 0, f->x[n].length));
    scale_rhs(rhs, term->weight);
    return rhs;
}

double RLRA(fit_penalty)(const fit *f)
{
    double sum = 0;
    for (int n = 0; n < f->factors; n++)
        sum += RLRA(penalties_value)(&f->penalties[n], f->x[n]);
    return sum;
}

double RLRA(fit_residual_loss)(fit *f)
{
    double sum = 0;
    if (RLRA(entries_is_needed)(&f->entries))
        return RLRA(entries_loss)(f);
    if (f->partial.used)
        return 0.5 * f->term[0].weight * RLRA(partial_residual)(f, NULL);
    for (int t = 0; t < f->terms; t++) {
        const fit_term *const term = &f->term[t];
        factor factors[RLRA_MAX_ORDER];
        for (int m = 0; m < term->x->order; m++)
            factors[m] = f->x[term->factors[m]];
        sum += 0.5 * term->weight * term->x->ops->residual(term->x, factors);
    }
    return sum;
}

double RLRA(fit_cached_loss)(const fit *f, int n, factor rhs)
{
    const factor x = f->x[n];
    double cross = 0, model = 0;
    if (f->partial.used)
        return RLRA(own_grams_loss)(f);
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        double part;
        f->kernels->gram(x.length, 1, x.at + k * x.stride, x.stride, rhs.at + k * rhs.stride, rhs.stride, &part, 0);
        cross += part;
    }
    for (ptrdiff_t e = 0; e < x.rank * x.rank; e++)
        model += f->others[e] * f->gram[n][e];
    return 0.5 * f->norm2 - cross + 0.5 * model;
}

/* Whether every term sees factor n: only then is its cached loss the whole loss. */
static int seen_by_all(const fit *f, int n)
{
    for (int t = 0; t < f->terms; t++) {
        int seen = 0;
        for (int m = 0; m < f->term[t].x->order; m++)
            seen |= f->term[t].factors[m] == n;
        if (!seen)
            return 0;
    }
    return 1;
}

double RLRA(fit_sweep)(fit *f)
{
    if (RLRA(entries_is_needed)(&f->entries))
        return RLRA(entries_sweep)(f) + RLRA(fit_penalty)(f);
    factor rhs = f->rhs;
    for (int n = 0; n < f->factors; n++)
        f->rounds_before += (uint64_t)f->inner_sweeps[n];
    f->rhs_weight = f->term[0].weight;
    for (int o = 0; o < f->factors; o++) {
        const int n = f->order[o];
        if (f->one_pass && o == 0) {
            update_in_pass(f, n);
            continue;
        }
        rhs = factor_rows(f->rhs, 0, f->x[n].length);
        if (f->one_pass)
            rhs = rhs_of_pass(f, n);
        else
            RLRA(fit_contract)(f, n, rhs);
        update_given(f, n, rhs);
    }
    const int last = f->order[f->factors - 1];
    double loss = seen_by_all(f, last) ? RLRA(fit_cached_loss)(f, last, rhs) : 0;
    if (f->by_residual || !(loss > CACHED_LEAST * f->norm2))
        loss = RLRA(fit_residual_loss)(f);
    return loss + RLRA(fit_penalty)(f);
}
