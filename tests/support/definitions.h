/* support/definitions.h: what each penalty means, written down a second time, for tests that walk the registry. */
#ifndef TESTS_SUPPORT_DEFINITIONS_H
#define TESTS_SUPPORT_DEFINITIONS_H

#include "penalty/penalty.h"
#include "support/support.h"

/* g of one row; INFINITY where it is not allowed. `slack` is how far sums may be off by rounding; `weight` concerns constraints
 * that read it as a bound or a number. */
typedef struct definition {
    const char *name;
    double (*value)(double weight, const double *row, ptrdiff_t rank, double slack);
    void (*draw)(numbers *from, double weight, double *row, ptrdiff_t rank); /* any row at which g is finite */
} definition;

static inline double define_l1(double weight, const double *row, ptrdiff_t rank, double slack)
{
    double sum = 0;
    (void)weight;
    (void)slack;
    for (ptrdiff_t k = 0; k < rank; k++)
        sum += fabs(row[k]);
    return sum;
}

static inline double define_l2(double weight, const double *row, ptrdiff_t rank, double slack)
{
    double sum = 0;
    (void)weight;
    (void)slack;
    for (ptrdiff_t k = 0; k < rank; k++)
        sum += row[k] * row[k];
    return sum;
}

static inline double define_nonneg(double weight, const double *row, ptrdiff_t rank, double slack)
{
    (void)weight;
    (void)slack;
    for (ptrdiff_t k = 0; k < rank; k++)
        if (!(row[k] >= 0))
            return INFINITY;
    return 0;
}

static inline double define_simplex(double weight, const double *row, ptrdiff_t rank, double slack)
{
    double sum = 0;
    for (ptrdiff_t k = 0; k < rank; k++)
        sum += row[k];
    return fabs(sum - 1) <= slack ? define_nonneg(weight, row, rank, slack) : INFINITY;
}

static inline double define_lower(double weight, const double *row, ptrdiff_t rank, double slack)
{
    (void)slack;
    for (ptrdiff_t k = 0; k < rank; k++)
        if (!(row[k] >= (double)(real)weight))
            return INFINITY;
    return 0;
}

static inline double define_upper(double weight, const double *row, ptrdiff_t rank, double slack)
{
    (void)slack;
    for (ptrdiff_t k = 0; k < rank; k++)
        if (!(row[k] <= (double)(real)weight))
            return INFINITY;
    return 0;
}

static inline ptrdiff_t count_nonzeros(const double *row, ptrdiff_t rank)
{
    ptrdiff_t count = 0;
    for (ptrdiff_t k = 0; k < rank; k++)
        count += row[k] != 0;
    return count;
}

static inline double define_hard_sparsity(double weight, const double *row, ptrdiff_t rank, double slack)
{
    (void)slack;
    return (double)count_nonzeros(row, rank) <= weight ? 0 : INFINITY;
}

static inline void draw_any(numbers *from, double weight, double *row, ptrdiff_t rank)
{
    (void)weight;
    for (ptrdiff_t k = 0; k < rank; k++)
        row[k] = 2 * normal(from);
}

static inline void draw_nonneg(numbers *from, double weight, double *row, ptrdiff_t rank)
{
    (void)weight;
    for (ptrdiff_t k = 0; k < rank; k++)
        row[k] = fmax(0, 2 * normal(from));
}

static inline void draw_above(numbers *from, double weight, double *row, ptrdiff_t rank)
{
    for (ptrdiff_t k = 0; k < rank; k++)
        row[k] = (double)(real)weight + fmax(0, 2 * normal(from));
}

static inline void draw_below(numbers *from, double weight, double *row, ptrdiff_t rank)
{
    for (ptrdiff_t k = 0; k < rank; k++)
        row[k] = (double)(real)weight - fmax(0, 2 * normal(from));
}

static inline void draw_simplex(numbers *from, double weight, double *row, ptrdiff_t rank)
{
    double sum = 0;
    draw_nonneg(from, weight, row, rank);
    row[below(from, rank)] += uniform(from);
    for (ptrdiff_t k = 0; k < rank; k++)
        sum += row[k];
    for (ptrdiff_t k = 0; k < rank; k++)
        row[k] /= sum;
}

/* Take entries out until so few are left. */
static inline void thin_row(numbers *from, double weight, double *row, ptrdiff_t rank)
{
    while ((double)count_nonzeros(row, rank) > weight)
        row[below(from, rank)] = 0;
}

static inline void draw_few(numbers *from, double weight, double *row, ptrdiff_t rank)
{
    draw_any(from, weight, row, rank);
    thin_row(from, weight, row, rank);
}

/* The definition of a member; a member without one fails the test: write it down here. */
static inline const definition *definition_of(const char *name)
{
    static const definition all[] = {
        {"l1", define_l1, draw_any},
        {"l2", define_l2, draw_any},
        {"nonneg", define_nonneg, draw_nonneg},
        {"simplex", define_simplex, draw_simplex},
        {"lower", define_lower, draw_above},
        {"upper", define_upper, draw_below},
        {"hard_sparsity", define_hard_sparsity, draw_few},
    };
    for (int d = 0; d < COUNT_OF(all); d++)
        if (strcmp(all[d].name, name) == 0)
            return &all[d];
    fail_msg("the penalty '%s' has no definition in support/definitions.h", name);
    return NULL;
}

static inline int member_index(const char *name)
{
    for (int index = 0; RLRA(penalty_at)(index) != NULL; index++)
        if (strcmp(RLRA(penalty_at)(index)->about.name, name) == 0)
            return index;
    fail_msg("there is no penalty '%s'", name);
    return -1;
}

/* sum of weight x g of a list for one row. */
static inline double list_value(const penalty_list *list, const double *row, ptrdiff_t rank, double slack)
{
    double sum = 0;
    for (int p = 0; p < list->count; p++) {
        const penalty *const item = &list->item[p];
        const double value = definition_of(item->ops->about.name)->value(item->weight, row, rank, slack);
        sum += item->ops->constraint ? value : item->weight * value;
    }
    return sum;
}

/* Thin the row out to what the list allows, and bring a simplex back to its sum. */
static inline void thin_out_row(numbers *from, const penalty_list *list, double *row, ptrdiff_t rank)
{
    for (int p = 0; p < list->count; p++)
        if (list->item[p].ops->counts)
            thin_row(from, list->item[p].weight, row, rank);
    double sum = 0;
    for (ptrdiff_t k = 0; k < rank; k++)
        sum += row[k];
    for (ptrdiff_t k = 0; k < rank && (RLRA(penalties_kinds)(list) & PENALTY_SIMPLEX) != 0; k++)
        row[k] /= sum;
}

/* A row at which the whole list is finite: drawn for the narrowest constraint, clipped to the bounds and thinned out. */
static inline void draw_row(numbers *from, const penalty_list *list, double *row, ptrdiff_t rank)
{
    const penalty *narrowest = NULL;
    for (int p = 0; p < list->count; p++) {
        const penalty *const item = &list->item[p];
        const int coupled = narrowest != NULL && narrowest->ops->scope > PENALTY_ENTRY;
        if (item->ops->constraint && item->ops->bound == PENALTY_NO_BOUND && !item->ops->counts && !coupled)
            narrowest = item;
    }
    if (narrowest == NULL)
        draw_any(from, 0, row, rank);
    else
        definition_of(narrowest->ops->about.name)->draw(from, narrowest->weight, row, rank);
    for (int p = 0; p < list->count; p++) {
        const double bound = (double)(real)list->item[p].weight;
        for (ptrdiff_t k = 0; k < rank && list->item[p].ops->bound != PENALTY_NO_BOUND; k++)
            row[k] = list->item[p].ops->bound == PENALTY_FROM_BELOW ? fmax(row[k], bound) : fmin(row[k], bound);
    }
    thin_out_row(from, list, row, rank);
}

/* A weight, or a bound: negative from below, but for nonnegative entries; always with room between the two. */
static inline double draw_weight(numbers *from, const penalty_list *list, const penalty_ops *ops)
{
    const double share = uniform(from);
    if (ops->counts)
        return floor(1 + 4 * share);
    if (ops->bound != PENALTY_FROM_BELOW)
        return (ops->bound == PENALTY_NO_BOUND ? 0.1 : 0.3) + share;
    return RLRA(penalties_nonneg)(list) ? 0.05 + 0.2 * share : -0.1 - share;
}

/* The lists that problems may pose: penalties in the order of the registry; weights are filled in. */
#define MOST_LISTS 32
static inline int make_lists(numbers *from, penalty_list *lists)
{
    static const char *const combinations[][5] = {
        {NULL},
        {"l2"},
        {"l1"},
        {"nonneg"},
        {"simplex"},
        {"l2", "l1"},
        {"l2", "nonneg"},
        {"l1", "nonneg"},
        {"l2", "l1", "nonneg"},
        {"simplex", "nonneg"},
        {"simplex", "hard_sparsity"},
        {"lower"},
        {"upper"},
        {"lower", "upper"},
        {"nonneg", "lower"},
        {"nonneg", "upper"},
        {"l2", "l1", "lower"},
        {"l1", "upper"},
        {"l2", "l1", "lower", "upper"},
        {"l2", "l1", "nonneg", "lower", "upper"},
        {"hard_sparsity"},
        {"l2", "l1", "hard_sparsity"},
        {"nonneg", "hard_sparsity"},
        {"l2", "l1", "nonneg", "hard_sparsity"},
    };
    for (int c = 0; c < COUNT_OF(combinations); c++) {
        lists[c] = (penalty_list){0};
        for (int p = 0; p < 5 && combinations[c][p] != NULL; p++) {
            assert_true(p == 0 || member_index(combinations[c][p - 1]) < member_index(combinations[c][p]));
            const penalty_ops *const ops = RLRA(penalty_at)(member_index(combinations[c][p]));
            const double weight = draw_weight(from, &lists[c], ops);
            lists[c].item[lists[c].count++] = (penalty){ops, weight};
        }
    }
    return COUNT_OF(combinations);
}

static inline const char *list_name(const penalty_list *list)
{
    static char text[128];
    text[0] = '\0';
    for (int p = 0; p < list->count; p++) {
        const size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s", p == 0 ? "" : "+", list->item[p].ops->about.name);
    }
    return list->count == 0 ? "none" : text;
}

#endif
