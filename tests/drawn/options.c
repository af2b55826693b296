/* drawn/options.c: dice, and what is drawn from the registries: losses, priors, rules, starts, options. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drawn/draw.h"

double dice_uniform(dice *from)
{
    uint64_t z = from->state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

int64_t dice_below(dice *from, int64_t limit)
{
    return (int64_t)(dice_uniform(from) * (double)limit);
}

int dice_hits(dice *from, double chance)
{
    return dice_uniform(from) < chance;
}

long double in_dtype(rlra_dtype dtype, double value)
{
    return dtype == RLRA_DTYPE_F32 ? (long double)(float)value : (long double)value;
}

void *in_memory(rlra_dtype dtype, int64_t count, const long double *values)
{
    void *const memory = malloc((size_t)(count > 0 ? count : 1) * 8);
    for (int64_t e = 0; e < count; e++)
        if (dtype == RLRA_DTYPE_F32)
            ((float *)memory)[e] = (float)values[e];
        else
            ((double *)memory)[e] = (double)values[e];
    return memory;
}

const rlra_member *draw_member(dice *from, const char *family)
{
    int count = 0;
    while (rlra_member_at(family, count) != NULL)
        count++;
    return rlra_member_at(family, (int)dice_below(from, count));
}

double beta_of_loss(const char *loss, double beta)
{
    static const struct {
        const char *name;
        double beta;
    } known[] = {{"frobenius", 2}, {"kl", 1}, {"is", 0}};
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
        if (strcmp(known[k].name, loss) == 0)
            return known[k].beta;
    if (strcmp(loss, "beta") == 0)
        return beta;
    fprintf(stderr, "the loss '%s' has no definition in tests/drawn: write it down in draw.c and recompute.c\n", loss);
    abort();
}

static int has_word(const char *words, const char *word)
{
    const char *const at = strstr(words, word);
    return at != NULL;
}

/* A weight that suits the kind of the penalty; what suits nothing is refused by the library, and drawn anew. */
static double draw_weight(dice *from, const rlra_member *member, int64_t rank)
{
    if (has_word(member->properties, "nonconvex"))
        return (double)(1 + dice_below(from, rank));
    if (has_word(member->properties, "bound"))
        return floor(1000 * (dice_hits(from, 0.4) ? -0.5 * dice_uniform(from) : 1.5 * dice_uniform(from))) / 1000;
    return floor(1 + 500 * dice_uniform(from)) / 1000;
}

static int needs_weight(const rlra_member *member)
{
    return has_word(member->properties, "nonconvex") || has_word(member->properties, "bound") ||
           has_word(member->properties, "homogeneous");
}

static void add_prior(drawn_priors *priors, const char *name, double weight, int is_weighted)
{
    for (int p = 0; p < priors->count; p++)
        if (strcmp(priors->item[p].name, name) == 0)
            return;
    const size_t used = strlen(priors->text);
    priors->item[priors->count++] = (drawn_prior){name, weight};
    if (is_weighted)
        snprintf(priors->text + used, sizeof priors->text - used, "%s%s=%.9g", used > 0 ? "," : "", name, weight);
    else
        snprintf(priors->text + used, sizeof priors->text - used, "%s%s", used > 0 ? "," : "", name);
}

/* These are recomputed by suites of their own: conformance/column_penalties.c, majorised_penalties.c, property/coupled_rows.c. */
static int sees_beyond_rows(const rlra_member *member)
{
    return has_word(member->properties, "column-separable") || has_word(member->properties, "majorised");
}

void draw_priors(dice *from, int64_t rank, drawn_priors *priors)
{
    *priors = (drawn_priors){0};
    if (dice_hits(from, 0.6))
        add_prior(priors, "nonneg", 1, 0);
    const int most = dice_hits(from, 0.5) ? 0 : 1 + (int)dice_below(from, 3);
    for (int p = 0; p < most; p++) {
        const rlra_member *const member = draw_member(from, "penalty");
        if (sees_beyond_rows(member))
            continue;
        add_prior(priors, member->name, draw_weight(from, member, rank), needs_weight(member));
    }
    if (priors->count == 0)
        snprintf(priors->text, sizeof priors->text, "none");
}

void draw_loss(dice *from, rlra_options *options)
{
    static const double betas[] = {-0.5, 0, 0.3, 0.5, 1, 1.3, 1.5, 2, 2.5, 3};
    options->loss = dice_hits(from, 0.45) ? "frobenius" : draw_member(from, "loss")->name;
    options->beta = betas[dice_below(from, sizeof betas / sizeof betas[0])];
}

/* An option of the table, by name, where it has choices. */
static const char *draw_choice(dice *from, const char *name)
{
    const rlra_option *const row = rlra_option_find(name);
    static char words[8][24];
    static int next;
    int count = 1;
    for (const char *c = row->choices; *c != '\0'; c++)
        count += *c == ' ';
    int skip = (int)dice_below(from, count);
    const char *at = row->choices;
    for (; skip > 0; skip--)
        at = strchr(at, ' ') + 1;
    next = (next + 1) % 8;
    snprintf(words[next], sizeof words[next], "%.*s", (int)strcspn(at, " "), at);
    return words[next];
}

void draw_options(dice *from, rlra_options *options)
{
    draw_loss(from, options);
    options->update = dice_hits(from, 0.35) ? "auto" : draw_member(from, "update")->name;
    options->init = dice_hits(from, 0.3) ? "auto" : draw_member(from, "init")->name;
    options->seed = dice_below(from, 1000);
    options->max_sweeps = dice_hits(from, 0.1) ? 0 : 1 + dice_below(from, 25);
    options->tolerance = options->decrease = dice_hits(from, 0.7) ? 0 : 1e-6;
    options->threads = 1 + dice_below(from, 3);
    options->reach = dice_hits(from, 0.2) ? INFINITY : 1 + dice_uniform(from);
    options->node_limit = 0;
    rlra_context *scratch;
    if (rlra_context_create(NULL, &scratch) != RLRA_OK)
        return;
    for (int k = 0; k < 3; k++) {
        static const char *const names[] = {"extrapolate", "pass", "order"};
        (void)rlra_options_set(scratch, options, names[k], draw_choice(from, names[k]));
    }
    rlra_context_destroy(scratch);
}
