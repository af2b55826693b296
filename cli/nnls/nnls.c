/* cli/nnls/nnls.c: `rlra nnls`: regression with nonnegative coefficients, one or many right-hand sides. */
#include "nnls/pixels.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "words.h"

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
    char *const words = words_reported(r->asked->about, r->asked->context, status);
    const int code = run_error("%s (W: %s, Y: %s)", words, r->asked->data[0], r->asked->data[1]);
    free(words);
    return code;
}

static double *numbers_of(const regression *r, int64_t each)
{
    return cli_alloc((size_t)(r->columns * each) + 1, sizeof(double));
}

static rlra_status solve_columns(regression *r, rlra_nnls_plan *plan)
{
    r->losses = numbers_of(r, 1);
    r->kkts = numbers_of(r, 1);
    r->gaps = numbers_of(r, 1);
    const rlra_nnls_columns columns = {r->losses, r->kkts, r->gaps};
    return r->is_sparse ? rlra_nnls_plan_solve_sparse(plan, &r->sparse, &r->x, &columns, &r->report)
                        : rlra_nnls_plan_solve(plan, &r->y, &r->x, &columns, &r->report);
}

static int solve(regression *r, rlra_nnls_plan *plan)
{
    progress silent = {0};
    rlra_status status;
    progress_begin(&silent, r->asked->context);
    if (r->asked->front) {
        r->losses = numbers_of(r, r->sizes);
        status = rlra_nnls_plan_front(plan, &r->y, &r->x, r->losses, &r->report);
    } else {
        status = solve_columns(r, plan);
    }
    progress_end(&silent, r->asked->context);
    return status == RLRA_OK ? EXIT_OK : solver_fail(r, status);
}

/* Plan first: what is wrong with options and penalties shows before the output is checked. */
static int plan_and_solve(regression *r)
{
    rlra_nnls_plan *plan = NULL;
    const rlra_status status = rlra_nnls_plan_create(r->asked->context, &r->w, &r->options, r->priors, &plan);
    if (status != RLRA_OK)
        return solver_fail(r, status);
    const char *const rule = r->asked->front ? "k_sparse" : rlra_nnls_plan_update(plan);
    int code = words_check_given(r->asked, &rule, 1);
    if (code == EXIT_OK)
        code = regression_prepare_output(r);
    if (code == EXIT_OK)
        code = solve(r, plan);
    rlra_nnls_plan_destroy(plan);
    return code;
}

static void end(regression *r)
{
    rlra_dataset_destroy(r->w_file);
    rlra_dataset_destroy(r->y_file);
    regression_clear_scene(r);
    free(r->expanded[0]);
    free(r->expanded[1]);
    free(r->x_written.data);
    free(r->losses);
    free(r->kkts);
    free(r->gaps);
    free(r->priors);
    free(r->out);
    run_end(&r->files);
}

static int check_request(const request *asked)
{
    if (asked->front && asked->start != NULL)
        return usage_error(asked->about, "--front searches from no start, leave --start out");
    if (asked->front && strcmp(asked->options.update, "auto") != 0 && strcmp(asked->options.update, "k_sparse") != 0)
        return usage_error(asked->about, "--front is a search of its own, leave --update out");
    return EXIT_OK;
}

int command_nnls(const request *asked)
{
    regression r = {.asked = asked, .options = asked->options};
    run_begin(&r.files, asked);
    r.priors = priors_of(asked);
    if (asked->start != NULL)
        r.options.init = "model";
    int code = check_request(asked);
    if (code == EXIT_OK)
        code = regression_read(&r);
    if (code == EXIT_OK)
        code = plan_and_solve(&r);
    if (code == EXIT_OK && r.is_scene)
        regression_spread(&r);
    if (code == EXIT_OK)
        code = regression_write(&r);
    if (code == EXIT_OK)
        code = regression_report(&r);
    if (code == EXIT_OK)
        code = regression_print(&r);
    end(&r);
    return code;
}
