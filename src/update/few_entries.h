/* update/few_entries.h: shared by the rules for rows with few entries: the block as quadratics over supports. */
#ifndef RLRA_UPDATE_FEW_ENTRIES_H
#define RLRA_UPDATE_FEW_ENTRIES_H

#include "linalg/supports/supports.h"
#include "update/update.h"

/* The penalties that they take: at most k entries, nonnegative or not, l1, l2, or a sum of one. */
#define FEW_ENTRIES_TAKES (PENALTY_L2 | PENALTY_L1 | PENALTY_NONNEG | PENALTY_SIMPLEX | PENALTY_SPARSITY)

/* A method to find the support of a row; `x` and `value` are for task->most entries. */
typedef supports_result (*support_method)(const supports_task *task, const double *c, const double *start, double *x,
                                          double *value, void *work);

/* Scratch, prepared numbers and prepare() of the rules. Without nonneg the unknowns are p, q >= 0 with x = p - q: twice as
 * many. */
size_t RLRA(few_entries_bytes)(ptrdiff_t rows, ptrdiff_t rank);
size_t RLRA(few_entries_doubles)(ptrdiff_t rank);
void RLRA(few_entries_prepare)(const double *gram, ptrdiff_t rank, const penalty_list *penalties, double *prepared);

/* Most entries of a row, and the search for the best with so many: right-hand sides are in double. */
ptrdiff_t RLRA(few_entries_most)(ptrdiff_t rank, const penalty_list *penalties);
supports_task RLRA(few_entries_task)(ptrdiff_t rank, const penalty_list *penalties, const double *prepared,
                                     const rule_settings *settings);

/* Solve every row by a heuristic method; the support of the start is kept where it is allowed and no worse. */
void RLRA(few_entries_greedy)(const block *b, support_method method);

/* Solve every row exactly, by a search, by trying all supports, or by both; settings->nodes limits either. */
void RLRA(few_entries_exact)(const block *b);

#endif
