/* engine/rules.h: which rule updates a factor: the one that was asked for, if it can treat loss and penalties, or one that can. */
#ifndef RLRA_ENGINE_RULES_H
#define RLRA_ENGINE_RULES_H

#include "core/context.h"
#include "loss/loss.h"
#include "model/problem.h"
#include "penalty/penalty.h"
#include "rlra/status.h"
#include "update/update.h"

/* The penalties that were asked for, in this precision. */
penalty_list RLRA(penalties_of)(const prior_list *priors);

/* For a factor of a fit, the columns of a regression, the best columns with each number of entries, rows that must end within a
 * bound of their magnitude. */
typedef enum rule_use { RULE_OF_FIT, RULE_OF_REGRESSION, RULE_OF_FRONT, RULE_OF_REACH } rule_use;

/* What a rule is wanted for. */
typedef struct rule_task {
    const penalty_list *penalties;
    const posed_loss *loss;
    unsigned shapes; /* what blocks will be made of, bits of block_shape */
    rule_use use;
    ptrdiff_t rank;
    ptrdiff_t equations; /* of a regression: rows of its design */
} rule_task;

/* Whether a rule can treat that. */
int RLRA(rule_fits)(const update_ops *rule, const rule_task *task);

/* The rule named `asked`, or for "auto" the default of the task. Fails, with a sentence that names both sides and the rules that
 * would do, where it does not fit or nothing does; `whose` says what is updated ("factor 0", "X"). Whether the data are
 * nonnegative, for rules with needs_nonneg, is for the caller to see. */
rlra_status RLRA(rules_find)(rlra_context *context, const char *asked, const rule_task *task, const char *whose,
                             const update_ops **rule);

#endif
