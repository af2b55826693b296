/* engine/own_grams.c: the squared loss of data with missing or weighted entries: each row of a factor has a Gram matrix of its own,
 *
 *   G_i = sum_j w_ij a_j a_j^T,   m_i = sum_j w_ij x_ij a_j,
 *
 * with a_j the rows of the product of the other factors (docs/theory/missing.md). */
#include <string.h>

#include "block/kkt.h"
#include "block/quadratic.h"
#include "core/sum.h"
#include "engine/missing.h"
#include "engine/partial/room.h"
#include "engine/reach.h"
#include "engine/squares.h"

/* Whether the loss is formed from the rows of the current factor. */
static int is_last(const fit *f)
{
    return f->current == f->order[f->factors - 1];
}

/* Store x_i G_i x_i^T / 2 - m_i x_i^T of the rows of a block, from row `begin` on, for the loss after the last update; `room`
 * as for squares_kkt(). */
static void keep_values(const fit *f, const block *b, ptrdiff_t begin, real *room)
{
    const factor x = b->x, rhs = b->quadratic.rhs;
    const factor slopes = block_room(b, room);
    if (!is_last(f))
        return;
    RLRA(block_slopes)(b, x, slopes);
    for (ptrdiff_t i = 0; i < x.length; i++) {
        double sum = 0;
        for (ptrdiff_t k = 0; k < x.rank; k++)
            sum -= 0.5 * (double)x.at[k * x.stride + i] *
                   ((double)rhs.at[k * rhs.stride + i] + (double)slopes.at[k * slopes.stride + i]);
        f->partial.values[begin + i] = sum;
    }
}

/* Update row i by any rule. */
static void update_row(fit *f, int thread, ptrdiff_t i, factor rhs, const partial_room *room)
{
    const int n = f->current;
    const factor x = factor_rows(f->x[n], i, i + 1);
    block b = RLRA(squares_block)(f, n, thread, x, rhs);
    RLRA(own_gram)(f, RLRA(term_mode)(&f->term[0], n), i, room);
    b.quadratic.gram = room->gram;
    b.prepared = room->prepared;
    f->row_kkt[i] = RLRA(squares_kkt)(&b, room->scratch);
    if (f->rule[n]->prepare != NULL)
        f->rule[n]->prepare(room->gram, f->widest, &f->penalties[n], room->prepared);
    rule_improve(f->rule[n], &b);
    RLRA(reach_bound_rows)(f, n, i, x, rhs, room->gram);
    RLRA(fit_extrapolate)(f, n, x, factor_rows(f->last[n], i, i + 1));
    keep_values(f, &b, i, room->scratch);
}

/* Copy rows side by side, or back; places without a row get zeros. */
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

/* room->gram = the Gram matrix of row i of those side by side. */
static void take_gram(const fit *f, ptrdiff_t i, const partial_room *room)
{
    const ptrdiff_t rank = f->widest;
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t l = 0; l <= k; l++)
            room->gram[k * rank + l] = room->gram[l * rank + k] = (double)room->grams[row_grams_at(k, l) + i];
}

/* Update at most ROW_GRAMS rows by a rule that takes them side by side. */
static void update_rows(fit *f, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs, const partial_room *room)
{
    const int n = f->current;
    const factor x = factor_rows(f->x[n], begin, end);
    const factor side_by_side = {room->x, end - begin, f->widest, ROW_GRAMS};
    RLRA(own_grams_beside)(f, RLRA(term_mode)(&f->term[0], n), begin, end, room);
    lay_side_by_side(x, room->x);
    lay_side_by_side(rhs, room->rhs);
    block b = RLRA(squares_block)(f, n, thread, side_by_side, (factor){room->rhs, end - begin, f->widest, ROW_GRAMS});
    b.quadratic.grams = room->grams;
    f->row_kkt[begin] = RLRA(squares_kkt)(&b, room->other);
    rule_improve(f->rule[n], &b);
    put_back(room->x, x);
    for (ptrdiff_t i = 0; i < end - begin; i++) {
        if (!RLRA(reach_is_beyond)(f, x, i))
            continue;
        take_gram(f, i, room);
        RLRA(reach_bound_row)(f, n, begin + i, factor_rows(rhs, i, i + 1), room->gram);
    }
    RLRA(fit_extrapolate)(f, n, x, factor_rows(f->last[n], begin, end));
    lay_side_by_side(x, room->x);
    keep_values(f, &b, begin, room->other);
}

/* Update rows without missing entries, which share the prepared Gram matrix. */
static void update_complete(fit *f, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs, const partial_room *room)
{
    const factor x = factor_rows(f->x[f->current], begin, end);
    RLRA(squares_rows)(f, thread, begin, end, rhs);
    const block b = RLRA(squares_block)(f, f->current, thread, x, rhs);
    keep_values(f, &b, begin, room->scratch);
}

/* How a row is updated: without entries, with all of them, or with some. */
typedef enum row_sort { ROW_EMPTY, ROW_COMPLETE, ROW_PARTIAL } row_sort;

static row_sort sort_of(const observed_rows *list, ptrdiff_t i)
{
    return row_is_empty(list, i) ? ROW_EMPTY : row_is_complete(list, i) ? ROW_COMPLETE : ROW_PARTIAL;
}

/* Whether the rule of factor n takes rows side by side, each with its Gram matrix. */
static int is_side_by_side(const fit *f, int n)
{
    return (RLRA(rule_shapes)(f->rule[n], &f->penalties[n]) & BLOCK_OWN_GRAMS) != 0;
}

static ptrdiff_t end_of(const fit *f, const observed_rows *list, ptrdiff_t begin, ptrdiff_t end)
{
    const row_sort sort = sort_of(list, begin);
    const int many = sort == ROW_PARTIAL && is_side_by_side(f, f->current);
    const ptrdiff_t most = sort == ROW_COMPLETE ? UPDATE_ROWS : many ? ROW_GRAMS : 1;
    ptrdiff_t at = begin + 1;
    while (at < end && at - begin < most && (sort_of(list, at) == sort || (many && sort_of(list, at) == ROW_COMPLETE)))
        at++;
    return at;
}

static void update(fit *f, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs)
{
    const observed_rows *const list = &f->partial.data->along[RLRA(term_mode)(&f->term[0], f->current)];
    const partial_room room = RLRA(partial_room_of)(f, thread);
    for (ptrdiff_t at = begin, next; at < end; at = next) {
        next = end_of(f, list, at, end);
        const factor theirs = factor_rows(rhs, at - begin, next - begin);
        if (sort_of(list, at) == ROW_EMPTY) {
            RLRA(partial_rest)(f, f->current, at);
            f->partial.values[at] = 0;
        } else if (sort_of(list, at) == ROW_COMPLETE)
            update_complete(f, thread, at, next, theirs, &room);
        else if (is_side_by_side(f, f->current))
            update_rows(f, thread, at, next, theirs, &room);
        else
            update_row(f, thread, at, theirs, &room);
    }
}

static rlra_status pose(fit *f)
{
    const rlra_status is_plain = RLRA(engine_refuse_forms)(f, "data with missing, held-out or weighted entries");
    if (is_plain != RLRA_OK)
        return is_plain;
    const rlra_status status =
        RLRA(engine_refuse_coupled_rows)(f, "data with missing, held-out or weighted entries are fitted row by row: "
                                            "fill in what is missing, or leave out the penalty");
    return status == RLRA_OK ? RLRA(squares_pose)(f) : status;
}

static void plan(fit *f)
{
    RLRA(squares_plan)(f);
    RLRA(partial_plan)(f);
    f->cost.rule_flops += f->factors * f->partial.data->listed * (double)f->widest * (double)(f->widest + 1);
}

static void improve(fit *f, int n)
{
    RLRA(partial_pack)(f, n);
    RLRA(squares_improve)(f, n, update);
}

static double loss_from_data(fit *f)
{
    return 0.5 * f->term[0].weight * RLRA(partial_residual)(f, NULL);
}

static double loss(fit *f, loss_source from)
{
    if (from == LOSS_FROM_DATA)
        return loss_from_data(f);
    const double sum = rlra_sum(0.5 * f->norm2, f->x[f->current].length, 1, f->partial.values);
    return RLRA(squares_checked)(f, sum, loss_from_data);
}

static double kkt(fit *f, int n)
{
    return RLRA(squares_residual)(f, RLRA(partial_kkt)(f, n));
}

const engine_ops RLRA(engine_own_grams) = {
    .shapes = BLOCK_GRAM,
    .is_quadratic = 1,
    .judging_sweeps = 1,
    .pose = pose,
    .plan = plan,
    .improve = improve,
    .loss = loss,
    .kkt = kkt,
    .missing = RLRA(own_grams_missing),
};
