/* api/form.h: the shapes of factors that a problem requires. */
#ifndef RLRA_API_FORM_H
#define RLRA_API_FORM_H

#include "model/problem.h"

/* Refuse problems without data, or with a factor below the last that no term uses. */
rlra_status rlra_problem_check(const rlra_problem *problem);

/* The shapes for these ranks of all factors but cores, or an error. */
rlra_status rlra_problem_shapes(const rlra_problem *problem, const int64_t *ranks, factor_shapes *shapes);

/* A model of these shapes; `rank` is the number of its weights, or 0. */
rlra_status rlra_model_create_shaped(rlra_context *context, rlra_dtype dtype, int factors, const int64_t *dims,
                                     const int64_t *ranks, int64_t rank, rlra_model **model);

#endif
