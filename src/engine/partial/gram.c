/* engine/partial/gram.c: the Gram matrix of one row, from that of a complete row and the entries that lack weight. */
#include <string.h>

#include "engine/fit.h"
#include "engine/partial/room.h"
#include "engine/reach.h"

/* A difference below this fraction of its minuend has lost too many digits and is replaced by a direct sum. */
#define CANCELLED (sizeof(real) == 4 ? 0.125 : 1e-3)

/* G = whole + scale sum. */
typedef struct gram_parts {
    const double *whole, *sum;
    double scale;
} gram_parts;

void RLRA(partial_pack)(fit *f, int n)
{
    factor factors[RLRA_MAX_ORDER];
    RLRA(reach_take)(f, n);
    for (int mode = 0; mode < f->partial.data->order; mode++)
        factors[mode] = f->x[f->term[0].factors[mode]];
    RLRA(observed_product_pack)(&f->partial.product, RLRA(term_mode)(&f->term[0], n), factors, f->threads);
}

void RLRA(partial_rows)(const fit *f, int mode, ptrdiff_t count, const int32_t *places, const partial_room *room)
{
    RLRA(observed_product_rows)(&f->partial.product, mode, count, places, room->panel, room->rows);
}

/* room->sum = sum over the listed entries of row i, weighted by what each lacks of the base weight, or in a direct row by its
 * own weight; unweighted where weights are 0 or the base weight. */
static void sum_listed(const fit *f, int mode, ptrdiff_t i, const partial_room *room)
{
    const partial_data *const m = &f->partial;
    const observed_rows *const list = &m->data->along[mode];
    const int direct = row_is_direct(list, i);
    memset(room->sum, 0, (size_t)(m->product.pad * m->product.pad) * sizeof *room->sum);
    for (int64_t begin = list->starts[i]; begin < list->starts[i + 1]; begin += OBSERVED_RUN) {
        const int64_t left = list->starts[i + 1] - begin;
        const ptrdiff_t count = left < OBSERVED_RUN ? (ptrdiff_t)left : OBSERVED_RUN;
        RLRA(partial_rows)(f, mode, count, list->places + begin, room);
        for (ptrdiff_t e = 0; list->weights != NULL && e < count; e++)
            room->shares[e] =
                direct ? list->weights[begin + e] : (real)(m->data->base - (double)list->weights[begin + e]);
        f->kernels->row_grams->add(count, room->rows, list->weights == NULL ? NULL : room->shares, f->widest, room->sum,
                                   m->product.pad);
    }
}

/* room->sum = sum over the observed entries of row i. */
static void sum_observed(const fit *f, int mode, ptrdiff_t i, const partial_room *room)
{
    const partial_data *const m = &f->partial;
    ptrdiff_t from = 0;
    memset(room->sum, 0, (size_t)(m->product.pad * m->product.pad) * sizeof *room->sum);
    while (RLRA(observed_next)(m->data, mode, i, &from, room->run) > 0) {
        RLRA(partial_rows)(f, mode, room->run->count, room->run->places, room);
        f->kernels->row_grams->add(room->run->count, room->rows, room->run->weights, f->widest, room->sum,
                                   m->product.pad);
    }
}

/* Entry (k, l), l <= k, of whole + scale sum; either may be NULL. */
static double part_of(const fit *f, const gram_parts *g, ptrdiff_t k, ptrdiff_t l)
{
    const double whole = g->whole == NULL ? 0 : g->whole[k * f->widest + l];
    return g->sum == NULL ? whole : whole + g->scale * g->sum[k * f->partial.product.pad + l];
}

static int is_cancelled(const fit *f, const gram_parts *g)
{
    for (ptrdiff_t k = 0; k < f->widest; k++)
        if (part_of(f, g, k, k) < CANCELLED * f->others[k * (f->widest + 1)])
            return 1;
    return 0;
}

/* The Gram matrix of row i as the sum of its parts. */
static gram_parts parts_of(const fit *f, int mode, ptrdiff_t i, const partial_room *room)
{
    const observed_rows *const list = &f->partial.data->along[mode];
    const double weight = f->term[0].weight, scale = weight * (list->weights == NULL ? f->partial.data->base : 1);
    gram_parts g = {.whole = f->others};
    if (row_is_complete(list, i))
        return g;
    sum_listed(f, mode, i, room);
    g.sum = room->sum;
    g.scale = -scale;
    if (row_is_direct(list, i))
        return (gram_parts){.sum = room->sum, .scale = scale};
    if (!is_cancelled(f, &g))
        return g;
    sum_observed(f, mode, i, room);
    return (gram_parts){.sum = room->sum, .scale = weight};
}

void RLRA(own_gram)(const fit *f, int mode, ptrdiff_t i, const partial_room *room)
{
    const gram_parts g = parts_of(f, mode, i, room);
    const ptrdiff_t rank = f->widest;
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t l = 0; l <= k; l++)
            room->gram[k * rank + l] = room->gram[l * rank + k] = part_of(f, &g, k, l);
}

void RLRA(own_grams_beside)(const fit *f, int mode, ptrdiff_t begin, ptrdiff_t end, const partial_room *room)
{
    const ptrdiff_t pad = f->partial.product.pad, each = pad * pad;
    double shares[ROW_GRAMS] = {0}, scales[ROW_GRAMS] = {0};
    for (ptrdiff_t i = 0; i < ROW_GRAMS; i++) {
        partial_room own = *room;
        own.sum += i * each;
        const gram_parts g = begin + i < end ? parts_of(f, mode, begin + i, &own) : (gram_parts){0};
        shares[i] = g.whole != NULL;
        scales[i] = g.sum != NULL ? g.scale : 0;
        if (g.sum == NULL)
            memset(own.sum, 0, (size_t)each * sizeof *own.sum);
    }
    f->kernels->row_grams->lay(f->widest, f->others, shares, room->sum, each, pad, scales, room->grams);
}
