/* update/few_entries.h: what the rules for rows with few entries share: the block as quadratics over supports. */
#ifndef RLRA_UPDATE_FEW_ENTRIES_H
#define RLRA_UPDATE_FEW_ENTRIES_H

#include "linalg/supports/supports.h"
#include "update/update.h"

/* All their penalties: at most k entries, nonnegative or not, l1, l2, or a sum of one. */
#define FEW_ENTRIES_TAKES (PENALTY_L2 | PENALTY_L1 | PENALTY_NONNEG | PENALTY_SIMPLEX | PENALTY_SPARSITY)

/* One way to find the support of a row; `x` and `value` are those of task->most entries. */
typedef supports_result (*support_method)(const supports_task *task, const double *c, const double *start, double *x,
                                          double *value, void *work);

/* Scratch, prepared numbers and prepare() of the rules. Without the sign x = p - q with p, q >= 0 is sought: twice the unknowns. */
size_t RLRA(few_entries_bytes)(ptrdiff_t rows, ptrdiff_t rank);
size_t RLRA(few_entries_doubles)(ptrdiff_t rank);
void RLRA(few_entries_prepare)(const double *gram, ptrdiff_t rank, const penalty_list *penalties, double *prepared);

/* Most entries of a row, and the search for the best with so many: right-hand sides are in double. */
ptrdiff_t RLRA(few_entries_most)(ptrdiff_t rank, const penalty_list *penalties);
supports_task RLRA(few_entries_task)(ptrdiff_t rank, const penalty_list *penalties, const double *prepared,
                                     const rule_settings *settings);

/* Every row by a method that proves nothing; a row that may stay keeps its support where that is no worse. */
void RLRA(few_entries_greedy)(const block *b, support_method method);

/* Every row exactly, by a search, by trying all supports, or by both; settings->nodes bounds either. */
void RLRA(few_entries_exact)(const block *b);

#endif
