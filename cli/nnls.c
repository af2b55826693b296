/* cli/nnls.c: `rlra nnls`: regression with nonnegative coefficients, one or many right-hand sides. */
#include "nnls.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

static void add_prior(textbuf *t, const char *name, const char *weight)
{
    text_add(t, "%s%s%s%s", t->length == 0 ? "" : ",", name, weight == NULL ? "" : "=", weight == NULL ? "" : weight);
}

/* All penalties as one text. Without --prior coefficients are nonnegative, unless --lower allows others. */
static char *priors_of(const request *asked)
{
    textbuf t = {NULL, 0, 0};
    for (int i = 0; i < asked->priors.count; ++i)
        add_prior(&t, asked->priors.item[i], NULL);
    const int signs_free = asked->lower != NULL && strtod(asked->lower, NULL) < 0.0;
    if (asked->priors.count == 0 && !signs_free)
        add_prior(&t, "nonneg", NULL);
    if (asked->sum_to_one)
        add_prior(&t, "simplex", NULL);
    if (asked->lower != NULL)
        add_prior(&t, "lower", asked->lower);
    if (asked->upper != NULL)
        add_prior(&t, "upper", asked->upper);
    return t.bytes;
}

/* Failures of the solver speak of W, Y and X: say which files these are. */
static int solver_fail(const regression *r, rlra_status status)
{
    const char *const sentence = rlra_context_message(r->asked->context);
    return run_error("%s (W: %s, Y: %s)", sentence[0] == '\0' ? rlra_status_text(status) : sentence, r->asked->data[0],
                     r->asked->data[1]);
}

static rlra_nnls_columns columns_of(regression *r)
{
    r->losses = cli_alloc((size_t)r->columns + 1, sizeof *r->losses);
    r->kkts = cli_alloc((size_t)r->columns + 1, sizeof *r->kkts);
    r->gaps = cli_alloc((size_t)r->columns + 1, sizeof *r->gaps);
    return (rlra_nnls_columns){r->losses, r->kkts, r->gaps};
}

static int solve(regression *r, rlra_nnls_plan *plan)
{
    progress silent = {0};
    const rlra_nnls_columns columns = columns_of(r);
    progress_begin(&silent, r->asked->context);
    const rlra_status status = rlra_nnls_plan_solve(plan, &r->y, &r->x, &columns, &r->report);
    progress_end(&silent, r->asked->context);
    return status == RLRA_OK ? EXIT_OK : solver_fail(r, status);
}

/* Plan first: what is wrong with options and penalties shows before the output is looked at. */
static int plan_and_solve(regression *r)
{
    rlra_nnls_plan *plan = NULL;
    const rlra_status status = rlra_nnls_plan_create(r->asked->context, &r->w, &r->options, r->priors, &plan);
    if (status != RLRA_OK)
        return solver_fail(r, status);
    int code = regression_prepare_output(r);
    if (code == EXIT_OK)
        code = solve(r, plan);
    rlra_nnls_plan_destroy(plan);
    return code;
}

static void end(regression *r)
{
    rlra_dataset_destroy(r->w_file);
    rlra_dataset_destroy(r->y_file);
    free(r->x_written.data);
    free(r->losses);
    free(r->kkts);
    free(r->gaps);
    free(r->priors);
    free(r->out);
    run_end(&r->files);
}

int command_nnls(const request *asked)
{
    regression r = {.asked = asked, .options = asked->options};
    run_begin(&r.files, asked);
    r.priors = priors_of(asked);
    if (asked->start != NULL)
        r.options.init = "model";
    int code = regression_read(&r);
    if (code == EXIT_OK)
        code = plan_and_solve(&r);
    if (code == EXIT_OK)
        code = regression_write(&r);
    if (code == EXIT_OK)
        code = regression_tell(&r);
    end(&r);
    return code;
}
