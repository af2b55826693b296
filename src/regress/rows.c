/* regress/rows.c: columns of a regression by any other loss: the rule sees the data themselves. */
#include <math.h>
#include <string.h>

#include "block/gap.h"
#include "block/kkt.h"
#include "block/rows.h"
#include "data/rows/cut.h"
#include "regress/regression.h"

/* Equal entries, of the size that the data need: with them the model is far above the floor. Then the best scale. */
static void start(block *b, const slab *s, ptrdiff_t begin)
{
    double sums = 0;
    for (ptrdiff_t k = 0; k < b->x.rank; k++)
        sums += b->part->design.sums[k];
    for (ptrdiff_t i = 0; !s->run->given_start && i < b->x.length; i++) {
        const double total = s->run->total[s->begin + begin + i], value = total / sums;
        for (ptrdiff_t k = 0; k < b->x.rank; k++)
            b->x.at[k * b->x.stride + i] = (real)(value > 0 && isfinite(value) ? value : 1);
    }
    if (!s->run->given_start)
        RLRA(rows_scale)(b, b->x, s->scratch);
    RLRA(penalties_project)(b->penalties, b->x);
}

/* Value, KKT residual and gap of the rows of a block. */
static void certify(slab *s, const block *b, ptrdiff_t begin)
{
    const ptrdiff_t rank = b->x.rank;
    regression_run *const run = s->run;
    double *const x = s->column, *const up = x + rank, *const down = up + rank;
    if (!NARROW_DATA)
        RLRA(rows_slopes)(b, b->x, s->rhs, s->slopes, run->loss + s->begin + begin, s->scratch);
    for (ptrdiff_t i = 0; i < b->x.length; i++) {
        const ptrdiff_t column = s->begin + begin + i;
        for (ptrdiff_t k = 0; k < rank; k++) {
            x[k] = (double)b->x.at[k * b->x.stride + i];
            up[k] = (double)s->rhs.at[k * s->rhs.stride + i];
            down[k] = (double)s->slopes.at[k * s->slopes.stride + i];
        }
        if (NARROW_DATA)
            run->loss[column] = RLRA(row_exact)(b, i, x, up, down);
        run->kkt[column] = RLRA(kkt_of_row)(b->penalties, rank, x, up, down);
        run->gap[column] = RLRA(row_gap)(b, i, x, up, down);
    }
}

/* Rows begin .. end-1 of the slab. */
static void treat(void *user, data_part *part, ptrdiff_t begin, ptrdiff_t end)
{
    slab *const s = user;
    const regression *const plan = s->run->plan;
    block b = RLRA(regress_block)(s, begin, end);
    b.part = part;
    b.parts = 1;
    b.inner_sweeps = (int)fmin(1e9, (double)plan->options.max_sweeps);
    b.tolerance = s->run->tolerance;
    start(&b, s, begin);
    if (s->run->stopped < 0)
        rule_improve(plan->rule, &b);
    certify(s, &b, begin);
}

void RLRA(regress_rows)(slab *s)
{
    const regression *const plan = s->run->plan;
    const int is_kl = plan->loss.kind == LOSS_KL;
    const data_part whole = {
        .y = s->y,
        .y_stride = s->y_stride,
        .design = {.columns = plan->design, .sums = plan->sums},
        .weight = 1,
    };
    if (!is_kl || s->run->sparse == NULL) {
        RLRA(cut_zeros)(&whole, s->x.length, is_kl, &s->panel, treat, s);
        return;
    }
    for (ptrdiff_t i = 0; i < s->x.length; i++) {
        data_part part = RLRA(cut_stored)(&whole, s->run->sparse, s->begin + i, &s->panel);
        treat(s, &part, i, i + 1);
    }
}
