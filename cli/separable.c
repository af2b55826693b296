/* cli/separable.c: `rlra separable`: columns of a matrix that generate all others. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "text.h"

/* By method. */
static const struct {
    const char *name, *note;
} methods[] = {
    [RLRA_SEPARABLE_SPA] = {"spa", "picked by SPA"},
    [RLRA_SEPARABLE_SNPA] = {"snpa", "picked by SNPA"},
    [RLRA_SEPARABLE_RANK_TWO] = {"rank_two", "picked as the ends of a segment"},
};

/* The command line was checked against the names. */
static rlra_separable_method method_named(const char *name)
{
    int method = 0;
    while (strcmp(methods[method].name, name) != 0)
        method++;
    return (rlra_separable_method)method;
}

static rlra_separable_options options_of(const request *asked)
{
    rlra_separable_options options = rlra_separable_options_default();
    options.rank = asked->options.rank;
    options.threads = asked->options.threads;
    if (asked->method != NULL)
        options.method = method_named(asked->method);
    if (asked->residual >= 0.0)
        options.tolerance = asked->residual;
    return options;
}

/* Pick, and certify the result as the nonnegative factorization it is. */
static int pick(run *r, int64_t *columns, int64_t *found)
{
    const double begun = seconds_now();
    const rlra_separable_options options = options_of(r->asked);
    rlra_separable_report report;
    rlra_status status = rlra_separable(r->context, &r->data, &options, columns, r->model, &report);
    if (status == RLRA_OK)
        status = rlra_certify(r->problem, r->model, &r->report);
    if (status != RLRA_OK)
        return run_fail(r, status, r->asked->data[0]);
    *found = report.found;
    r->fit_seconds = seconds_now() - begun;
    r->report.seconds = report.seconds;
    r->report.sweeps = report.found;
    r->report.threads = report.threads;
    r->report.threads_refused = report.threads_refused;
    run_report_threads(r->asked, report.threads, report.threads_refused);
    r->report.start_objective = NAN;
    r->note = methods[report.method].note;
    r->stop_word = report.found < options.rank ? "residual" : "rank";
    r->stop_text = report.found < options.rank ? "the residual fell below the limit" : "all columns were picked";
    return EXIT_OK;
}

/* The picked columns, in the order picked, as a table. */
static void describe(run *r, const int64_t *columns, int64_t found, char **cells)
{
    static const char *const header[] = {"pick", "column", "name"};
    const int width = rlra_dataset_label(r->dataset, 1, 0) != NULL ? 3 : 2;
    for (int64_t i = 0; i < found; ++i) {
        cells[width * i] = cli_format("%" PRId64, i + 1);
        cells[width * i + 1] = cli_format("%" PRId64, columns[i]);
        if (width == 3)
            cells[width * i + 2] = text_valid(rlra_dataset_label(r->dataset, 1, columns[i]));
    }
    r->tables[r->table_count++] =
        (rlra_page_table){"Columns, counted from 0", width, (int)found, header, (const char *const *)cells};
}

static int separate(run *r)
{
    const size_t rank = (size_t)r->options.rank;
    int64_t *const columns = cli_alloc(rank, sizeof *columns);
    char **const cells = cli_alloc(3 * rank, sizeof *cells);
    int64_t found = 0;
    int code = pick(r, columns, &found);
    if (code == EXIT_OK) {
        describe(r, columns, found, cells);
        const rlra_array picked = rlra_array_contiguous(RLRA_DTYPE_I64, 1, &found, columns);
        r->extra[r->extra_count++] = (rlra_named_array){"columns", &picked};
        code = run_write(r);
        if (code == EXIT_OK)
            code = run_report(r);
    }
    for (size_t i = 0; i < 3 * rank; ++i)
        free(cells[i]);
    free(cells);
    free(columns);
    return code;
}

int command_separable(const request *asked)
{
    run r;
    run_begin(&r, asked);
    int code = run_prepare(&r, 2);
    if (code == EXIT_OK)
        code = separate(&r);
    run_end(&r);
    return code;
}
