/* rlra/form.h: models other than a sum of rank-one arrays of the factors themselves. */
#ifndef RLRA_FORM_H
#define RLRA_FORM_H

#include "rlra/model.h"
#include "rlra/problem.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Choose the form of the model of a term; the default is "kruskal". Names are those of rlra_member_at("form", i).
 *
 * "tucker": X is modelled by  G x_0 F_0 x_1 F_1 ..,  each factor with its own rank. The core G is a factor, too: number `core`,
 * of r_0 x (r_1 r_2 ..) entries, its unfolding along mode 0 with the last index fastest. Penalties of the core are penalties of
 * its entries, or of rows of this unfolding.
 *
 * @param[in] term  number of the term, in the order in which terms were added
 * @param[in] name  "kruskal" or "tucker"
 * @param[in] core  number of the core, which no mode may use; not read by forms without a core
 * @retval RLRA_ERR_ARGUMENT     no such term or form, or a number out of range
 * @retval RLRA_ERR_UNSUPPORTED  the number of the core is that of another factor, or the term already has a core
 * On error the problem is unchanged.
 */
RLRA_API rlra_status rlra_problem_set_form(rlra_problem *problem, int term, const char *name, int core);

/**
 * Tie a mode of a term to its factor F through a known matrix D: the model has D F in place of F, for example a dictionary of
 * known spectra (D) with the amounts of each (F).
 *
 * @param[in] term    number of the term; other terms with this factor have their own maps or none
 * @param[in] mode    a mode of its data
 * @param[in] matrix  I x P, I the length of the mode; F then is P x rank; in the dtype of the data, with any strides; borrowed.
 *                    NULL: none
 * @retval RLRA_ERR_ARGUMENT     there is no such term or mode
 * @retval RLRA_ERR_SHAPE        the matrix does not have as many rows as the mode, or has no columns
 * @retval RLRA_ERR_DATA         it has NaN or Inf, or a column of zeros, whose amounts cannot be determined
 * @retval RLRA_ERR_UNSUPPORTED  another dtype
 * On error the problem is unchanged. Fits refuse terms that need different lengths of one factor. A term whose data have
 * another length along a mode than earlier terms with its factor can be added after these have their maps.
 */
RLRA_API rlra_status rlra_problem_set_map(rlra_problem *problem, int term, int mode, const rlra_array *matrix);

/**
 * Make a model with the shapes that the problem requires; its entries are zero and its weights one.
 *
 * @param[in]  ranks  for each factor of the problem; that of a core is not read, as it follows from the others
 * @param[out] model  freed by rlra_model_destroy(), before the context; NULL on error. It has weights if all factors have one
 *                    rank
 * @retval RLRA_ERR_ARGUMENT  a rank is out of range, factors of a term of the form "kruskal" have different ranks, or no term
 *                            uses a factor with a number below the highest
 * @retval RLRA_ERR_SHAPE     terms need different lengths of a factor
 * @retval RLRA_ERR_MEMORY    out of memory; no model is made
 */
RLRA_API rlra_status rlra_model_create_for(const rlra_problem *problem, const int64_t *ranks, rlra_model **model);

#ifdef __cplusplus
}
#endif
#endif
