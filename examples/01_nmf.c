/* 01_nmf.c: nonnegative matrix factorization, Y = W H^T: pose a problem, fit a model, read the factors. */
#include "example.h"

enum { ROWS = 8, COLUMNS = 6, RANK = 2 };

/* Two parts, each in half of the columns, and both in the last two. */
static void make_data(double y[ROWS][COLUMNS])
{
    const double seen[RANK][COLUMNS] = {{1, 2, 3, 0, 0, 1}, {0, 0, 0, 2, 1, 1}};
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLUMNS; j++)
            y[i][j] = i * seen[0][j] + (ROWS - i) * seen[1][j];
}

int main(void)
{
    double y[ROWS][COLUMNS];
    make_data(y);

    /* A view of our own memory: nothing is copied. */
    const int64_t dims[] = {ROWS, COLUMNS};
    const rlra_array data = rlra_array_contiguous(RLRA_DTYPE_F64, 2, dims, y);

    rlra_context *context = NULL;
    check(NULL, rlra_context_create(NULL, &context));

    /* The problem: minimise 1/2 ||Y - W H^T||^2 with both factors nonnegative. */
    rlra_problem *problem = NULL;
    check(context, rlra_problem_create(context, &problem));
    check(context, rlra_problem_add_dense(problem, &data, 1.0, NULL));
    check(context, rlra_problem_add_prior(problem, 0, "nonneg"));
    check(context, rlra_problem_add_prior(problem, 1, "nonneg"));

    /* The model to be filled in: one factor for each mode. */
    rlra_model *model = NULL;
    check(context, rlra_model_create(context, data.dtype, data.order, data.dims, RANK, &model));

    rlra_report report;
    check(context, rlra_fit(problem, NULL, model, &report));
    check(context, rlra_model_normalise(model));

    printf("relative error %.1e after %d sweeps: %s\n", report.relative_error, (int)report.sweeps,
           rlra_stop_text(report.stop));
    const rlra_array w = rlra_model_factor(model, 0);
    for (int i = 0; i < ROWS; i++)
        printf("row %d of W: %6.3f %6.3f\n", i, entry(&w, i, 0), entry(&w, i, 1));

    const int good = report.relative_error < 1e-2;
    rlra_model_destroy(model);
    rlra_problem_destroy(problem);
    rlra_context_destroy(context);
    return good ? 0 : 1;
}
