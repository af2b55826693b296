/* engine/defaults.c: the table of default rules. */
#include "engine/defaults.h"

/* Penalties of any scope. */
#define ANY_SCOPE (~0u)

/* When a rule is the default. The first row applies whose conditions hold and whose rule can handle penalties and loss. */
typedef struct choice {
    const char *rule;
    rule_use use;
    unsigned losses; /* bits of loss kinds                     */
    unsigned kinds;  /* one of these penalties; 0: any, or none */
    unsigned scopes; /* bits: the scopes of all penalties       */
    ptrdiff_t most;  /* components; 0: any number               */
    int is_wide;     /* fewer equations than unknowns           */
    double zeros;    /* part of the data, at least              */
} choice;

#define SQUARES ((unsigned)LOSS_FROBENIUS)
#define OTHERS  (~SQUARES)
#define ALL     (~0u)

static const choice choices[] = {
    /* Ends 1 to 4 % lower than mu (measured from several starts), in as much time. */
    {"ccd", RULE_OF_FIT, (unsigned)LOSS_IS, 0, ANY_SCOPE, 0, 0, 0},
    /* Where most entries are zero a sweep costs little more than one of mu, and two to five times fewer are needed. */
    {"ccd", RULE_OF_FIT, (unsigned)LOSS_KL, 0, ANY_SCOPE, 0, 0, 0.7},
    {"mu", RULE_OF_FIT, OTHERS, 0, ANY_SCOPE, 0, 0, 0},
    /* Up to this many components exact rows on the simplex cost less than the rounds of fista that give the same result
     * (measured: half the time of a fit with 4, 5 and 10 components, three times as much with 40). */
    {"active_set", RULE_OF_FIT, SQUARES, PENALTY_SIMPLEX, ANY_SCOPE, 16, 0, 0},
    {"k_sparse", RULE_OF_FIT, SQUARES, PENALTY_SPARSITY, ANY_SCOPE, 0, 0, 0},
    {"fista", RULE_OF_FIT, SQUARES, 0, 1u << PENALTY_ROW | 1u << PENALTY_WHOLE, 0, 0, 0},
    {"hals", RULE_OF_FIT, SQUARES, 0, ANY_SCOPE, 0, 0, 0},

    /* Supports are much smaller than the number of unknowns and are best grown one entry at a time. Otherwise exact rules come
     * first. */
    {"active_set", RULE_OF_REGRESSION, ALL, 0, ANY_SCOPE, 0, 1, 0},
    {"k_sparse", RULE_OF_REGRESSION, ALL, 0, ANY_SCOPE, 0, 0, 0},
    {"block_pivot", RULE_OF_REGRESSION, ALL, 0, ANY_SCOPE, 0, 0, 0},
    {"active_set", RULE_OF_REGRESSION, ALL, 0, ANY_SCOPE, 0, 0, 0},
    {"fista", RULE_OF_REGRESSION, ALL, 0, ANY_SCOPE, 0, 0, 0},
    {"pgd", RULE_OF_REGRESSION, ALL, 0, ANY_SCOPE, 0, 0, 0},
    {"newton", RULE_OF_REGRESSION, ALL, 0, ANY_SCOPE, 0, 0, 0},
    {"ccd", RULE_OF_REGRESSION, ALL, 0, ANY_SCOPE, 0, 0, 0},

    /* Where Gram matrices are ill-conditioned, exact rows converge in far fewer sweeps. */
    {"block_pivot", RULE_OF_EXCHANGE, SQUARES, 0, ANY_SCOPE, 0, 0, 0},
    {"active_set", RULE_OF_EXCHANGE, SQUARES, 0, ANY_SCOPE, 0, 0, 0},
    {"fista", RULE_OF_EXCHANGE, SQUARES, 0, ANY_SCOPE, 0, 0, 0},
    {"ccd", RULE_OF_EXCHANGE, (unsigned)LOSS_KL, 0, ANY_SCOPE, 0, 0, 0},

    {"k_sparse", RULE_OF_FRONT, SQUARES, 0, ANY_SCOPE, 0, 0, 0},
    /* Each of its steps minimises a majorant that is separable by entry. */
    {"mu", RULE_OF_REACH, ALL, 0, ANY_SCOPE, 0, 0, 0},
};

#define CHOICES (sizeof choices / sizeof choices[0])

static int holds(const choice *row, const rule_task *task)
{
    const unsigned scope = 1u << RLRA(penalties_scope)(task->penalties);
    if (row->use != task->use || (row->losses & (unsigned)task->loss->kind) == 0 || (row->scopes & scope) == 0)
        return 0;
    if (row->kinds != 0 && (row->kinds & RLRA(penalties_kinds)(task->penalties)) == 0)
        return 0;
    if (task->zeros < row->zeros)
        return 0;
    return (row->most == 0 || task->rank <= row->most) && (!row->is_wide || task->equations < task->rank);
}

const update_ops *RLRA(default_rule)(const rule_task *task)
{
    for (size_t i = 0; i < CHOICES; i++) {
        const update_ops *const rule = RLRA(update_find)(choices[i].rule);
        if (holds(&choices[i], task) && RLRA(rule_fits)(rule, task))
            return rule;
    }
    for (int u = 0; RLRA(update_at)(u) != NULL; u++)
        if (RLRA(rule_fits)(RLRA(update_at)(u), task))
            return RLRA(update_at)(u);
    return NULL;
}

const update_ops *RLRA(other_rule)(const rule_task *task, const update_ops *than)
{
    rule_task other = *task;
    other.use = RULE_OF_EXCHANGE;
    for (size_t i = 0; i < CHOICES; i++) {
        const update_ops *const rule = RLRA(update_find)(choices[i].rule);
        if (holds(&choices[i], &other) && rule != than && RLRA(rule_fits)(rule, &other))
            return rule;
    }
    return NULL;
}

const update_ops *RLRA(rule_of_use)(rule_use use)
{
    size_t i = 0;
    while (choices[i].use != use)
        i++;
    return RLRA(update_find)(choices[i].rule);
}
