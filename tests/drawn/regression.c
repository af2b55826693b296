/* drawn/regression.c: draw a regression: W, Y, loss, priors and rule, and solve it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "drawn/draw.h"

static void fill(dice *from, drawn_regression *r)
{
    const double beta = beta_of_loss(r->options.loss, r->options.beta);
    const int is_signed = beta == 2 && dice_hits(from, 0.4), is_count = beta > 0 && dice_hits(from, 0.3);
    double *const truth = calloc((size_t)(r->rank * r->columns), sizeof *truth);
    for (int64_t e = 0; e < r->rank * r->columns; e++)
        truth[e] = dice_hits(from, 0.5) ? 0 : dice_uniform(from);
    for (int64_t e = 0; e < r->rows * r->rank; e++)
        r->w[e] = in_dtype(r->dtype, is_signed ? 2 * dice_uniform(from) - 1 : 0.001 + dice_uniform(from));
    for (int64_t j = 0; j < r->rows; j++)
        for (int64_t c = 0; c < r->columns; c++) {
            double sum = is_signed ? 0.3 * dice_uniform(from) - 0.15 : 0.01 + 0.2 * dice_uniform(from);
            for (int64_t k = 0; k < r->rank; k++)
                sum += (double)r->w[j * r->rank + k] * truth[k * r->columns + c];
            r->y[j * r->columns + c] = in_dtype(r->dtype, is_count ? floor(4 * fabs(sum)) : sum);
        }
    free(truth);
}

static void name_regression(drawn_regression *r, uint64_t seed)
{
    snprintf(r->name, sizeof r->name, "seed %llu: %s regression, %d x %d x %d, %s beta %g, rule %s, %d rounds, %s",
             (unsigned long long)seed, r->dtype == RLRA_DTYPE_F32 ? "f32" : "f64", (int)r->rows, (int)r->rank,
             (int)r->columns, r->options.loss, r->options.beta, r->options.update, (int)r->options.max_sweeps,
             r->priors.text);
}

rlra_status draw_regression(uint64_t seed, drawn_size size, int64_t threads, drawn_regression *r)
{
    dice from = {seed * 0xDA942042E4DD58B5u + 7};
    *r = (drawn_regression){.options = rlra_nnls_options_default()};
    r->dtype = dice_hits(&from, 0.5) ? RLRA_DTYPE_F32 : RLRA_DTYPE_F64;
    r->rows = 1 + dice_below(&from, 60);
    r->rank = 1 + dice_below(&from, 8);
    r->columns = 1 + dice_below(&from, 40);
    if (size.products > 0) {
        r->rank += 2;
        r->columns += (int64_t)(size.products / (double)(r->rank * (r->rows + r->rank * r->rank)));
    }
    draw_loss(&from, &r->options);
    r->options.update = dice_hits(&from, 0.35) ? "auto" : draw_member(&from, "update")->name;
    r->options.max_sweeps = dice_hits(&from, 0.3) ? dice_below(&from, 10) : 1000;
    r->options.threads = threads;
    draw_priors(&from, r->rank, &r->priors);
    r->w = calloc((size_t)(r->rows * r->rank), sizeof *r->w);
    r->y = calloc((size_t)(r->rows * r->columns), sizeof *r->y);
    fill(&from, r);
    r->memory_of_w = in_memory(r->dtype, r->rows * r->rank, r->w);
    r->memory_of_y = in_memory(r->dtype, r->rows * r->columns, r->y);
    r->memory_of_x = calloc((size_t)(r->rank * r->columns), 8);
    r->loss = calloc((size_t)r->columns, sizeof *r->loss);
    r->kkt = calloc((size_t)r->columns, sizeof *r->kkt);
    name_regression(r, seed);
    const int64_t of_w[] = {r->rows, r->rank}, of_y[] = {r->rows, r->columns}, of_x[] = {r->rank, r->columns};
    const rlra_array w = rlra_array_contiguous(r->dtype, 2, of_w, r->memory_of_w);
    const rlra_array y = rlra_array_contiguous(r->dtype, 2, of_y, r->memory_of_y);
    const rlra_array x = rlra_array_contiguous(r->dtype, 2, of_x, r->memory_of_x);
    const rlra_nnls_columns columns = {r->loss, r->kkt, NULL};
    rlra_nnls_plan *plan = NULL;
    rlra_status status = rlra_context_create(NULL, &r->context);
    if (status == RLRA_OK)
        status = rlra_nnls_plan_create(r->context, &w, &r->options, r->priors.text, &plan);
    if (status == RLRA_OK)
        status = rlra_nnls_plan_solve(plan, &y, &x, &columns, &r->report);
    rlra_nnls_plan_destroy(plan);
    return status;
}

void free_drawn_regression(drawn_regression *r)
{
    rlra_context_destroy(r->context);
    free(r->w);
    free(r->y);
    free(r->memory_of_w);
    free(r->memory_of_y);
    free(r->memory_of_x);
    free(r->loss);
    free(r->kkt);
}
