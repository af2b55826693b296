/* fingerprint/cases.c: the combinations of storage, loss, rule, prior, start, .., of which a sample is run.
 *
 * The sample is chosen by the hash of each name: a new word adds lines and leaves the others as they are. */
#include "fingerprint/cases.h"

#include <stdio.h>
#include <string.h>

#include "fingerprint/digest.h"

/* One combination in so many is run: more where the library has more to choose from. What it refuses is cheap, and is part of what
 * must not change. */
#define THIN_SQUARES    4
#define THIN_KL         6
#define THIN_OTHERS     15
#define THIN_REGRESSION 3

static const char *const storages[] = {"dense", "strided", "tall",   "tensor3",  "tensor4", "csr",    "csr_all",
                                       "coo3",  "seen",    "seen_w", "coupled2", "twice",   "mapped", "tucker"};
static const char *const holes[] = {"whole", "mask", "weights", "nan", "holdout"};
static const char *const losses[] = {"frobenius", "kl", "is", "beta=1.5", "beta=0.5"};
static const char *const updates[] = {"auto",        "hals",          "mu",           "ls",          "msom",
                                      "pgd",         "fista",         "projected_ls", "admm",        "ccd",
                                      "newton",      "scalar_newton", "nolips",       "primal_dual", "active_set",
                                      "block_pivot", "k_sparse",      "omp",          "backward"};
static const char *const priors[] = {
    "none", "nonneg", "nonneg,l1=0.05", "nonneg,l2=0.1", "simplex", "lower=0.01,upper=0.9", "nonneg,hard_sparsity=2"};
static const char *const inits[] = {"auto", "random", "nndsvd", "nndsvda", "nndsvdar", "snpa", "rank_one", "model"};
static const char *const form_inits[] = {"auto", "random", "model"};
static const char *const passes[] = {"auto", "one", "modes"};
static const char *const extras[] = {"", "extrapolate=off", "inner_sweeps=3", "order=shuffled", "reach=inf", "rank=1"};
static const char *const designs[] = {"design", "wide", "strided", "sparse", "vector", "front"};

#define COUNT(list) ((int)(sizeof list / sizeof list[0]))

static const char *pick(const char *const *list, int count, uint64_t hash, int shift)
{
    return list[(hash >> shift) % (uint64_t)count];
}

/* Fits that start from random factors or from given ones, and make no pass of their own. */
static int has_form(const char *storage)
{
    return strcmp(storage, "mapped") == 0 || strcmp(storage, "tucker") == 0;
}

/* A case of the sample gets start, pass and precision from its hash, so that each of them meets all of the rest. */
static void offer(fingerprint_case *c, int thin, case_callback each, void *user)
{
    snprintf(c->name, sizeof c->name, "%s/%s/%s/%s/%s", c->storage, c->holes, c->loss, c->update, c->prior);
    c->hash = digest_text(DIGEST_EMPTY, c->name);
    if ((c->hash >> 8) % (uint64_t)thin != 0)
        return;
    c->init = has_form(c->storage) ? pick(form_inits, COUNT(form_inits), c->hash, 20)
                                   : pick(inits, COUNT(inits), c->hash, 20);
    c->pass = strcmp(c->loss, "frobenius") == 0 && !has_form(c->storage) ? pick(passes, COUNT(passes), c->hash, 28)
                                                                         : passes[0];
    c->extra = pick(extras, COUNT(extras), c->hash, 36);
    c->dtype = (c->hash >> 44) % 2 == 0 ? RLRA_DTYPE_F64 : RLRA_DTYPE_F32;
    const size_t used = strlen(c->name);
    snprintf(c->name + used, sizeof c->name - used, "/%s/%s/%s/%s", c->init, c->pass, c->extra,
             rlra_dtype_name(c->dtype));
    each(user, c);
}

/* Single terms of dense data can have any holes; where only some entries are stored as known, some of them can be held out. */
static int can_have(const char *storage, const char *hole)
{
    const int is_seen = strncmp(storage, "seen", 4) == 0;
    const int is_whole = strncmp(storage, "csr", 3) == 0 || strcmp(storage, "coo3") == 0 ||
                         strcmp(storage, "coupled2") == 0 || strcmp(storage, "twice") == 0 || has_form(storage);
    return strcmp(hole, "whole") == 0 || (strcmp(hole, "holdout") == 0 && is_seen) || (!is_whole && !is_seen);
}

/* Few rules take forms and maps: all of these cases. */
static int thin_of(const char *storage, const char *loss)
{
    if (has_form(storage))
        return 1;
    return strcmp(loss, "frobenius") == 0 ? THIN_SQUARES : strcmp(loss, "kl") == 0 ? THIN_KL : THIN_OTHERS;
}

static void offer_rules(fingerprint_case *c, int thin, case_callback each, void *user)
{
    for (int u = 0; u < COUNT(updates); u++)
        for (int p = 0; p < COUNT(priors); p++) {
            c->update = updates[u];
            c->prior = priors[p];
            offer(c, thin, each, user);
        }
}

void fingerprint_fits(int thin, case_callback each, void *user)
{
    fingerprint_case c = {.storage = ""};
    for (int s = 0; s < COUNT(storages); s++)
        for (int h = 0; h < COUNT(holes); h++)
            for (int l = 0; l < COUNT(losses); l++) {
                c.storage = storages[s];
                c.holes = holes[h];
                c.loss = losses[l];
                if (can_have(c.storage, c.holes))
                    offer_rules(&c, thin * thin_of(c.storage, c.loss), each, user);
            }
}

void fingerprint_regressions(int thin, case_callback each, void *user)
{
    fingerprint_case c = {.holes = "regression"};
    for (int s = 0; s < COUNT(designs); s++)
        for (int l = 0; l < COUNT(losses); l++) {
            c.storage = designs[s];
            c.loss = losses[l];
            offer_rules(&c, thin * THIN_REGRESSION, each, user);
        }
}

int fingerprint_has_way(const fingerprint_case *c, way how)
{
    const int is_regression = strcmp(c->holes, "regression") == 0;
    if (how == WAY_STREAMED)
        return strcmp(c->storage, "dense") == 0 && strcmp(c->holes, "whole") == 0;
    return how != WAY_RESUMED || !is_regression;
}
