/* engine/entries/missing.c: how much a loss without a Gram matrix would rise without one component, from entries. */
#include "engine/missing.h"

#include <math.h>

#include "engine/fit.h"

/* So many losses of entries are formed at most, but of so many rows at least. */
#define MOST_LOSSES 2e6
#define LEAST_ROWS  32

ptrdiff_t RLRA(missing_step)(const fit *f)
{
    const ptrdiff_t rows = f->x[f->order[0]].length;
    const double losses = f->term[0].x->entries * (double)f->x[0].rank, step = ceil(losses / MOST_LOSSES);
    const double most = (double)(rows / LEAST_ROWS);
    return (ptrdiff_t)fmax(1, fmin(step, most));
}

/* One walk: higher[(i / step) * rank + k] for each row i that counts. */
typedef struct sums {
    const fit *f;
    int n;
    ptrdiff_t step;
    double *rows;
} sums;

/* Coefficient k of entry j of row i in the design. */
static double design_at(const data_part *part, ptrdiff_t i, ptrdiff_t j, ptrdiff_t k)
{
    const struct design *const d = &part->design;
    if (part->stored == NULL)
        return (double)d->columns.at[k * d->columns.stride + j];
    return (double)d->rows[part->stored->indices[part->stored->starts[part->first + i] + j] * d->rows_stride + k];
}

static ptrdiff_t entries_of(const data_part *part, ptrdiff_t i)
{
    const sparse_rows *const stored = part->stored;
    return stored == NULL ? part->design.columns.length
                          : (ptrdiff_t)(stored->starts[part->first + i + 1] - stored->starts[part->first + i]);
}

/* Add what entry y of row i would add to the loss without each component; under kl but for the sum of the model. */
static void add_entry(const sums *at, const data_part *part, ptrdiff_t i, ptrdiff_t j, factor x, double *to)
{
    const posed_loss *const loss = &at->f->loss;
    const double y = (double)part_entry(part, i, j), floor = at->f->floor;
    double v = 0;
    if (loss->kind == LOSS_KL && !(y > 0))
        return;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        v += design_at(part, i, j, k) * (double)x.at[k * x.stride + i];
    v = fmax(v, floor);
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        const double left = fmax(v - design_at(part, i, j, k) * (double)x.at[k * x.stride + i], floor);
        if (loss->kind == LOSS_KL)
            to[k] += y * log(v / left);
        else
            to[k] += loss->ops->entry(loss->beta, y, left) - loss->ops->entry(loss->beta, y, v);
    }
}

static void visit_rows(void *user, int thread, data_part *part, ptrdiff_t first, ptrdiff_t count)
{
    const sums *const at = user;
    const factor x = factor_rows(at->f->x[at->n], first, first + count);
    (void)thread;
    for (ptrdiff_t i = 0; i < count; i++) {
        double *const to = at->rows + (first + i) / at->step * x.rank;
        if ((first + i) % at->step != 0)
            continue;
        for (ptrdiff_t k = 0; k < x.rank; k++)
            to[k] = 0;
        for (ptrdiff_t j = 0; part != NULL && j < entries_of(part, i); j++)
            add_entry(at, part, i, j, x, to);
        for (ptrdiff_t k = 0; part != NULL && at->f->loss.kind == LOSS_KL && k < x.rank; k++)
            to[k] -= part_sums(part, i)[k] * (double)x.at[k * x.stride + i];
    }
}

void RLRA(entries_missing)(fit *f, double *higher)
{
    const int n = f->order[0];
    const factor x = f->x[n];
    const form_view v = RLRA(term_view)(&f->term[0], n);
    sums at = {f, n, RLRA(missing_step)(f), f->escape.rows};
    row_reading reading = {.takes_stored = 1, .each = visit_rows, .user = &at};
    factor factors[RLRA_MAX_ORDER];
    RLRA(form_factors)(&v, factors);
    RLRA(design_begin)(&f->entries.way->design, &f->entries.way->rows, v.mode, factors, f->threads, &reading);
    RLRA(rows_read)(&reading);
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        higher[k] = 0;
        for (ptrdiff_t row = 0; row < (x.length + at.step - 1) / at.step; row++)
            higher[k] += f->term[0].weight * at.rows[row * x.rank + k];
    }
}
