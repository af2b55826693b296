/* form/form.c: Gram matrices, right-hand sides and whole models of any form. */
#include "form/form.h"

#include <string.h>

/* out = left right^T or left right, in the order of the kernel: component k of `out` from component k of `right`. */
static void multiply(const form *self, factor left, factor right, factor out)
{
#pragma omp parallel for num_threads(self->threads) schedule(static)
    for (ptrdiff_t k = 0; k < right.rank; k++) {
        real *const to = out.at + k * out.stride;
        memset(to, 0, (size_t)left.length * sizeof(real));
        self->kernels->outer(left.rank, 1, left.length, right.at + k * right.stride, right.stride, left.at, left.stride,
                             to, out.stride);
    }
}

/* out = left^T right. */
static void multiply_transposed(const form *self, factor left, factor right, factor out)
{
#pragma omp parallel for num_threads(self->threads) schedule(static)
    for (ptrdiff_t k = 0; k < right.rank; k++)
        self->kernels->dots(left.rank, 1, left.length, left.at, left.stride, NULL, right.at + k * right.stride,
                            right.stride, out.at + k * out.stride, out.stride, 0);
}

static double *take_gram(arena *work, ptrdiff_t rank)
{
    return rlra_arena_take(work, (size_t)(rank * rank), sizeof(double));
}

/* Take room for D F of any factor. */
static void plan_lift(form *self, arena *work)
{
    ptrdiff_t most = 0;
    for (int at = 0; at < self->order + self->ops->cores; at++) {
        const int mode = at < self->order ? at : 0;
        const ptrdiff_t entries = factor_stride(self->dims[mode]) * self->x[self->numbers[at]].rank;
        if (at == self->order || self->map[mode].rank > 0)
            most = entries > most ? entries : most;
    }
    self->product = rlra_arena_take(work, (size_t)most, sizeof(real));
}

void RLRA(form_plan)(form *self, arena *work)
{
    for (int m = 0; m < self->order; m++) {
        const ptrdiff_t rank = self->x[self->numbers[m]].rank;
        if (self->map[m].rank == 0)
            continue;
        self->map[m] = factor_take(work, self->map[m].length, self->map[m].rank);
        self->map_gram[m] = take_gram(work, self->map[m].rank);
        self->mapped[m] = factor_take(work, self->map[m].length, rank);
        self->mapped_gram[m] = take_gram(work, rank);
    }
    self->inner = self->ops->plan(self, work);
    plan_lift(self, work);
    if (!self->ops->has_components)
        self->room = rlra_arena_take(work, (size_t)(2 * self->inner * self->inner), sizeof(double));
    self->square = take_gram(work, self->x[self->numbers[0]].rank);
}

seen_factor RLRA(form_mode_factor)(form *self, int mode)
{
    const int n = self->numbers[mode];
    const factor x = self->x[n], to = self->mapped[mode];
    if (self->map[mode].rank == 0)
        return (seen_factor){x, self->gram[n], x.rank, NULL};
    multiply(self, self->map[mode], x, to);
    self->kernels->gram(to.length, to.rank, to.at, to.stride, to.at, to.stride, self->mapped_gram[mode], 0);
    return (seen_factor){to, self->mapped_gram[mode], to.rank, NULL};
}

/* Entry (k, l) of the Hadamard product of the Gram matrices of the seen factors of all modes but one. */
static double seen_gram(const form_view *v, int but, double scale, ptrdiff_t k, ptrdiff_t l)
{
    double product = scale;
    for (int m = 0; m < v->order; m++) {
        const seen_factor *const s = &v->seen[m];
        if (m == but)
            continue;
        const ptrdiff_t row = s->columns == NULL ? k : s->columns[k], column = s->columns == NULL ? l : s->columns[l];
        product *= s->gram[row * s->gram_rank + column];
    }
    return product;
}

void RLRA(form_add_gram)(const form *self, const form_view *v, ptrdiff_t rank, double scale, double *gram)
{
    const ptrdiff_t inner = v->inner;
    if (v->fold.at == NULL) {
        for (ptrdiff_t k = 0; k < rank; k++)
            for (ptrdiff_t l = 0; l < rank; l++)
                gram[k * rank + l] += seen_gram(v, v->mode, scale, k, l);
        return;
    }
    double *const whole = self->room, *const half = self->room + inner * inner;
    for (ptrdiff_t k = 0; k < inner; k++)
        for (ptrdiff_t l = 0; l < inner; l++)
            whole[k * inner + l] = seen_gram(v, v->mode, scale, k, l);
    memset(half, 0, (size_t)(rank * inner) * sizeof *half);
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t c = 0; c < inner; c++)
            for (ptrdiff_t l = 0; l < inner; l++)
                half[k * inner + l] += (double)v->fold.at[k * v->fold.stride + c] * whole[c * inner + l];
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t l = 0; l <= k; l++) {
            double sum = 0;
            for (ptrdiff_t c = 0; c < inner; c++)
                sum += half[k * inner + c] * (double)v->fold.at[l * v->fold.stride + c];
            gram[k * rank + l] += sum;
            if (l < k)
                gram[l * rank + k] += sum;
        }
}

void RLRA(form_factors)(const form_view *v, factor *factors)
{
    for (int m = 0; m < v->order; m++)
        factors[m] = v->seen[m].at;
}

void RLRA(form_fold)(const form *self, const form_view *v, factor product, factor room, factor rhs)
{
    factor folded = product;
    if (v->fold.at != NULL) {
        folded = v->left.at != NULL ? room : rhs;
        multiply(self, product, v->fold, folded);
    }
    if (v->left.at != NULL)
        multiply_transposed(self, v->left, folded, rhs);
}

double RLRA(form_norm2)(form *self)
{
    form_view v;
    const ptrdiff_t rank = self->x[self->numbers[0]].rank;
    double sum = 0;
    self->ops->view(self, 0, &v);
    if (form_is_plain(&v)) {
        for (ptrdiff_t k = 0; k < rank; k++)
            for (ptrdiff_t l = 0; l < rank; l++)
                sum += seen_gram(&v, -1, 1, k, l);
        return sum;
    }
    const double *const gram = RLRA(form_mode_factor)(self, 0).gram;
    memset(self->square, 0, (size_t)(rank * rank) * sizeof(double));
    RLRA(form_add_gram)(self, &v, rank, 1, self->square);
    for (ptrdiff_t e = 0; e < rank * rank; e++)
        sum += gram[e] * self->square[e];
    return sum;
}

/* rows[c] = row c of C, component by component. */
static factor transposed(form *self, factor fold)
{
    const factor to = {self->fold_rows, fold.rank, fold.length, fold.rank};
    for (ptrdiff_t c = 0; c < fold.length; c++)
        for (ptrdiff_t k = 0; k < fold.rank; k++)
            to.at[c * to.stride + k] = fold.at[k * fold.stride + c];
    return to;
}

factor RLRA(form_lift)(form *self, const form_view *v, factor x)
{
    const ptrdiff_t rows = self->dims[v->mode];
    factor product = x;
    if (v->left.at != NULL) {
        product = (factor){self->product, rows, x.rank, factor_stride(rows)};
        multiply(self, v->left, x, product);
    }
    if (v->fold.at == NULL)
        return product;
    const factor whole = {self->whole, rows, v->inner, factor_stride(rows)};
    multiply(self, product, transposed(self, v->fold), whole);
    return whole;
}

void RLRA(form_model)(form *self, factor *factors)
{
    form_view v;
    self->ops->view(self, 0, &v);
    RLRA(form_factors)(&v, factors);
    factors[0] = RLRA(form_lift)(self, &v, self->x[self->numbers[0]]);
}
