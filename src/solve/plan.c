/* solve/plan.c: what a fit costs, before it runs: memory, operations, bytes read. */
#include "solve/plan.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/check.h"

/* Rounds of a rule on one block, at most. */
#define MOST_ROUNDS 40

/* The product with the data costs as much as length / rank rounds. */
int RLRA(plan_rounds)(const fit *f, int n)
{
    if (f->options.inner_sweeps > 0)
        return (int)f->options.inner_sweeps;
    double entries = 0;
    if (RLRA(entries_is_needed)(&f->entries))
        return 1;
    for (int t = 0; t < f->terms; t++)
        for (int m = 0; m < f->term[t].x->order; m++)
            if (f->term[t].factors[m] == n)
                entries += f->term[t].x->entries / (double)f->x[n].length;
    return (int)fmin(MOST_ROUNDS, 1 + 2 * entries / (double)f->rank);
}

static void tell_data(const fit *f, rlra_plan *plan)
{
    double nonzeros = 0;
    for (int t = 0; t < f->terms; t++) {
        const problem_term *const term = &f->problem->term[t];
        const double stored = f->term[t].x->entries;
        const int is_sparse = term->sparse != NULL;
        double entries = 1; /* in double: a sparse array may have more places than an int64_t counts */
        for (int m = 0; m < term->array.order; m++)
            entries *= (double)term->array.dims[m];
        plan->entries += entries;
        plan->stored_entries += stored;
        nonzeros += is_sparse ? stored : entries - term->zeros;
        if (!is_sparse) {
            plan->data_bytes += entries * sizeof(real);
            continue;
        }
        plan->data_bytes += RLRA(stored_bytes)(term->sparse);
    }
    plan->density = nonzeros / plan->entries;
}

/* Bytes of a product with the data of one term. */
static double bytes_of_pass(const fit *f, int t)
{
    const int is_sparse = f->problem->term[t].sparse != NULL;
    return f->term[t].x->entries * (double)(sizeof(real) + (is_sparse ? sizeof(int32_t) : 0));
}

static void tell_general(const fit *f, rlra_plan *plan)
{
    /* Each factor sees model and ratio, and the last one the loss besides, if it does not come with the slopes of the first. */
    const double product = 2 * (double)f->rank * f->term[0].x->entries;
    for (int n = 0; n < f->factors; n++)
        plan->product_flops += 2 * product * (double)f->inner_sweeps[n];
    plan->product_flops += f->entries.ahead.used ? 0 : product;
    plan->passes = f->factors;
    plan->read_bytes = (double)f->factors * bytes_of_pass(f, 0);
}

static void tell_squares(const fit *f, rlra_plan *plan)
{
    const double rank = (double)f->rank;
    for (int t = 0; t < f->terms; t++) {
        const data *const x = f->term[t].x;
        const int passes = f->one_pass ? 1 : x->order;
        /* In one pass the accumulator is the second product; the other modes are made from it. */
        plan->product_flops += 2 * rank * x->entries * (f->one_pass ? 2 : x->order);
        if (f->one_pass && x->order > 2)
            plan->product_flops += 2 * rank * (double)x->partial.length * (x->order - 1);
        plan->passes += passes;
        plan->read_bytes += passes * bytes_of_pass(f, t);
    }
    for (int n = 0; n < f->factors; n++) {
        const double round = 2 * rank * rank * (double)f->x[n].length;
        plan->rule_flops += round * (double)(f->inner_sweeps[n] + 1);
        plan->rule_flops += RLRA(partial_listed)(f) * rank * (rank + 1);
    }
}

/* Of data that stay in their file. */
static void tell_windows(const fit *f, rlra_plan *plan)
{
    const dense *const x = &f->term[0].dense;
    const int is_general = RLRA(entries_is_needed)(&f->entries);
    plan->window_bytes = (double)f->file.rooms * (double)f->file.bytes;
    plan->run_bytes = INFINITY;
    for (int m = 0; m < x->base.order; m++) {
        const int n = f->term[0].factors[m];
        if (f->one_pass && m != x->base.stream)
            continue;
        const double run = is_general ? RLRA(window_run_bytes)(&f->file, m, f->entries.slab[n])
                                      : RLRA(dense_run_bytes)(x, m, f->one_pass);
        plan->run_bytes = fmin(plan->run_bytes, run);
    }
}

static void tell_memory(const fit *f, rlra_plan *plan)
{
    double points = 0;
    for (int n = 0; n < f->factors; n++) {
        const double entries = (double)((f->problem->lengths[n] + 7) / 8 * 8) * (double)f->rank;
        plan->factor_bytes += entries * sizeof(real);
        points += 3 * (double)f->x[n].stride * (double)f->rank * sizeof(real);
        points += (double)f->rank * (double)f->rank * sizeof(double);
    }
    plan->factor_bytes += (double)f->rank * sizeof(real);
    plan->checkpoint_bytes = points;
    plan->workspace_bytes = (double)f->work.peak + (double)sizeof *f + RLRA(partial_bytes)(f);
    plan->start_bytes = RLRA(fit_start_bytes)(f);
}

static void tell_choices(const fit *f, rlra_plan *plan)
{
    plan->factors = f->factors;
    plan->threads = f->threads;
    plan->max_sweeps = f->options.max_sweeps;
    plan->init = f->init;
    plan->pass = f->one_pass ? "one" : "modes";
    plan->loss = f->entries.loss.ops->about.name;
    plan->dtype = rlra_dtype_name(f->problem->dtype);
    for (int n = 0; n < f->factors; n++)
        plan->factor[n] =
            (rlra_plan_factor){f->problem->lengths[n], f->rule[n]->about.name, (int64_t)f->inner_sweeps[n]};
}

rlra_status RLRA(plan_fit)(const rlra_problem *problem, const rlra_options *options, int64_t rank, rlra_plan *plan)
{
    rlra_status status = RLRA_OK;
    fit *const f = rlra_alloc_zero(problem->context, 1, sizeof *f);
    if (f == NULL)
        return rlra_fail_memory(problem->context, 1, sizeof *f, "the plan of a fit");
    TRY(RLRA(fit_measure)(f, problem, options, rank));
    REQUIRE(f->work.peak < SIZE_MAX / 4,
            rlra_fail(f->context, RLRA_ERR_MEMORY, "out of memory: the workspace of the fit is beyond any size"));
    RLRA(fit_name_start)(f);
    for (int n = 0; n < f->factors; n++)
        f->inner_sweeps[n] = RLRA(plan_rounds)(f, n);
    *plan = (rlra_plan){0};
    tell_choices(f, plan);
    tell_data(f, plan);
    if (RLRA(entries_is_needed)(&f->entries))
        tell_general(f, plan);
    else
        tell_squares(f, plan);
    if (f->file.source != NULL)
        tell_windows(f, plan);
    tell_memory(f, plan);
cleanup:
    RLRA(fit_clear)(f);
    rlra_free(problem->context, f);
    return status;
}
