/* update/registry.c: the registry of the rules. */
#include <string.h>

#include "update/members.h"

#define MEMBER(name) &RLRA(update_##name),
static const update_ops *const members[] = {RLRA_UPDATE_LIST(MEMBER)};

const update_ops *RLRA(update_at)(int index)
{
    const int count = sizeof members / sizeof members[0];
    return index >= 0 && index < count ? members[index] : NULL;
}

const update_ops *RLRA(update_find)(const char *name)
{
    for (int index = 0; RLRA(update_at)(index) != NULL; index++)
        if (strcmp(RLRA(update_at)(index)->about.name, name) == 0)
            return RLRA(update_at)(index);
    return NULL;
}

unsigned RLRA(rule_shapes)(const update_ops *rule, const penalty_list *penalties)
{
    const int takes_own_grams = rule->own_grams == NULL || rule->own_grams(penalties);
    return takes_own_grams ? rule->shapes : rule->shapes & ~(unsigned)BLOCK_OWN_GRAMS;
}

rule_settings RLRA(rule_settings_of)(const rlra_options *options)
{
    return (rule_settings){
        .gamma = options->gamma,
        .rho = options->rho,
        .shuffled = strcmp(options->order, "shuffled") == 0,
        .seed = (uint64_t)options->seed,
        .nodes = options->node_limit,
    };
}
