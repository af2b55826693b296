/* engine/defaults.h: which rule is used if none was requested. Nothing else knows rules by their names. */
#ifndef RLRA_ENGINE_DEFAULTS_H
#define RLRA_ENGINE_DEFAULTS_H

#include "engine/rules.h"

/* The default of a task, or any other rule that can do it; NULL if there is none. */
const update_ops *RLRA(default_rule)(const rule_task *task);

/* The rule that takes over where the default converges slowly, or NULL. */
const update_ops *RLRA(other_rule)(const rule_task *task, const update_ops *than);

/* The rule for a use that has only one. */
const update_ops *RLRA(rule_of_use)(rule_use use);

#endif
