/* penalty/registry.c: the registry of the penalties, and properties of lists of them. */
#include <math.h>

#include "penalty/members.h"

#define MEMBER(name) &RLRA(penalty_##name),
static const penalty_ops *const members[] = {RLRA_PENALTY_LIST(MEMBER)};

const penalty_ops *RLRA(penalty_at)(int index)
{
    const int count = sizeof members / sizeof members[0];
    return index >= 0 && index < count ? members[index] : NULL;
}

double RLRA(penalties_value)(const penalty_list *list, factor x)
{
    double sum = 0;
    for (int p = 0; p < list->count; p++)
        if (!list->item[p].ops->constraint && list->item[p].ops->value != NULL && list->item[p].weight > 0)
            sum += list->item[p].weight * list->item[p].ops->value(x);
    return sum;
}

double RLRA(penalties_majorise)(const penalty_list *list, factor x, double *gram)
{
    double sum = 0;
    for (int p = 0; p < list->count; p++)
        if (list->item[p].ops->majorise != NULL && list->item[p].weight > 0)
            sum += list->item[p].ops->majorise(list->item[p].weight, x, gram, list->room);
    return sum;
}

static void refill(const penalty_list *list, factor x)
{
    const unsigned both = PENALTY_SIMPLEX | PENALTY_SPARSITY;
    if ((RLRA(penalties_kinds)(list) & both) == both)
        RLRA(hard_sparsity_refill)(x);
}

static double apply(const penalty_list *list, int p, double step, factor x)
{
    const penalty *const item = &list->item[p];
    if (item->ops->prox == NULL)
        return step;
    const int is_special = item->ops->prox_nonneg != NULL && RLRA(penalties_nonneg)(list);
    return (is_special ? item->ops->prox_nonneg : item->ops->prox)(item->weight, step, x, list->room);
}

void RLRA(penalties_prox)(const penalty_list *list, double step, factor x)
{
    for (int p = 0; p < list->count; p++)
        step = apply(list, p, step, x);
    refill(list, x);
}

void RLRA(penalties_project)(const penalty_list *list, factor x)
{
    for (int p = 0; p < list->count; p++)
        if (list->item[p].ops->constraint)
            apply(list, p, 1, x);
    refill(list, x);
}

penalty_scope RLRA(penalties_scope)(const penalty_list *list)
{
    penalty_scope widest = PENALTY_ENTRY;
    int couples_rows = 0;
    for (int p = 0; p < list->count; p++) {
        const penalty_scope scope = list->item[p].ops->scope;
        couples_rows |= scope == PENALTY_ROW;
        widest = scope > widest ? scope : widest;
    }
    return widest == PENALTY_COLUMN && couples_rows ? PENALTY_WHOLE : widest;
}

size_t RLRA(penalties_room)(const penalty_list *list, ptrdiff_t length, ptrdiff_t rank)
{
    size_t most = 0;
    for (int p = 0; p < list->count; p++) {
        const size_t room = list->item[p].ops->room == NULL ? 0 : list->item[p].ops->room(length, rank);
        most = room > most ? room : most;
    }
    return most;
}

unsigned RLRA(penalties_kinds)(const penalty_list *list)
{
    unsigned kinds = 0;
    for (int p = 0; p < list->count; p++)
        kinds |= (unsigned)list->item[p].ops->kind;
    return kinds;
}

double RLRA(penalties_least)(const penalty_list *list)
{
    double least = -INFINITY;
    for (int p = 0; p < list->count; p++) {
        const penalty *const item = &list->item[p];
        if (item->ops->nonneg)
            least = fmax(least, 0);
        if (item->ops->bound == PENALTY_FROM_BELOW)
            least = fmax(least, item->weight);
    }
    return (double)(real)least;
}

double RLRA(penalties_most)(const penalty_list *list)
{
    double most = INFINITY;
    for (int p = 0; p < list->count; p++)
        if (list->item[p].ops->bound == PENALTY_FROM_ABOVE)
            most = fmin(most, list->item[p].weight);
    return (double)(real)most;
}

int RLRA(penalties_nonneg)(const penalty_list *list)
{
    return RLRA(penalties_least)(list) >= 0;
}

double RLRA(penalties_linear)(const penalty_list *list)
{
    double sum = 0;
    for (int p = 0; p < list->count; p++)
        sum += list->item[p].weight * list->item[p].ops->linear;
    return sum;
}

double RLRA(penalties_quadratic)(const penalty_list *list)
{
    double sum = 0;
    for (int p = 0; p < list->count; p++)
        sum += list->item[p].weight * list->item[p].ops->quadratic;
    return sum;
}
