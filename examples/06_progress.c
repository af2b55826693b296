/* 06_progress.c: watch a fit and end it from outside, as a window or a signal handler would. */
#include "example.h"

enum { ROWS = 60, COLUMNS = 80, RANK = 10, ENOUGH = 5 };

static void show(void *user, const rlra_progress *progress)
{
    rlra_context *context = (rlra_context *)user;
    printf("sweep %d: objective %.6f, relative error %.4f\n", (int)progress->sweep, progress->objective,
           progress->relative_error);
    if (progress->sweep == ENOUGH)
        rlra_context_interrupt(context);
}

int main(void)
{
    static double y[ROWS * COLUMNS];
    uint32_t state = 11;
    for (int i = 0; i < ROWS * COLUMNS; i++)
        y[i] = noise(&state);
    const int64_t dims[] = {ROWS, COLUMNS};
    const rlra_array data = rlra_array_contiguous(RLRA_DTYPE_F64, 2, dims, y);

    rlra_context *context = NULL;
    rlra_problem *problem = NULL;
    rlra_model *model = NULL;
    check(NULL, rlra_context_create(NULL, &context));
    rlra_context_set_progress(context, show, context);
    check(context, rlra_problem_create(context, &problem));
    check(context, rlra_problem_add_dense(problem, &data, 1.0, NULL));
    check(context, rlra_problem_add_prior(problem, 0, "nonneg"));
    check(context, rlra_problem_add_prior(problem, 1, "nonneg"));
    check(context, rlra_model_create(context, data.dtype, 2, dims, RANK, &model));

    /* Options can also be set from text, as the command line does; the table of options checks them. */
    rlra_options options = rlra_options_default();
    check(context, rlra_options_set(context, &options, "tolerance", "0"));
    check(context, rlra_options_set(context, &options, "decrease", "0"));
    rlra_report report;
    check(context, rlra_fit(problem, &options, model, &report));
    printf("stopped: %s\n", rlra_stop_text(report.stop));

    rlra_model_destroy(model);
    rlra_problem_destroy(problem);
    rlra_context_destroy(context);
    return report.stop == RLRA_STOP_INTERRUPT && report.sweeps == ENOUGH ? 0 : 1;
}
