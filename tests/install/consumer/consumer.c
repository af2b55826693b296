/* A user's program: factorise a tiny matrix of rank two with the installed library and check the result. */
#include <rlra/rlra.h>
#include <stdio.h>

enum { ROWS = 6, COLUMNS = 5, RANK = 2 };

static rlra_status fit(rlra_context *context, const rlra_array *data, rlra_report *report)
{
    rlra_problem *problem = NULL;
    rlra_model *model = NULL;
    rlra_status status = rlra_problem_create(context, &problem);
    if (status == RLRA_OK)
        status = rlra_problem_add_dense(problem, data, 1.0, NULL);
    if (status == RLRA_OK)
        status = rlra_problem_add_prior(problem, 0, "nonneg");
    if (status == RLRA_OK)
        status = rlra_problem_add_prior(problem, 1, "nonneg");
    if (status == RLRA_OK)
        status = rlra_model_create(context, data->dtype, data->order, data->dims, RANK, &model);
    if (status == RLRA_OK)
        status = rlra_fit(problem, NULL, model, report);
    rlra_model_destroy(model);
    rlra_problem_destroy(problem);
    return status;
}

int main(void)
{
    double values[ROWS * COLUMNS];
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLUMNS; j++)
            values[i * COLUMNS + j] = (i % 3) * (j + 1.0) + (i / 3 + 0.5) * (j % 2);
    const int64_t dims[] = {ROWS, COLUMNS};
    const rlra_array data = rlra_array_contiguous(RLRA_DTYPE_F64, 2, dims, values);
    rlra_context *context = NULL;
    rlra_report report;
    if (rlra_context_create(NULL, &context) != RLRA_OK)
        return 1;
    const rlra_status status = fit(context, &data, &report);
    if (status != RLRA_OK)
        printf("consumer: %s\n", rlra_context_message(context));
    else
        printf("consumer: relative error %.1e\n", report.relative_error);
    rlra_context_destroy(context);
    return status != RLRA_OK || !(report.relative_error < 1e-4);
}
