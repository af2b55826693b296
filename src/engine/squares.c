/* engine/squares.c: the squared loss of whole data: all rows of a factor share one Gram matrix. */
#include "engine/squares.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "block/kkt.h"
#include "block/quadratic.h"
#include "core/sum.h"
#include "engine/missing.h"
#include "engine/reach.h"

/* Below this fraction of the squared data norm the cached loss is mostly rounding error, and the residual is formed instead. */
#define CACHED_LEAST (sizeof(real) == 4 ? 1e-4 : 1e-10)

/* Most rounds of a rule on one block. */
#define MOST_ROUNDS 40

rlra_status RLRA(squares_pose)(fit *f)
{
    f->whole = f->norm2;
    f->reference = 0.5 * f->norm2;
    return RLRA_OK;
}

/* Rounds of factor n by default: the product with the data costs as much as length / rank of them. */
static int rounds_of(const fit *f, int n)
{
    double entries = 0;
    if (f->options.inner_sweeps > 0)
        return (int)f->options.inner_sweeps;
    for (int t = 0; t < f->terms; t++)
        if (RLRA(term_mode)(&f->term[t], n) >= 0)
            entries += f->term[t].x->entries / (double)f->x[n].length;
    return (int)fmin(MOST_ROUNDS, 1 + 2 * entries / (double)f->x[n].rank);
}

static void state_cost(fit *f)
{
    for (int t = 0; t < f->terms; t++) {
        const data *const x = f->term[t].x;
        const double rank = (double)f->term[t].form.inner;
        const int contractions = x->order + f->term[t].form.ops->cores, passes = f->one_pass ? 1 : contractions;
        /* In one pass the accumulator is the second product; the other modes are made from it. */
        f->cost.product_flops += 2 * rank * x->entries * (f->one_pass ? 2 : contractions);
        if (f->one_pass && x->order > 2)
            f->cost.product_flops += 2 * rank * (double)f->term[t].plan.partial.length * (x->order - 1);
        f->cost.passes += passes;
        f->cost.read_bytes += passes * x->entries * (double)x->entry_bytes;
    }
    for (int n = 0; n < f->factors; n++)
        f->cost.rule_flops +=
            2 * (double)f->x[n].rank * (double)f->x[n].rank * (double)f->x[n].length * (double)(f->inner_sweeps[n] + 1);
}

void RLRA(squares_plan)(fit *f)
{
    size_t prepared = 0;
    for (int n = 0; n < f->factors; n++) {
        const ptrdiff_t length = f->x[n].length, rank = f->x[n].rank;
        const int is_whole = RLRA(penalties_scope)(&f->penalties[n]) > PENALTY_ROW || RLRA(is_tied)(f, n);
        f->block_rows[n] = is_whole ? length : UPDATE_ROWS;
        f->penalties[n].room =
            rlra_arena_take(&f->work, RLRA(penalties_room)(&f->penalties[n], length, rank), sizeof(double));
        const size_t judging = RLRA(squares_kkt_bytes)(f->block_rows[n], rank);
        for (int w = 0; w < f->way_count; w++) {
            const update_ops *const rule = f->ways[w][n];
            const size_t scratch = rule->scratch_bytes == NULL ? 0 : rule->scratch_bytes(f->block_rows[n], rank);
            const size_t doubles = rule->prepared_doubles == NULL ? 0 : rule->prepared_doubles(rank);
            f->scratch_bytes = scratch > f->scratch_bytes ? scratch : f->scratch_bytes;
            prepared = doubles > prepared ? doubles : prepared;
        }
        f->scratch_bytes = judging > f->scratch_bytes ? judging : f->scratch_bytes;
        f->inner_sweeps[n] = rounds_of(f, n);
    }
    f->prepared = rlra_arena_take(&f->work, prepared, sizeof(double));
    RLRA(tied_plan)(f);
    state_cost(f);
}

/* Bytes for the slopes, and for turning them into residuals. */
size_t RLRA(squares_kkt_bytes)(ptrdiff_t rows, ptrdiff_t rank)
{
    return (size_t)(rank * block_stride(rows)) * sizeof(real) + RLRA(kkt_bytes)(rows, rank);
}

double RLRA(squares_residual)(const fit *f, double sum)
{
    return f->norm2 > 0 ? sqrt(sum / f->norm2) : 0;
}

double RLRA(squares_kkt)(const block *b, real *scratch)
{
    const factor slopes = block_room(b, scratch);
    real *const rest = scratch + b->x.rank * slopes.stride;
    RLRA(block_slopes)(b, b->x, slopes);
    return RLRA(kkt_quadratic)(b, slopes, rest, NULL);
}

block RLRA(squares_block)(const fit *f, int n, int thread, factor x, factor rhs)
{
    return (block){
        .x = x,
        .quadratic = {.rhs = rhs, .gram = f->block_gram, .products = f->block_products},
        .penalties = &f->penalties[n],
        .reach = f->reach,
        .kernels = f->kernels,
        .floor = f->floor,
        .inner_sweeps = f->inner_sweeps[n],
        .rounds_before = f->rounds_before,
        .inner_decrease = 0.1,
        .prepared = f->prepared,
        .scratch = f->scratch + (size_t)thread * f->scratch_bytes,
        .scratch_bytes = f->scratch_bytes,
        .settings = &f->settings,
        .counts = &f->counts[thread],
    };
}

void RLRA(squares_rows)(fit *f, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs)
{
    const int n = f->current;
    const factor x = factor_rows(f->x[n], begin, end);
    const block b = RLRA(squares_block)(f, n, thread, x, rhs);
    f->row_kkt[begin] = RLRA(squares_kkt)(&b, b.scratch);
    rule_improve(f->rule[n], &b);
    RLRA(reach_bound_rows)(f, n, begin, x, rhs, f->block_gram);
    RLRA(fit_extrapolate)(f, n, x, factor_rows(f->last[n], begin, end));
}

/* The row callback of a pass. */
static void update_rows(void *user, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs)
{
    fit *const f = user;
    factor_scale(rhs, (real)f->term[0].weight);
    for (ptrdiff_t at = begin; at < end; at += UPDATE_ROWS) {
        const ptrdiff_t stop = at + UPDATE_ROWS < end ? at + UPDATE_ROWS : end;
        f->rows(f, thread, at, stop, factor_rows(rhs, at - begin, stop - begin));
    }
}

/* Form the Gram matrix of the block of factor n: data part and penalties. */
static void form_gram(fit *f, int n)
{
    f->block_gram = NULL;
    f->block_products = NULL;
    if (RLRA(is_tied)(f, n)) {
        RLRA(tied_form)(f, n);
        f->block_products = &f->tied.products;
        return;
    }
    RLRA(fit_others)(f, n);
    f->block_gram = f->others;
    if ((RLRA(penalties_kinds)(&f->penalties[n]) & PENALTY_MAJORISED) == 0)
        return;
    memcpy(f->majorised, f->others, (size_t)(f->x[n].rank * f->x[n].rank) * sizeof(double));
    RLRA(penalties_majorise)(&f->penalties[n], f->x[n], f->majorised);
    f->block_gram = f->majorised;
}

static void prepare(fit *f, int n)
{
    f->current = n;
    form_gram(f, n);
    memset(f->row_kkt, 0, (size_t)f->x[n].length * sizeof(double));
    if (f->rule[n]->prepare != NULL && f->block_gram != NULL)
        f->rule[n]->prepare(f->block_gram, f->x[n].rank, &f->penalties[n], f->prepared);
}

static void finish(fit *f, int n)
{
    f->kkt[n] = RLRA(squares_residual)(f, rlra_sum(0, f->x[n].length, 1, f->row_kkt));
    RLRA(fit_gram)(f, n);
}

static void update_in_pass(fit *f, int n)
{
    const data *const x = f->term[0].x;
    factor factors[RLRA_MAX_ORDER];
    prepare(f, n);
    const form_view view = RLRA(term_view)(&f->term[0], n);
    RLRA(form_factors)(&view, factors);
    x->ops->pass(&f->term[0].plan, factors, update_rows, f);
    finish(f, n);
}

static void update_block(fit *f, int thread, ptrdiff_t begin, factor rhs)
{
    const ptrdiff_t length = f->x[f->current].length, rows = f->block_rows[f->current];
    const ptrdiff_t end = begin + rows < length ? begin + rows : length;
    f->rows(f, thread, begin, end, factor_rows(rhs, begin, end));
}

/* A team of one is done without: for the runtime it is a team, which takes as long as a small block. */
static void update_given(fit *f, int n, factor rhs)
{
    prepare(f, n);
    const ptrdiff_t length = f->x[n].length, rows = f->block_rows[n];
    if (f->threads == 1 || length <= 4 * rows) {
        for (ptrdiff_t begin = 0; begin < length; begin += rows)
            update_block(f, 0, begin, rhs);
    } else {
#pragma omp parallel for num_threads(f->threads) schedule(static)
        for (ptrdiff_t begin = 0; begin < length; begin += rows)
            update_block(f, omp_get_thread_num(), begin, rhs);
    }
    finish(f, n);
}

/* Right-hand sides of factor n from the accumulator of the pass before. */
static factor rhs_of_pass(fit *f, int n)
{
    fit_term *const term = &f->term[0];
    const form_view view = RLRA(term_view)(term, n);
    factor factors[RLRA_MAX_ORDER], rhs = RLRA(fit_rhs)(f, f->rhs, n);
    RLRA(form_factors)(&view, factors);
    if (form_is_plain(&view)) {
        rhs = RLRA(accumulator_rhs)(&term->accumulator, &term->plan, view.mode, factors, rhs);
    } else {
        const factor room = {f->product.at, term->x->dims[view.mode], view.inner, f->product.stride};
        const factor product = RLRA(accumulator_rhs)(&term->accumulator, &term->plan, view.mode, factors, room);
        RLRA(form_fold)(&term->form, &view, product, f->folded, rhs);
    }
    factor_scale(rhs, (real)term->weight);
    return rhs;
}

void RLRA(squares_improve)(fit *f, int n, rows_update rows)
{
    const int is_first = n == f->order[0];
    f->rows = rows;
    for (int m = 0; is_first && m < f->factors; m++)
        f->rounds_before += (uint64_t)f->inner_sweeps[m];
    if (f->one_pass && is_first) {
        update_in_pass(f, n);
        return;
    }
    f->last_rhs = RLRA(fit_rhs)(f, f->rhs, n);
    if (f->one_pass)
        f->last_rhs = rhs_of_pass(f, n);
    else
        RLRA(fit_contract)(f, n, f->last_rhs);
    update_given(f, n, f->last_rhs);
}

/* The loss after the update of factor n, whose f->others and right-hand sides are still in place: exact up to rounding errors
 * of size eps ||X||^2. */
static double cached_loss(const fit *f, int n)
{
    const factor x = f->x[n], rhs = f->last_rhs;
    double cross = 0, model = 0;
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        double part;
        f->kernels->gram(x.length, 1, x.at + k * x.stride, x.stride, rhs.at + k * rhs.stride, rhs.stride, &part, 0);
        cross += part;
    }
    if (f->block_gram == NULL)
        model = RLRA(tied_norm2)(f, x);
    for (ptrdiff_t e = 0; f->block_gram != NULL && e < x.rank * x.rank; e++)
        model += f->others[e] * f->gram[n][e];
    return 0.5 * f->norm2 - cross + 0.5 * model;
}

/* Whether every term has factor n: only then is its cached loss the whole loss. */
static int is_in_all_terms(const fit *f, int n)
{
    for (int t = 0; t < f->terms; t++)
        if (RLRA(term_mode)(&f->term[t], n) < 0)
            return 0;
    return 1;
}

double RLRA(squares_checked)(fit *f, double loss, double (*from_data)(fit *f))
{
    return f->by_residual || !(loss > CACHED_LEAST * f->norm2) ? from_data(f) : loss;
}

static double loss_from_data(fit *f)
{
    double sum = 0;
    for (int t = 0; t < f->terms; t++) {
        fit_term *const term = &f->term[t];
        factor factors[RLRA_MAX_ORDER];
        RLRA(form_model)(&f->term[t].form, factors);
        sum += 0.5 * term->weight * term->x->ops->residual(&term->plan, factors);
    }
    return sum;
}

static void improve(fit *f, int n)
{
    RLRA(squares_improve)(f, n, RLRA(squares_rows));
}

static double loss(fit *f, loss_source from)
{
    const int last = f->order[f->factors - 1];
    if (from == LOSS_FROM_DATA)
        return loss_from_data(f);
    return RLRA(squares_checked)(f, is_in_all_terms(f, last) ? cached_loss(f, last) : 0, loss_from_data);
}

/* The KKT residual of factor n, by an extra contraction. */
static double kkt(fit *f, int n)
{
    const ptrdiff_t length = f->x[n].length;
    const factor rhs = RLRA(fit_rhs)(f, f->rhs, n);
    double sum = 0;
    form_gram(f, n);
    RLRA(fit_contract)(f, n, rhs);
    for (ptrdiff_t begin = 0; begin < length; begin += f->block_rows[n]) {
        const ptrdiff_t end = begin + f->block_rows[n] < length ? begin + f->block_rows[n] : length;
        const block b = RLRA(squares_block)(f, n, 0, factor_rows(f->x[n], begin, end), factor_rows(rhs, begin, end));
        sum += RLRA(squares_kkt)(&b, b.scratch);
    }
    return RLRA(squares_residual)(f, sum);
}

const engine_ops RLRA(engine_squares) = {
    .shapes = BLOCK_GRAM,
    .is_quadratic = 1,
    .judging_sweeps = 1,
    .pose = RLRA(squares_pose),
    .plan = RLRA(squares_plan),
    .improve = improve,
    .loss = loss,
    .kkt = kkt,
    .missing = RLRA(squares_missing),
};
