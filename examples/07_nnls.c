/* 07_nnls.c: nonnegative regression: one plan for a design, used for several sets of right-hand sides, and the best supports. */
#include <math.h>

#include "example.h"

enum { ROWS = 30, RANK = 6, COLUMNS = 100, SETS = 3, MOST = 3 };

/* Mixtures of two columns of W each, under noise. */
static void make_data(const double *w, double *y, uint32_t *state)
{
    for (int c = 0; c < COLUMNS; c++) {
        const double share = 0.2 + 0.6 * noise(state);
        for (int i = 0; i < ROWS; i++)
            y[i * COLUMNS + c] = share * w[i * RANK + c % RANK] + (1 - share) * w[i * RANK + (c + 1) % RANK] +
                                 0.01 * (noise(state) - 0.5);
    }
}

/* Loss of all columns for supports of one size. */
static double loss_of_size(const double *losses, int size)
{
    double sum = 0;
    for (int c = 0; c < COLUMNS; c++)
        sum += losses[c * MOST + size];
    return sum;
}

int main(void)
{
    static double w[ROWS * RANK], y[ROWS * COLUMNS], x[RANK * COLUMNS], few[COLUMNS * MOST * RANK];
    static double losses[COLUMNS * MOST];
    uint32_t state = 11;
    for (int e = 0; e < ROWS * RANK; e++)
        w[e] = noise(&state);
    const rlra_array design = rlra_array_contiguous(RLRA_DTYPE_F64, 2, (const int64_t[]){ROWS, RANK}, w);
    const rlra_array data = rlra_array_contiguous(RLRA_DTYPE_F64, 2, (const int64_t[]){ROWS, COLUMNS}, y);
    const rlra_array result = rlra_array_contiguous(RLRA_DTYPE_F64, 2, (const int64_t[]){RANK, COLUMNS}, x);

    rlra_context *context = NULL;
    rlra_nnls_plan *plan = NULL;
    check(NULL, rlra_context_create(NULL, &context));
    check(context, rlra_nnls_plan_create(context, &design, NULL, "nonneg", &plan));
    int good = 1;
    for (int set = 0; set < SETS; set++) {
        rlra_nnls_report report;
        make_data(w, y, &state);
        check(context, rlra_nnls_plan_solve(plan, &data, &result, NULL, &report));
        printf("set %d: %s, relative error %.4f, KKT residual %.1e, gap %.1e\n", set, report.update,
               report.relative_error, report.kkt_residual, report.gap);
        good = good && report.open_columns == 0 && report.relative_error < 0.01;
    }
    rlra_nnls_plan_destroy(plan);

    /* At most MOST coefficients: the best supports of 1, 2, .. of them, from one search. */
    rlra_options options = rlra_nnls_options_default();
    options.sparsity = MOST;
    const rlra_array front = rlra_array_contiguous(RLRA_DTYPE_F64, 3, (const int64_t[]){COLUMNS, MOST, RANK}, few);
    check(context, rlra_nnls_plan_create(context, &design, &options, NULL, &plan));
    check(context, rlra_nnls_plan_front(plan, &data, &front, losses, NULL));
    for (int size = 0; size < MOST; size++)
        printf("%d coefficient%s: loss %.5f\n", size + 1, size == 0 ? "" : "s", loss_of_size(losses, size));
    good = good && loss_of_size(losses, 1) < 0.01 * loss_of_size(losses, 0);

    rlra_nnls_plan_destroy(plan);
    rlra_context_destroy(context);
    return good ? 0 : 1;
}
