/* form/accumulator.c: contract the accumulator of a pass with all factors but one. */
#include "form/accumulator.h"

#include <omp.h>
#include <string.h>

#include "linalg/kronecker.h"

void RLRA(accumulator_plan)(accumulator *self, const data_plan *pass, arena *work)
{
    *self = (accumulator){.threads = pass->threads};
    if (pass->stream < 0 || pass->x->order == 2)
        return;
    ptrdiff_t shortest = pass->partial.length;
    for (int o = 0; o + 1 < pass->x->order; o++)
        if (pass->x->dims[pass->rest_modes[o]] < shortest)
            shortest = pass->x->dims[pass->rest_modes[o]];
    self->room = whole_vectors(pass->partial.length / shortest);
    self->buffers = rlra_arena_take(work, (size_t)(3 * self->room * pass->threads), sizeof(real));
}

/* The accumulator of one component seen as left x middle x right, `middle` being the wanted mode. */
typedef struct split {
    int at; /* position of the mode among the others */
    int others;
    ptrdiff_t left, middle, right;
    ptrdiff_t dims[RLRA_MAX_ORDER];
} split;

static split split_at(const data_plan *pass, int mode)
{
    split s = {.others = pass->x->order - 1, .left = 1, .right = 1};
    for (int o = 0; o < s.others; o++) {
        s.dims[o] = pass->x->dims[pass->rest_modes[o]];
        if (pass->rest_modes[o] == mode)
            s.at = o;
    }
    s.middle = s.dims[s.at];
    for (int o = 0; o < s.others; o++) {
        s.left *= o < s.at ? s.dims[o] : 1;
        s.right *= o > s.at ? s.dims[o] : 1;
    }
    return s;
}

/* out[j] = sum_l left[l] sum_r z[l][j][r] right[r]. */
static void contract_component(const data_plan *pass, const split *s, const factor *factors, ptrdiff_t k, real *buffers,
                               ptrdiff_t room, real *out)
{
    const real *columns[RLRA_MAX_ORDER];
    for (int o = 0; o < s->others; o++) {
        const factor f = factors[pass->rest_modes[o]];
        columns[o] = f.at + k * f.stride;
    }
    const real *z = pass->partial.at + k * pass->partial.stride;
    if (s->at + 1 < s->others) {
        real *const right = buffers;
        real *const inner = s->at == 0 ? out : buffers + room;
        RLRA(kronecker)(s->others - s->at - 1, columns + s->at + 1, s->dims + s->at + 1, right);
        pass->x->kernels->dots(s->left * s->middle, 1, s->right, z, s->right, NULL, right, s->right, inner,
                               s->left * s->middle, 0);
        z = inner;
    }
    if (s->at == 0)
        return;
    real *const left = buffers + 2 * room;
    RLRA(kronecker)(s->at, columns, s->dims, left);
    memset(out, 0, (size_t)s->middle * sizeof(real));
    pass->x->kernels->outer(s->left, 1, s->middle, left, s->left, z, s->middle, out, s->middle);
}

factor RLRA(accumulator_rhs)(const accumulator *self, const data_plan *pass, int mode, const factor *factors,
                             factor rhs)
{
    if (pass->x->order == 2)
        return pass->partial;
    const split s = split_at(pass, mode);
#pragma omp parallel for num_threads(self->threads) schedule(static)
    for (ptrdiff_t k = 0; k < rhs.rank; k++)
        contract_component(pass, &s, factors, k, self->buffers + 3 * self->room * omp_get_thread_num(), self->room,
                           rhs.at + k * rhs.stride);
    return rhs;
}
