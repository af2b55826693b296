/* engine/rules.h: which rule updates a factor: the one that was asked for, if it can treat loss and penalties, or one that can. */
#ifndef RLRA_ENGINE_RULES_H
#define RLRA_ENGINE_RULES_H

#include "core/context.h"
#include "loss/loss.h"
#include "model/problem.h"
#include "penalty/penalty.h"
#include "rlra/status.h"
#include "update/update.h"

/* The penalties of factor n of a problem. */
penalty_list RLRA(penalties_of)(const rlra_problem *problem, int n);

/* Whether a rule can treat these penalties under this loss (NULL: the squared one). */
int RLRA(rule_fits)(const update_ops *rule, const penalty_list *list, const posed_loss *loss);

/* The rule named `asked`, or for "auto" the best of those that fit. Fails, with a sentence that names both sides and the rules that
 * would do, where it does not fit or nothing does; `whose` says what is updated ("factor 0", "X"). Whether the data are
 * nonnegative, for rules with needs_nonneg, is for the caller to see. */
rlra_status RLRA(rules_find)(rlra_context *context, const char *asked, const penalty_list *list, const posed_loss *loss,
                             const char *whose, const update_ops **rule);

#endif
