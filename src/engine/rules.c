/* engine/rules.c: find a rule for the loss and the penalties of a factor, or state why there is none. */
#include "engine/rules.h"
#include "engine/defaults.h"

#include <stdio.h>
#include <string.h>

penalty_list RLRA(penalties_of)(const prior_list *priors)
{
    penalty_list list = {0};
    for (; list.count < priors->count; list.count++)
        list.item[list.count] =
            (penalty){RLRA(penalty_at)(priors->item[list.count].member), priors->item[list.count].weight};
    return list;
}

static int is_squared(const rule_task *task)
{
    return task->loss->kind == LOSS_FROBENIUS;
}

static int handles_loss(const update_ops *rule, const rule_task *task)
{
    if (is_squared(task))
        return rule->apply != NULL;
    return rule->regress != NULL && (rule->losses & (unsigned)task->loss->kind) != 0;
}

/* The block shapes of a task that the rule does not take. */
static unsigned shapes_left(const update_ops *rule, const rule_task *task)
{
    return task->shapes & ~RLRA(rule_shapes)(rule, task->penalties);
}

int RLRA(rule_fits)(const update_ops *rule, const rule_task *task)
{
    const unsigned kinds = RLRA(penalties_kinds)(task->penalties);
    if (!handles_loss(rule, task) || (kinds & ~rule->takes) != 0 || shapes_left(rule, task) != 0)
        return 0;
    if (rule->needs_sparsity && (kinds & PENALTY_SPARSITY) == 0)
        return 0;
    return !rule->needs_nonneg || RLRA(penalties_nonneg)(task->penalties);
}

/* The advice "use one of: .." with the rules that fit, or that no rule does. */
static const char *advice(const rule_task *task, char *text, size_t size)
{
    size_t used = 0;
    for (int u = 0; RLRA(update_at)(u) != NULL; u++) {
        if (!RLRA(rule_fits)(RLRA(update_at)(u), task))
            continue;
        used += (size_t)snprintf(text + used, size - used, "%s%s", used == 0 ? "use one of: " : ", ",
                                 RLRA(update_at)(u)->about.name);
        used = used < size ? used : size - 1;
    }
    if (used == 0)
        snprintf(text, size, "and no other rule treats these penalties under the loss '%s'",
                 task->loss->ops->about.name);
    return text;
}

/* "none", or the names of the penalties with a plus between them. */
static const char *penalty_names(const penalty_list *list, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "%s", list->count == 0 ? "none" : "");
    for (int p = 0; p < list->count && used < size; p++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", p == 0 ? "" : "+", list->item[p].ops->about.name);
    return text;
}

/* Fail with the reason why a rule does not fit. */
static rlra_status refuse(rlra_context *context, const update_ops *rule, const rule_task *task, const char *whose)
{
    char others[256];
    const char *const name = rule->about.name;
    const penalty_list *const list = task->penalties;
    advice(task, others, sizeof others);
    if (!handles_loss(rule, task))
        return rlra_fail(context, RLRA_ERR_UNSUPPORTED, "update '%s' cannot treat the loss '%s' of %s: %s", name,
                         task->loss->ops->about.name, whose, others);
    for (int p = 0; p < list->count; p++)
        if (((unsigned)list->item[p].ops->kind & ~rule->takes) != 0)
            return rlra_fail(context, RLRA_ERR_UNSUPPORTED, "update '%s' cannot treat the penalty '%s' of %s: %s", name,
                             list->item[p].ops->about.name, whose, others);
    if (shapes_left(rule, task) != 0)
        return rlra_fail(context, RLRA_ERR_UNSUPPORTED, "update '%s' cannot treat %s, as %s has it: %s", name,
                         RLRA(block_shape_name)(shapes_left(rule, task)), whose, others);
    return rlra_fail(context, RLRA_ERR_UNSUPPORTED, "update '%s' needs the penalty '%s' on %s: add it, or %s", name,
                     rule->needs_sparsity && (RLRA(penalties_kinds)(list) & PENALTY_SPARSITY) == 0 ? "hard_sparsity"
                                                                                                   : "nonneg",
                     whose, others);
}

static rlra_status fail_all(rlra_context *context, const rule_task *task, const char *whose)
{
    char names[128];
    rule_task other = *task;
    penalty_names(task->penalties, names, sizeof names);
    other.shapes = 0;
    for (int u = 0; RLRA(update_at)(u) != NULL; u++)
        if (RLRA(rule_fits)(RLRA(update_at)(u), &other))
            return rlra_fail(context, RLRA_ERR_UNSUPPORTED,
                             "no update that can treat the penalties of %s (%s) takes %s, as it has: leave some out",
                             whose, names, RLRA(block_shape_name)(shapes_left(RLRA(update_at)(u), task)));
    return rlra_fail(context, RLRA_ERR_UNSUPPORTED,
                     "no update can treat the penalties of %s (%s) under the loss '%s'%s", whose, names,
                     task->loss->ops->about.name,
                     is_squared(task) ? "" : ": leave out those that couple entries, or use 'frobenius'");
}

rlra_status RLRA(rules_find)(rlra_context *context, const char *asked, const rule_task *task, const char *whose,
                             const update_ops **rule)
{
    const int is_open = strcmp(asked, "auto") == 0, begins = strncmp(asked, "auto:", 5) == 0;
    *rule = is_open ? RLRA(default_rule)(task) : RLRA(update_find)(begins ? asked + 5 : asked);
    if (*rule == NULL && is_open)
        return fail_all(context, task, whose);
    if (*rule == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "there is no update '%s'", asked);
    return RLRA(rule_fits)(*rule, task) ? RLRA_OK : refuse(context, *rule, task, whose);
}
