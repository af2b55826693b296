/* start/rank_one.h: the best nonnegative rank-one approximation of a nonnegative matrix, in closed form. */
#ifndef RLRA_START_RANK_ONE_H
#define RLRA_START_RANK_ONE_H

#include "core/context.h"
#include "data/operator.h"
#include "loss/loss.h"
#include "rlra/fit.h"

/* w h^T = sigma |u| |v|^T of the leading singular triplet of x (order 2, entries >= 0), ||w|| = ||h||. `rounds` gets the
 * products with X and X^T, `rest` the length of X^T u - sigma v over sigma at the end of the search. */
rlra_status RLRA(rank_one_leading)(rlra_context *context, data *x, int threads, factor w, factor h, int64_t *rounds,
                                   double *rest);

/* Bytes of memory that rank_one_leading() takes. */
double RLRA(rank_one_bytes)(data *x, int threads);

/* Row sums and column sums of an order-2 array, in double. The result does not depend on `threads`. */
void RLRA(marginals)(const rlra_array *array, int threads, double *rows, double *columns);

/* sum d(y_ij, w_i h_j), entry by entry. `room` holds 2 n numbers for each thread, `parts` m. */
double RLRA(rank_one_divergence)(const rlra_array *array, const posed_loss *loss, int threads, factor w, factor h,
                                 real *room, double *parts);

/* The functions of rlra_rank_one() in one precision. The problem has one term, an order-2 array with entries >= 0; w and h are
 * the factors of the model. */
typedef struct rank_one_core {
    rlra_status (*fit)(const rlra_problem *problem, const char *loss, int threads, const rlra_array *w,
                       const rlra_array *h, rlra_report *report);
} rank_one_core;

extern const rank_one_core rlra_f32_rank_one, rlra_f64_rank_one;

#endif
