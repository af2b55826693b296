/* engine/rules.h: which rule updates a factor: the requested one, if it can handle loss and penalties, or one that can. */
#ifndef RLRA_ENGINE_RULES_H
#define RLRA_ENGINE_RULES_H

#include "core/context.h"
#include "loss/loss.h"
#include "model/problem.h"
#include "penalty/penalty.h"
#include "rlra/status.h"
#include "update/update.h"

/* The requested penalties, in this precision. */
penalty_list RLRA(penalties_of)(const prior_list *priors);

/* What a rule updates: a factor of a fit, the same in exchange for the default, columns of a regression, the best columns for each
 * number of entries, or rows that must stay within bounds of their magnitude. */
typedef enum rule_use { RULE_OF_FIT, RULE_OF_EXCHANGE, RULE_OF_REGRESSION, RULE_OF_FRONT, RULE_OF_REACH } rule_use;

/* The task that a rule is chosen for. */
typedef struct rule_task {
    const penalty_list *penalties;
    const posed_loss *loss;
    unsigned shapes; /* bits of block_shape: what blocks will be made of */
    rule_use use;
    ptrdiff_t rank;
    ptrdiff_t equations; /* in a regression: rows of the design */
    double zeros;        /* in a fit: part of the data that is zero */
} rule_task;

/* Whether a rule can do the task. */
int RLRA(rule_fits)(const update_ops *rule, const rule_task *task);

/* The rule named `asked`, also as "auto:NAME", or for "auto" the default of the task. Fails, naming both sides and the rules that
 * would do, if it does not fit or none does; `whose` names what is updated ("factor 0", "X"). For rules with needs_nonneg the
 * caller checks that the data are nonnegative. */
rlra_status RLRA(rules_find)(rlra_context *context, const char *asked, const rule_task *task, const char *whose,
                             const update_ops **rule);

#endif
