/* cli/run.c: the steps that every fit takes: read, pose, start, fit, write, report. */
#include "run.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "missing.h"
#include "say.h"
#include "stream.h"
#include "text.h"
#include "words.h"

int run_fail(const run *r, rlra_status status, const char *what)
{
    char *const words = words_reported(r->asked->about, r->context, status);
    const int code = run_error("%s%s%s", what == NULL ? "" : what, what == NULL ? "" : ": ", words);
    free(words);
    return code;
}

const char *run_variable(const run *r)
{
    return r->stream != NULL ? rlra_stream_name(r->stream) : rlra_dataset_name(r->dataset);
}

const char *run_format(const run *r)
{
    return r->stream != NULL ? rlra_stream_format(r->stream) : rlra_dataset_format(r->dataset);
}

const char *run_stored_dtype(const run *r)
{
    return r->stream != NULL ? rlra_stream_stored_dtype(r->stream) : rlra_dataset_stored_dtype(r->dataset);
}

const rlra_model *run_model(const run *r)
{
    return r->written != NULL ? r->written : r->model;
}

const rlra_array *run_whole(const run *r)
{
    return r->whole != NULL ? r->whole : &r->data;
}

void run_begin(run *r, const request *asked)
{
    *r = (run){.asked = asked, .context = asked->context, .options = asked->options};
}

void run_end(run *r)
{
    progress_clear(&r->progress);
    fit_clear(r);
    rlra_model_destroy(r->model);
    rlra_problem_destroy(r->problem);
    rlra_stream_close(r->stream);
    rlra_dataset_destroy(r->dataset);
    rlra_dataset_destroy(r->weights_file);
    for (int n = 0; n < RLRA_MAX_ORDER; ++n)
        free(r->priors[n]);
    output_close(r);
    free(r->out);
    free(r->stop_said);
}

static int take_stream(run *r)
{
    r->data = *rlra_stream_array(r->stream);
    return EXIT_OK;
}

static int raise_entries(run *r)
{
    const double least = r->asked->floor;
    if (least < 0.0)
        return EXIT_OK;
    if (r->stream != NULL)
        return run_error(
            "%s does not fit into --memory-limit %s, and --floor raises entries in memory: raise the limit",
            r->asked->data[0], r->asked->memory_limit);
    if (r->sparse != NULL)
        return run_error("%s is sparse: --floor is for dense data, whose zeros are stored", r->asked->data[0]);
    rlra_dataset_raise(r->dataset, least, &r->raised);
    return EXIT_OK;
}

static int read_dataset(run *r, const char *spec, int least_order, int most_order)
{
    const rlra_read_options options = input_options(r->asked);
    const int code =
        (r->takes_sparse ? input_read_any : input_read)(r, spec, least_order, most_order, &options, &r->dataset);
    if (code != EXIT_OK)
        return code;
    r->sparse = rlra_dataset_sparse(r->dataset);
    r->data = r->sparse == NULL ? *rlra_dataset_array(r->dataset)
                                : rlra_array_contiguous(r->sparse->dtype, r->sparse->order, r->sparse->dims, NULL);
    if (r->sparse == NULL && r->data.order > most_order)
        r->data = input_squeezed(&r->data);
    return EXIT_OK;
}

/* Sparse data may be small, and their factors larger than any memory: reported before anything is made of them. */
static int check_factors(const run *r)
{
    const double rank = r->options.rank > 0 ? (double)r->options.rank : 1.0;
    double bytes = 0.0;
    char need[32], left[32];
    for (int m = 0; m < r->data.order; ++m)
        bytes += (double)r->data.dims[m] * rank * (double)rlra_dtype_bytes(r->data.dtype);
    if (r->sparse == NULL || bytes < LITTLE_MEMORY)
        return EXIT_OK;
    const double memory = rlra_context_memory(r->context);
    if (bytes <= memory)
        return EXIT_OK;
    return run_error("%s: out of memory: factors of rank %.0f need %s, and there are %s: data with fewer rows and "
                     "columns need less",
                     r->asked->data[0], rank, print_bytes(bytes, need, sizeof need),
                     print_bytes(memory, left, sizeof left));
}

int run_read(run *r, int least_order, int most_order)
{
    const double begun = seconds_now();
    const char *const spec = r->asked->data[0];
    int code = stream_open(r, least_order, most_order);
    if (code == EXIT_OK)
        code = r->stream != NULL ? take_stream(r) : read_dataset(r, spec, least_order, most_order);
    if (code != EXIT_OK)
        return code;
    r->read_seconds = seconds_now() - begun;
    char dims[128];
    print_dims(r->data.order, r->data.dims, dims, sizeof dims);
    if (r->data.order > most_order && most_order == 2)
        return run_error("%s: %s needs a matrix, this is %s; rlra cp takes arrays of any order", spec,
                         r->asked->about->name, dims);
    if (r->data.order < least_order)
        return run_error("%s: %s needs %s, this is a vector of %s", spec, r->asked->about->name,
                         most_order == 2 ? "a matrix" : "an array of at least two modes", dims);
    if (r->data.order > most_order)
        return run_error("%s: %s needs an array of %d to %d modes, this is %s", spec, r->asked->about->name,
                         least_order, most_order, dims);
    return check_factors(r);
}

/* Factor of "F:SPEC", with *spec behind the colon; -1 when there is no such factor. */
static int prior_factor(const char *prior, int order, const char **spec)
{
    const char *const colon = strchr(prior, ':');
    if (colon == NULL || colon == prior)
        return -1;
    *spec = colon + 1;
    if (order == 2 && colon == prior + 1 && (prior[0] == 'W' || prior[0] == 'H'))
        return prior[0] == 'H';
    char *end = NULL;
    const long factor = strtol(prior, &end, 10);
    const int is_number = prior[0] >= '0' && prior[0] <= '9' && end == colon;
    return is_number && factor < order ? (int)factor : -1;
}

/* Keep the text of a prior in force. */
static void note_prior(run *r, int factor, const char *spec)
{
    char *const before = r->priors[factor];
    r->priors[factor] = before == NULL ? cli_format("%s", spec) : cli_format("%s,%s", before, spec);
    free(before);
}

static int prior_fail(const run *r, const char *prior, rlra_status status)
{
    char *const words = words_reported(r->asked->about, r->context, status);
    const int code = usage_error(r->asked->about, "--prior %s: %s", prior, words);
    free(words);
    return code;
}

static int add_prior(run *r, const char *prior)
{
    const request *const asked = r->asked;
    const char *spec = NULL;
    const int factor = prior_factor(prior, r->data.order, &spec);
    if (factor < 0 || spec[0] == '\0')
        return usage_error(asked->about, "--prior needs F:SPEC with F a factor from 0 to %d%s, got '%s'",
                           r->data.order - 1, r->data.order == 2 ? " or W or H" : "", prior);
    const rlra_status status = rlra_problem_add_prior(r->problem, factor, spec);
    if (status == RLRA_ERR_ARGUMENT)
        return prior_fail(r, prior, status);
    if (status != RLRA_OK)
        return run_fail(r, status, prior);
    note_prior(r, factor, spec);
    return EXIT_OK;
}

int run_constrain(run *r)
{
    int code = EXIT_OK;
    for (int i = 0; code == EXIT_OK && i < r->asked->priors.count; ++i)
        code = add_prior(r, r->asked->priors.item[i]);
    for (int n = 0; code == EXIT_OK && n < r->data.order; ++n) {
        if (r->priors[n] != NULL)
            continue;
        const char *const standard = r->default_priors[n] == NULL ? "nonneg" : r->default_priors[n];
        const rlra_status status = rlra_problem_add_prior(r->problem, n, standard);
        if (status != RLRA_OK)
            return run_fail(r, status, standard);
        note_prior(r, n, standard);
    }
    return code;
}

int run_is_scale_free(const run *r)
{
    for (int i = 0; i < r->asked->priors.count; ++i) {
        const char *const colon = strchr(r->asked->priors.item[i], ':');
        if (colon == NULL || !word_in("nonneg none", colon + 1))
            return 0;
    }
    return !r->asked->sum_to_one;
}

/* Components are bounded only where an entry may say nothing of them. */
static int check_reach(const run *r)
{
    if (!word_in(r->asked->given, "reach") || r->partial || r->options.holdout > 0.0)
        return EXIT_OK;
    const int takes_mask = strcmp(r->asked->about->name, "unmix") != 0;
    return usage_error(r->asked->about,
                       "--reach has no effect without missing entries or weights: it needs %s--holdout",
                       takes_mask ? "--mask, --weights, --missing or " : "");
}

int run_pose(run *r)
{
    const int code = check_reach(r);
    if (code != EXIT_OK)
        return code;
    const double begun = seconds_now();
    rlra_status status = rlra_problem_create(r->context, &r->problem);
    if (status != RLRA_OK)
        return run_fail(r, status, NULL);
    status = r->partial          ? missing_pose(r)
             : r->stream != NULL ? rlra_problem_add_stream(r->problem, r->stream, (int64_t)r->memory_limit, 1.0, NULL)
             : r->sparse != NULL ? rlra_problem_add_sparse(r->problem, r->sparse, 1.0, NULL)
                                 : rlra_problem_add_dense(r->problem, &r->data, 1.0, NULL);
    if (status != RLRA_OK)
        return run_fail(r, status, r->asked->data[0]);
    r->prepare_seconds += seconds_now() - begun;
    return EXIT_OK;
}

void scale_component(const rlra_array *factor, int64_t k, double by)
{
    for (int64_t i = 0; i < factor->dims[0]; ++i) {
        const int64_t at = i * factor->strides[0] + k * factor->strides[1];
        if (factor->dtype == RLRA_DTYPE_F32)
            ((float *)factor->data)[at] *= (float)by;
        else
            ((double *)factor->data)[at] *= by;
    }
}

/* A plan says what "auto" is and what a fit needs; one that is refused says so itself. */
static int check_plan(run *r)
{
    rlra_plan plan;
    const char *rules[RLRA_PLAN_FACTORS];
    int count = 0;
    if (rlra_fit_plan(r->problem, &r->options, r->options.rank, &plan) != RLRA_OK)
        return EXIT_OK;
    /* The data fit into the limit, and the workspace beside them does not. */
    if (plan_exceeds(r, &plan) && stream_instead(r)) {
        int code = run_pose(r);
        if (code == EXIT_OK)
            code = run_constrain(r);
        if (code != EXIT_OK || rlra_fit_plan(r->problem, &r->options, r->options.rank, &plan) != RLRA_OK)
            return code;
    }
    if (!r->asked->plan && plan_check(r, &plan) != EXIT_OK)
        return EXIT_RUN;
    for (int n = 0; n < plan.factors; ++n) {
        if (plan.factor[n].length > 0)
            rules[count++] = plan.factor[n].update;
    }
    return words_check_given(r->asked, rules, count);
}

int run_start(run *r)
{
    const char *const file = r->asked->init_file;
    const double begun = seconds_now();
    const int64_t rank = file == NULL ? r->options.rank : start_file_rank(r);
    if (rank == 0)
        return EXIT_RUN;
    if (r->options.rank != 0 && r->options.rank != rank)
        return run_error("--init %s holds %" PRId64 " components, -r asks for %" PRId64, file, rank, r->options.rank);
    r->options.rank = rank;
    const int usage = check_plan(r);
    if (usage != EXIT_OK)
        return usage;
    if (r->asked->plan)
        return run_plan(r);
    const rlra_status status =
        rlra_model_create(r->context, r->data.dtype, r->data.order, r->data.dims, rank, &r->model);
    if (status != RLRA_OK)
        return run_fail(r, status, NULL);
    int code = file == NULL ? EXIT_OK : start_file_fill(r);
    r->prepare_seconds += seconds_now() - begun;
    /* Only now, when all input is known to be good: a failed run leaves no empty folder. */
    if (code == EXIT_OK)
        code = progress_open(&r->progress, r->asked);
    return code == EXIT_OK ? output_prepare(r) : code;
}

int run_prepare(run *r, int most_order)
{
    int code = run_read(r, 2, most_order);
    if (code == EXIT_OK)
        code = raise_entries(r);
    if (code == EXIT_OK)
        code = missing_read(r);
    if (code == EXIT_OK)
        code = run_pose(r);
    if (code == EXIT_OK)
        code = run_constrain(r);
    if (code == EXIT_OK)
        code = run_start(r);
    return code;
}

int run_write(run *r)
{
    const int written = output_write(r);
    const int logged = progress_close_log(&r->progress, r->asked);
    return written != EXIT_OK ? written : logged;
}

void run_report_threads(const request *asked, int64_t used, int64_t refused)
{
    if (refused > 0 && !asked->quiet)
        say(stderr, "rlra: note: the system grants %" PRId64 " of %" PRId64 " threads: the same result takes longer\n",
            used, used + refused);
}

/* Which rules took over, and what limits the factors. */
static void report_changes(const rlra_report *report)
{
    char verdict[512];
    if (report->rule_changes == 1)
        say(stdout, "  rules           %s, from sweep %" PRId64 " on %s\n", report->update, report->change[0].sweep,
            report->change[0].update);
    if (report->rule_changes > 1)
        say(stdout, "  rules           %s and %s, %" PRId64 " changes\n", report->update, report->change[0].update,
            report->rule_changes);
    if (report->escapes > 0)
        say(stdout, "  escapes         %" PRId64 " tried, %" PRId64 " kept\n", report->escapes, report->escapes_kept);
    rlra_verdict(report, verdict, sizeof verdict);
    if (verdict[0] != '\0')
        say(stdout, "  note            %s\n", verdict);
}

int run_report(const run *r)
{
    const int code = r->interrupted ? EXIT_INTERRUPTED : EXIT_OK;
    if (r->asked->quiet)
        return code;
    char dims[128];
    print_dims(run_whole(r)->order, run_whole(r)->dims, dims, sizeof dims);
    say(stdout, "%s  %s  %s, rank %" PRId64 "\n", r->asked->data[0], dims, rlra_dtype_name(r->data.dtype),
        r->options.rank);
    for (int t = 0; t < r->table_count; ++t) {
        say(stdout, "\n%s\n", r->tables[t].title);
        print_table(stdout, r->tables[t].columns, r->tables[t].rows, r->tables[t].header, r->tables[t].cells);
    }
    if (r->note != NULL)
        say(stdout, "  (%s)\n", r->note);
    if (r->table_count > 0)
        fputc('\n', stdout);
    say(stdout, "  relative error  %.6g\n", r->report.relative_error);
    if (r->reported != NULL)
        say_lines(stdout, r->reported);
    missing_report(r);
    stream_report(r);
    say(stdout, "  objective       %.9g\n", r->report.objective);
    say(stdout, "  KKT residual    %.3g\n", r->report.kkt_residual);
    say(stdout, "  sweeps          %" PRId64 " in %.3g s (%s)\n", r->report.sweeps, r->report.seconds, r->stop_text);
    report_changes(&r->report);
    if (r->kept.resumed_sweeps > 0)
        say(stdout, "  resumed after   %" PRId64 " sweeps\n", r->kept.resumed_sweeps);
    say(stdout, "  results         %s\n", r->out);
    return code;
}
