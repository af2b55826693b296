/* linalg/pivoting_step.c: one exchange of block principal pivoting for all rows that are not finished. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "linalg/pivoting_rows.h"

static inline int has_bit(const uint64_t *bits, ptrdiff_t k)
{
    return (int)(bits[k / 64] >> (k % 64) & 1);
}

/* List the numbers of the bits that are set, `step` apart; returns their count. */
static int32_t list_bits(const uint64_t *bits, ptrdiff_t words, int32_t *list, ptrdiff_t step)
{
    int32_t count = 0;
    for (ptrdiff_t w = 0; w < words; w++)
        for (uint64_t left = bits[w]; left != 0; left &= left - 1)
            list[count++ * step] = (int32_t)(64 * w + __builtin_ctzll(left));
    return count;
}

int32_t rlra_pivoting_count(const uint64_t *bits, ptrdiff_t words)
{
    int32_t count = 0;
    for (ptrdiff_t w = 0; w < words; w++)
        count += __builtin_popcountll(bits[w]);
    return count;
}

/* The rounding error of slopes: a few ulps of the largest terms. Entries of gram are below 2. */
static double slope_error(const pivoting *p, double size, double sum)
{
    return 8.0 * DBL_EPSILON * (size + 2.0 * sum) + p->g->noise * size;
}

static int in_order(const pivoting *p, const row_state *a, const row_state *b)
{
    if (a->count != b->count)
        return a->count < b->count;
    return memcmp(a->inside, b->inside, (size_t)p->words * sizeof *a->inside) <= 0;
}

/* Sort the queue so that rows of equal supports, or else of equally many unknowns, are neighbours. */
static void sort_queue(pivoting *p, ptrdiff_t count)
{
    for (ptrdiff_t i = 1; i < count; i++) {
        row_state *const row = p->queue[i];
        ptrdiff_t at = i;
        for (; at > 0 && !in_order(p, p->queue[at - 1], row); at--)
            p->queue[at] = p->queue[at - 1];
        p->queue[at] = row;
    }
}

/* c less the contribution of unknowns at their upper bounds, whose sum is added to *sum. */
static const double *without_high(const pivoting *p, const row_state *s, const double *c, double *base, double *sum)
{
    const face_gram *const g = p->g;
    int32_t *const list = p->index;
    const int32_t count = g->upper == NULL ? 0 : list_bits(s->high, p->words, list, 1);
    for (int32_t t = 0; t < count; t++) {
        p->part[t] = g->upper[list[t]];
        *sum += p->part[t];
    }
    if (count == 0)
        return c;
    p->faces->slope(count, g->gram, g->stride, list, p->part, 1, c, base);
    return base;
}

/* Solve on the supports of at most `lanes` rows; p->part and p->index hold the results. */
static void solve_faces(pivoting *p, row_state *const *row, ptrdiff_t count, const double *const *base, int *reusable)
{
    const face_gram *const g = p->g;
    const ptrdiff_t lanes = p->faces->lanes, size = (row[count - 1]->count + FACE_STEP - 1) / FACE_STEP * FACE_STEP;
    const size_t bytes = (size_t)p->words * sizeof *p->factored;
    const int equal = memcmp(row[0]->inside, row[count - 1]->inside, bytes) == 0;
    for (ptrdiff_t lane = 0; lane < lanes; lane++) {
        const row_state *const s = row[lane < count ? lane : count - 1];
        const double *const c = base[lane < count ? lane : count - 1];
        const int32_t inside = list_bits(s->inside, p->words, p->index + lane, lanes);
        for (ptrdiff_t t = inside; t < size; t++)
            p->index[t * lanes + lane] = (int32_t)g->size;
        for (ptrdiff_t t = 0; t < size; t++)
            p->part[t * lanes + lane] = c[p->index[t * lanes + lane]];
    }
    /* Neighbours in the queue: if the first and the last have the same support, all have. */
    if (!(*reusable && equal && memcmp(p->factored, row[0]->inside, bytes) == 0))
        p->faces->factor(size, g->gram, g->stride, g->diagonal, p->index, g->accuracy, p->lower);
    p->faces->solve(size, p->lower, p->part);
    *reusable = equal;
    memcpy(p->factored, row[0]->inside, bytes);
}

/* Set the bits of unknowns on a wrong side: inside but out of bounds, or at a bound that the slope leads away from. Unknowns
 * inside that depend on others (they are zero) are moved to their lower bound. */
static int32_t find_wrong(pivoting *p, row_state *s, ptrdiff_t lane, double error)
{
    const face_gram *const g = p->g;
    const ptrdiff_t lanes = p->faces->lanes;
    for (ptrdiff_t t = 0; t < s->count && !g->free; t++) {
        const int32_t k = p->index[t * lanes + lane];
        s->inside[k / 64] &= ~((uint64_t)(p->part[t * lanes + lane] == 0.0) << (k % 64));
    }
    for (ptrdiff_t w = 0; w < p->words; w++) {
        const ptrdiff_t end = g->size - 64 * w < 64 ? g->size - 64 * w : 64;
        uint64_t rising = 0, falling = 0;
        for (ptrdiff_t k = 0; k < end; k++) {
            rising |= (uint64_t)(p->slope[64 * w + k] > error) << k;
            falling |= (uint64_t)(p->slope[64 * w + k] < -error) << k;
        }
        p->wrong[w] = (rising & ~s->inside[w] & ~s->high[w]) | (falling & s->high[w]);
    }
    for (ptrdiff_t t = 0; t < s->count && !g->free; t++) {
        const int32_t k = p->index[t * lanes + lane];
        const double x = p->part[t * lanes + lane];
        const int outside = !(x >= 0.0) || (g->upper != NULL && x > g->upper[k]);
        p->wrong[k / 64] |= (uint64_t)outside << (k % 64);
    }
    return rlra_pivoting_count(p->wrong, p->words);
}

/* Keep only the last bit. */
static void keep_last(uint64_t *bits, ptrdiff_t words)
{
    int found = 0;
    for (ptrdiff_t w = words - 1; w >= 0; w--) {
        bits[w] = found || bits[w] == 0 ? 0 : (uint64_t)1 << (63 - __builtin_clzll(bits[w]));
        found |= bits[w] != 0;
    }
}

/* Move unknowns on a wrong side to the other. */
static void exchange(pivoting *p, row_state *s, ptrdiff_t lane)
{
    const ptrdiff_t lanes = p->faces->lanes;
    for (ptrdiff_t t = 0; p->g->upper != NULL && t < s->count; t++) {
        const int32_t k = p->index[t * lanes + lane];
        const uint64_t above = p->part[t * lanes + lane] > p->g->upper[k];
        s->high[k / 64] |= (above & p->wrong[k / 64] >> (k % 64)) << (k % 64);
    }
    for (ptrdiff_t w = 0; w < p->words; w++) {
        const uint64_t leaving = p->wrong[w] & s->inside[w];
        s->high[w] &= ~(p->wrong[w] & ~leaving);
        s->inside[w] ^= p->wrong[w];
    }
    s->count = rlra_pivoting_count(s->inside, p->words);
}

static void store_row(const pivoting *p, const row_state *s, ptrdiff_t lane, double *x)
{
    const ptrdiff_t lanes = p->faces->lanes;
    for (ptrdiff_t k = 0; k < p->g->size; k++)
        x[k] = p->g->upper != NULL && has_bit(s->high, k) ? p->g->upper[k] : 0.0;
    for (ptrdiff_t t = 0; t < s->count; t++)
        x[p->index[t * lanes + lane]] = p->part[t * lanes + lane];
}

/* One step of a row whose face has been solved; returns whether it is finished. */
static int judge_row(pivoting *p, row_state *s, ptrdiff_t lane, const double *base, double sum, double *x)
{
    const face_gram *const g = p->g;
    const ptrdiff_t lanes = p->faces->lanes;
    for (ptrdiff_t t = 0; t < s->count; t++)
        sum += fabs(p->part[t * lanes + lane]);
    p->faces->slope(s->count, g->gram, g->stride, p->index + lane, p->part + lane, lanes, base, p->slope);
    const int32_t wrong = find_wrong(p, s, lane, slope_error(p, s->size, sum));
    if (wrong == 0) {
        store_row(p, s, lane, x + s->number * g->stride);
        return 1;
    }
    if (wrong < s->fewest) {
        s->fewest = wrong;
        s->tries = PIVOTING_TRIES;
    } else if (s->tries > 0)
        s->tries--;
    else
        keep_last(p->wrong, p->words);
    exchange(p, s, lane);
    return 0;
}

ptrdiff_t rlra_pivoting_step(pivoting *p, ptrdiff_t count, const double *c, double *x)
{
    const ptrdiff_t lanes = p->faces->lanes, stride = p->g->stride;
    ptrdiff_t kept = 0;
    int reusable = 0;
    sort_queue(p, count);
    for (ptrdiff_t begin = 0; begin < count; begin += lanes) {
        const ptrdiff_t used = count - begin < lanes ? count - begin : lanes;
        const double *base[FACE_MOST_LANES];
        double sum[FACE_MOST_LANES] = {0};
        row_state *row[FACE_MOST_LANES];
        for (ptrdiff_t lane = 0; lane < used; lane++) {
            row[lane] = p->queue[begin + lane];
            base[lane] =
                without_high(p, row[lane], c + row[lane]->number * stride, p->base + lane * stride, &sum[lane]);
        }
        solve_faces(p, row, used, base, &reusable);
        for (ptrdiff_t lane = 0; lane < used; lane++)
            if (!judge_row(p, row[lane], lane, base[lane], sum[lane], x))
                p->queue[kept++] = row[lane];
    }
    return kept;
}
