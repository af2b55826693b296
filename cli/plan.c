/* cli/plan.c: report what a fit would do and cost, instead of doing it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "say.h"
#include "text.h"

static void print_line(const char *label, char *text)
{
    say(stdout, "  %-12s %s\n", label, text);
    free(text);
}

static void print_data(const run *r, const rlra_plan *plan)
{
    char bytes[32];
    print_bytes(plan->data_bytes, bytes, sizeof bytes);
    if (r->sparse != NULL)
        print_line("data", cli_format("%.0f stored entries of %.0f (%.3g %%), %s", plan->stored_entries, plan->entries,
                                      100.0 * plan->density, bytes));
    else
        print_line("data", cli_format("%.0f entries, %.3g %% not zero, %s%s", plan->entries, 100.0 * plan->density,
                                      bytes, r->stream != NULL ? ", read from the file" : ""));
}

static void print_memory(const run *r, const rlra_plan *plan, int starts)
{
    char model[32], work[32], start[32], checkpoint[32];
    print_bytes(plan->factor_bytes, model, sizeof model);
    print_bytes(plan->workspace_bytes, work, sizeof work);
    print_bytes(plan->start_bytes, start, sizeof start);
    print_bytes(plan->checkpoint_bytes, checkpoint, sizeof checkpoint);
    print_line("model",
               starts > 1 ? cli_format("%s, and %d more for the starts", model, starts) : cli_format("%s", model));
    print_line("workspace", plan->start_bytes > 0.0 ? cli_format("%s, and %s while the start is made", work, start)
                                                    : cli_format("%s", work));
    if (r->stream != NULL)
        print_line("",
                   cli_format("%s of it for windows of the data", print_bytes(plan->window_bytes, work, sizeof work)));
    if (r->asked->checkpoint != NULL)
        print_line("checkpoint",
                   cli_format("%s on the disk, twice%s", checkpoint, starts > 1 ? " for each start" : ""));
}

static void print_rules(const rlra_plan *plan)
{
    for (int n = 0; n < plan->factors; ++n) {
        const rlra_plan_factor *const f = &plan->factor[n];
        char label[32];
        snprintf(label, sizeof label, "factor %d", n);
        print_line(label, cli_format("%" PRId64 " rows by %s, at most %" PRId64 " round%s", f->length, f->update,
                                     f->most_rounds, f->most_rounds == 1 ? "" : "s"));
        if (f->other != NULL)
            print_line("", cli_format("or by %s, %s", f->other, plan->policy));
    }
}

static void print_sweep(const rlra_plan *plan)
{
    char bytes[32];
    print_bytes(plan->read_bytes, bytes, sizeof bytes);
    print_line("a sweep", cli_format("%" PRId64 " pass%s over the data: %s read, %.3g Gflop", plan->passes,
                                     plan->passes == 1 ? "" : "es", bytes, 1e-9 * plan->product_flops));
    if (plan->window_bytes > 0.0)
        print_line("", cli_format("from the file, in runs of %s", print_bytes(plan->run_bytes, bytes, sizeof bytes)));
    if (plan->rule_flops > 0.0)
        print_line("", cli_format("and at most %.3g Gflop for the rules", 1e-9 * plan->rule_flops));
}

static int starts_of(const run *r)
{
    return r->asked->starts > 1.0 ? (int)r->asked->starts : 1;
}

/* The model that is written, and one for each of several starts. */
static int models_of(const run *r)
{
    const int starts = starts_of(r);
    return starts > 1 ? starts + 1 : 1;
}

static double bytes_of(const run *r, const rlra_plan *plan)
{
    const double data = r->stream != NULL ? 0.0 : plan->data_bytes;
    return data + models_of(r) * plan->factor_bytes + plan->workspace_bytes + plan->start_bytes;
}

int plan_exceeds(const run *r, const rlra_plan *plan)
{
    return r->asked->memory_limit != NULL && r->stream == NULL && bytes_of(r, plan) > r->memory_limit;
}

int plan_check(const run *r, const rlra_plan *plan)
{
    char need[32], limit[32];
    if (plan_exceeds(r, plan))
        return run_error("%s: the fit needs %s, more than --memory-limit %s: raise the limit", r->asked->data[0],
                         print_bytes(bytes_of(r, plan), need, sizeof need),
                         print_bytes(r->memory_limit, limit, sizeof limit));
    const rlra_status status = rlra_plan_check(r->context, plan, models_of(r));
    return status == RLRA_OK ? EXIT_OK : run_fail(r, status, r->asked->data[0]);
}

/* The sum, and whether there is as much. */
static void print_sum(const run *r, const rlra_plan *plan)
{
    char sum[32], left[32];
    print_bytes(bytes_of(r, plan), sum, sizeof sum);
    if (rlra_plan_check(r->context, plan, models_of(r)) == RLRA_OK)
        print_line("in all", cli_format("%s of memory", sum));
    else
        print_line("in all", cli_format("%s of memory, and beside the data there are %s: the fit would be refused", sum,
                                        print_bytes(rlra_context_memory(r->context), left, sizeof left)));
}

int run_plan(const run *r)
{
    rlra_plan plan;
    char dims[128];
    const int starts = starts_of(r);
    const rlra_status status = rlra_fit_plan(r->problem, &r->options, r->options.rank, &plan);
    if (status != RLRA_OK)
        return run_fail(r, status, r->asked->data[0]);
    print_dims(r->data.order, r->data.dims, dims, sizeof dims);
    say(stdout, "%s  %s  %s, rank %" PRId64 "\n", r->asked->data[0], dims, plan.dtype, r->options.rank);
    print_data(r, &plan);
    print_memory(r, &plan, starts);
    print_sum(r, &plan);
    print_line("loss", cli_format("%s", plan.loss));
    print_line("start",
               starts > 1 ? cli_format("%s, then %d random", plan.init, starts - 1) : cli_format("%s", plan.init));
    print_rules(&plan);
    print_sweep(&plan);
    print_line("sweeps", cli_format("at most %" PRId64, plan.max_sweeps));
    if (r->options.escapes > 0 && plan.no_escapes[0] == '\0')
        print_line("escapes", cli_format("at most %" PRId64, r->options.escapes));
    else
        print_line("escapes", plan.no_escapes[0] == '\0' ? cli_format("as many as fit in the sweeps so far")
                                                         : cli_format("none: %s", plan.no_escapes));
    print_line("threads", cli_format("%" PRId64 ", kernels for %s", plan.threads, rlra_build_info()->kernels));
    say(stdout, "nothing was fitted or written\n");
    return EXIT_PLANNED;
}
