/* api/priors.c: the penalties of one factor, as callers name them: which exist, are allowed and can be combined. */
#include "api/priors.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/number.h"
#include "penalty/penalty.h"

/* The names of all penalties, for messages. */
static void list_names(char *text, size_t size)
{
    text[0] = '\0';
    for (int member = 0; rlra_f64_penalty_at(member) != NULL; member++) {
        const size_t used = strlen(text);
        snprintf(text + used, size - used, "%s%s", member == 0 ? "" : ", ", rlra_f64_penalty_at(member)->about.name);
    }
}

static int find_penalty(const char *name)
{
    for (int member = 0; rlra_f64_penalty_at(member) != NULL; member++)
        if (strcmp(rlra_f64_penalty_at(member)->about.name, name) == 0)
            return member;
    return -1;
}

/* Refuse bounds that with `added` leave an empty interval. */
static rlra_status check_bounds(rlra_context *context, const char *whose, const prior_list *priors,
                                const penalty_ops *added, double bound)
{
    penalty_list list = {.count = 1, .item = {{added, bound}}};
    int above = added->bound == PENALTY_FROM_ABOVE;
    for (int p = 0; p < priors->count && list.count < RLRA_MAX_PENALTIES; p++) {
        const problem_prior *const prior = &priors->item[p];
        list.item[list.count] = (penalty){rlra_f64_penalty_at(prior->member), prior->weight};
        above |= list.item[list.count++].ops->bound == PENALTY_FROM_ABOVE;
    }
    const double least = rlra_f64_penalties_least(&list), most = rlra_f64_penalties_most(&list);
    if (!above || least <= most)
        return RLRA_OK;
    return rlra_fail(context, RLRA_ERR_ARGUMENT,
                     "%s: no number is at least %g and at most %g, as its penalties ask for together", whose, least,
                     most);
}

static rlra_status check_combination(rlra_context *context, const char *whose, const prior_list *priors,
                                     const penalty_ops *added)
{
    for (int p = 0; p < priors->count; p++) {
        const penalty_ops *const present = rlra_f64_penalty_at(priors->item[p].member);
        if (present == added)
            return rlra_fail(context, RLRA_ERR_UNSUPPORTED, "%s has the penalty '%s' already", whose,
                             added->about.name);
        const int is_majorised = present->majorise != NULL || added->majorise != NULL;
        const int couples_rows = present->scope > PENALTY_ROW || added->scope > PENALTY_ROW;
        const int is_simple = present->kind == PENALTY_NONNEG || present->kind == PENALTY_L2 ||
                              added->kind == PENALTY_NONNEG || added->kind == PENALTY_L2 || is_majorised;
        const int cone = is_majorised || present->degree == 0 || added->degree == 0;
        const int bound = !is_majorised && (present->bound != PENALTY_NO_BOUND || added->bound != PENALTY_NO_BOUND);
        if ((present->scope != added->scope && (!cone || bound)) || (couples_rows && !is_simple))
            return rlra_fail(context, RLRA_ERR_UNSUPPORTED,
                             "%s: '%s' and '%s' cannot be combined, as their joint prox is not known; 'nonneg' "
                             "goes with all",
                             whose, present->about.name, added->about.name);
    }
    return RLRA_OK;
}

rlra_status rlra_priors_add(rlra_context *context, const char *whose, prior_list *list, const char *name, double weight)
{
    const int member = find_penalty(name);
    if (member < 0) {
        char names[256];
        list_names(names, sizeof names);
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "there is no penalty '%s'; known are: %s", name, names);
    }
    const penalty_ops *const added = rlra_f64_penalty_at(member);
    if (added->bound != PENALTY_NO_BOUND && !isfinite(weight))
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "the bound of '%s' must be a finite number, got %g", name, weight);
    if (added->counts && (!(weight >= 1) || isinf(weight) || weight != floor(weight)))
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "'%s' needs a whole number >= 1 of entries, got %g", name, weight);
    if (added->bound == PENALTY_NO_BOUND && (!(weight >= 0) || isinf(weight)))
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "the weight of '%s' must be a number >= 0, got %g", name, weight);
    if (list->count == RLRA_MAX_PRIORS)
        return rlra_fail(context, RLRA_ERR_UNSUPPORTED, "%s has %d penalties already, there is no room for '%s'", whose,
                         RLRA_MAX_PRIORS, name);
    rlra_status status = check_combination(context, whose, list, added);
    if (status == RLRA_OK)
        status = check_bounds(context, whose, list, added, weight);
    if (status != RLRA_OK)
        return status;
    int at = list->count++;
    for (; at > 0 && list->item[at - 1].member > member; at--)
        list->item[at] = list->item[at - 1];
    list->item[at] = (problem_prior){member, weight};
    return RLRA_OK;
}

/* Add one item of a prior, "name" or "name=weight". */
static rlra_status add_item(rlra_context *context, const char *whose, prior_list *list, char *item)
{
    double weight = 1;
    char *const equals = strchr(item, '=');
    if (equals != NULL) {
        *equals = '\0';
        if (!rlra_number_parse(equals + 1, &weight))
            return rlra_fail(context, RLRA_ERR_ARGUMENT, "the weight of '%s' must be a number, got '%s'", item,
                             equals + 1);
    }
    const int member = find_penalty(item);
    const penalty_ops *const ops = member < 0 ? NULL : rlra_f64_penalty_at(member);
    if (ops != NULL && ops->bound != PENALTY_NO_BOUND && equals == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "'%s' needs a bound: write %s=1, for example", item, item);
    if (ops != NULL && ops->counts && equals == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "'%s' needs a number of entries: write %s=3, for example", item,
                         item);
    if (ops != NULL && !ops->constraint && equals == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "'%s' needs a weight: write %s=0.1, for example", item, item);
    return rlra_priors_add(context, whose, list, item, weight);
}

rlra_status rlra_priors_parse(rlra_context *context, const char *whose, prior_list *list, const char *text)
{
    rlra_status status = RLRA_OK;
    const prior_list before = *list;
    char item[128];
    while (status == RLRA_OK && *text != '\0') {
        const size_t length = strcspn(text, ",");
        if (length == 0 || length >= sizeof item) {
            status = rlra_fail(context, RLRA_ERR_ARGUMENT,
                               "a prior reads name or name=weight, separated by commas, got '%s'", text);
            break;
        }
        memcpy(item, text, length);
        item[length] = '\0';
        if (strcmp(item, "none") != 0)
            status = add_item(context, whose, list, item);
        text += length + (text[length] == ',');
    }
    if (status != RLRA_OK)
        *list = before;
    return status;
}
