/* data/kinds.c: the registry of the kinds of data. */
#include "data/kinds.h"

#include "data/observed/observed.h"

#define MEMBER(name) &RLRA(data_##name),
static const data_ops *const members[] = {RLRA_DATA_LIST(MEMBER)};

const data_ops *RLRA(data_at)(int index)
{
    const int count = sizeof members / sizeof members[0];
    return index >= 0 && index < count ? members[index] : NULL;
}

/* Set what all kinds of operators copy from a term. */
static void describe(const problem_term *term, data *x)
{
    x->places = 1;
    for (int m = 0; m < term->array.order; m++)
        x->places *= (double)term->array.dims[m];
    x->zeros = term->zeros;
    x->largest_weight = x->observed == NULL ? 1 : x->observed->base;
}

rlra_status RLRA(data_create)(rlra_context *context, const data_source *from, data **x)
{
    int kind = 0;
    while (!members[kind]->takes(from))
        kind++; /* the last kind takes every term */
    *x = NULL;
    const rlra_status status = members[kind]->create(context, from, x);
    if (status == RLRA_OK)
        describe(from->term, *x);
    return status;
}

void RLRA(data_destroy)(rlra_context *context, data *x)
{
    if (x != NULL)
        x->ops->destroy(context, x);
}
