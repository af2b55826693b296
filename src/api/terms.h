/* api/terms.h: shared by all functions that add a term to a problem. */
#ifndef RLRA_API_TERMS_H
#define RLRA_API_TERMS_H

#include "data/observed/choice.h"
#include "model/problem.h"

/* Whether an array of this shape and type, with this weight and these factors, may become a term; `factors` must not be NULL. */
rlra_status rlra_term_check(const rlra_problem *problem, const rlra_array *data, double weight, const int *factors);

/* `factors`, or 0, 1, 2, .. if it is NULL. */
const int *rlra_term_factors(const int *factors);

/* Add a term that has been checked; `data` and `sparse` are those of the term. */
problem_term *rlra_term_add(rlra_problem *problem, const rlra_array *data, void *sparse, const dense_scan *scan,
                            double weight, const int *factors);

/* Refuse NaN (unless it is declared to mark missing entries), infinite entries, and sums out of range. */
rlra_status rlra_term_check_scan(const rlra_problem *problem, const rlra_array *data, const dense_scan *scan);

/* Refuse weights of another shape or precision than the data. */
rlra_status rlra_term_check_weights(const rlra_problem *problem, const rlra_array *data, const rlra_array *weights);

/* Refuse unknown values of `missing`. */
rlra_status rlra_missing_check(rlra_context *context, rlra_missing missing);

/* Refuse data and weights that are invalid by their summary. */
rlra_status rlra_term_check_summary(const rlra_problem *problem, const rlra_array *data, const rlra_array *weights,
                                    const observed_summary *summary);

#endif
