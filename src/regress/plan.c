/* regress/plan.c: what a design needs for any number of right-hand sides. */
#include "core/check.h"
#include "engine/rules.h"
#include "regress/regression.h"

/* Rows of the design whose entries are summed before they join the Gram matrix: short sums round less. */
#define GRAM_ROWS 4096

static void copy_design(const rlra_array *w, regression *plan)
{
    const real *const at = w->data;
    const factor to = plan->design;
    const int squares = plan->loss.kind == LOSS_FROBENIUS;
    for (ptrdiff_t k = 0; k < to.rank; k++)
        for (ptrdiff_t j = 0; j < to.length; j++) {
            const real entry = to.at[k * to.stride + j] = at[j * w->strides[0] + k * w->strides[1]];
            plan->sums[k] += (double)entry;
            if (squares && NARROW_DATA)
                plan->wide[k * to.stride + j] = (double)entry;
            else if (squares)
                plan->minus[j * to.rank + k] = -entry;
        }
}

/* For the squared loss: the Gram matrix, and what gaps and the rule want of it. */
static void prepare_gram(regression *plan)
{
    const factor a = plan->design;
    for (ptrdiff_t begin = 0; begin < a.length; begin += GRAM_ROWS) {
        const ptrdiff_t rows = a.length - begin < GRAM_ROWS ? a.length - begin : GRAM_ROWS;
        plan->kernels->gram(rows, a.rank, a.at + begin, a.stride, a.at + begin, a.stride, plan->gram, begin > 0);
    }
    RLRA(gap_prepare)(&plan->gap, plan->gram, &plan->penalties);
    if (plan->rule->prepare != NULL)
        plan->rule->prepare(plan->gram, plan->rank, &plan->penalties, plan->prepared);
}

/* Rows in which W is zero: a divergence that is infinite at a model of zero cannot take y > 0 there. */
static void find_empty_rows(regression *plan)
{
    const factor a = plan->design;
    for (ptrdiff_t j = 0; plan->loss.beta <= 1 && j < a.length; j++) {
        plan->is_empty[j] = 1;
        for (ptrdiff_t k = 0; plan->is_empty[j] && k < a.rank; k++)
            plan->is_empty[j] = a.at[k * a.stride + j] == 0;
        plan->has_empty |= plan->is_empty[j];
    }
}

static void plan_workspace(regression *plan, ptrdiff_t length)
{
    const int squares = plan->loss.kind == LOSS_FROBENIUS;
    const size_t rank = (size_t)plan->rank;
    const size_t prepared = plan->rule->prepared_doubles == NULL ? 0 : plan->rule->prepared_doubles(plan->rank);
    plan->design = factor_take(&plan->work, length, plan->rank);
    const size_t entries = (size_t)plan->design.stride * rank;
    double *const wide = rlra_arena_take(&plan->work, squares && NARROW_DATA ? entries : 0, sizeof(double));
    plan->wide = NARROW_DATA ? wide : (double *)(void *)plan->design.at;
    plan->minus = rlra_arena_take(&plan->work, squares && !NARROW_DATA ? (size_t)length * rank : 0, sizeof(real));
    plan->is_empty = rlra_arena_take(&plan->work, (size_t)length, 1);
    plan->gram = rlra_arena_take(&plan->work, rank * rank, sizeof(double));
    plan->sums = rlra_arena_take(&plan->work, rank, sizeof(double));
    plan->prepared = rlra_arena_take(&plan->work, prepared, sizeof(double));
    RLRA(gap_take)(&plan->gap, plan->rank, &plan->work);
}

static rlra_status check_signs(const regression *plan, const dense_scan *scan)
{
    const int quadratic = plan->loss.kind == LOSS_FROBENIUS;
    if (scan->least < 0 && !quadratic)
        return rlra_fail(plan->context, RLRA_ERR_DATA,
                         "nnls: the loss '%s' needs W >= 0, but its smallest entry is %g: use the loss 'frobenius'",
                         plan->loss.ops->about.name, scan->least);
    if (scan->least < 0 && plan->rule->needs_nonneg)
        return rlra_fail(plan->context, RLRA_ERR_DATA,
                         "nnls: update '%s' needs W >= 0, but its smallest entry is %g: use 'auto'",
                         plan->rule->about.name, scan->least);
    return RLRA_OK;
}

/* Before rules are looked for: that none treats negative coefficients under this loss is the lesser half of it. */
static rlra_status check_priors(const regression *plan)
{
    for (int p = 0; p < plan->penalties.count; p++)
        if (penalty_ties_rows(plan->penalties.item[p].ops))
            return rlra_fail(
                plan->context, RLRA_ERR_UNSUPPORTED,
                "nnls: the penalty '%s' ties the columns of X to each other, and they are solved for one by "
                "one: leave it out, or fit a factorization",
                plan->penalties.item[p].ops->about.name);
    if (plan->loss.kind == LOSS_FROBENIUS || RLRA(penalties_nonneg)(&plan->penalties))
        return RLRA_OK;
    return rlra_fail(plan->context, RLRA_ERR_UNSUPPORTED,
                     "nnls: the loss '%s' needs the penalty 'nonneg' on X: add it, or use the loss 'frobenius'",
                     plan->loss.ops->about.name);
}

static void destroy(void *at)
{
    regression *const plan = at;
    if (plan == NULL)
        return;
    rlra_context *const context = plan->context;
    rlra_arena_free(context, &plan->work);
    rlra_free(context, plan);
}

static rlra_status create(rlra_context *context, const rlra_array *w, const dense_scan *scan,
                          const rlra_options *options, const prior_list *priors, void **made)
{
    rlra_status status = RLRA_OK;
    *made = NULL;
    regression *const plan = rlra_alloc_zero(context, 1, sizeof *plan);
    if (plan == NULL)
        return rlra_fail_memory(context, 1, sizeof *plan, "the plan of a regression");
    plan->context = context;
    plan->options = *options;
    plan->rank = w->dims[1];
    plan->scale = scan->scale;
    plan->kernels = RLRA(kernels_best)();
    plan->products = rlra_double_products();
    plan->settings = RLRA(rule_settings_of)(options);
    plan->loss = RLRA(loss_find)(options->loss, options->beta);
    plan->penalties = RLRA(penalties_of)(priors);
    TRY(check_priors(plan));
    const rule_task task = {.penalties = &plan->penalties,
                            .loss = &plan->loss,
                            .shapes = plan->loss.kind == LOSS_FROBENIUS ? BLOCK_GRAM : BLOCK_ROWS,
                            .use = RULE_OF_REGRESSION,
                            .rank = plan->rank,
                            .equations = w->dims[0]};
    TRY(RLRA(rules_find)(context, options->update, &task, "X", &plan->rule));
    TRY(check_signs(plan, scan));
    plan_workspace(plan, w->dims[0]);
    TRY(rlra_arena_allocate(context, &plan->work, "the plan of a regression"));
    plan_workspace(plan, w->dims[0]);
    copy_design(w, plan);
    if (plan->loss.kind == LOSS_FROBENIUS)
        prepare_gram(plan);
    find_empty_rows(plan);
    *made = plan;
cleanup:
    if (status != RLRA_OK)
        destroy(plan);
    return status;
}

static const char *update(const void *plan)
{
    return ((const regression *)plan)->rule->about.name;
}

const regression_core RLRA(regression) = {
    create, RLRA(regression_solve), destroy, RLRA(regression_front), RLRA(regression_front_sizes), update};
