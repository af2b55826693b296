/* cli/missing.c: masks, weights and what else says that entries of the data are missing; what is reported of the entries. */
#include "missing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "say.h"
#include "text.h"

static const char *missing_of(const run *r)
{
    return r->asked->missing == NULL ? "none" : r->asked->missing;
}

static const char *file_of(const run *r)
{
    return r->asked->mask != NULL ? r->asked->mask : r->asked->weights;
}

/* A mask holds nothing but 0 and 1. */
static int check_mask(const run *r)
{
    rlra_array_summary all;
    int64_t index[RLRA_MAX_ORDER] = {0}, ones = 0;
    const rlra_array *const mask = &r->weights;
    if (r->asked->mask == NULL || rlra_array_summarise(mask, &all) != RLRA_OK)
        return EXIT_OK;
    for (int64_t at = 0; at < all.count; ++at) {
        ones += rlra_array_get(mask, index) == 1;
        for (int m = mask->order - 1; m >= 0 && ++index[m] == mask->dims[m]; --m)
            index[m] = 0;
    }
    return ones + all.zeros == all.count
               ? EXIT_OK
               : run_error("%s: a mask holds 1 where an entry is observed and 0 where it is missing, but %" PRId64
                           " entries are neither; --weights takes any numbers",
                           r->asked->mask, all.count - ones - all.zeros);
}

/* Without a word on what it means the mask is compared with the data; 1 for 0 where 1 is what is missing. */
static int settle_mask(run *r)
{
    const char *const means = r->asked->mask_means;
    if (r->asked->mask == NULL)
        return EXIT_OK;
    if (means == NULL) {
        const rlra_missing missing = strcmp(missing_of(r), "nan") == 0 ? RLRA_MISSING_NAN : RLRA_MISSING_NONE;
        const rlra_status status = rlra_mask_check(r->context, &r->data, &r->weights, missing);
        return status == RLRA_OK ? EXIT_OK : run_fail(r, status, r->asked->mask);
    }
    int64_t index[RLRA_MAX_ORDER] = {0}, count = 1;
    for (int m = 0; m < r->weights.order; ++m)
        count *= r->weights.dims[m];
    for (int64_t at = 0; strcmp(means, "missing") == 0 && at < count; ++at) {
        int64_t place = 0;
        for (int m = 0; m < r->weights.order; ++m)
            place += index[m] * r->weights.strides[m];
        if (r->weights.dtype == RLRA_DTYPE_F32)
            ((float *)r->weights.data)[place] = 1 - ((const float *)r->weights.data)[place];
        else
            ((double *)r->weights.data)[place] = 1 - ((const double *)r->weights.data)[place];
        for (int m = r->weights.order - 1; m >= 0 && ++index[m] == r->weights.dims[m]; --m)
            index[m] = 0;
    }
    return EXIT_OK;
}

static int check_shape(const run *r)
{
    char mine[128], theirs[128];
    int same = r->weights.order == r->data.order;
    for (int m = 0; same && m < r->data.order; ++m)
        same = r->weights.dims[m] == r->data.dims[m];
    if (same)
        return EXIT_OK;
    print_dims(r->weights.order, r->weights.dims, mine, sizeof mine);
    print_dims(r->data.order, r->data.dims, theirs, sizeof theirs);
    return run_error("%s: %s must have the shape of the data, %s, this is %s", file_of(r),
                     r->asked->mask != NULL ? "the mask" : "the weights", theirs, mine);
}

/* Weights of stored entries: a sparse file with the same places. */
static int read_sparse_weights(run *r, const rlra_read_options *options)
{
    const char *const file = r->asked->weights;
    const int code = input_read_any(r, file, r->data.order, r->data.order, options, &r->weights_file);
    r->sparse_weights = code == EXIT_OK ? rlra_dataset_sparse(r->weights_file) : NULL;
    if (code != EXIT_OK || r->sparse_weights != NULL)
        return code;
    return run_error("%s is dense, and %s is sparse: its weights are a sparse file with the same places", file,
                     r->asked->data[0]);
}

static int read_weights(run *r)
{
    const rlra_read_options options = {.dtype = r->data.dtype == RLRA_DTYPE_F32 ? RLRA_READ_F32 : RLRA_READ_F64};
    if (r->sparse != NULL)
        return read_sparse_weights(r, &options);
    int code = input_read(r, file_of(r), r->data.order, r->data.order, &options, &r->weights_file);
    if (code != EXIT_OK)
        return code;
    r->weights = *rlra_dataset_array(r->weights_file);
    if (r->weights.order > r->data.order)
        r->weights = input_squeezed(&r->weights);
    code = check_shape(r);
    if (code == EXIT_OK)
        code = check_mask(r);
    return code == EXIT_OK ? settle_mask(r) : code;
}

int missing_read(run *r)
{
    const request *const asked = r->asked;
    const int is_unstored = strcmp(missing_of(r), "unstored") == 0, is_nan = strcmp(missing_of(r), "nan") == 0;
    if (asked->mask != NULL && asked->weights != NULL)
        return usage_error(asked->about, "give a mask or weights, not both: entries of weight 0 are missing");
    if (r->stream != NULL && (file_of(r) != NULL || is_nan))
        return run_error(
            "%s does not fit into --memory-limit %s, and data with missing entries or weights must: raise it",
            asked->data[0], asked->memory_limit);
    if (r->sparse != NULL && (asked->mask != NULL || is_nan))
        return run_error("%s is sparse: no mask or NaN go with it, only --missing unstored", asked->data[0]);
    if (r->sparse != NULL && asked->weights != NULL && !is_unstored)
        return run_error("%s is sparse: --weights are those of what it stores, and go with --missing unstored",
                         asked->data[0]);
    if (r->sparse == NULL && is_unstored)
        return run_error("%s is dense: --missing unstored is for sparse files, --missing nan or --mask for this",
                         asked->data[0]);
    r->partial = is_unstored || is_nan || file_of(r) != NULL;
    return file_of(r) == NULL ? EXIT_OK : read_weights(r);
}

rlra_status missing_pose(run *r)
{
    const int is_nan = strcmp(missing_of(r), "nan") == 0;
    if (r->sparse != NULL)
        return rlra_problem_add_observed_weighted(r->problem, r->sparse, r->sparse_weights, 1.0, NULL);
    return rlra_problem_add_weighted(r->problem, &r->data, file_of(r) == NULL ? NULL : &r->weights,
                                     is_nan ? RLRA_MISSING_NAN : RLRA_MISSING_NONE, 1.0, NULL);
}

/* The letter or number of a factor. */
static const char *factor_name(const run *r, char *room, size_t size)
{
    if (r->data.order == 2)
        snprintf(room, size, "%c", "WH"[r->report.unobserved_factor]);
    else
        snprintf(room, size, "factor %d", r->report.unobserved_factor);
    return room;
}

/* Report entries of sparse data that were given more than once. */
static void report_repeats(const run *r)
{
    rlra_sparse_summary s;
    if (r->sparse == NULL || rlra_sparse_summarise(r->context, r->sparse, &s) != RLRA_OK || s.duplicates == 0)
        return;
    say(stdout, "  stored          %" PRId64 " entries, %" PRId64 " of them again: summed\n", s.stored, s.duplicates);
}

void missing_report(const run *r)
{
    const rlra_report *const report = &r->report;
    char name[32];
    double all = 1;
    for (int m = 0; m < r->data.order; ++m)
        all *= (double)r->data.dims[m];
    if (r->raised > 0)
        say(stdout, "  raised          %" PRId64 " entries below %g to it\n", r->raised, r->asked->floor);
    report_repeats(r);
    if (r->partial || report->held_out > 0)
        say(stdout, "  observed        %" PRId64 " entries, %.3g %% of all\n", report->observed,
            100 * (double)report->observed / all);
    if (report->held_out > 0)
        say(stdout, "  held out        relative error %.6g on %" PRId64 " entries\n", report->held_out_error,
            report->held_out);
    if (report->unobserved > 0)
        say(stdout,
            "  no data for     %" PRId64 " row%s, the first is row %" PRId64 " of %s: left as near to zero as its "
            "priors allow\n",
            report->unobserved, report->unobserved == 1 ? "" : "s", report->unobserved_row,
            factor_name(r, name, sizeof name));
    if (report->bounded > 0)
        say(stdout,
            "  held back       %" PRId64
            " component%s: missing entries would be more than %g times the largest observed "
            "one (--reach)\n",
            report->bounded, report->bounded == 1 ? "" : "s", r->options.reach);
}
