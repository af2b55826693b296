/* update/mu_rows.c: multiplicative updates of rows with their data: Richardson-Lucy for the loss kl, any beta otherwise. */
#include "update/mu_rows.h"

#include <math.h>
#include <string.h>

/* Entries of the model that are formed together. */
#define STEEP_COLUMNS 256

/* An entry below this many floors is locked: steps from there are too short to matter. */
#define LOCKED_FLOORS 4

/* The exponent of the ratio up / (down + mu_1 + 2 mu_2 x) that never leads beyond the minimiser of the majorant, whose slope
 * has the powers t^(beta-1) or 1 of down, t^0 of mu_1, t of mu_2 and t^(beta-2) or 1 of up, with t = x / x_old
 * (docs/theory/kl.md, beta.md; Fevotte & Idier 2011, table 2, without l2). */
static double exponent(double beta, int with_l2)
{
    if (beta > 2)
        return 1 / (beta - 1);
    if (with_l2)
        return 1 / (3 - beta);
    return beta < 1 ? 1 / (2 - beta) : 1;
}

/* The positive t with  quadratic x t^2 + down t = up,  without cancellation. */
static double root(double up, double down, double quadratic_x)
{
    if (!(up > 0))
        return 0;
    return 2 * up / (down + sqrt(down * down + 4 * quadratic_x * up));
}

void RLRA(mu_step)(const open_rows *o, ptrdiff_t i)
{
    const posed_loss *const loss = o->b->loss;
    const int with_l2 = o->quadratic > 0, quadratic_root = with_l2 && loss->kind == LOSS_KL;
    const double power = exponent(loss->beta, with_l2);
    for (ptrdiff_t k = 0; k < o->x.rank; k++) {
        real *const x = o->x.at + k * o->x.stride + i;
        const double up = (double)o->up.at[k * o->x.stride + i];
        const double down = (double)o->down.at[k * o->x.stride + i] + o->linear, pull = o->quadratic * (double)*x;
        double ratio = up > 0 ? up / (down + pull) : 0;
        if (quadratic_root)
            ratio = root(up, down, pull);
        else if (power != 1)
            ratio = pow(ratio, power);
        const double fresh = fmin(fmax((double)*x * ratio, o->least), o->most);
        *x = isfinite(fresh) ? (real)fresh : *x;
    }
}

/* Step all rows except those that are done, in a block whose steps are the ratios themselves. */
static void step_plainly(const open_rows *o, const char *done)
{
    const double linear = o->linear, quadratic = o->quadratic, least = o->least, most = o->most;
    for (ptrdiff_t k = 0; k < o->x.rank; k++) {
        real *const x = o->x.at + k * o->x.stride;
        const real *const up = o->up.at + k * o->x.stride, *const down = o->down.at + k * o->x.stride;
        for (ptrdiff_t i = 0; i < o->x.length; i++) {
            const double before = (double)x[i], high = (double)up[i];
            const double low = (double)down[i] + linear + quadratic * before;
            const double moved = high > 0 ? before * (high / low) : 0;
            const double raised = moved > least ? moved : least, fresh = raised < most ? raised : most;
            x[i] = ((done[i] == 0) & (fresh <= DBL_MAX)) ? (real)fresh : x[i];
        }
    }
}

static void step_rows(const open_rows *o, const char *done)
{
    const int with_l2 = o->quadratic > 0;
    if (exponent(o->b->loss->beta, with_l2) == 1) {
        step_plainly(o, done);
        return;
    }
    for (ptrdiff_t i = 0; i < o->x.length; i++)
        if (!done[i])
            RLRA(mu_step)(o, i);
}

/* Set `along` to the direction in which locked entries rise, 0 for the others; returns the number of locked entries. */
static ptrdiff_t locked(const open_rows *o, ptrdiff_t i, double *along)
{
    const double floor = o->b->floor;
    ptrdiff_t count = 0;
    for (ptrdiff_t k = 0; k < o->x.rank; k++) {
        const double x = (double)o->x.at[k * o->x.stride + i], up = (double)o->up.at[k * o->x.stride + i];
        const double raise = (double)o->down.at[k * o->x.stride + i] + o->linear + o->quadratic * x;
        const int is_locked = x <= LOCKED_FLOORS * floor && x < o->most && up > raise && raise > 0;
        along[k] = is_locked ? (1 - raise / up) / raise : 0;
        count += is_locked;
    }
    return count;
}

/* The model of row i in a part of the data, and its change along a direction, for `count` entries from `begin` on; `numbers`
 * holds 2 x rank reals, padded to whole rows of the design where entries are stored. */
static void model_and_change(const open_rows *o, const data_part *part, ptrdiff_t i, real *numbers, ptrdiff_t begin,
                             ptrdiff_t count, real *v, real *change)
{
    static const real zeros[STEEP_COLUMNS];
    const block *const b = o->b;
    const factor a = part->design.columns;
    if (part->stored == NULL) {
        b->kernels->residual(count, a.rank, zeros, numbers, a.at + begin, a.stride, v);
        memset(change, 0, (size_t)count * sizeof *change);
        for (ptrdiff_t k = 0; k < a.rank; k++)
            if (numbers[a.rank + k] != 0)
                b->kernels->residual(count, 1, change, numbers + a.rank + k, a.at + k * a.stride + begin, a.stride,
                                     change);
        return;
    }
    const int32_t *const indices = part->stored->indices + part->stored->starts[part->first + o->index[i]] + begin;
    picked_rows from = {.rows = part->design.rows, .x = numbers, .stride = part->design.rows_stride};
    b->kernels->picked_model(count, indices, &from, v);
    from.x += from.stride;
    b->kernels->picked_model(count, indices, &from, change);
}

/* Lay out x and the direction for model_and_change(); returns the number of entries that it can form at once. */
static ptrdiff_t lay_out(const open_rows *o, const data_part *part, ptrdiff_t i, const double *along, real *numbers)
{
    const sparse_rows *const stored = part->stored;
    const ptrdiff_t rank = o->x.rank, stride = stored != NULL ? part->design.rows_stride : rank;
    const real sign = stored != NULL ? 1 : -1; /* the kernel for dense data subtracts products from zero */
    memset(numbers, 0, (size_t)(2 * stride) * sizeof *numbers);
    for (ptrdiff_t k = 0; k < rank; k++) {
        numbers[k] = sign * o->x.at[k * o->x.stride + i];
        numbers[stride + k] = sign * (real)along[k];
    }
    const ptrdiff_t row = part->first + o->index[i];
    return stored != NULL ? (ptrdiff_t)(stored->starts[row + 1] - stored->starts[row]) : part->design.columns.length;
}

/* max_j (A d)_j / v_j: the largest relative growth of an entry of the model along d. Under kl entries that are zero do not
 * matter. */
static double steepest(const open_rows *o, const data_part *part, ptrdiff_t i, const double *along, real *numbers)
{
    real v[STEEP_COLUMNS], change[STEEP_COLUMNS];
    const int all = o->b->loss->kind != LOSS_KL;
    const ptrdiff_t length = lay_out(o, part, i, along, numbers);
    double most = 0;
    for (ptrdiff_t begin = 0; begin < length; begin += STEEP_COLUMNS) {
        const ptrdiff_t count = length - begin < STEEP_COLUMNS ? length - begin : STEEP_COLUMNS;
        model_and_change(o, part, i, numbers, begin, count, v, change);
        for (ptrdiff_t j = 0; j < count; j++) {
            const double least = (double)v[j] > o->b->floor ? (double)v[j] : o->b->floor;
            if ((double)change[j] > most * least && (all || part_entry(part, o->index[i], begin + j) > 0))
                most = (double)change[j] / least;
        }
    }
    return most;
}

int RLRA(mu_unlock)(const open_rows *o, ptrdiff_t i)
{
    const ptrdiff_t rank = o->x.rank;
    double *const along = o->numbers;
    if (locked(o, i, along) == 0)
        return 0;
    double up = 0, raise = 0, bend = 0, step = INFINITY;
    for (ptrdiff_t k = 0; k < rank; k++) {
        const double x = (double)o->x.at[k * o->x.stride + i];
        up += along[k] * (double)o->up.at[k * o->x.stride + i];
        raise += along[k] * ((double)o->down.at[k * o->x.stride + i] + o->linear + o->quadratic * x);
        bend += along[k] * along[k] * o->quadratic;
        if (along[k] > 0)
            step = fmin(step, (o->most - x) / along[k]);
    }
    /* With s = 1 + t steepest the slope along d is at most (raise + t bend) s^(1/power - 1) - up s^(...) <= 0 as long as
     * (raise + t bend) s^(1/power) <= up. */
    const double power = exponent(o->b->loss->beta, 0);
    double rate = 0;
    for (int p = 0; p < o->b->parts; p++)
        rate = fmax(rate, steepest(o, &o->b->part[p], i, along, (real *)(void *)(o->numbers + rank)));
    const double room = rate > 0 ? (pow(up / raise, power) - 1) / rate : INFINITY;
    step = fmin(step, room);
    if (bend > 0)
        step = fmin(step, (up - raise) / bend);
    while (step > 0 && (raise + step * bend) * pow(1 + step * rate, 1 / power) > up * (1 + 4 * DBL_EPSILON))
        step *= 0.5;
    if (!isfinite(step))
        return 0;
    for (ptrdiff_t k = 0; k < rank; k++) {
        real *const x = o->x.at + k * o->x.stride + i;
        *x = (real)fmin((double)*x + step * along[k], o->most);
    }
    return 1;
}

void RLRA(mu_regress)(const block *b)
{
    open_rows o;
    arena scratch = block_scratch(b);
    RLRA(open_rows_init)(&o, b, 0, 0, &scratch);
    for (int round = 0; round < b->inner_sweeps; round++) {
        if (round == 0)
            RLRA(open_rows_first_slopes)(&o);
        else
            RLRA(open_rows_slopes)(&o);
        if (RLRA(open_rows_close)(&o) == 0)
            return;
        block_count(b, round + 1);
        char done[UPDATE_ROWS] = {0};
        for (ptrdiff_t i = 0; (b->rounds_before + round) % MU_UNLOCK_ROUNDS == 0 && i < o.x.length; i++)
            done[i] = RLRA(mu_unlock)(&o, i) != 0;
        step_rows(&o, done);
    }
    RLRA(open_rows_store)(&o);
}
