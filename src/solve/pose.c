/* solve/pose.c: turn a problem into operators, rules and workspace, or refuse what cannot work. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/check.h"
#include "core/threads.h"
#include "engine/rules.h"
#include "linalg/kernels.h"
#include "solve/pose.h"

/* The data as they were given, or those that are left of them with their weights. */
static void pose_data(fit *f, fit_term *to, const problem_term *from)
{
    const dense_scan whole = {.norm2 = from->norm2, .sum = from->sum, .least = from->least, .scale = from->scale};
    const dense_scan *const scan = f->partial.used ? &f->partial.data.look.scan : &whole;
    f->file.array = from->array;
    f->file.source = from->source;
    const stored_array *const stored = from->sparse;
    if (stored == NULL) {
        RLRA(dense_init)(&to->dense, f->partial.used ? &f->partial.data.filled : &from->array, &f->file, scan);
        to->x = &to->dense.base;
    } else if (stored->tensor != NULL) {
        RLRA(sparse_tensor_init)(&to->tensor, stored->tensor);
        to->x = &to->tensor.base;
    } else {
        RLRA(sparse_init)(&to->sparse, f->partial.used ? &f->partial.data.product : stored->matrix);
        to->x = &to->sparse.base;
    }
    to->largest_weight = f->partial.used ? f->partial.data.base : 1;
    f->norm2 += from->weight * scan->norm2;
    f->scale = scan->scale > f->scale ? scan->scale : f->scale;
}

static rlra_status pose_terms(fit *f)
{
    const rlra_problem *const problem = f->problem;
    for (int t = 0; t < problem->terms; t++) {
        const problem_term *const from = &problem->term[t];
        fit_term *const to = &f->term[t];
        pose_data(f, to, from);
        to->weight = from->weight;
        memcpy(to->factors, from->factors, sizeof to->factors);
    }
    f->terms = problem->terms;
    f->factors = problem->factors;
    return RLRA_OK;
}

/* Threads that have enough to do: starting and joining them costs about as much as this many operations. */
static int useful_threads(const fit *f, int threads)
{
    const double operations_each = 4e6;
    double operations = 0;
    for (int t = 0; t < f->terms; t++)
        operations += 4 * f->term[t].x->entries * (double)f->rank;
    const double most = 1 + operations / operations_each;
    return most < threads ? (int)most : threads;
}

/* The next index in row-major order; 0 behind the last. */
static int advance(const rlra_array *array, int64_t *index)
{
    for (int m = array->order - 1; m >= 0; m--) {
        if (++index[m] < array->dims[m])
            return 1;
        index[m] = 0;
    }
    return 0;
}

/* Tells where the first negative entry is. */
static rlra_status fail_negative(const fit *f, const char *rule)
{
    int64_t index[RLRA_MAX_ORDER] = {0};
    char where[24 * RLRA_MAX_ORDER] = "";
    int t = 0;
    while (!(f->term[t].x->least < 0))
        t++;
    if (f->term[t].x != &f->term[t].dense.base || f->file.source != NULL)
        return rlra_fail(f->context, RLRA_ERR_DATA,
                         "update '%s' needs data >= 0, but the least entry is %g: use 'hals'", rule,
                         f->term[t].x->least);
    const rlra_array *const array = &f->term[t].dense.array;
    while (!(rlra_array_get(array, index) < 0) && advance(array, index))
        continue;
    for (int m = 0; m < array->order; m++) {
        const size_t used = strlen(where);
        snprintf(where + used, sizeof where - used, "%s%" PRId64, m == 0 ? "" : ", ", index[m]);
    }
    return rlra_fail(f->context, RLRA_ERR_DATA, "update '%s' needs data >= 0, but the entry at [%s] is %g: use 'hals'",
                     rule, where, rlra_array_get(array, index));
}

static int data_nonneg(const fit *f)
{
    for (int t = 0; t < f->terms; t++)
        if (f->term[t].x->least < 0)
            return 0;
    return 1;
}

/* Up to so many components exact rows on the simplex cost less than as many rounds of fista as bring the same (measured: half the
 * time of a fit with 4, 5 and 10 components, three times as much with 40). */
#define FEW_COMPONENTS 16

/* What "auto" becomes where the number of components decides. */
static const char *asked_rule(const fit *f, int n)
{
    const update_ops *const exact = RLRA(update_find)("active_set");
    const unsigned kinds = RLRA(penalties_kinds)(&f->penalties[n]);
    if (strcmp(f->options.update, "auto") != 0 || f->rank > FEW_COMPONENTS || (kinds & PENALTY_SIMPLEX) == 0)
        return f->options.update;
    return RLRA(rule_fits)(exact, &f->penalties[n], &f->loss) ? exact->about.name : f->options.update;
}

static rlra_status pose_rules(fit *f)
{
    for (int n = 0; n < f->factors; n++) {
        char whose[32];
        snprintf(whose, sizeof whose, "factor %d", n);
        const rlra_status status =
            RLRA(rules_find)(f->context, asked_rule(f, n), &f->penalties[n], &f->loss, whose, &f->rule[n]);
        if (status != RLRA_OK)
            return status;
        if (f->rule[n]->needs_nonneg && !data_nonneg(f))
            return fail_negative(f, f->rule[n]->about.name);
    }
    return RLRA_OK;
}

static factor take_factor(fit *f, ptrdiff_t length)
{
    const ptrdiff_t stride = factor_stride(length);
    return (factor){rlra_arena_take(&f->work, (size_t)(stride * f->rank), sizeof(real)), length, f->rank, stride};
}

/* The first factor is that along which a pass streams, if there is one term, its rows are independent, and one pass is not switched
 * off. */
static rlra_status pose_order(fit *f)
{
    data *const x = f->term[0].x;
    const int first = f->terms == 1 && f->engine->is_quadratic ? x->stream : -1;
    const int is_coupled = first >= 0 && RLRA(penalties_scope)(&f->penalties[f->term[0].factors[first]]) > PENALTY_ROW;
    f->one_pass = first >= 0 && !is_coupled && strcmp(f->options.pass, "modes") != 0;
    if (is_coupled && strcmp(f->options.pass, "one") == 0)
        return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                         "pass 'one' updates factor %d row by row, and a penalty ties its rows to each other: use "
                         "'modes' or 'auto'",
                         f->term[0].factors[first]);
    if (!f->one_pass && strcmp(f->options.pass, "one") == 0)
        return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                         "pass 'one' needs the squared loss of a single term%s: use 'modes' or 'auto'",
                         f->terms > 1 ? "" : " and an accumulator that is small beside the data");
    int count = 0;
    if (f->one_pass) {
        f->order[count++] = f->term[0].factors[first];
        for (int o = 0; o + 1 < x->order; o++)
            f->order[count++] = f->term[0].factors[x->rest_modes[o]];
        return RLRA_OK;
    }
    for (int n = 0; n < f->factors; n++)
        f->order[count++] = n;
    return RLRA_OK;
}

/* Run twice: to measure and to take. */
static rlra_status plan_workspace(fit *f)
{
    ptrdiff_t longest = 0;
    f->scratch_bytes = 0;
    f->cost = (fit_cost){0};
    for (int t = 0; t < f->terms; t++) {
        fit_term *const term = &f->term[t];
        term->x->ops->plan(term->x, f->rank, f->threads, &f->work);
        RLRA(kruskal_plan)(&term->form, term->x, f->threads, &f->work);
    }
    const rlra_status status = pose_order(f);
    RLRA(windows_take)(&f->file, &f->work);
    for (int n = 0; n < f->factors; n++) {
        const ptrdiff_t length = f->problem->lengths[n];
        longest = length > longest ? length : longest;
        f->x[n] = take_factor(f, length);
        f->last[n] = take_factor(f, length);
        f->kept[n] = take_factor(f, length);
    }
    RLRA(fit_gram_plan)(f);
    f->rhs = take_factor(f, longest);
    if (f->terms > 1)
        f->more_rhs = take_factor(f, longest);
    f->engine->plan(f);
    f->scratch_bytes = (f->scratch_bytes + RLRA_ALIGNMENT - 1) / RLRA_ALIGNMENT * RLRA_ALIGNMENT;
    f->scratch = rlra_arena_take(&f->work, (size_t)f->threads, f->scratch_bytes);
    f->counts = rlra_arena_take(&f->work, (size_t)f->threads, sizeof *f->counts);
    f->row_kkt = rlra_arena_take(&f->work, (size_t)longest, sizeof(double));
    return status;
}

/* All but the workspace itself. */
static rlra_status measure(fit *f)
{
    rlra_status status = RLRA_OK;
    f->kernels = RLRA(kernels_best)();
    TRY(pose_terms(f));
    f->threads = rlra_team_told(useful_threads(f, rlra_threads(f->options.threads)), &f->threads_refused);
    f->partial.data.threads = f->threads;
    for (int n = 0; n < f->factors; n++)
        f->penalties[n] = RLRA(penalties_of)(f->problem, n);
    f->settings = RLRA(rule_settings_of)(&f->options);
    f->loss = RLRA(loss_find)(f->options.loss, f->options.beta);
    f->engine = RLRA(engine_for)(f);
    TRY(f->engine->pose(f));
    TRY(pose_rules(f));
    TRY(plan_workspace(f));
    if (f->file.source != NULL) {
        TRY(RLRA(fit_budget)(f));
        f->work = (arena){0};
        TRY(plan_workspace(f));
    }
cleanup:
    return status;
}

rlra_status RLRA(fit_measure)(fit *f, const rlra_problem *problem, const rlra_options *options, int64_t rank)
{
    rlra_status status = RLRA_OK;
    *f = (fit){.context = problem->context, .problem = problem, .options = *options, .rank = rank};
    TRY(RLRA(partial_measure)(f));
    TRY(measure(f));
cleanup:
    return status;
}

rlra_status RLRA(fit_pose)(fit *f, const rlra_problem *problem, const rlra_options *options, int64_t rank)
{
    rlra_status status = RLRA_OK;
    *f = (fit){.context = problem->context, .problem = problem, .options = *options, .rank = rank};
    TRY(RLRA(partial_pose)(f));
    TRY(measure(f));
    TRY(rlra_arena_allocate(f->context, &f->work, "the workspace of the fit"));
    TRY(plan_workspace(f));
    memset(f->work.base, 0, f->work.used);
    TRY(RLRA(windows_start)(f->context, &f->file));
cleanup:
    return status;
}

void RLRA(fit_clear)(fit *f)
{
    RLRA(windows_stop)(f->context, &f->file);
    RLRA(partial_clear)(f);
    rlra_arena_free(f->context, &f->work);
}
