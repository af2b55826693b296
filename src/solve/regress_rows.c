/* solve/regress_rows.c: columns of a regression by any other loss: the rule sees the data themselves. */
#include <math.h>
#include <string.h>

#include "solve/regress.h"
#include "update/rows.h"

/* With at least this part of zeros a column of the loss kl is cut down to its other entries. */
#define SPARSE_PART 0.5

/* Parts of scratch: that of the rule, of rows.h, and two factors. */
static size_t aligned(size_t bytes)
{
    return (bytes + RLRA_ALIGNMENT - 1) / RLRA_ALIGNMENT * RLRA_ALIGNMENT;
}

static size_t rule_bytes(const regression_run *run)
{
    const size_t rule = run->plan->rule->regress_bytes(run->plan->rank, run->longest);
    const size_t rows = RLRA(rows_bytes)(run->plan->rank, run->longest);
    return aligned(rule > rows ? rule : rows);
}

size_t RLRA(regress_rows_bytes)(const regression_run *run)
{
    return rule_bytes(run) + aligned(3 * (size_t)run->plan->rank * sizeof(double));
}

/* Rows begin .. end-1 of the slab, before their data are set. */
static row_block block_of(const slab *s, ptrdiff_t begin, ptrdiff_t end)
{
    const regression *const plan = s->run->plan;
    return (row_block){
        .x = factor_rows(s->x, begin, end),
        .design = plan->design,
        .sums = plan->sums,
        .loss = &plan->loss,
        .penalties = &plan->penalties,
        .kernels = plan->kernels,
        .floor = s->floor,
        .inner_sweeps = (int)fmin(1e9, (double)plan->options.max_sweeps),
        .tolerance = s->run->tolerance,
        .scratch = s->scratch,
        .settings = &plan->settings,
        .counts = s->counts,
    };
}

/* The entries of row i that are not zero, and the design cut down to them. */
static row_block panel_of(slab *s, ptrdiff_t i)
{
    const factor a = s->run->plan->design;
    const sparse_rows *const stored = s->run->sparse;
    row_block b = block_of(s, i, i + 1);
    ptrdiff_t count = 0;
    if (stored != NULL) {
        const int64_t begin = stored->starts[s->begin + i];
        count = (ptrdiff_t)(stored->starts[s->begin + i + 1] - begin);
        memcpy(s->values, stored->values + begin, (size_t)count * sizeof(real));
        for (ptrdiff_t e = 0; e < count; e++)
            s->places[e] = stored->indices[begin + e];
    } else {
        const real *const y = s->y + i * s->y_stride;
        for (ptrdiff_t j = 0; j < a.length; j++)
            if (y[j] > 0) {
                s->values[count] = y[j];
                s->places[count++] = j;
            }
    }
    const ptrdiff_t stride = (count + 15) / 16 * 16;
    for (ptrdiff_t k = 0; k < a.rank; k++)
        for (ptrdiff_t e = 0; e < count; e++)
            s->panel[k * stride + e] = a.at[k * a.stride + s->places[e]];
    b.y = s->values;
    b.y_stride = count;
    b.design = (factor){s->panel, count, a.rank, stride};
    return b;
}

static row_block dense_of(const slab *s, ptrdiff_t begin, ptrdiff_t end)
{
    row_block b = block_of(s, begin, end);
    b.y = s->y + begin * s->y_stride;
    b.y_stride = s->y_stride;
    return b;
}

/* Whether row i is better treated by its entries that are not zero. */
static int is_sparse(const slab *s, ptrdiff_t i)
{
    const regression *const plan = s->run->plan;
    if (s->run->sparse != NULL || plan->loss.kind != LOSS_KL)
        return plan->loss.kind == LOSS_KL;
    const real *const y = s->y + i * s->y_stride;
    ptrdiff_t zeros = 0;
    for (ptrdiff_t j = 0; j < plan->design.length; j++)
        zeros += y[j] == 0;
    return (double)zeros >= SPARSE_PART * (double)plan->design.length;
}

static void start(row_block *b, const slab *s)
{
    for (ptrdiff_t k = 0; !s->run->given_start && k < b->x.rank; k++)
        for (ptrdiff_t i = 0; i < b->x.length; i++)
            b->x.at[k * b->x.stride + i] = 1;
    for (int p = 0; p < b->penalties->count; p++)
        if (b->penalties->item[p].ops->constraint)
            b->penalties->item[p].ops->prox(b->penalties->item[p].weight, 1, b->x);
}

/* Value, KKT residual and gap of the rows of a block. */
static void certify(slab *s, const row_block *b, ptrdiff_t begin)
{
    const ptrdiff_t rank = b->x.rank;
    const size_t column = (size_t)(s->begin + begin);
    double *const x = (double *)(void *)((char *)s->scratch + rule_bytes(s->run));
    double *const up = x + rank, *const down = up + rank;
    RLRA(rows_slopes)(b, b->x, s->rhs, s->slopes, s->run->loss + column, s->scratch);
    for (ptrdiff_t i = 0; i < b->x.length; i++) {
        for (ptrdiff_t k = 0; k < rank; k++) {
            x[k] = (double)b->x.at[k * b->x.stride + i];
            up[k] = (double)s->rhs.at[k * s->rhs.stride + i];
            down[k] = (double)s->slopes.at[k * s->slopes.stride + i];
        }
        s->run->kkt[column + (size_t)i] = RLRA(row_kkt)(b->penalties, rank, x, up, down);
    }
    for (ptrdiff_t i = 0; i < b->x.length; i++)
        s->run->gap[column + (size_t)i] = NAN;
}

static void treat(slab *s, row_block *b, ptrdiff_t begin)
{
    start(b, s);
    if (s->run->stopped < 0)
        s->run->plan->rule->regress(b);
    certify(s, b, begin);
}

void RLRA(regress_rows)(slab *s)
{
    if (!RLRA(regress_load)(s))
        return;
    for (ptrdiff_t begin = 0, end; begin < s->x.length; begin = end) {
        end = begin + 1;
        if (is_sparse(s, begin)) {
            row_block b = panel_of(s, begin);
            treat(s, &b, begin);
            continue;
        }
        while (end < s->x.length && !is_sparse(s, end))
            end++;
        row_block b = dense_of(s, begin, end);
        treat(s, &b, begin);
    }
}
