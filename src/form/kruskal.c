/* form/kruskal.c: a sum of rank-one arrays, the products of the columns of equal number. */
#include "form/form.h"

static ptrdiff_t plan(form *self, arena *work)
{
    (void)work;
    return self->x[self->numbers[0]].rank;
}

static void view(form *self, int at, form_view *to)
{
    *to = (form_view){.order = self->order, .mode = at, .inner = self->x[self->numbers[at]].rank};
    for (int m = 0; m < self->order; m++)
        if (m != at)
            to->seen[m] = RLRA(form_mode_factor)(self, m);
    if (self->map[at].rank == 0) {
        to->seen[at] = RLRA(form_mode_factor)(self, at);
        return;
    }
    to->left = self->map[at];
    to->left_gram = self->map_gram[at];
    to->left_largest = &self->map_largest[at];
}

const form_ops RLRA(form_kruskal) = {
    .about = {"kruskal", "sum_k a_1[:,k] o ... o a_N[:,k]: a rank for all factors", "order-2 order-N", "Kruskal 1977"},
    .streams = 1,
    .has_components = 1,
    .plan = plan,
    .view = view,
};
