/* engine/own_grams.c: update rows that have a Gram matrix each. */
#include "engine/partial.h"

#include <string.h>

#include "core/check.h"
#include "core/threads.h"
#include "engine/fit.h"
#include "engine/kkt.h"
#include "engine/partial_room.h"

/* What cannot work; and whether there is anything to do. */
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
    r.scratch = rlra_arena_take(from, 1, RLRA(fit_kkt_bytes)(f->rank));
    return r;
}

partial_room RLRA(partial_room_of)(const fit *f, int thread)
{
    arena room = {.base = f->partial.rooms + (size_t)thread * f->partial.room_bytes, .size = f->partial.room_bytes};
    return RLRA(partial_room_take)(f, &room);
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
    m->reach = rlra_arena_take(&f->work, (size_t)f->rank, sizeof(double));
    m->values = rlra_arena_take(&f->work, 2 * (size_t)longest, sizeof(double));
}

/* Whether the loss will be formed from the rows now being updated. */
static int is_last(const fit *f)
{
    return f->in_hand == f->order[f->factors - 1];
}

/* x_i G_i x_i^T / 2 - m_i x_i^T, from slopes m_i - x_i G_i. */
static double value_of(ptrdiff_t rank, const real *x, ptrdiff_t x_stride, const real *rhs, ptrdiff_t rhs_stride,
                       const real *slopes, ptrdiff_t slopes_stride)
{
    double sum = 0;
    for (ptrdiff_t k = 0; k < rank; k++)
        sum -= 0.5 * (double)x[k * x_stride] * ((double)rhs[k * rhs_stride] + (double)slopes[k * slopes_stride]);
    return sum;
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

/* Row i with any rule. */
static void update_row(fit *f, int thread, ptrdiff_t i, factor rhs, const partial_room *room)
{
    const int n = f->in_hand;
    const ptrdiff_t rank = f->rank;
    const factor x = factor_rows(f->x[n], i, i + 1);
    const factor slopes = {room->scratch, 1, rank, UPDATE_ROWS};
    real *const rest = room->scratch + rank * UPDATE_ROWS;
    block b = RLRA(fit_block)(f, thread, x, rhs);
    RLRA(own_gram)(f, RLRA(fit_mode_of)(f, n), i, room);
    RLRA(kkt_slopes)(f->kernels, room->gram, x, rhs, slopes, rest);
    RLRA(reach_pin)(f, n, x, slopes);
    f->row_kkt[i] = RLRA(kkt_rows)(f->kernels, &f->penalties[n], room->gram, x, slopes, rest, NULL);
    b.gram = room->gram;
    b.prepared = room->prepared;
    if (f->rule[n]->prepare != NULL)
        f->rule[n]->prepare(room->gram, rank, &f->penalties[n], room->prepared);
    f->rule[n]->apply(&b);
    if (RLRA(reach_is_beyond)(f, x, 0))
        RLRA(reach_bound_row)(f, n, i, rhs, room->gram);
    RLRA(fit_extrapolate)(f, n, x, factor_rows(f->last[n], i, i + 1));
    if (!is_last(f))
        return;
    RLRA(kkt_slopes)(f->kernels, room->gram, x, rhs, slopes, rest);
    f->partial.values[i] = value_of(rank, x.at, x.stride, rhs.at, rhs.stride, slopes.at, UPDATE_ROWS);
}

/* Rows side by side, and back; places without a row get zeros. */
static void lay_side_by_side(factor from, real *to)
{
    for (ptrdiff_t k = 0; k < from.rank; k++)
        for (ptrdiff_t i = 0; i < ROW_GRAMS; i++)
            to[k * ROW_GRAMS + i] = i < from.length ? from.at[k * from.stride + i] : 0;
}

static void put_back(const real *from, factor to)
{
    for (ptrdiff_t k = 0; k < to.rank; k++)
        memcpy(to.at + k * to.stride, from + k * ROW_GRAMS, (size_t)to.length * sizeof(real));
}

static void gather_grams(fit *f, ptrdiff_t begin, ptrdiff_t end, const partial_room *room)
{
    const int mode = RLRA(fit_mode_of)(f, f->in_hand);
    const ptrdiff_t square = f->rank * f->rank;
    if (end - begin < ROW_GRAMS)
        memset(room->grams, 0, (size_t)(square * ROW_GRAMS) * sizeof(real));
    for (ptrdiff_t i = begin; i < end; i++)
        RLRA(own_gram_beside)(f, mode, i, room, room->grams + i - begin);
}

/* Squared KKT residual of rows whose slopes are in room->other. */
static double kkt_side_by_side(const fit *f, const partial_room *room)
{
    const penalty_list *const list = &f->penalties[f->in_hand];
    const real linear = (real)RLRA(penalties_linear)(list), ridge = (real)(2 * RLRA(penalties_quadratic)(list));
    const real least = (real)RLRA(penalties_least)(list);
    double sum = 0;
    for (ptrdiff_t k = 0; k < f->rank; k++) {
        const real *const curvature = room->grams + k * (f->rank + 1) * ROW_GRAMS;
        const real *const x = room->x + k * ROW_GRAMS, *const slope = room->other + k * ROW_GRAMS;
        real part = 0;
        for (int i = 0; i < ROW_GRAMS; i++) {
            const real c = curvature[i] > REAL_MIN ? curvature[i] : 0;
            const real ahead = (c * x[i] + slope[i] - linear) / (c > 0 ? c + ridge : 1);
            const real to = ahead > least ? ahead : least;
            part += c * (x[i] - to) * (x[i] - to);
        }
        sum += (double)part;
    }
    return sum;
}

/* room->gram = the Gram matrix of row i of those side by side. */
static void take_gram(const fit *f, ptrdiff_t i, const partial_room *room)
{
    for (ptrdiff_t e = 0; e < f->rank * f->rank; e++)
        room->gram[e] = (double)room->grams[e * ROW_GRAMS + i];
}

/* At most ROW_GRAMS rows with a rule that takes them side by side. */
static void update_rows(fit *f, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs, const partial_room *room)
{
    const int n = f->in_hand;
    const row_gram_kernels *const kernel = f->kernels->row_grams;
    const factor x = factor_rows(f->x[n], begin, end);
    const factor side_by_side = {room->x, end - begin, f->rank, ROW_GRAMS};
    gather_grams(f, begin, end, room);
    lay_side_by_side(x, room->x);
    lay_side_by_side(rhs, room->rhs);
    kernel->slopes(f->rank, room->rhs, room->grams, room->x, room->other);
    RLRA(reach_pin)(f, n, side_by_side, (factor){room->other, end - begin, f->rank, ROW_GRAMS});
    f->row_kkt[begin] = kkt_side_by_side(f, room);
    block b = RLRA(fit_block)(f, thread, side_by_side, (factor){room->rhs, end - begin, f->rank, ROW_GRAMS});
    b.grams = room->grams;
    f->rule[n]->apply(&b);
    put_back(room->x, x);
    for (ptrdiff_t i = 0; i < end - begin; i++) {
        if (!RLRA(reach_is_beyond)(f, x, i))
            continue;
        take_gram(f, i, room);
        RLRA(reach_bound_row)(f, n, begin + i, factor_rows(rhs, i, i + 1), room->gram);
    }
    RLRA(fit_extrapolate)(f, n, x, factor_rows(f->last[n], begin, end));
    if (!is_last(f))
        return;
    lay_side_by_side(x, room->x);
    kernel->slopes(f->rank, room->rhs, room->grams, room->x, room->other);
    for (ptrdiff_t i = 0; i < end - begin; i++)
        f->partial.values[begin + i] =
            value_of(f->rank, room->x + i, ROW_GRAMS, room->rhs + i, ROW_GRAMS, room->other + i, ROW_GRAMS);
}

/* Rows that miss nothing share the Gram matrix that was prepared. */
static void update_complete(fit *f, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs, const partial_room *room)
{
    const factor x = factor_rows(f->x[f->in_hand], begin, end);
    const factor slopes = {room->scratch, end - begin, f->rank, UPDATE_ROWS};
    RLRA(fit_update_block)(f, thread, begin, end, rhs);
    if (!is_last(f))
        return;
    RLRA(kkt_slopes)(f->kernels, f->others, x, rhs, slopes, room->scratch + f->rank * UPDATE_ROWS);
    for (ptrdiff_t i = 0; i < end - begin; i++)
        f->partial.values[begin + i] =
            value_of(f->rank, x.at + i, x.stride, rhs.at + i, rhs.stride, slopes.at + i, UPDATE_ROWS);
}

/* The end of the rows from `begin` on that can be treated together, and how. */
typedef enum row_sort { ROW_EMPTY, ROW_COMPLETE, ROW_PARTIAL } row_sort;

static row_sort sort_of(const observed_rows *list, ptrdiff_t i)
{
    return row_is_empty(list, i) ? ROW_EMPTY : row_is_complete(list, i) ? ROW_COMPLETE : ROW_PARTIAL;
}

static ptrdiff_t end_of(const fit *f, const observed_rows *list, ptrdiff_t begin, ptrdiff_t end)
{
    const row_sort sort = sort_of(list, begin);
    const int many = sort == ROW_PARTIAL && RLRA(own_grams_side_by_side)(f, f->in_hand);
    const ptrdiff_t most = sort == ROW_COMPLETE ? UPDATE_ROWS : many ? ROW_GRAMS : 1;
    ptrdiff_t at = begin + 1;
    while (at < end && at - begin < most && (sort_of(list, at) == sort || (many && sort_of(list, at) == ROW_COMPLETE)))
        at++;
    return at;
}

void RLRA(own_grams_rows)(fit *f, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs)
{
    const observed_rows *const list = &f->partial.data.along[RLRA(fit_mode_of)(f, f->in_hand)];
    const partial_room room = RLRA(partial_room_of)(f, thread);
    for (ptrdiff_t at = begin, next; at < end; at = next) {
        next = end_of(f, list, at, end);
        const factor theirs = factor_rows(rhs, at - begin, next - begin);
        if (sort_of(list, at) == ROW_EMPTY) {
            RLRA(partial_rest)(f, f->in_hand, at);
            f->partial.values[at] = 0;
        } else if (sort_of(list, at) == ROW_COMPLETE)
            update_complete(f, thread, at, next, theirs, &room);
        else if (RLRA(own_grams_side_by_side)(f, f->in_hand))
            update_rows(f, thread, at, next, theirs, &room);
        else
            update_row(f, thread, at, theirs, &room);
    }
}

int RLRA(own_grams_side_by_side)(const fit *f, int n)
{
    return f->rule[n]->own_grams != NULL && f->rule[n]->own_grams(&f->penalties[n]);
}

double RLRA(own_grams_loss)(const fit *f)
{
    const ptrdiff_t rows = f->x[f->order[f->factors - 1]].length;
    double sum = 0.5 * f->norm2;
    for (ptrdiff_t i = 0; i < rows; i++)
        sum += f->partial.values[i];
    return sum;
}
