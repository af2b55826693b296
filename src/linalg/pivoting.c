/* linalg/pivoting.c: block principal pivoting for many right-hand sides of one Gram matrix. */
#include "linalg/pivoting.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "linalg/quadratic.h"

/* Exchanges of all that is wrong that may fail to lower their number before single ones are made (Kim & Park 2011). */
#define TRIES 3

/* Where a row stands. Bit k of `inside`: unknown k is between its bounds; of `high`: at the upper one. */
typedef struct row_state {
    uint64_t *inside, *high;
    int32_t number; /* of the row                                        */
    int32_t count;  /* of bits in `inside`                               */
    int32_t fewest; /* least number of unknowns that were on wrong sides */
    int32_t tries;
    double size; /* largest entry of c */
} row_state;

struct pivoting {
    const face_gram *g;
    const face_kernels *faces;
    ptrdiff_t words;
    row_state *state;
    row_state **queue;
    int32_t *index; /* positions x lanes, see linalg/faces.h */
    double *lower, *part, *slope, *base;
    uint64_t *wrong, *factored;
    void *work; /* of the active-set method */
};

ptrdiff_t rlra_pivoting_stride(ptrdiff_t size)
{
    return (size + FACE_MOST_LANES) / FACE_MOST_LANES * FACE_MOST_LANES;
}

static ptrdiff_t rounded_size(ptrdiff_t size)
{
    return (size + FACE_STEP - 1) / FACE_STEP * FACE_STEP;
}

static size_t rounded_bytes(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

/* The parts of the workspace; with `work` NULL they are only measured. */
static size_t lay_out(pivoting *p, ptrdiff_t size, ptrdiff_t rows, char *work)
{
    const size_t n = (size_t)rounded_size(size), lanes = FACE_MOST_LANES, words = (size_t)(size + 63) / 64;
    const size_t r = (size_t)rows, stride = (size_t)rlra_pivoting_stride(size);
    const size_t bytes[] = {sizeof *p,
                            r * sizeof(row_state),
                            r * sizeof(row_state *),
                            (2 * r + 2) * words * sizeof(uint64_t),
                            n * lanes * sizeof(int32_t),
                            n * lanes * sizeof(double),
                            n * (n + 1) / 2 * lanes * sizeof(double),
                            (2 + lanes) * stride * sizeof(double),
                            rlra_quadratic_bytes(size)};
    char *at[sizeof bytes / sizeof bytes[0]];
    size_t total = 0;
    for (size_t b = 0; b < sizeof bytes / sizeof bytes[0]; b++) {
        at[b] = work == NULL ? NULL : work + total;
        total += rounded_bytes(bytes[b]);
    }
    if (work == NULL)
        return total;
    uint64_t *const bits = (uint64_t *)(void *)at[3];
    p->words = (ptrdiff_t)words;
    p->state = (row_state *)(void *)at[1];
    p->queue = (row_state **)(void *)at[2];
    p->wrong = bits + 2 * r * words;
    p->factored = p->wrong + words;
    p->index = (int32_t *)(void *)at[4];
    p->part = (double *)(void *)at[5];
    p->lower = (double *)(void *)at[6];
    p->slope = (double *)(void *)at[7];
    p->base = p->slope + 2 * stride;
    p->work = at[8];
    for (size_t i = 0; i < r; i++) {
        p->state[i].inside = bits + 2 * i * words;
        p->state[i].high = bits + (2 * i + 1) * words;
    }
    return total;
}

size_t rlra_pivoting_bytes(ptrdiff_t size, ptrdiff_t rows)
{
    pivoting p;
    return lay_out(&p, size, rows, NULL);
}

pivoting *rlra_pivoting_init(const face_gram *g, const face_kernels *faces, ptrdiff_t rows, void *work)
{
    pivoting *const p = work;
    lay_out(p, g->size, rows, work);
    p->g = g;
    p->faces = faces;
    return p;
}

static inline int has_bit(const uint64_t *bits, ptrdiff_t k)
{
    return (int)(bits[k / 64] >> (k % 64) & 1);
}

/* The numbers of the bits set, `step` apart; returns how many. */
static int32_t list_bits(const uint64_t *bits, ptrdiff_t words, int32_t *list, ptrdiff_t step)
{
    int32_t count = 0;
    for (ptrdiff_t w = 0; w < words; w++)
        for (uint64_t left = bits[w]; left != 0; left &= left - 1)
            list[count++ * step] = (int32_t)(64 * w + __builtin_ctzll(left));
    return count;
}

static int32_t count_bits(const uint64_t *bits, ptrdiff_t words)
{
    int32_t count = 0;
    for (ptrdiff_t w = 0; w < words; w++)
        count += __builtin_popcountll(bits[w]);
    return count;
}

/* The rounding that slopes may carry: a few parts of the largest terms. Entries of gram are below 2. */
static double slope_error(double size, double sum, double epsilon)
{
    return 8.0 * epsilon * (size + 2.0 * sum);
}

static double largest(ptrdiff_t size, const double *c)
{
    double most = 0.0;
    for (ptrdiff_t k = 0; k < size; k++)
        most = fabs(c[k]) > most ? fabs(c[k]) : most;
    return most;
}

/* Whether x is optimal up to rounding. */
static int optimal(const pivoting *p, const double *c, const double *x, double epsilon)
{
    const face_gram *const g = p->g;
    double sum = 0.0, wrong = 0.0;
    int32_t count = 0;
    for (ptrdiff_t k = 0; k < g->size; k++) {
        p->index[count] = (int32_t)k;
        p->part[count] = x[k];
        count += x[k] != 0.0;
        sum += fabs(x[k]);
    }
    p->faces->slope(count, g->gram, g->stride, p->index, p->part, 1, c, p->slope);
    for (ptrdiff_t k = 0; k < g->size; k++) {
        const int may_rise = g->upper == NULL || x[k] < g->upper[k];
        const int may_fall = g->free || x[k] > 0.0;
        const double rise = may_rise ? p->slope[k] : 0.0, fall = may_fall ? -p->slope[k] : 0.0;
        wrong = rise > wrong ? rise : wrong;
        wrong = fall > wrong ? fall : wrong;
    }
    return wrong <= slope_error(largest(g->size, c), sum, epsilon);
}

ptrdiff_t rlra_pivoting_check(pivoting *p, ptrdiff_t rows, const double *c, const double *x, double epsilon,
                              int32_t *open)
{
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < rows; i++)
        if (!optimal(p, c + i * p->g->stride, x + i * p->g->stride, epsilon))
            open[count++] = (int32_t)i;
    return count;
}

/* The support of a row of x. Unknowns without influence stay outside. */
static void begin_row(const pivoting *p, row_state *s, int32_t number, const double *c, const double *x)
{
    const face_gram *const g = p->g;
    memset(s->inside, 0, (size_t)p->words * sizeof *s->inside);
    memset(s->high, 0, (size_t)p->words * sizeof *s->high);
    for (ptrdiff_t k = 0; k < g->size; k++) {
        const int high = g->upper != NULL && x[k] >= g->upper[k];
        const int inside = (g->free || x[k] > 0.0) && !high && g->diagonal[k] > 0.0;
        s->inside[k / 64] |= (uint64_t)inside << (k % 64);
        s->high[k / 64] |= (uint64_t)high << (k % 64);
    }
    s->number = number;
    s->fewest = (int32_t)g->size + 1;
    s->tries = TRIES;
    s->size = largest(g->size, c);
    s->count = count_bits(s->inside, p->words);
}

static int in_order(const pivoting *p, const row_state *a, const row_state *b)
{
    if (a->count != b->count)
        return a->count < b->count;
    return memcmp(a->inside, b->inside, (size_t)p->words * sizeof *a->inside) <= 0;
}

/* Rows of equal supports become neighbours, and rows of equally many unknowns. */
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

/* c less what the unknowns at their upper bounds take from it; the sum of those is added to *sum. */
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

/* Solve on the supports of at most `lanes` rows; p->part and p->index tell the results. */
static void solve_faces(pivoting *p, row_state *const *row, ptrdiff_t count, const double *const *base, int *reusable)
{
    const face_gram *const g = p->g;
    const ptrdiff_t lanes = p->faces->lanes, size = rounded_size(row[count - 1]->count);
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

/* Bits of unknowns that are on a wrong side: inside but out of bounds, or at a bound that the slope leads away from. Unknowns
 * inside that were found to depend on others (they have zero) are put at their lower bound. */
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
    return count_bits(p->wrong, p->words);
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

/* Move what is wrong to the other side. */
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
    s->count = count_bits(s->inside, p->words);
}

static void store_row(const pivoting *p, const row_state *s, ptrdiff_t lane, double *x)
{
    const ptrdiff_t lanes = p->faces->lanes;
    for (ptrdiff_t k = 0; k < p->g->size; k++)
        x[k] = p->g->upper != NULL && has_bit(s->high, k) ? p->g->upper[k] : 0.0;
    for (ptrdiff_t t = 0; t < s->count; t++)
        x[p->index[t * lanes + lane]] = p->part[t * lanes + lane];
}

/* One step of a row whose face has been solved; returns whether it has ended. */
static int judge_row(pivoting *p, row_state *s, ptrdiff_t lane, const double *base, double sum, double *x)
{
    const face_gram *const g = p->g;
    const ptrdiff_t lanes = p->faces->lanes;
    for (ptrdiff_t t = 0; t < s->count; t++)
        sum += fabs(p->part[t * lanes + lane]);
    p->faces->slope(s->count, g->gram, g->stride, p->index + lane, p->part + lane, lanes, base, p->slope);
    const int32_t wrong = find_wrong(p, s, lane, slope_error(s->size, sum, DBL_EPSILON));
    if (wrong == 0) {
        store_row(p, s, lane, x + s->number * g->stride);
        return 1;
    }
    if (wrong < s->fewest) {
        s->fewest = wrong;
        s->tries = TRIES;
    } else if (s->tries > 0)
        s->tries--;
    else
        keep_last(p->wrong, p->words);
    exchange(p, s, lane);
    return 0;
}

/* One pivot of every row in the queue; returns how many are left in it. */
static ptrdiff_t pivot(pivoting *p, ptrdiff_t count, const double *c, double *x)
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

/* The active-set method from the point that is there. Rounding may spoil it where G is nearly singular: what is worse by more than
 * the rounding of the values is not taken. */
static void walk_row(const pivoting *p, const double *c, double *x)
{
    const face_gram *const g = p->g;
    double *const start = p->slope + g->stride;
    double before = 0.0, size = 0.0;
    quadratic solver;
    memcpy(start, x, (size_t)g->size * sizeof *x);
    for (ptrdiff_t k = 0; k < g->size; k++) {
        double product = 0.0;
        for (ptrdiff_t l = 0; l < g->size; l++)
            product += g->gram[k * g->stride + l] * x[l];
        before += x[k] * (0.5 * product - c[k]);
        size += fabs(x[k]) * (fabs(0.5 * product) + fabs(c[k]));
    }
    rlra_quadratic_init(&solver, g->size, g->gram, g->stride, g->accuracy, p->work);
    if (rlra_quadratic_solve_bounded(&solver, c, g->upper, x) > before + 64.0 * DBL_EPSILON * size)
        memcpy(x, start, (size_t)g->size * sizeof *x);
}

/* The first `limit` pivots of the open rows; those that have not ended are left in the queue. */
static ptrdiff_t pivots(pivoting *p, ptrdiff_t count, const int32_t *open, ptrdiff_t limit, const double *c, double *x)
{
    const ptrdiff_t stride = p->g->stride;
    for (ptrdiff_t i = 0; i < count; i++) {
        p->queue[i] = &p->state[i];
        begin_row(p, p->queue[i], open[i], c + open[i] * stride, x + open[i] * stride);
    }
    for (ptrdiff_t round = 0; round < limit && count > 0; round++)
        count = pivot(p, count, c, x);
    return count;
}

static void walk(const pivoting *p, ptrdiff_t count, const double *c, double *x)
{
    for (ptrdiff_t i = 0; i < count; i++)
        walk_row(p, c + p->queue[i]->number * p->g->stride, x + p->queue[i]->number * p->g->stride);
}

void rlra_pivoting_walk(pivoting *p, ptrdiff_t count, const int32_t *open, const double *c, double *x)
{
    /* The minimisers on the first faces at once: where they are allowed and optimal nothing is left to do. */
    walk(p, pivots(p, count, open, 1, c, x), c, x);
}

void rlra_pivoting_solve(pivoting *p, ptrdiff_t count, const int32_t *open, const double *c, double *x)
{
    walk(p, pivots(p, count, open, p->g->size + 20, c, x), c, x);
}
