/* engine/missing.c: how much the squared loss would rise without one component.
 *
 * With c the component and M the model it is  <M - X, -c> + 1/2 ||c||^2 = <X, c> - <M, c> + 1/2 ||c||^2,  and each part is a sum
 * over the rows of one factor of its right-hand sides and Gram matrices. */
#include "engine/missing.h"

#include <omp.h>

#include "core/sum.h"
#include "engine/fit.h"
#include "engine/partial/room.h"

void RLRA(squares_missing)(fit *f, double *higher)
{
    const int n = f->order[f->factors - 1];
    const factor x = f->x[n], rhs = RLRA(fit_rhs)(f, f->rhs, n);
    RLRA(fit_others)(f, n);
    RLRA(fit_contract)(f, n, rhs);
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        const double *const others = f->others + k * x.rank, *const own = f->gram[n] + k * x.rank;
        f->kernels->gram(x.length, 1, x.at + k * x.stride, x.stride, rhs.at + k * rhs.stride, rhs.stride, &higher[k],
                         0);
        for (ptrdiff_t l = 0; l < x.rank; l++)
            higher[k] -= others[l] * own[l];
        higher[k] += 0.5 * others[k] * own[k];
    }
}

/* Replace the right-hand sides of row i by what the row adds. */
static void own_row(const fit *f, int n, ptrdiff_t i, factor rhs)
{
    const partial_room room = RLRA(partial_room_of)(f, omp_get_thread_num());
    const factor x = f->x[n];
    RLRA(own_gram)(f, RLRA(term_mode)(&f->term[0], n), i, &room);
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        const double *const gram = room.gram + k * x.rank;
        const double own = (double)x.at[k * x.stride + i];
        real *const to = rhs.at + k * rhs.stride + i;
        double left = (double)*to + 0.5 * gram[k] * own;
        for (ptrdiff_t l = 0; l < x.rank; l++)
            left -= gram[l] * (double)x.at[l * x.stride + i];
        *to = (real)(own * left);
    }
}

void RLRA(own_grams_missing)(fit *f, double *higher)
{
    const int n = f->order[f->factors - 1];
    const factor x = f->x[n], rhs = RLRA(fit_rhs)(f, f->rhs, n);
    const observed_rows *const list = &f->partial.data->along[RLRA(term_mode)(&f->term[0], n)];
    RLRA(partial_pack)(f, n);
    RLRA(fit_others)(f, n);
    RLRA(fit_contract)(f, n, rhs);
#pragma omp parallel for num_threads(f->threads) schedule(static)
    for (ptrdiff_t i = 0; i < x.length; i++) {
        if (!row_is_empty(list, i))
            own_row(f, n, i, rhs);
        for (ptrdiff_t k = 0; row_is_empty(list, i) && k < x.rank; k++)
            rhs.at[k * rhs.stride + i] = 0;
    }
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        higher[k] = 0;
        for (ptrdiff_t i = 0; i < x.length; i++)
            higher[k] += (double)rhs.at[k * rhs.stride + i];
    }
}
