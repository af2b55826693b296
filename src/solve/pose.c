/* solve/pose.c: turn a problem into operators, rules and workspace, or refuse what cannot work. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/check.h"
#include "core/threads.h"
#include "engine/defaults.h"
#include "engine/rules.h"
#include "linalg/kernels.h"
#include "solve/escape.h"
#include "solve/pose.h"

/* Set the form of a term. */
static void pose_form(fit *f, fit_term *to, const problem_term *from)
{
    form *const model = &to->form;
    *model = (form){.ops = RLRA(form_at)(from->form),
                    .order = from->array.order,
                    .kernels = f->kernels,
                    .numbers = to->factors,
                    .x = f->x,
                    .gram = f->gram};
    for (int m = 0; m < model->order; m++) {
        const rlra_array *const map = &from->map[m];
        model->dims[m] = from->array.dims[m];
        if (map->data != NULL)
            model->map[m] = (factor){.length = map->dims[0], .rank = map->dims[1]};
    }
}

/* Refuse problems of several terms with missing or weighted entries. */
static rlra_status check_terms(const fit *f)
{
    const rlra_problem *const problem = f->problem;
    if (problem->terms != 1 && f->options.holdout > 0)
        return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                         "entries can be held out of problems of one term so far, got %d", problem->terms);
    for (int t = 0; problem->terms > 1 && t < problem->terms; t++)
        if (problem->term[t].is_partial)
            return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                             "missing entries and weights go with problems of one term so far, got %d", problem->terms);
    return RLRA_OK;
}

/* Make the operators of the terms; planning a fit needs no pass over their entries. */
static rlra_status pose_terms(fit *f, int reads_entries)
{
    const rlra_problem *const problem = f->problem;
    rlra_status status = check_terms(f);
    f->terms = problem->terms;
    f->factors = problem->factors;
    for (int t = 0; t < problem->terms && status == RLRA_OK; t++) {
        fit_term *const to = &f->term[t];
        const data_source from = {.term = &problem->term[t],
                                  .held_out = f->options.holdout,
                                  .seed = (uint64_t)f->options.holdout_seed,
                                  .threads = rlra_threads(f->options.threads),
                                  .measures = !reads_entries};
        status = RLRA(data_create)(f->context, &from, &to->x);
        if (status != RLRA_OK)
            break;
        to->weight = from.term->weight;
        memcpy(to->factors, from.term->factors, sizeof to->factors);
        pose_form(f, to, from.term);
        f->norm2 += to->weight * to->x->norm2;
        f->scale = to->x->scale > f->scale ? to->x->scale : f->scale;
    }
    f->partial.data = status == RLRA_OK ? f->term[0].x->observed : NULL;
    return status;
}

/* Set the shapes of factors: those of modes from the problem, those of cores from their forms. */
static void pose_shapes(fit *f, const factor_shapes *shapes)
{
    for (int n = 0; n < f->problem->factors; n++) {
        f->x[n] = (factor){.length = shapes->dims[n], .rank = shapes->ranks[n]};
        f->widest = f->x[n].rank > f->widest ? f->x[n].rank : f->widest;
    }
}

/* The number of threads with enough work: starting and joining them costs about as much as this many operations. */
static int useful_threads(const fit *f, int threads)
{
    const double operations_each = 4e6;
    double operations = 0;
    for (int t = 0; t < f->terms; t++)
        operations += 4 * f->term[t].x->entries * (double)f->x[f->term[t].factors[0]].rank;
    const double most = 1 + operations / operations_each;
    return most < threads ? (int)most : threads;
}

/* Advance to the next index in row-major order; returns 0 after the last. */
static int advance(const rlra_array *array, int64_t *index)
{
    for (int m = array->order - 1; m >= 0; m--) {
        if (++index[m] < array->dims[m])
            return 1;
        index[m] = 0;
    }
    return 0;
}

/* Fail with the position of the first negative entry. */
static rlra_status fail_negative(const fit *f, const char *rule)
{
    int64_t index[RLRA_MAX_ORDER] = {0};
    char where[24 * RLRA_MAX_ORDER] = "";
    int t = 0;
    while (!(f->term[t].x->least < 0))
        t++;
    const rlra_array *const array = f->term[t].x->array;
    if (isinf(f->term[t].x->least))
        return rlra_fail(f->context, RLRA_ERR_DATA,
                         "update '%s' needs data >= 0, which is not known of these: say so (nonneg), or use 'auto'",
                         rule);
    if (array == NULL)
        return rlra_fail(f->context, RLRA_ERR_DATA,
                         "update '%s' needs data >= 0, but the least entry is %g: use 'auto'", rule,
                         f->term[t].x->least);
    while (!(rlra_array_get(array, index) < 0) && advance(array, index))
        continue;
    for (int m = 0; m < array->order; m++) {
        const size_t used = strlen(where);
        snprintf(where + used, sizeof where - used, "%s%" PRId64, m == 0 ? "" : ", ", index[m]);
    }
    return rlra_fail(f->context, RLRA_ERR_DATA, "update '%s' needs data >= 0, but the entry at [%s] is %g: use 'auto'",
                     rule, where, rlra_array_get(array, index));
}

static int data_nonneg(const fit *f)
{
    for (int t = 0; t < f->terms; t++)
        if (f->term[t].x->least < 0)
            return 0;
    return 1;
}

/* The part of the data that is zero. */
static double zeros_of(const fit *f)
{
    const data *const x = f->term[0].x;
    return x->places > 0 ? (x->is_sparse ? x->places - x->entries : x->zeros) / x->places : 0;
}

/* The block shapes of factor n. */
static unsigned shapes_of(const fit *f, int n)
{
    const int is_coupled = RLRA(penalties_scope)(&f->penalties[n]) > PENALTY_ROW;
    if (!f->engine->is_quadratic && RLRA(is_lifted)(f, n))
        return BLOCK_OWN_SUMS | BLOCK_SLOPES;
    if (RLRA(is_tied)(f, n))
        return (f->engine->shapes & ~(unsigned)BLOCK_GRAM) | BLOCK_PRODUCTS | BLOCK_ALL_ROWS;
    return f->engine->shapes | (is_coupled ? BLOCK_ALL_ROWS : 0);
}

static rlra_status pose_rules(fit *f)
{
    f->way_count = 1;
    for (int n = 0; n < f->factors; n++) {
        char whose[32];
        snprintf(whose, sizeof whose, "factor %d", n);
        const rule_task task = {&f->penalties[n], &f->loss, shapes_of(f, n), RULE_OF_FIT, f->x[n].rank, 0, zeros_of(f)};
        const rlra_status status = RLRA(rules_find)(f->context, f->options.update, &task, whose, &f->rule[n]);
        if (status != RLRA_OK)
            return status;
        const update_ops *const other =
            strncmp(f->options.update, "auto", 4) == 0 ? RLRA(other_rule)(&task, f->rule[n]) : NULL;
        f->ways[0][n] = f->rule[n];
        f->ways[1][n] = other != NULL ? other : f->rule[n];
        f->way_count = other != NULL ? 2 : f->way_count;
        if (f->rule[n]->needs_nonneg && !data_nonneg(f))
            return fail_negative(f, f->rule[n]->about.name);
    }
    return RLRA_OK;
}

/* Fail with the reason why one pass is not possible. */
static rlra_status refuse_pass(const fit *f)
{
    const fit_term *const term = &f->term[0];
    const char *why = " and an accumulator that is small beside the data";
    if (!f->engine->is_quadratic || f->terms > 1)
        why = "";
    else if (!term->form.ops->streams)
        why = " whose model is a sum of rank-one arrays";
    else if (term->x->ops->pass == NULL)
        why = " of dense data";
    else if (!RLRA(term_is_plain)(term))
        why = ", an accumulator that is small beside the data, and no map along the mode of the pass";
    return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                     "pass 'one' needs the squared loss of a single term%s: use 'modes' or 'auto'", why);
}

/* Set the order of updates. First comes the factor along which a pass streams, if there is one term, its rows are independent,
 * and one pass is not switched off. */
static rlra_status pose_order(fit *f)
{
    const data_plan *const plan = &f->term[0].plan;
    const int streams = f->terms == 1 && f->engine->is_quadratic && f->term[0].form.ops->streams;
    const int mode = streams ? plan->stream : -1;
    const int first = mode >= 0 && f->term[0].form.map[mode].rank > 0 ? -1 : mode;
    const int is_coupled = first >= 0 && RLRA(penalties_scope)(&f->penalties[f->term[0].factors[first]]) > PENALTY_ROW;
    f->one_pass = first >= 0 && !is_coupled && strcmp(f->options.pass, "modes") != 0;
    if (is_coupled && strcmp(f->options.pass, "one") == 0)
        return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                         "pass 'one' updates factor %d row by row, and a penalty ties its rows to each other: use "
                         "'modes' or 'auto'",
                         f->term[0].factors[first]);
    if (!f->one_pass && strcmp(f->options.pass, "one") == 0)
        return refuse_pass(f);
    int count = 0;
    if (f->one_pass) {
        f->order[count++] = f->term[0].factors[first];
        for (int o = 0; o + 1 < plan->x->order; o++)
            f->order[count++] = f->term[0].factors[plan->rest_modes[o]];
        return RLRA_OK;
    }
    for (int n = 0; n < f->factors; n++)
        f->order[count++] = n;
    return RLRA_OK;
}

/* Take room for products that a form turns into right-hand sides. */
static void plan_products(fit *f)
{
    ptrdiff_t longest = 0, inner = 0, rank = 0;
    for (int t = 0; t < f->terms; t++) {
        const form *const model = &f->term[t].form;
        for (int m = 0; !RLRA(term_is_plain)(&f->term[t]) && m < model->order; m++) {
            longest = model->dims[m] > longest ? model->dims[m] : longest;
            inner = model->inner > inner ? model->inner : inner;
        }
    }
    for (int n = 0; n < f->factors; n++)
        rank = f->x[n].rank > rank ? f->x[n].rank : rank;
    f->product = factor_take(&f->work, longest, inner);
    f->folded = factor_take(&f->work, longest, longest > 0 ? rank : 0);
}

/* Take workspace; called twice, to measure and to allocate. */
static rlra_status plan_workspace(fit *f)
{
    ptrdiff_t longest = 0, most = 0;
    f->scratch_bytes = 0;
    f->cost = (fit_cost){0};
    for (int t = 0; t < f->terms; t++) {
        fit_term *const term = &f->term[t];
        RLRA(form_plan)(&term->form, &f->work);
        f->widest = term->form.inner > f->widest ? term->form.inner : f->widest;
        term->plan = term->x->ops->plan(term->x, term->form.inner, f->threads, &f->work);
        RLRA(accumulator_plan)(&term->accumulator, &term->plan, &f->work);
    }
    const rlra_status status = pose_order(f);
    if (f->term[0].x->file != NULL)
        RLRA(windows_take)(f->term[0].x->file, &f->work);
    for (int n = 0; n < f->factors; n++) {
        const ptrdiff_t length = f->x[n].length, rank = f->x[n].rank, entries = factor_stride(length) * rank;
        longest = length > longest ? length : longest;
        most = entries > most ? entries : most;
        f->x[n] = factor_take(&f->work, length, rank);
        f->last[n] = factor_take(&f->work, length, rank);
        f->kept[n] = factor_take(&f->work, length, rank);
    }
    RLRA(fit_gram_plan)(f);
    f->rhs.at = rlra_arena_take(&f->work, (size_t)most, sizeof(real));
    if (f->terms > 1)
        f->more_rhs.at = rlra_arena_take(&f->work, (size_t)most, sizeof(real));
    plan_products(f);
    f->engine->plan(f);
    RLRA(escape_plan)(f);
    f->scratch_bytes = (f->scratch_bytes + RLRA_ALIGNMENT - 1) / RLRA_ALIGNMENT * RLRA_ALIGNMENT;
    f->scratch = rlra_arena_take(&f->work, (size_t)f->threads, f->scratch_bytes);
    f->counts = rlra_arena_take(&f->work, (size_t)f->threads, sizeof *f->counts);
    f->row_kkt = rlra_arena_take(&f->work, (size_t)longest, sizeof(double));
    return status;
}

/* Pose a fit and measure its workspace. */
static rlra_status measure(fit *f, int reads_entries)
{
    rlra_status status = RLRA_OK;
    f->kernels = RLRA(kernels_best)();
    TRY(pose_terms(f, reads_entries));
    f->threads = rlra_team_counted(useful_threads(f, rlra_threads(f->options.threads)), &f->threads_refused);
    for (int t = 0; t < f->terms; t++)
        f->term[t].form.threads = f->threads;
    for (int n = 0; n < f->factors; n++)
        f->penalties[n] = RLRA(penalties_of)(&f->problem->priors[n]);
    f->settings = RLRA(rule_settings_of)(&f->options);
    f->loss = RLRA(loss_find)(f->options.loss, f->options.beta);
    f->engine = RLRA(engine_for)(f);
    TRY(f->engine->pose(f));
    TRY(pose_rules(f));
    TRY(plan_workspace(f));
    if (f->term[0].x->file != NULL) {
        TRY(RLRA(fit_budget)(f));
        f->work = (arena){0};
        TRY(plan_workspace(f));
    }
cleanup:
    return status;
}

rlra_status RLRA(fit_measure)(fit *f, const rlra_problem *problem, const rlra_options *options,
                              const factor_shapes *shapes)
{
    rlra_status status = RLRA_OK;
    *f = (fit){.context = problem->context, .problem = problem, .options = *options};
    pose_shapes(f, shapes);
    TRY(measure(f, 0));
cleanup:
    return status;
}

/* Copy the known matrices of modes, component by component. */
static void load_maps(fit *f, int t)
{
    form *const model = &f->term[t].form;
    for (int m = 0; m < model->order; m++) {
        const rlra_array *const from = &f->problem->term[t].map[m];
        const factor to = model->map[m];
        for (int64_t k = 0; k < to.rank; k++)
            for (int64_t i = 0; i < to.length; i++)
                to.at[k * to.stride + i] = (real)rlra_array_get(from, (const int64_t[]){i, k});
        if (to.rank > 0)
            f->kernels->gram(to.length, to.rank, to.at, to.stride, to.at, to.stride, model->map_gram[m], 0);
    }
}

rlra_status RLRA(fit_pose)(fit *f, const rlra_problem *problem, const rlra_options *options,
                           const factor_shapes *shapes)
{
    rlra_status status = RLRA_OK;
    *f = (fit){.context = problem->context, .problem = problem, .options = *options};
    pose_shapes(f, shapes);
    TRY(measure(f, 1));
    TRY(rlra_arena_allocate(f->context, &f->work, "the workspace of the fit"));
    TRY(plan_workspace(f));
    for (int t = 0; t < f->terms; t++)
        load_maps(f, t);
    if (f->term[0].x->file != NULL)
        TRY(RLRA(windows_start)(f->context, f->term[0].x->file));
cleanup:
    return status;
}

void RLRA(fit_clear)(fit *f)
{
    for (int t = 0; t < f->terms; t++)
        RLRA(data_destroy)(f->context, f->term[t].x);
    rlra_arena_free(f->context, &f->work);
}
