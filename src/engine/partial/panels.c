/* engine/partial/panels.c: rows with missing or weighted entries for the rules of general losses. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "engine/fit.h"
#include "engine/partial/room.h"

/* A sum below this part of what it was taken from has lost too many digits: it is summed anew. */
#define CANCELLED (sizeof(real) == 4 ? 0.125 : 1e-3)

/* s with w d(y, v) = d(s y, s v): a beta divergence is homogeneous of degree beta. */
static double scale_of(const posed_loss *loss, double weight)
{
    if (weight == 1 || loss->beta == 1)
        return weight;
    return pow(weight, 1 / loss->beta);
}

static void cut_row(const fit *f, int mode, ptrdiff_t i, const partial_room *room, const panel_room *panel,
                    double *sums, data_part *part)
{
    const factor a = part->design.columns;
    const observed *const o = f->partial.data;
    ptrdiff_t from = 0, count = 0;
    real *const scales = panel->scales;
    while (RLRA(observed_next)(o, mode, i, &from, room->run) > 0)
        for (ptrdiff_t e = 0; e < room->run->count; e++, count++) {
            const double scale = scale_of(&f->loss, (double)room->run->weights[e]);
            panel->places[count] = room->run->places[e];
            panel->values[count] = (real)(scale * (double)room->run->values[e]);
            scales[count] = (real)scale;
        }
    const ptrdiff_t stride = (count + 15) / 16 * 16;
    for (ptrdiff_t k = 0; k < a.rank; k++) {
        sums[k] = 0;
        for (ptrdiff_t e = 0; e < count; e++) {
            panel->design[k * stride + e] = scales[e] * a.at[k * a.stride + panel->places[e]];
            sums[k] += (double)panel->design[k * stride + e];
        }
    }
    part->y = panel->values;
    part->y_stride = count;
    part->y_step = 0;
    part->design.columns = (factor){panel->design, count, a.rank, stride};
    part->design.sums = sums;
    part->design.sums_stride = 0;
}

/* Sums over the listed entries of row i, of the components of the design. */
static void sum_listed(const fit *f, int mode, ptrdiff_t i, const partial_room *room, double *sums)
{
    const observed_rows *const list = &f->partial.data->along[mode];
    memset(sums, 0, (size_t)f->widest * sizeof *sums);
    for (int64_t begin = list->starts[i]; begin < list->starts[i + 1]; begin += OBSERVED_RUN) {
        const int64_t left = list->starts[i + 1] - begin;
        const ptrdiff_t count = left < OBSERVED_RUN ? (ptrdiff_t)left : OBSERVED_RUN;
        RLRA(partial_rows)(f, mode, count, list->places + begin, room);
        for (ptrdiff_t e = 0; e < count; e++)
            for (ptrdiff_t k = 0; k < f->widest; k++)
                sums[k] += (double)room->rows[e][k];
    }
}

static void sum_observed(const fit *f, int mode, ptrdiff_t i, const partial_room *room, double *sums)
{
    ptrdiff_t from = 0;
    memset(sums, 0, (size_t)f->widest * sizeof *sums);
    while (RLRA(observed_next)(f->partial.data, mode, i, &from, room->run) > 0) {
        RLRA(partial_rows)(f, mode, room->run->count, room->run->places, room);
        for (ptrdiff_t e = 0; e < room->run->count; e++)
            for (ptrdiff_t k = 0; k < f->widest; k++)
                sums[k] += (double)room->rows[e][k];
    }
}

static void sum_row(const fit *f, int mode, ptrdiff_t i, const double *whole, const partial_room *room, double *sums)
{
    int cancelled = 0;
    sum_listed(f, mode, i, room, sums);
    if (row_is_direct(&f->partial.data->along[mode], i))
        return;
    for (ptrdiff_t k = 0; k < f->widest; k++) {
        sums[k] = whole[k] - sums[k];
        cancelled |= sums[k] < CANCELLED * whole[k];
    }
    if (cancelled)
        sum_observed(f, mode, i, room, sums);
}

int RLRA(partial_shares_design)(const fit *f, int n)
{
    const observed *const o = f->partial.data;
    return f->loss.kind == LOSS_KL && rule_takes(f->rule[n], BLOCK_ACROSS | BLOCK_OWN_SUMS) && o->pair == NULL &&
           o->base == 1 && !o->is_uneven;
}

void RLRA(partial_prepare_rows)(fit *f, int n)
{
    const int mode = RLRA(term_mode)(&f->term[0], n);
    RLRA(partial_pack)(f, n);
#pragma omp parallel for num_threads(f->threads) schedule(static)
    for (ptrdiff_t i = 0; i < (f->entries.shares[n] ? f->x[n].length : 0); i++) {
        const partial_room room = RLRA(partial_room_of)(f, omp_get_thread_num());
        sum_row(f, mode, i, f->entries.sums, &room, f->entries.row_sums + i * f->widest);
    }
}

void RLRA(partial_panels_visit)(fit *f, int n, int thread, ptrdiff_t first, const block *whole, const panel_room *panel,
                                double *sums, void (*each)(void *user, block *b, ptrdiff_t i),
                                void (*empty)(void *user, ptrdiff_t row), void *user)
{
    const int mode = RLRA(term_mode)(&f->term[0], n);
    const partial_room room = RLRA(partial_room_of)(f, thread);
    for (ptrdiff_t i = 0; i < whole->x.length; i++) {
        data_part part = *whole->part;
        block one = *whole;
        one.part = &part;
        one.x = factor_rows(whole->x, i, i + 1);
        if (row_is_empty(&f->partial.data->along[mode], first + i)) {
            RLRA(partial_rest)(f, n, first + i);
            empty(user, first + i);
            continue;
        }
        cut_row(f, mode, first + i, &room, panel, sums, &part);
        each(user, &one, i);
    }
}
