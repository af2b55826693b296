/* engine/rules.c: find a rule that can treat the loss and the penalties of a factor, or say why there is none. */
#include "engine/rules.h"

#include <stdio.h>
#include <string.h>

penalty_list RLRA(penalties_of)(const rlra_problem *problem, int n)
{
    penalty_list list = {0};
    for (int p = 0; p < problem->priors[n]; p++) {
        const problem_prior *const prior = &problem->prior[n][p];
        list.item[list.count++] = (penalty){RLRA(penalty_at)(prior->member), prior->weight};
    }
    return list;
}

static int squared(const posed_loss *loss)
{
    return loss == NULL || loss->kind == LOSS_FROBENIUS;
}

static const char *loss_name(const posed_loss *loss)
{
    return loss == NULL ? "frobenius" : loss->ops->about.name;
}

static int treats_loss(const update_ops *rule, const posed_loss *loss)
{
    if (squared(loss))
        return rule->apply != NULL;
    return rule->regress != NULL && (rule->losses & (unsigned)loss->kind) != 0;
}

int RLRA(rule_fits)(const update_ops *rule, const penalty_list *list, const posed_loss *loss)
{
    const unsigned kinds = RLRA(penalties_kinds)(list);
    if (!treats_loss(rule, loss) || (kinds & ~rule->takes) != 0)
        return 0;
    if (rule->needs_sparsity && (kinds & PENALTY_SPARSITY) == 0)
        return 0;
    return !rule->needs_nonneg || RLRA(penalties_nonneg)(list);
}

/* "use one of: ..", the rules that fit; or that none does. */
static const char *advice(const penalty_list *list, const posed_loss *loss, char *text, size_t size)
{
    size_t used = 0;
    for (int u = 0; RLRA(update_at)(u) != NULL; u++) {
        if (!RLRA(rule_fits)(RLRA(update_at)(u), list, loss))
            continue;
        used += (size_t)snprintf(text + used, size - used, "%s%s", used == 0 ? "use one of: " : ", ",
                                 RLRA(update_at)(u)->about.name);
        used = used < size ? used : size - 1;
    }
    if (used == 0)
        snprintf(text, size, "and no other rule treats these penalties under the loss '%s'", loss_name(loss));
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

/* Says why a rule does not fit. */
static rlra_status refuse(rlra_context *context, const update_ops *rule, const penalty_list *list,
                          const posed_loss *loss, const char *whose)
{
    char others[256];
    const char *const name = rule->about.name;
    advice(list, loss, others, sizeof others);
    if (!treats_loss(rule, loss))
        return rlra_fail(context, RLRA_ERR_UNSUPPORTED, "update '%s' cannot treat the loss '%s' of %s: %s", name,
                         loss_name(loss), whose, others);
    for (int p = 0; p < list->count; p++)
        if (((unsigned)list->item[p].ops->kind & ~rule->takes) != 0)
            return rlra_fail(context, RLRA_ERR_UNSUPPORTED, "update '%s' cannot treat the penalty '%s' of %s: %s", name,
                             list->item[p].ops->about.name, whose, others);
    return rlra_fail(context, RLRA_ERR_UNSUPPORTED, "update '%s' needs the penalty '%s' on %s: add it, or %s", name,
                     rule->needs_sparsity && (RLRA(penalties_kinds)(list) & PENALTY_SPARSITY) == 0 ? "hard_sparsity"
                                                                                                   : "nonneg",
                     whose, others);
}

/* What usually does best. Other rules stand in where it does not fit. */
static const char *favourite(const penalty_list *list, const posed_loss *loss)
{
    if (!squared(loss))
        return "mu";
    if ((RLRA(penalties_kinds)(list) & PENALTY_SPARSITY) != 0)
        return "k_sparse";
    const penalty_scope scope = RLRA(penalties_scope)(list);
    return scope == PENALTY_ROW || scope == PENALTY_WHOLE ? "fista" : "hals";
}

static rlra_status choose(rlra_context *context, const penalty_list *list, const posed_loss *loss, const char *whose,
                          const update_ops **rule)
{
    char names[128];
    *rule = RLRA(update_find)(favourite(list, loss));
    for (int u = 0; *rule == NULL || !RLRA(rule_fits)(*rule, list, loss); u++) {
        *rule = RLRA(update_at)(u);
        if (*rule == NULL)
            return rlra_fail(context, RLRA_ERR_UNSUPPORTED,
                             "no update can treat the penalties of %s (%s) under the loss '%s'%s", whose,
                             penalty_names(list, names, sizeof names), loss_name(loss),
                             squared(loss) ? "" : ": leave out those that couple entries, or use 'frobenius'");
    }
    return RLRA_OK;
}

rlra_status RLRA(rules_find)(rlra_context *context, const char *asked, const penalty_list *list, const posed_loss *loss,
                             const char *whose, const update_ops **rule)
{
    if (strcmp(asked, "auto") == 0)
        return choose(context, list, loss, whose, rule);
    *rule = RLRA(update_find)(asked);
    if (*rule == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "there is no update '%s'", asked);
    return RLRA(rule_fits)(*rule, list, loss) ? RLRA_OK : refuse(context, *rule, list, loss, whose);
}
