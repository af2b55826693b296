/* fingerprint/regressions.c: run one regression of the sample and digest what it gives. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fingerprint/cases.h"
#include "fingerprint/data.h"
#include "fingerprint/digest.h"

#define COLUMNS 61
#define ROWS    19

typedef struct regression {
    rlra_context *context;
    rlra_nnls_plan *plan;
    rlra_options options;
    rlra_nnls_report report;
    stored *design, *data, *result;
    double losses[COLUMNS * 32];
    double kkt[COLUMNS], gap[COLUMNS];
} regression;

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        const rlra_status came = (call);                                                                               \
        if (came != RLRA_OK)                                                                                           \
            return came;                                                                                               \
    } while (0)

static int is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static rlra_status set_options(regression *g, const fingerprint_case *c, way how)
{
    const int is_beta = strncmp(c->loss, "beta", 4) == 0;
    g->options = rlra_nnls_options_default();
    g->options.threads = how == WAY_THREADS ? 2 : 1;
    g->options.max_sweeps = 40;
    g->options.init = c->hash % 3 == 0 ? "model" : "auto";
    if (is_beta)
        TRY(rlra_options_set(g->context, &g->options, "beta", c->loss + 5));
    TRY(rlra_options_set(g->context, &g->options, "loss", is_beta ? "beta" : c->loss));
    return rlra_options_set(g->context, &g->options, "update", c->update);
}

static rlra_status run(regression *g, const fingerprint_case *c, way how)
{
    const int is_front = is(c->storage, "front"), is_vector = is(c->storage, "vector");
    const int64_t rank = is(c->storage, "wide") ? 27 : 4;
    const int64_t w_dims[] = {ROWS, rank}, y_dims[] = {ROWS, COLUMNS}, x_dims[] = {rank, COLUMNS},
                  front_dims[] = {COLUMNS, rank, rank};
    const rlra_nnls_columns columns = {g->losses, g->kkt, g->gap};
    TRY(set_options(g, c, how));
    fingerprint_dense(g->design, c->dtype, 2, w_dims, 11, 0, is(c->storage, "strided"));
    fingerprint_dense(g->data, c->dtype, is_vector ? 1 : 2, y_dims, 12, 0, is(c->storage, "strided"));
    fingerprint_dense(g->result, c->dtype, is_vector ? 1 : 2, x_dims, 13, 0, 0);
    TRY(rlra_nnls_plan_create(g->context, &g->design->dense, &g->options, c->prior, &g->plan));
    if (is_front) {
        g->result->dense = rlra_array_contiguous(c->dtype, 3, front_dims, g->result->values);
        return rlra_nnls_plan_front(g->plan, &g->data->dense, &g->result->dense, g->losses, &g->report);
    }
    if (!is(c->storage, "sparse"))
        return rlra_nnls_plan_solve(g->plan, &g->data->dense, &g->result->dense, &columns, &g->report);
    fingerprint_sparse(g->data, c->dtype, 2, y_dims, 12, 0.3, 0);
    return rlra_nnls_plan_solve_sparse(g->plan, &g->data->sparse, &g->result->dense, &columns, &g->report);
}

static uint64_t digest_doubles(uint64_t digest, const double *numbers, size_t count)
{
    for (size_t k = 0; k < count; k++)
        digest = digest_number(digest, numbers[k]);
    return digest;
}

fingerprint fingerprint_regression(const fingerprint_case *c, way how)
{
    fingerprint came = {.status = RLRA_ERR_MEMORY};
    regression *const g = calloc(1, sizeof *g);
    if (g == NULL)
        return came;
    g->design = calloc(1, sizeof *g->design);
    g->data = calloc(1, sizeof *g->data);
    g->result = calloc(1, sizeof *g->result);
    if (g->design != NULL && g->data != NULL && g->result != NULL &&
        rlra_context_create(NULL, &g->context) == RLRA_OK) {
        came.status = run(g, c, how);
        came.message = digest_text(DIGEST_EMPTY, rlra_context_message(g->context));
    }
    if (came.status == RLRA_OK) {
        const rlra_nnls_report *const r = &g->report;
        const double numbers[] = {
            r->objective,    r->loss, r->penalty,       r->relative_error,       r->relative_loss,       r->tolerance,
            r->kkt_residual, r->gap,  (double)r->nodes, (double)r->open_columns, (double)r->worst_column};
        came.factors = digest_bytes(DIGEST_EMPTY, g->result->values, sizeof g->result->values);
        came.trace = digest_doubles(DIGEST_EMPTY, g->losses, sizeof g->losses / sizeof g->losses[0]);
        came.trace = digest_doubles(came.trace, g->kkt, COLUMNS);
        came.trace = digest_doubles(came.trace, g->gap, COLUMNS);
        came.report = digest_text(digest_doubles(DIGEST_EMPTY, numbers, sizeof numbers / sizeof numbers[0]), r->update);
        came.stop = rlra_stop_word(r->stop);
        came.sweeps = r->rounds;
    }
    rlra_nnls_plan_destroy(g->plan);
    rlra_context_destroy(g->context);
    free(g->design);
    free(g->data);
    free(g->result);
    free(g);
    return came;
}
