/* solve/plan.c: what a fit costs, before it runs: memory, operations, bytes read. */
#include "solve/plan.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/check.h"
#include "solve/escape.h"
#include "solve/pose.h"
#include "solve/steer.h"
#include "start/members.h"
#include "start/start.h"

static void report_data(const fit *f, rlra_plan *plan)
{
    double nonzeros = 0;
    for (int t = 0; t < f->terms; t++) {
        const data *const x = f->term[t].x;
        plan->entries += x->places;
        plan->stored_entries += x->entries;
        nonzeros += x->is_sparse ? x->entries : x->places - x->zeros;
        plan->data_bytes += x->bytes;
    }
    plan->density = nonzeros / plan->entries;
}

static void report_cost(const fit *f, rlra_plan *plan)
{
    plan->product_flops = f->cost.product_flops;
    plan->rule_flops = f->cost.rule_flops;
    plan->passes = (int)f->cost.passes;
    plan->read_bytes = f->cost.read_bytes;
}

/* Report the windows of data that stay in their file. */
static void report_windows(const fit *f, rlra_plan *plan)
{
    const fit_term *const term = &f->term[0];
    const windows *const file = term->x->file;
    plan->window_bytes = (double)file->rooms * (double)file->bytes;
    plan->run_bytes = INFINITY;
    for (int m = 0; m < term->x->order; m++) {
        const int n = term->factors[m];
        if (f->one_pass && m != term->plan.stream)
            continue;
        const window_cut own = f->one_pass ? term->plan.pass_cut : term->plan.cut[m];
        const window_cut cut = f->slab[n] > 0 ? (window_cut){m, f->slab[n]} : own;
        plan->run_bytes = fmin(plan->run_bytes, RLRA(window_run_bytes)(file, cut));
    }
}

static void report_memory(const fit *f, rlra_plan *plan)
{
    double points = 0;
    for (int n = 0; n < f->factors; n++) {
        const double rank = (double)f->x[n].rank, entries = (double)((f->x[n].length + 7) / 8 * 8) * rank;
        plan->factor_bytes += entries * sizeof(real);
        points += (f->escape.is_on ? 4 : 3) * (double)f->x[n].stride * rank * sizeof(real);
        points += rank * rank * sizeof(double);
    }
    plan->factor_bytes += (double)f->x[0].rank * sizeof(real);
    plan->checkpoint_bytes = points;
    plan->workspace_bytes = (double)f->work.peak + (double)sizeof *f + RLRA(fit_data_bytes)(f);
}

static void report_choices(const fit *f, rlra_plan *plan)
{
    plan->factors = f->factors;
    plan->threads = f->threads;
    plan->max_sweeps = f->options.max_sweeps;
    plan->init = f->start->about.name;
    plan->pass = f->one_pass ? "one" : "modes";
    plan->loss = f->loss.ops->about.name;
    plan->dtype = rlra_dtype_name(f->problem->dtype);
    for (int n = 0; n < f->factors; n++) {
        plan->factor[n] = (rlra_plan_factor){f->x[n].length, f->rule[n]->about.name, (int64_t)f->inner_sweeps[n], NULL};
        if (f->way_count > 1 && f->ways[1][n] != f->ways[0][n])
            plan->factor[n].other = f->ways[1][n]->about.name;
    }
    plan->no_escapes = f->options.escapes == 0 ? "not asked for" : RLRA(escape_refusal)(f);
    plan->policy = rlra_policy_text(RLRA(policy_facts_of)(f).kind);
}

rlra_status RLRA(plan_fit)(const rlra_problem *problem, const rlra_options *options, const factor_shapes *shapes,
                           rlra_plan *plan)
{
    rlra_status status = RLRA_OK;
    fit *const f = rlra_alloc_zero(problem->context, 1, sizeof *f);
    if (f == NULL)
        return rlra_fail_memory(problem->context, 1, sizeof *f, "the plan of a fit");
    TRY(RLRA(fit_measure)(f, problem, options, shapes));
    REQUIRE(f->work.peak < SIZE_MAX / 4,
            rlra_fail(f->context, RLRA_ERR_MEMORY, "out of memory: the workspace of the fit is beyond any size"));
    RLRA(start_name)(f);
    TRY(RLRA(start_check)(f));
    *plan = (rlra_plan){.start_bytes = RLRA(start_bytes)(f)};
    if (f->term[0].x->file == NULL)
        TRY(RLRA(start_settle)(f));
    report_choices(f, plan);
    report_data(f, plan);
    report_cost(f, plan);
    if (f->term[0].x->file != NULL)
        report_windows(f, plan);
    report_memory(f, plan);
cleanup:
    RLRA(fit_clear)(f);
    rlra_free(problem->context, f);
    return status;
}
