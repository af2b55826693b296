/* engine/gram.c: Gram matrices of factors and of blocks, and right-hand sides by a contraction for each term. */
#include <string.h>

#include "core/sum.h"
#include "engine/fit.h"
#include "linalg/condition.h"

/* Parts into which the rows of a factor are split to form its Gram matrix. */
#define GRAM_PARTS 16

/* Up to this many entries of a factor, one thread sums the squares faster than a team. */
#define NORMS_ALONE 65536

/* Form only the squared norms, for losses that need no Gram matrix. */
static void form_norms(fit *f, int n)
{
    const factor x = f->x[n];
#pragma omp parallel for num_threads(f->threads) schedule(static) if (x.length * x.rank > NORMS_ALONE)
    for (ptrdiff_t k = 0; k < x.rank; k++)
        f->kernels->gram(x.length, 1, x.at + k * x.stride, x.stride, x.at + k * x.stride, x.stride,
                         f->gram[n] + k * (x.rank + 1), 0);
}

void RLRA(fit_gram_plan)(fit *f)
{
    size_t square = 0;
    for (int n = 0; n < f->factors; n++) {
        const size_t own = (size_t)(f->x[n].rank * f->x[n].rank);
        f->gram[n] = rlra_arena_take(&f->work, own, sizeof(double));
        square = own > square ? own : square;
    }
    f->gram_parts = rlra_arena_take(&f->work, GRAM_PARTS * square, sizeof(double));
    f->condition = rlra_arena_take(&f->work, rlra_condition_doubles(f->widest), sizeof(double));
    f->others = rlra_arena_take(&f->work, square, sizeof(double));
    f->majorised = rlra_arena_take(&f->work, square, sizeof(double));
}

void RLRA(fit_gram)(fit *f, int n)
{
    if (!f->engine->is_quadratic) {
        form_norms(f, n);
        return;
    }
    const factor x = f->x[n];
    const ptrdiff_t square = x.rank * x.rank;
    const ptrdiff_t least = 1024;
    const ptrdiff_t parts = x.length / least < 1 ? 1 : x.length / least > GRAM_PARTS ? GRAM_PARTS : x.length / least;
    if (parts == 1) {
        f->kernels->gram(x.length, x.rank, x.at, x.stride, x.at, x.stride, f->gram[n], 0);
        return;
    }
#pragma omp parallel for num_threads(f->threads) schedule(static)
    for (ptrdiff_t part = 0; part < parts; part++) {
        const ptrdiff_t begin = x.length * part / parts, end = x.length * (part + 1) / parts;
        f->kernels->gram(end - begin, x.rank, x.at + begin, x.stride, x.at + begin, x.stride,
                         f->gram_parts + part * square, 0);
    }
    rlra_sum_arrays(parts, square, f->gram_parts, f->gram[n]);
}

factor RLRA(fit_rhs)(const fit *f, factor room, int n)
{
    const factor x = f->x[n];
    return (factor){room.at, x.length, x.rank, x.stride};
}

void RLRA(fit_others)(fit *f, int n)
{
    const ptrdiff_t rank = f->x[n].rank;
    memset(f->others, 0, (size_t)(rank * rank) * sizeof(double));
    for (int t = 0; t < f->terms; t++) {
        fit_term *const term = &f->term[t];
        if (RLRA(term_place)(term, n) < 0)
            continue;
        const form_view view = RLRA(term_view)(term, n);
        RLRA(form_add_gram)(&term->form, &view, rank, term->weight * term->x->largest_weight, f->others);
    }
}

void RLRA(term_contract)(fit *f, fit_term *term, int n, factor rhs)
{
    const form_view view = RLRA(term_view)(term, n);
    factor factors[RLRA_MAX_ORDER];
    RLRA(form_factors)(&view, factors);
    if (form_is_plain(&view)) {
        term->x->ops->contract(&term->plan, view.mode, factors, rhs);
        return;
    }
    const factor product = {f->product.at, term->x->dims[view.mode], view.inner, f->product.stride};
    const factor folded = {f->folded.at, product.length, rhs.rank, f->folded.stride};
    term->x->ops->contract(&term->plan, view.mode, factors, product);
    RLRA(form_fold)(&term->form, &view, product, folded, rhs);
}

static void add_scaled(factor from, double weight, int fresh, factor to)
{
    for (ptrdiff_t k = 0; k < to.rank; k++)
        for (ptrdiff_t i = 0; i < to.length; i++) {
            real *const at = to.at + k * to.stride + i;
            const real value = (real)weight * from.at[k * from.stride + i];
            *at = fresh ? value : *at + value;
        }
}

void RLRA(fit_contract)(fit *f, int n, factor rhs)
{
    int fresh = 1;
    for (int t = 0; t < f->terms; t++) {
        fit_term *const term = &f->term[t];
        if (RLRA(term_place)(term, n) < 0)
            continue;
        const factor part = fresh ? rhs : RLRA(fit_rhs)(f, f->more_rhs, n);
        RLRA(term_contract)(f, term, n, part);
        if (!fresh || term->weight != 1)
            add_scaled(part, term->weight, fresh, rhs);
        fresh = 0;
    }
}
