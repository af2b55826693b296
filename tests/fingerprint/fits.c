/* fingerprint/fits.c: run one fit of the sample and digest what it gives. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fingerprint/cases.h"
#include "fingerprint/data.h"
#include "fingerprint/digest.h"

/* Sweeps of a fit, and of the part before it is resumed. */
#define SWEEPS       "9"
#define SWEEPS_FIRST 4

typedef struct fitting {
    rlra_context *context;
    rlra_problem *problem;
    rlra_model *model;
    rlra_stream *stream;
    rlra_options options;
    rlra_report report;
    stored *data, *weights;
    uint64_t trace;
    char folder[400], file[500];
} fitting;

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        const rlra_status came = (call);                                                                               \
        if (came != RLRA_OK)                                                                                           \
            return came;                                                                                               \
    } while (0)

static void watch(void *user, const rlra_progress *p)
{
    fitting *const f = user;
    f->trace = digest_number(f->trace, (double)p->sweep);
    f->trace = digest_number(f->trace, p->objective);
    f->trace = digest_number(f->trace, p->relative_error);
    f->trace = digest_number(f->trace, p->kkt_residual);
}

/* The dims of each kind of storage, closed by 0. */
static const struct {
    const char *name;
    int64_t dims[5];
} shapes[] = {
    {"dense", {37, 23}},       {"strided", {23, 37}},  {"tall", {150, 8}},     {"tensor3", {13, 9, 7}},
    {"tensor4", {6, 5, 4, 3}}, {"csr", {60, 40}},      {"csr_all", {30, 20}},  {"coo3", {15, 11, 9}},
    {"seen", {40, 30}},        {"seen_w", {40, 30}},   {"coupled2", {37, 23}}, {"twice", {20, 20}},
    {"mapped", {37, 23}},      {"tucker", {13, 9, 7}},
};

static int find_shape(const char *storage, const int64_t **dims)
{
    int order = 0;
    for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++)
        if (strcmp(shapes[k].name, storage) == 0)
            *dims = shapes[k].dims;
    while ((*dims)[order] != 0)
        order++;
    return order;
}

static int is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* Positive data for is, beta and starts from divided numbers; elsewhere with zeros among them. */
static int wants_zeros(const fingerprint_case *c)
{
    return (is(c->loss, "frobenius") || is(c->loss, "kl")) && c->hash % 2 == 0;
}

static rlra_status add_dense(fitting *f, const fingerprint_case *c, int order, const int64_t *dims)
{
    const int64_t count = rlra_array_count(&f->data->dense);
    if (is(c->holes, "whole") || is(c->holes, "holdout"))
        return rlra_problem_add_dense(f->problem, &f->data->dense, 1, NULL);
    f->weights->dense = rlra_array_contiguous(c->dtype, order, dims, f->weights->values);
    for (int64_t k = 0; k < count; k++) {
        const double number = fingerprint_number(77, (uint64_t)k);
        fingerprint_put(c->dtype, f->weights->values, k,
                        is(c->holes, "mask") ? number > 0.15
                        : number < 0.1       ? 0
                                             : number);
        if (is(c->holes, "nan") && number < 0.15)
            fingerprint_put(c->dtype, f->data->values, k, (double)NAN);
    }
    const int is_nan = is(c->holes, "nan");
    return rlra_problem_add_weighted(f->problem, &f->data->dense, is_nan ? NULL : &f->weights->dense,
                                     is_nan ? RLRA_MISSING_NAN : RLRA_MISSING_NONE, 1, NULL);
}

static rlra_status add_sparse(fitting *f, const fingerprint_case *c, int order, const int64_t *dims)
{
    const int compressed = is(c->storage, "coo3") ? -1 : 0;
    fingerprint_sparse(f->data, c->dtype, order, dims, 5, is(c->storage, "csr_all") ? 1.0 : 0.3, compressed);
    if (is(c->storage, "seen"))
        return rlra_problem_add_observed(f->problem, &f->data->sparse, 1, NULL);
    if (!is(c->storage, "seen_w"))
        return rlra_problem_add_sparse(f->problem, &f->data->sparse, 1, NULL);
    fingerprint_sparse(f->weights, c->dtype, order, dims, 5, 0.3, compressed);
    for (int64_t k = 0; k < f->weights->sparse.count; k++)
        fingerprint_put(c->dtype, f->weights->values, k, 0.1 + fingerprint_number(78, (uint64_t)k));
    return rlra_problem_add_observed_weighted(f->problem, &f->data->sparse, &f->weights->sparse, 1, NULL);
}

static rlra_status add_streamed(fitting *f)
{
    const rlra_named_array named = {"x", &f->data->dense};
    snprintf(f->file, sizeof f->file, "%s/x.npy", f->folder);
    TRY(rlra_file_write(f->context, f->file, 1, &named));
    TRY(rlra_stream_open(f->context, f->file, NULL, &f->stream));
    return rlra_problem_add_stream(f->problem, f->stream, 1 << 20, 1, NULL);
}

/* Two terms that share factor 0, of unequal weight and width. */
static rlra_status add_second(fitting *f, const fingerprint_case *c)
{
    static const int factors[] = {0, 2};
    const int64_t dims[] = {37, 11};
    fingerprint_dense(f->weights, c->dtype, 2, dims, 6, 0, 0);
    return rlra_problem_add_dense(f->problem, &f->weights->dense, 2.5, factors);
}

/* Mode 0 tied by a matrix of fewer columns, or a core with ranks of their own; and the model. */
static rlra_status add_form(fitting *f, const fingerprint_case *c, int order)
{
    const int64_t dims[] = {37, 15}, ranks[] = {f->options.rank, 2, 4, 0};
    if (is(c->storage, "mapped")) {
        fingerprint_dense(f->weights, c->dtype, 2, dims, 9, 1, 0);
        TRY(rlra_problem_set_map(f->problem, 0, 0, &f->weights->dense));
        return rlra_model_create_for(f->problem, (const int64_t[]){ranks[0], ranks[0]}, &f->model);
    }
    TRY(rlra_problem_set_form(f->problem, 0, "tucker", order));
    TRY(rlra_problem_add_prior(f->problem, order, c->prior));
    return rlra_model_create_for(f->problem, ranks, &f->model);
}

static rlra_status pose(fitting *f, const fingerprint_case *c, way how)
{
    const int64_t *dims = NULL;
    const int order = find_shape(c->storage, &dims);
    int64_t lengths[RLRA_MAX_ORDER] = {0};
    memcpy(lengths, dims, (size_t)order * sizeof *dims);
    const int factors = is(c->storage, "coupled2") ? 3 : order;
    lengths[factors - 1] = factors > order ? 11 : lengths[factors - 1];
    TRY(rlra_problem_create(f->context, &f->problem));
    if (is(c->storage, "csr") || is(c->storage, "csr_all") || is(c->storage, "coo3") ||
        strncmp(c->storage, "seen", 4) == 0)
        TRY(add_sparse(f, c, order, dims));
    else {
        fingerprint_dense(f->data, c->dtype, order, dims, 5, wants_zeros(c), is(c->storage, "strided"));
        TRY(how == WAY_STREAMED ? add_streamed(f) : add_dense(f, c, order, dims));
    }
    if (is(c->storage, "coupled2"))
        TRY(add_second(f, c));
    if (is(c->storage, "twice"))
        TRY(rlra_problem_add_dense(f->problem, &f->data->dense, 0.5, NULL));
    for (int n = 0; n < factors; n++)
        TRY(rlra_problem_add_prior(f->problem, n, n == 0 ? c->prior : n == 1 ? "nonneg" : "nonneg,l2=0.01"));
    if (is(c->storage, "mapped") || is(c->storage, "tucker"))
        return add_form(f, c, order);
    return rlra_model_create(f->context, c->dtype, factors, lengths, f->options.rank, &f->model);
}

/* "name=value" of an option. */
static rlra_status set(fitting *f, const char *text)
{
    char name[40];
    const char *const value = strchr(text, '=');
    if (value == NULL)
        return RLRA_OK;
    snprintf(name, sizeof name, "%.*s", (int)(value - text), text);
    return rlra_options_set(f->context, &f->options, name, value + 1);
}

static rlra_status set_options(fitting *f, const fingerprint_case *c, way how)
{
    const char *const is_beta = strncmp(c->loss, "beta", 4) == 0 ? "beta" : c->loss;
    f->options = rlra_options_default();
    f->options.rank = 3;
    f->options.threads = how == WAY_THREADS ? 2 : 1;
    TRY(set(f, "max_sweeps=" SWEEPS));
    TRY(rlra_options_set(f->context, &f->options, "loss", is_beta));
    TRY(set(f, is_beta != c->loss ? c->loss : ""));
    TRY(rlra_options_set(f->context, &f->options, "update", c->update));
    TRY(rlra_options_set(f->context, &f->options, "init", c->init));
    TRY(rlra_options_set(f->context, &f->options, "pass", c->pass));
    TRY(set(f, is(c->holes, "holdout") ? "holdout=0.2" : ""));
    return set(f, c->extra);
}

static void give_start(fitting *f, const fingerprint_case *c)
{
    for (int n = 0; n < rlra_model_order(f->model); n++) {
        const rlra_array a = rlra_model_factor(f->model, n);
        for (int64_t i = 0; i < a.dims[0]; i++)
            for (int64_t k = 0; k < a.dims[1]; k++)
                fingerprint_put(c->dtype, a.data, i + k * a.strides[1],
                                0.1 + fingerprint_number(90 + (uint64_t)n, (uint64_t)(i * 50 + k)));
    }
}

static rlra_status run(fitting *f, way how)
{
    if (how != WAY_RESUMED)
        return rlra_fit(f->problem, &f->options, f->model, &f->report);
    rlra_checkpoint checkpoint = {.folder = f->folder};
    const int64_t sweeps = f->options.max_sweeps;
    f->options.max_sweeps = SWEEPS_FIRST;
    TRY(rlra_fit_checkpointed(f->problem, &f->options, &checkpoint, f->model, &f->report, NULL));
    f->options.max_sweeps = sweeps;
    f->trace = DIGEST_EMPTY;
    checkpoint.resume = 1;
    return rlra_fit_checkpointed(f->problem, &f->options, &checkpoint, f->model, &f->report, NULL);
}

static uint64_t digest_model(const rlra_model *model)
{
    uint64_t digest = DIGEST_EMPTY;
    for (int n = 0; n < rlra_model_order(model); n++) {
        const rlra_array a = rlra_model_factor(model, n);
        for (int64_t k = 0; k < a.dims[1]; k++)
            for (int64_t i = 0; i < a.dims[0]; i++)
                digest = digest_number(digest, rlra_array_get(&a, (const int64_t[]){i, k}));
    }
    return digest;
}

/* All that does not depend on the clock, on memory and on the number of threads. */
static uint64_t digest_report(const rlra_report *r)
{
    const double numbers[] = {r->objective,         r->loss,
                              r->penalty,           r->relative_error,
                              r->relative_loss,     r->kkt_residual,
                              r->held_out_loss,     r->held_out_error,
                              r->start_objective,   (double)r->observed,
                              (double)r->held_out,  (double)r->bounded,
                              (double)r->unobserved};
    uint64_t digest = DIGEST_EMPTY;
    for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++)
        digest = digest_number(digest, numbers[k]);
    digest = digest_text(digest, r->update);
    digest = digest_text(digest, r->init);
    return digest_text(digest, r->pass);
}

static rlra_status run_case(fitting *f, const fingerprint_case *c, way how)
{
    rlra_context_set_progress(f->context, watch, f);
    TRY(set_options(f, c, how));
    TRY(pose(f, c, how));
    give_start(f, c);
    return run(f, how);
}

fingerprint fingerprint_fit(const fingerprint_case *c, way how, const char *folder)
{
    fingerprint came = {.status = RLRA_ERR_MEMORY};
    fitting f = {.trace = DIGEST_EMPTY, .data = calloc(1, sizeof *f.data), .weights = calloc(1, sizeof *f.weights)};
    snprintf(f.folder, sizeof f.folder, "%s", folder);
    if (f.data != NULL && f.weights != NULL && rlra_context_create(NULL, &f.context) == RLRA_OK) {
        came.status = run_case(&f, c, how);
        came.message = digest_text(DIGEST_EMPTY, rlra_context_message(f.context));
        came.trace = f.trace;
    }
    if (came.status == RLRA_OK) {
        came.factors = digest_model(f.model);
        came.report = digest_report(&f.report);
        came.stop = rlra_stop_word(f.report.stop);
        came.sweeps = f.report.sweeps;
    }
    rlra_model_destroy(f.model);
    rlra_problem_destroy(f.problem);
    rlra_stream_close(f.stream);
    rlra_context_destroy(f.context);
    free(f.data);
    free(f.weights);
    return came;
}
