/* unit/update/exact.h: regressions of every unpleasant kind, rules applied to them, and their KKT residuals from the data. */
#ifndef TESTS_UNIT_UPDATE_EXACT_H
#define TESTS_UNIT_UPDATE_EXACT_H

#include "support/support.h"

#include "core/context.h"
#include "update/members.h"

#define MOST_SIZE 100
#define MOST_ROWS 150

enum { GAUSSIAN, POSITIVE, FEW_ROWS, DUPLICATED, ZERO_COLUMNS, SCALED, SHAPES };

typedef struct regression {
    ptrdiff_t rows, size, count; /* of w: rows x size; of right-hand sides */
    double *w, *y;               /* components contiguous; y: count x rows */
    double *gram;
    factor rhs, x;
    penalty_list list;
} regression;

static const update_ops *const exact_rules[] = {&RLRA(update_active_set), &RLRA(update_block_pivot)};
enum { EXACT_RULES = 2 };

static inline void add_penalty(penalty_list *list, const char *name, double weight)
{
    for (int index = 0; RLRA(penalty_at)(index) != NULL; index++)
        if (strcmp(RLRA(penalty_at)(index)->about.name, name) == 0)
            list->item[list->count++] = (penalty){RLRA(penalty_at)(index), weight};
}

static inline double sum_products(ptrdiff_t length, const double *a, const double *b)
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < length; i++)
        sum += a[i] * b[i];
    return sum;
}

static inline void draw_columns(numbers *from, regression *p, int shape)
{
    for (ptrdiff_t k = 0; k < p->size; k++) {
        const double scale = shape == SCALED ? pow(10.0, 8.0 * uniform(from) - 4.0) : 1.0;
        const int repeated = shape == DUPLICATED && k > 0 && uniform(from) < 0.3;
        const int zero = shape == ZERO_COLUMNS && uniform(from) < 0.2;
        double *const column = p->w + k * p->rows;
        for (ptrdiff_t i = 0; i < p->rows; i++) {
            const double value = shape == POSITIVE ? uniform(from) : normal(from);
            column[i] = zero ? 0.0 : repeated ? column[i - p->rows] : (double)(real)(scale * value);
        }
    }
}

/* Right-hand sides: a sparse combination of columns and noise; the first is zero, the second all noise. */
static inline void draw_sides(numbers *from, regression *p)
{
    double lengths[MOST_SIZE];
    assert_true(p->size <= MOST_SIZE);
    for (ptrdiff_t k = 0; k < p->size; k++)
        lengths[k] = sqrt(sum_products(p->rows, p->w + k * p->rows, p->w + k * p->rows));
    for (ptrdiff_t c = 0; c < p->count; c++) {
        double *const y = p->y + c * p->rows;
        for (ptrdiff_t i = 0; i < p->rows; i++)
            y[i] = c == 0 ? 0.0 : (c == 1 ? 1.0 : 0.1) * normal(from);
        for (ptrdiff_t k = 0; c > 1 && k < p->size; k++) {
            const double weight = uniform(from) < 0.5 || !(lengths[k] > 0) ? 0.0 : uniform(from) / lengths[k];
            for (ptrdiff_t i = 0; i < p->rows; i++)
                y[i] += weight * p->w[k * p->rows + i];
        }
    }
}

static inline void find_products(regression *p)
{
    for (ptrdiff_t k = 0; k < p->size; k++) {
        const double *const column = p->w + k * p->rows;
        for (ptrdiff_t l = 0; l <= k; l++)
            p->gram[k * p->size + l] = p->gram[l * p->size + k] = sum_products(p->rows, column, p->w + l * p->rows);
        for (ptrdiff_t c = 0; c < p->count; c++)
            *entry(p->rhs, c, k) = (real)sum_products(p->rows, column, p->y + c * p->rows);
    }
}

static inline regression make_sides(numbers *from, int shape, ptrdiff_t rows, ptrdiff_t size, ptrdiff_t count)
{
    regression p = {.rows = rows, .size = size, .count = count};
    p.w = malloc((size_t)(rows * size) * sizeof *p.w);
    p.y = malloc((size_t)(rows * count) * sizeof *p.y);
    p.gram = malloc((size_t)(size * size) * sizeof *p.gram);
    p.rhs = make_factor(count, size);
    p.x = make_factor(count, size);
    draw_columns(from, &p, shape);
    draw_sides(from, &p);
    find_products(&p);
    return p;
}

static inline void free_sides(regression *p)
{
    free(p->w);
    free(p->y);
    free(p->gram);
    free(p->rhs.at);
    free(p->x.at);
}

static inline void fill(factor x, real value)
{
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++)
            *entry(x, i, k) = value;
}

/* Some entries zero, some not. */
static inline void draw_start(numbers *from, factor x)
{
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++)
            *entry(x, i, k) = uniform(from) < 0.5 ? 0 : (real)uniform(from);
}

static inline void apply_exact(const update_ops *rule, const regression *p, const kernels *set)
{
    const size_t bytes = (rule->scratch_bytes(UPDATE_ROWS, p->size) + 63) / 64 * 64;
    double *const prepared = malloc(rule->prepared_doubles(p->size) * sizeof *prepared);
    void *const scratch = aligned_alloc(64, bytes);
    rule_counts counts = {0};
    memset(scratch, 0xff, bytes);
    rule->prepare(p->gram, p->size, &p->list, prepared);
    for (ptrdiff_t begin = 0; begin < p->count; begin += UPDATE_ROWS) {
        const ptrdiff_t end = begin + UPDATE_ROWS < p->count ? begin + UPDATE_ROWS : p->count;
        const block b = {.x = factor_rows(p->x, begin, end),
                         .quadratic = {.rhs = factor_rows(p->rhs, begin, end), .gram = p->gram},
                         .penalties = &p->list,
                         .kernels = set,
                         .inner_sweeps = 1,
                         .prepared = prepared,
                         .scratch = scratch,
                         .counts = &counts};
        rule->apply(&b);
    }
    free(prepared);
    free(scratch);
}

/* The entry that would be optimal if all others stayed. */
static inline double entry_prox(const penalty_list *list, double v, double step)
{
    const double linear = RLRA(penalties_linear)(list), quadratic = RLRA(penalties_quadratic)(list);
    const double least = RLRA(penalties_least)(list), most = RLRA(penalties_most)(list);
    const double shrunk = copysign(fmax(fabs(v) - step * linear, 0), v) / (1 + 2 * step * quadratic);
    return fmin(fmax(shrunk, least), most);
}

/* What is added up where columns cancel: the promises are relative to that if it is more than ||y||. */
static inline double terms_of(const regression *p, ptrdiff_t c)
{
    double sum = 0;
    const double length = sqrt(sum_products(p->rows, p->y + c * p->rows, p->y + c * p->rows));
    for (ptrdiff_t k = 0; k < p->size; k++)
        sum += sqrt(p->gram[k * (p->size + 1)]) * fabs((double)*entry(p->x, c, k));
    return fmax(1, length > 0 ? sum / length : 1);
}

/* sqrt( sum_k g_kk (x_k - prox(x_k - grad_k / g_kk))^2 ) / ||y||, as rlra/nnls.h defines it. In double the gradient comes from
 * the residual y - W x, else from the right-hand side, whose rounding it may not be blamed for. */
static inline double kkt_residual(const regression *p, ptrdiff_t c)
{
    double left[MOST_ROWS], total = 0;
    const double *const y = p->y + c * p->rows;
    memcpy(left, y, (size_t)p->rows * sizeof *left);
    for (ptrdiff_t k = 0; k < p->size; k++)
        for (ptrdiff_t i = 0; i < p->rows; i++)
            left[i] -= p->w[k * p->rows + i] * (double)*entry(p->x, c, k);
    for (ptrdiff_t k = 0; k < p->size; k++) {
        const double diagonal = p->gram[k * (p->size + 1)], x = (double)*entry(p->x, c, k);
        if (!(diagonal > 0))
            continue;
        const double slope = sum_products(p->rows, p->w + k * p->rows, left);
        const double change = x - entry_prox(&p->list, x + slope / diagonal, 1 / diagonal);
        total += diagonal * change * change;
    }
    const double length = sqrt(sum_products(p->rows, y, y));
    return sqrt(total) / (length > 0 ? length : 1);
}

static inline void check_residuals(const regression *p, const update_ops *rule, double tolerance, const char *what,
                                   uint64_t seed)
{
    /* The right-hand side in single precision fits no combination of dependent columns: sqrt(eps) is what can be had. */
    const double dependent = sizeof(real) == 8 ? tolerance : sqrt((double)REAL_EPS);
    for (ptrdiff_t c = 0; c < p->count; c++) {
        for (ptrdiff_t k = 0; k < p->size; k++) {
            const double x = (double)*entry(p->x, c, k);
            CHECK(x >= (double)(real)RLRA(penalties_least)(&p->list) &&
                      x <= (double)(real)RLRA(penalties_most)(&p->list),
                  "%s, %s, seed %d: entry %.17g out of bounds", rule->about.name, what, (int)seed, x);
        }
        const double residual = kkt_residual(p, c);
        const double limit = p->rows < p->size ? terms_of(p, c) * dependent : tolerance;
        CHECK(residual <= limit, "%s, %s, seed %d: %d x %d, side %d: KKT residual %g", rule->about.name, what,
              (int)seed, (int)p->rows, (int)p->size, (int)c, residual);
    }
    CHECK(gaps_are_untouched(p->x.at, p->size, p->count, p->x.stride), "%s", rule->about.name);
}

#endif
