/* update/msom_rows.c: gradient steps scaled by the row sums of the Hessian, undone and replaced by multiplicative steps where
 * they raise the objective. */
#include "update/msom_rows.h"

#include <math.h>

#include "update/mu_rows.h"

/* Multiplicative rounds before the first step, if there are enough rounds, as the method converges only locally; the number
 * doubles with each failure. */
#define FIRST_ROUNDS   2
#define MANY_ROUNDS    8
#define MOST_DOUBLINGS 6

/* Where the last step of each row of the block began, with the slopes and the objective there. */
typedef struct history {
    factor x, up, down;
    double objective[UPDATE_ROWS];
    int waiting[UPDATE_ROWS], failures[UPDATE_ROWS], on_trial[UPDATE_ROWS];
} history;

static void take(open_rows *o, history *h, ptrdiff_t rows, ptrdiff_t rank, arena *from)
{
    factor *const kept[] = {&h->x, &h->up, &h->down};
    for (int f = 0; f < 3; f++) {
        *kept[f] = o->x;
        kept[f]->at = rlra_arena_take(from, (size_t)(rank * block_stride(rows)), sizeof(real));
    }
}

size_t RLRA(msom_regress_bytes)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length)
{
    arena measure = {0};
    open_rows o = {.wants_steep = 1};
    history h;
    RLRA(open_rows_take)(&o, rows, rank, length, &measure);
    take(&o, &h, rows, rank, &measure);
    return measure.peak;
}

static void copy_row(factor from, ptrdiff_t i, factor to, ptrdiff_t at)
{
    for (ptrdiff_t k = 0; k < from.rank; k++)
        to.at[k * to.stride + at] = from.at[k * from.stride + i];
}

/* The objective of row i, whose loss is known. */
static double objective(const open_rows *o, ptrdiff_t i)
{
    double sum = o->values[i];
    for (ptrdiff_t k = 0; k < o->x.rank; k++) {
        const double x = (double)o->x.at[k * o->x.stride + i];
        sum += x * (o->linear + 0.5 * o->quadratic * x);
    }
    return sum;
}

/* Keep the step of row i, or undo it. */
static void judge(open_rows *o, history *h, ptrdiff_t i)
{
    const ptrdiff_t row = o->index[i];
    const double now = objective(o, i);
    if (!h->on_trial[row] || now <= h->objective[row]) {
        h->objective[row] = now;
        h->on_trial[row] = 0;
        return;
    }
    copy_row(h->x, row, o->x, i);
    copy_row(h->up, row, o->up, i);
    copy_row(h->down, row, o->down, i);
    h->on_trial[row] = 0;
    h->waiting[row] = 1 << (h->failures[row] < MOST_DOUBLINGS ? h->failures[row] : MOST_DOUBLINGS);
    h->failures[row]++;
}

/* x_k <- x_k - gamma (down - up + mu_1 + 2 mu_2 x)_k / ((H 1)_k + 2 mu_2), within the bounds. */
static void step(const open_rows *o, ptrdiff_t i, double gamma)
{
    for (ptrdiff_t k = 0; k < o->x.rank; k++) {
        const ptrdiff_t e = k * o->x.stride + i;
        const double x = (double)o->x.at[e], curvature = (double)o->steep.at[e] + o->quadratic;
        const double slope = (double)o->down.at[e] - (double)o->up.at[e] + o->linear + o->quadratic * x;
        const double fresh = curvature > 0 ? x - gamma * slope / curvature : slope > 0 ? o->least : x;
        o->x.at[e] = (real)fmin(fmax(isfinite(fresh) ? fresh : x, o->least), o->most);
    }
}

static void improve(const open_rows *o, history *h, ptrdiff_t i, double gamma)
{
    const ptrdiff_t row = o->index[i];
    if (h->waiting[row] > 0) {
        h->waiting[row]--;
        RLRA(mu_step)(o, i);
        return;
    }
    copy_row(o->x, i, h->x, row);
    copy_row(o->up, i, h->up, row);
    copy_row(o->down, i, h->down, row);
    h->on_trial[row] = 1;
    step(o, i, gamma);
}

void RLRA(msom_regress)(const block *b)
{
    open_rows o;
    history h = {0};
    arena scratch = block_scratch(b);
    RLRA(open_rows_init)(&o, b, 1, 1, &scratch);
    take(&o, &h, b->x.length, b->x.rank, &scratch);
    for (ptrdiff_t i = 0; i < b->x.length; i++)
        h.waiting[i] = b->inner_sweeps < MANY_ROUNDS ? 0 : FIRST_ROUNDS;
    for (int round = 0; round <= b->inner_sweeps; round++) {
        RLRA(open_rows_slopes)(&o);
        for (ptrdiff_t i = 0; i < o.x.length; i++)
            judge(&o, &h, i);
        if (RLRA(open_rows_close)(&o) == 0)
            return;
        if (round == b->inner_sweeps)
            break;
        block_count(b, round + 1);
        for (ptrdiff_t i = 0; i < o.x.length; i++)
            improve(&o, &h, i, b->settings->gamma);
    }
    RLRA(open_rows_store)(&o);
}
