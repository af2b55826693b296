/* solve/pose.c: turn a problem into operators, rules and workspace, or refuse what cannot work. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/check.h"
#include "core/threads.h"
#include "linalg/kernels.h"
#include "engine/fit.h"
#include "engine/rules.h"

/* Parts into which the rows of a factor are cut to form its Gram matrix. */
#define GRAM_PARTS 16

/* Numbers of a factor whose squares one thread sums sooner than several are started. */
#define NORMS_ALONE 65536

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
    to->base = f->partial.used ? f->partial.data.base : 1;
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
    return RLRA(rule_fits)(exact, &f->penalties[n], &f->entries.loss) ? exact->about.name : f->options.update;
}

static rlra_status pose_rules(fit *f)
{
    f->entries.loss = RLRA(loss_find)(f->options.loss, f->options.beta);
    if (RLRA(entries_is_needed)(&f->entries)) {
        const rlra_status status = RLRA(entries_pose)(f);
        if (status != RLRA_OK)
            return status;
    }
    for (int n = 0; n < f->factors; n++) {
        char whose[32];
        snprintf(whose, sizeof whose, "factor %d", n);
        const rlra_status status =
            RLRA(rules_find)(f->context, asked_rule(f, n), &f->penalties[n], &f->entries.loss, whose, &f->rule[n]);
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

/* The first factor is that along which a pass streams, if there is one term and one pass is not switched off. */
static rlra_status pose_order(fit *f)
{
    data *const x = f->term[0].x;
    const int first = f->terms == 1 && !RLRA(entries_is_needed)(&f->entries) ? x->stream : -1;
    f->one_pass = first >= 0 && strcmp(f->options.pass, "modes") != 0;
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
static void plan_workspace(fit *f)
{
    const size_t square = (size_t)f->rank * (size_t)f->rank;
    ptrdiff_t longest = 0;
    size_t prepared = 0;
    f->scratch_bytes = RLRA(fit_kkt_bytes)(f->rank);
    for (int t = 0; t < f->terms; t++) {
        fit_term *const term = &f->term[t];
        term->x->ops->plan(term->x, f->rank, f->threads, &f->work);
        RLRA(kruskal_plan)(&term->form, term->x, f->threads, &f->work);
    }
    RLRA(windows_take)(&f->file, &f->work);
    for (int n = 0; n < f->factors; n++) {
        const ptrdiff_t length = f->problem->lengths[n];
        const update_ops *const rule = f->rule[n];
        longest = length > longest ? length : longest;
        f->x[n] = take_factor(f, length);
        f->last[n] = take_factor(f, length);
        f->kept[n] = take_factor(f, length);
        f->gram[n] = rlra_arena_take(&f->work, square, sizeof(double));
        const size_t scratch = rule->scratch_bytes == NULL ? 0 : rule->scratch_bytes(f->rank);
        const size_t doubles = rule->prepared_doubles == NULL ? 0 : rule->prepared_doubles(f->rank);
        f->scratch_bytes = scratch > f->scratch_bytes ? scratch : f->scratch_bytes;
        prepared = doubles > prepared ? doubles : prepared;
    }
    if (RLRA(entries_is_needed)(&f->entries)) {
        RLRA(entries_plan)(f);
        const size_t bytes = RLRA(entries_bytes)(f);
        f->scratch_bytes = bytes > f->scratch_bytes ? bytes : f->scratch_bytes;
    }
    if (f->partial.used)
        RLRA(partial_plan)(f);
    f->rhs = take_factor(f, longest);
    if (f->terms > 1)
        f->more_rhs = take_factor(f, longest);
    f->gram_parts = rlra_arena_take(&f->work, GRAM_PARTS * square, sizeof(double));
    f->others = rlra_arena_take(&f->work, square, sizeof(double));
    f->prepared = rlra_arena_take(&f->work, prepared, sizeof(double));
    f->scratch_bytes = (f->scratch_bytes + RLRA_ALIGNMENT - 1) / RLRA_ALIGNMENT * RLRA_ALIGNMENT;
    f->scratch = rlra_arena_take(&f->work, (size_t)f->threads, f->scratch_bytes);
    f->counts = rlra_arena_take(&f->work, (size_t)f->threads, sizeof *f->counts);
    f->row_kkt = rlra_arena_take(&f->work, (size_t)longest, sizeof(double));
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
    TRY(pose_rules(f));
    plan_workspace(f);
    TRY(pose_order(f));
    if (f->file.source != NULL) {
        TRY(RLRA(fit_budget)(f));
        f->work = (arena){0};
        plan_workspace(f);
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
    plan_workspace(f);
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

/* What is needed of a Gram matrix under losses that have none: squared norms. */
static void form_norms(fit *f, int n)
{
    const factor x = f->x[n];
#pragma omp parallel for num_threads(f->threads) schedule(static) if (x.length * x.rank > NORMS_ALONE)
    for (ptrdiff_t k = 0; k < x.rank; k++)
        f->kernels->gram(x.length, 1, x.at + k * x.stride, x.stride, x.at + k * x.stride, x.stride,
                         f->gram[n] + k * (x.rank + 1), 0);
}

void RLRA(fit_gram)(fit *f, int n)
{
    if (RLRA(entries_is_needed)(&f->entries)) {
        form_norms(f, n);
        return;
    }
    const factor x = f->x[n];
    const ptrdiff_t square = x.rank * x.rank;
    const ptrdiff_t least = 1024;
    const ptrdiff_t parts = x.length / least < 1 ? 1 : x.length / least > GRAM_PARTS ? GRAM_PARTS : x.length / least;
#pragma omp parallel for num_threads(f->threads) schedule(static) if (parts > 1)
    for (ptrdiff_t part = 0; part < parts; part++) {
        const ptrdiff_t begin = x.length * part / parts, end = x.length * (part + 1) / parts;
        f->kernels->gram(end - begin, x.rank, x.at + begin, x.stride, x.at + begin, x.stride,
                         f->gram_parts + part * square, 0);
    }
    memcpy(f->gram[n], f->gram_parts, (size_t)square * sizeof(double));
    for (ptrdiff_t part = 1; part < parts; part++)
        for (ptrdiff_t e = 0; e < square; e++)
            f->gram[n][e] += f->gram_parts[part * square + e];
}

/* The mode of term t that is tied to factor n, or -1. */
static int mode_of(const fit_term *term, int n)
{
    for (int m = 0; m < term->x->order; m++)
        if (term->factors[m] == n)
            return m;
    return -1;
}

void RLRA(fit_others)(fit *f, int n)
{
    const ptrdiff_t square = f->rank * f->rank;
    memset(f->others, 0, (size_t)square * sizeof(double));
    for (int t = 0; t < f->terms; t++) {
        const fit_term *const term = &f->term[t];
        const int mode = mode_of(term, n);
        if (mode < 0)
            continue;
        for (ptrdiff_t e = 0; e < square; e++) {
            double product = term->weight * term->base;
            for (int m = 0; m < term->x->order; m++)
                product *= m == mode ? 1 : f->gram[term->factors[m]][e];
            f->others[e] += product;
        }
    }
}

static void add_scaled(factor from, double weight, int fresh, factor to)
{
    for (ptrdiff_t k = 0; k < to.rank; k++)
        for (ptrdiff_t i = 0; i < to.length; i++) {
            real *const at = to.at + k * to.stride + i;
            const real value = (real)weight * from.at[k * from.stride + i];
            *at = fresh ? value : *at + value;
        }
}

void RLRA(fit_contract)(fit *f, int n, factor rhs)
{
    int fresh = 1;
    for (int t = 0; t < f->terms; t++) {
        const fit_term *const term = &f->term[t];
        const int mode = mode_of(term, n);
        if (mode < 0)
            continue;
        factor factors[RLRA_MAX_ORDER];
        for (int m = 0; m < term->x->order; m++)
            factors[m] = f->x[term->factors[m]];
        const factor part = fresh ? rhs : factor_rows(f->more_rhs, 0, rhs.length);
        term->x->ops->contract(term->x, mode, factors, part);
        if (!fresh || term->weight != 1)
            add_scaled(part, term->weight, fresh, rhs);
        fresh = 0;
    }
}
