/* support/definitions.h: what each penalty means, written down a second time, for tests that walk the registry. */
#ifndef TESTS_SUPPORT_DEFINITIONS_H
#define TESTS_SUPPORT_DEFINITIONS_H

#include "penalty/penalty.h"
#include "support/support.h"

/* g of one row; INFINITY where it is not allowed. `slack` is how far sums may be off by rounding. */
typedef struct definition {
    const char *name;
    double (*value)(const double *row, ptrdiff_t rank, double slack);
    void (*draw)(numbers *from, double *row, ptrdiff_t rank); /* any row at which g is finite */
} definition;

static inline double define_l1(const double *row, ptrdiff_t rank, double slack)
{
    double sum = 0;
    (void)slack;
    for (ptrdiff_t k = 0; k < rank; k++)
        sum += fabs(row[k]);
    return sum;
}

static inline double define_l2(const double *row, ptrdiff_t rank, double slack)
{
    double sum = 0;
    (void)slack;
    for (ptrdiff_t k = 0; k < rank; k++)
        sum += row[k] * row[k];
    return sum;
}

static inline double define_nonneg(const double *row, ptrdiff_t rank, double slack)
{
    (void)slack;
    for (ptrdiff_t k = 0; k < rank; k++)
        if (!(row[k] >= 0))
            return INFINITY;
    return 0;
}

static inline double define_simplex(const double *row, ptrdiff_t rank, double slack)
{
    double sum = 0;
    for (ptrdiff_t k = 0; k < rank; k++)
        sum += row[k];
    return fabs(sum - 1) <= slack ? define_nonneg(row, rank, slack) : INFINITY;
}

static inline void draw_any(numbers *from, double *row, ptrdiff_t rank)
{
    for (ptrdiff_t k = 0; k < rank; k++)
        row[k] = 2 * normal(from);
}

static inline void draw_nonneg(numbers *from, double *row, ptrdiff_t rank)
{
    for (ptrdiff_t k = 0; k < rank; k++)
        row[k] = fmax(0, 2 * normal(from));
}

static inline void draw_simplex(numbers *from, double *row, ptrdiff_t rank)
{
    double sum = 0;
    draw_nonneg(from, row, rank);
    row[below(from, rank)] += uniform(from);
    for (ptrdiff_t k = 0; k < rank; k++)
        sum += row[k];
    for (ptrdiff_t k = 0; k < rank; k++)
        row[k] /= sum;
}

/* The definition of a member; a member without one fails the test: write it down here. */
static inline const definition *definition_of(const char *name)
{
    static const definition all[] = {
        {"l1", define_l1, draw_any},
        {"l2", define_l2, draw_any},
        {"nonneg", define_nonneg, draw_nonneg},
        {"simplex", define_simplex, draw_simplex},
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
        const double value = definition_of(item->ops->about.name)->value(row, rank, slack);
        sum += item->ops->constraint ? value : item->weight * value;
    }
    return sum;
}

/* A row at which the whole list is finite: drawn for the narrowest constraint. */
static inline void draw_row(numbers *from, const penalty_list *list, double *row, ptrdiff_t rank)
{
    void (*draw)(numbers * from, double *row, ptrdiff_t rank) = draw_any;
    for (int p = 0; p < list->count; p++) {
        const definition *const d = definition_of(list->item[p].ops->about.name);
        draw = draw == draw_simplex || d->draw == draw_any ? draw : d->draw;
    }
    draw(from, row, rank);
}

/* The lists that problems may pose: penalties in the order of the registry; weights are filled in. */
#define MOST_LISTS 16
static inline int make_lists(numbers *from, penalty_list *lists)
{
    static const char *const combinations[][3] = {
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
    };
    for (int c = 0; c < COUNT_OF(combinations); c++) {
        lists[c] = (penalty_list){0};
        for (int p = 0; p < 3 && combinations[c][p] != NULL; p++) {
            assert_true(p == 0 || member_index(combinations[c][p - 1]) < member_index(combinations[c][p]));
            lists[c].item[lists[c].count++] =
                (penalty){RLRA(penalty_at)(member_index(combinations[c][p])), 0.1 + uniform(from)};
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
