/* update/mu_rows.c: multiplicative updates of rows with their data: Richardson-Lucy for the loss kl, any beta otherwise. */
#include "update/mu_rows.h"

#include <math.h>

/* Rounds from one look for locked entries to the next: it costs a model of the row. */
#define UNLOCK_ROUNDS 8

/* Entries of the model that are looked at together. */
#define STEEP_COLUMNS 256

/* An entry below this many floors is locked: steps from there are too short to be seen. */
#define LOCKED_FLOORS 4

/* The exponent of the ratio up / (down + mu_1 + 2 mu_2 x) that never leads beyond the minimiser of the majoriser, whose slope has
 * the powers t^(beta-1) or 1 of down, t^0 of mu_1, t of mu_2 and t^(beta-2) or 1 of up, with t = x / x_old
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
        real *const x = o->x.at + k * UPDATE_ROWS + i;
        const double up = (double)o->up.at[k * UPDATE_ROWS + i];
        const double down = (double)o->down.at[k * UPDATE_ROWS + i] + o->linear, pull = o->quadratic * (double)*x;
        double ratio = up > 0 ? up / (down + pull) : 0;
        if (quadratic_root)
            ratio = root(up, down, pull);
        else if (power != 1)
            ratio = pow(ratio, power);
        const double fresh = fmin(fmax((double)*x * ratio, o->least), o->most);
        *x = isfinite(fresh) ? (real)fresh : *x;
    }
}

/* The direction in which locked entries rise, 0 for the others: into `along`; how many. */
static ptrdiff_t locked(const open_rows *o, ptrdiff_t i, double *along)
{
    const double floor = o->b->floor;
    ptrdiff_t count = 0;
    for (ptrdiff_t k = 0; k < o->x.rank; k++) {
        const double x = (double)o->x.at[k * UPDATE_ROWS + i], up = (double)o->up.at[k * UPDATE_ROWS + i];
        const double raise = (double)o->down.at[k * UPDATE_ROWS + i] + o->linear + o->quadratic * x;
        const int is_locked = x <= LOCKED_FLOORS * floor && x < o->most && up > raise && raise > 0;
        along[k] = is_locked ? (1 - raise / up) / raise : 0;
        count += is_locked;
    }
    return count;
}

/* max_j (A d)_j / v_j: by how much a step along d can multiply an entry of the model. Entries of kl that are zero do not matter.
 * `numbers` holds 2 x rank reals. */
static double steepest(const open_rows *o, ptrdiff_t i, const double *along, real *numbers)
{
    static const real zeros[STEEP_COLUMNS];
    real v[STEEP_COLUMNS], change[STEEP_COLUMNS];
    const factor a = o->b->design;
    const int all = o->b->loss->kind != LOSS_KL;
    double most = 0;
    for (ptrdiff_t k = 0; k < a.rank; k++) {
        numbers[k] = -o->x.at[k * UPDATE_ROWS + i];
        numbers[a.rank + k] = (real)-along[k];
    }
    for (ptrdiff_t begin = 0; begin < a.length; begin += STEEP_COLUMNS) {
        const ptrdiff_t count = a.length - begin < STEEP_COLUMNS ? a.length - begin : STEEP_COLUMNS;
        o->b->kernels->residual(count, a.rank, zeros, numbers, a.at + begin, a.stride, v);
        o->b->kernels->residual(count, a.rank, zeros, numbers + a.rank, a.at + begin, a.stride, change);
        for (ptrdiff_t j = 0; j < count; j++) {
            const double least = (double)v[j] > o->b->floor ? (double)v[j] : o->b->floor;
            if ((double)change[j] > most * least && (all || row_entry(o->b, o->index[i], begin + j) > 0))
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
        const double x = (double)o->x.at[k * UPDATE_ROWS + i];
        up += along[k] * (double)o->up.at[k * UPDATE_ROWS + i];
        raise += along[k] * ((double)o->down.at[k * UPDATE_ROWS + i] + o->linear + o->quadratic * x);
        bend += along[k] * along[k] * o->quadratic;
        if (along[k] > 0)
            step = fmin(step, (o->most - x) / along[k]);
    }
    /* With s = 1 + t steepest the slope along d is at most (raise + t bend) s^(1/power - 1) - up s^(...) <= 0 as long as
     * (raise + t bend) s^(1/power) <= up. */
    const double power = exponent(o->b->loss->beta, 0),
                 rate = steepest(o, i, along, (real *)(void *)(o->numbers + rank));
    const double room = rate > 0 ? (pow(up / raise, power) - 1) / rate : INFINITY;
    step = fmin(step, room);
    if (bend > 0)
        step = fmin(step, (up - raise) / bend);
    while (step > 0 && (raise + step * bend) * pow(1 + step * rate, 1 / power) > up * (1 + 4 * DBL_EPSILON))
        step *= 0.5;
    if (!isfinite(step))
        return 0;
    for (ptrdiff_t k = 0; k < rank; k++) {
        real *const x = o->x.at + k * UPDATE_ROWS + i;
        *x = (real)fmin((double)*x + step * along[k], o->most);
    }
    return 1;
}

size_t RLRA(mu_regress_bytes)(ptrdiff_t rank, ptrdiff_t length)
{
    return RLRA(open_rows_bytes)(rank, length, 0);
}

void RLRA(mu_regress)(const row_block *b)
{
    open_rows o;
    RLRA(open_rows_init)(&o, b, b->floor, 0, 0);
    for (int round = 0; round < b->inner_sweeps; round++) {
        RLRA(open_rows_slopes)(&o);
        if (RLRA(open_rows_close)(&o) == 0)
            return;
        RLRA(open_rows_count)(&o, round + 1);
        for (ptrdiff_t i = 0; i < o.x.length; i++)
            if ((b->round + round) % UNLOCK_ROUNDS != 0 || !RLRA(mu_unlock)(&o, i))
                RLRA(mu_step)(&o, i);
    }
    RLRA(open_rows_store)(&o);
}
