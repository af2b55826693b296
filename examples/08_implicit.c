/* 08_implicit.c: factorise a matrix that is never formed: here the product of two others, of which only parts are dense. */
#include <math.h>

#include "example.h"

enum { ROWS = 300, COLUMNS = 200, INNER = 12, RANK = 4 };

/* X = L R: 60 000 entries, of which the factors have 6000. */
typedef struct chain {
    double left[ROWS * INNER], right[INNER * COLUMNS];
} chain;

static double *at(const rlra_array *array, int64_t row, int64_t column)
{
    return (double *)array->data + row * array->strides[0] + column * array->strides[1];
}

/* out = L (R in). */
static int apply(void *user, const rlra_array *in, const rlra_array *out)
{
    const chain *const x = user;
    for (int64_t k = 0; k < in->dims[1]; k++) {
        double inner[INNER] = {0};
        for (int t = 0; t < INNER; t++)
            for (int64_t j = 0; j < COLUMNS; j++)
                inner[t] += x->right[t * COLUMNS + j] * *at(in, j, k);
        for (int64_t i = 0; i < ROWS; i++) {
            *at(out, i, k) = 0;
            for (int t = 0; t < INNER; t++)
                *at(out, i, k) += x->left[i * INNER + t] * inner[t];
        }
    }
    return 0;
}

/* out = R^T (L^T in). */
static int apply_transposed(void *user, const rlra_array *in, const rlra_array *out)
{
    const chain *const x = user;
    for (int64_t k = 0; k < in->dims[1]; k++) {
        double inner[INNER] = {0};
        for (int64_t i = 0; i < ROWS; i++)
            for (int t = 0; t < INNER; t++)
                inner[t] += x->left[i * INNER + t] * *at(in, i, k);
        for (int64_t j = 0; j < COLUMNS; j++) {
            *at(out, j, k) = 0;
            for (int t = 0; t < INNER; t++)
                *at(out, j, k) += x->right[t * COLUMNS + j] * inner[t];
        }
    }
    return 0;
}

/* sum of x_ij^2 = sum of the entries of (L^T L) o (R R^T). */
static double squares(const chain *x)
{
    double sum = 0;
    for (int s = 0; s < INNER; s++)
        for (int t = 0; t < INNER; t++) {
            double left = 0, right = 0;
            for (int i = 0; i < ROWS; i++)
                left += x->left[i * INNER + s] * x->left[i * INNER + t];
            for (int j = 0; j < COLUMNS; j++)
                right += x->right[s * COLUMNS + j] * x->right[t * COLUMNS + j];
            sum += left * right;
        }
    return sum;
}

/* The relative error, entry by entry, which the library does not compute, as a check. */
static double error_of(const chain *x, const rlra_model *model)
{
    const rlra_array w = rlra_model_factor(model, 0), h = rlra_model_factor(model, 1);
    double left = 0, whole = 0;
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLUMNS; j++) {
            double value = 0, modelled = 0;
            for (int t = 0; t < INNER; t++)
                value += x->left[i * INNER + t] * x->right[t * COLUMNS + j];
            for (int k = 0; k < RANK; k++)
                modelled += entry(&w, i, k) * entry(&h, j, k);
            left += (value - modelled) * (value - modelled);
            whole += value * value;
        }
    return sqrt(left / whole);
}

int main(void)
{
    static chain x;
    uint32_t state = 5;
    for (int e = 0; e < ROWS * INNER; e++)
        x.left[e] = e % INNER < RANK ? noise(&state) : 0.1 * noise(&state);
    for (int e = 0; e < INNER * COLUMNS; e++)
        x.right[e] = noise(&state);
    const rlra_products products = {.dtype = RLRA_DTYPE_F64,
                                    .rows = ROWS,
                                    .columns = COLUMNS,
                                    .norm2 = squares(&x),
                                    .nonneg = 1,
                                    .user = &x,
                                    .apply = apply,
                                    .apply_transposed = apply_transposed};

    rlra_context *context = NULL;
    rlra_problem *problem = NULL;
    rlra_model *model = NULL;
    rlra_report report;
    check(NULL, rlra_context_create(NULL, &context));
    check(context, rlra_problem_create(context, &problem));
    check(context, rlra_problem_add_implicit(problem, &products, 1, NULL));
    check(context, rlra_problem_add_prior(problem, 0, "nonneg"));
    check(context, rlra_problem_add_prior(problem, 1, "nonneg"));
    check(context, rlra_model_create(context, RLRA_DTYPE_F64, 2, (const int64_t[]){ROWS, COLUMNS}, RANK, &model));
    const rlra_options options = rlra_options_default();
    check(context, rlra_fit(problem, &options, model, &report));

    const double error = error_of(&x, model);
    printf("%d sweeps, relative error %.6f by the report, %.6f entry by entry\n", (int)report.sweeps,
           report.relative_error, error);
    rlra_model_destroy(model);
    rlra_problem_destroy(problem);
    rlra_context_destroy(context);
    return fabs(report.relative_error - error) < 1e-6 && error < 0.1 ? 0 : 1;
}
