/* engine/partial/check.c: loss, KKT residual and held-out error with missing or weighted entries, computed entry by entry. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "block/kkt.h"
#include "core/sum.h"
#include "engine/fit.h"
#include "engine/partial/room.h"
#include "engine/reach.h"
#include "engine/squares.h"

/* Sums over the observed entries of row i along a mode: of w (x - v)^2 and of w v^2; with slopes w (x - v) a_j and curvatures
 * w a_j^2, times the weight of the term, if wanted. */
typedef struct row_sums {
    double left, model;
} row_sums;

static row_sums sum_row(const fit *f, int mode, ptrdiff_t i, int slopes, const partial_room *room)
{
    const factor x = f->x[f->term[0].factors[mode]];
    const double weight = f->term[0].weight;
    row_sums sums = {0};
    ptrdiff_t from = 0;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        room->slope[k] = room->curvature[k] = 0;
    while (RLRA(observed_next)(f->partial.data, mode, i, &from, room->run) > 0) {
        RLRA(partial_rows)(f, mode, room->run->count, room->run->places, room);
        for (ptrdiff_t e = 0; e < room->run->count; e++) {
            const real *const a = room->rows[e];
            const double w = (double)room->run->weights[e];
            double v = 0;
            for (ptrdiff_t k = 0; k < x.rank; k++)
                v += (double)x.at[k * x.stride + i] * (double)a[k];
            const double left = (double)room->run->values[e] - v;
            sums.left += w * left * left;
            sums.model += w * v * v;
            for (ptrdiff_t k = 0; slopes && k < x.rank; k++) {
                room->slope[k] += weight * w * left * (double)a[k];
                room->curvature[k] += weight * w * (double)a[k] * (double)a[k];
            }
        }
    }
    return sums;
}

/* sum of w (x - v)^2 over the stored entries of sparse data, row by row. */
static double stored_squares(fit *f, double *model)
{
    const ptrdiff_t rows = f->partial.data->along[0].rows;
    RLRA(partial_pack)(f, f->term[0].factors[0]);
#pragma omp parallel for num_threads(f->threads) schedule(dynamic, 4)
    for (ptrdiff_t i = 0; i < rows; i++) {
        const partial_room room = RLRA(partial_room_of)(f, omp_get_thread_num());
        const row_sums sums = sum_row(f, 0, i, 0, &room);
        f->partial.values[2 * i] = sums.left;
        f->partial.values[2 * i + 1] = sums.model;
    }
    if (model != NULL)
        *model = rlra_sum(0, rows, 2, f->partial.values + 1);
    return rlra_sum(0, rows, 2, f->partial.values);
}

double RLRA(partial_residual)(fit *f, double *model)
{
    factor factors[RLRA_MAX_ORDER];
    if (f->partial.data->pair != NULL)
        return stored_squares(f, model);
    RLRA(form_model)(&f->term[0].form, factors);
    return RLRA(observed_squares)(f->partial.data, f->threads, factors, f->partial.values, model);
}

/* The squared KKT residual of row i of factor n (see rlra_fit()), with its own curvatures. */
static double kkt_of_row(const fit *f, int n, int mode, ptrdiff_t i, const partial_room *room)
{
    const ptrdiff_t rank = f->widest;
    const factor slopes = {room->scratch, 1, rank, UPDATE_ROWS};
    if (row_is_empty(&f->partial.data->along[mode], i))
        return 0;
    sum_row(f, mode, i, 1, room);
    memset(room->gram, 0, (size_t)(rank * rank) * sizeof *room->gram);
    for (ptrdiff_t k = 0; k < rank; k++) {
        slopes.at[k * UPDATE_ROWS] = (real)room->slope[k];
        room->gram[k * (rank + 1)] = room->curvature[k];
    }
    block b = RLRA(squares_block)(f, n, 0, factor_rows(f->x[n], i, i + 1), slopes);
    b.quadratic.gram = room->gram;
    return RLRA(kkt_quadratic)(&b, slopes, room->scratch + rank * UPDATE_ROWS, NULL);
}

double RLRA(partial_kkt)(fit *f, int n)
{
    const int mode = RLRA(term_mode)(&f->term[0], n);
    RLRA(partial_pack)(f, n);
#pragma omp parallel for num_threads(f->threads) schedule(dynamic, 4)
    for (ptrdiff_t i = 0; i < f->x[n].length; i++) {
        const partial_room room = RLRA(partial_room_of)(f, omp_get_thread_num());
        f->partial.values[i] = kkt_of_row(f, n, mode, i, &room);
    }
    return rlra_sum(0, f->x[n].length, 1, f->partial.values);
}

/* How well the model predicts the held-out entries. */
typedef struct score {
    const fit *f;
    double loss, norm2, left2;
} score;

static double loss_of_entry(const fit *f, double x, double v)
{
    const real y = (real)x, model = (real)fmax(v, f->floor);
    if (f->engine->is_quadratic)
        return 0.5 * (x - v) * (x - v);
    return f->loss.ops->value(&f->loss, 1, &y, &model);
}

static void score_entry(void *user, const held_out_entry *entry)
{
    score *const s = user;
    const fit *const f = s->f;
    double v = 0;
    for (ptrdiff_t k = 0; k < f->widest; k++) {
        double product = 1;
        for (int m = 0; m < f->partial.data->order; m++) {
            const factor x = f->x[f->term[0].factors[m]];
            product *= (double)x.at[k * x.stride + entry->index[m]];
        }
        v += product;
    }
    const double left = entry->value - v;
    s->left2 += entry->weight * left * left;
    s->norm2 += entry->weight * entry->value * entry->value;
    s->loss += entry->weight * loss_of_entry(f, entry->value, v);
}

void RLRA(partial_report)(fit *f, rlra_report *report)
{
    const observed *const o = f->partial.data;
    report->observed = (int64_t)o->summary.count;
    report->held_out = (int64_t)o->summary.held;
    report->bounded = RLRA(reach_count)(f);
    for (int m = 0; m < o->order; m++)
        for (ptrdiff_t i = 0; i < o->along[m].rows; i++) {
            if (!row_is_empty(&o->along[m], i))
                continue;
            if (report->unobserved++ > 0)
                continue;
            report->unobserved_factor = f->term[0].factors[m];
            report->unobserved_row = i;
        }
    if (report->held_out == 0)
        return;
    score s = {.f = f};
    RLRA(observed_visit_held)(o, score_entry, &s);
    report->held_out_loss = f->term[0].weight * s.loss;
    report->held_out_error = s.norm2 > 0 ? sqrt(s.left2 / s.norm2) : 0;
}
