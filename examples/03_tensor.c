/* 03_tensor.c: a nonnegative CP decomposition of a three-way array, in single precision; the same calls as for NMF. */
#include <math.h>

#include "example.h"

enum { I = 12, J = 15, K = 10, RANK = 3 };

/* Columns of the true factors: bumps at different places. */
static double bump(int i, int component, int length)
{
    const double x = (double)i / length - (component + 0.5) / RANK;
    return exp(-20 * x * x);
}

static void make_data(float *t)
{
    for (int i = 0; i < I; i++)
        for (int j = 0; j < J; j++)
            for (int k = 0; k < K; k++)
                for (int q = 0; q < RANK; q++)
                    t[(i * J + j) * K + k] += (float)(bump(i, q, I) * bump(j, (q + 1) % RANK, J) * bump(k, q, K));
}

/* The best cosine between a true column of the first factor and a found one. */
static double best_match(const rlra_array *factor, int component)
{
    double best = 0;
    for (int q = 0; q < RANK; q++) {
        double dot = 0, found = 0, truth = 0;
        for (int i = 0; i < I; i++) {
            const double a = entry(factor, i, q), b = bump(i, component, I);
            dot += a * b;
            found += a * a;
            truth += b * b;
        }
        best = fmax(best, dot / sqrt(found * truth));
    }
    return best;
}

int main(void)
{
    static float t[I * J * K];
    make_data(t);
    const int64_t dims[] = {I, J, K};
    const rlra_array data = rlra_array_contiguous(RLRA_DTYPE_F32, 3, dims, t);

    rlra_context *context = NULL;
    rlra_problem *problem = NULL;
    rlra_model *model = NULL;
    check(NULL, rlra_context_create(NULL, &context));
    check(context, rlra_problem_create(context, &problem));
    check(context, rlra_problem_add_dense(problem, &data, 1.0, NULL));
    for (int mode = 0; mode < data.order; mode++)
        check(context, rlra_problem_add_prior(problem, mode, "nonneg"));
    check(context, rlra_model_create(context, data.dtype, data.order, data.dims, RANK, &model));

    rlra_options options = rlra_options_default();
    options.tolerance = 1e-6;
    rlra_report report;
    check(context, rlra_fit(problem, &options, model, &report));

    const rlra_array first = rlra_model_factor(model, 0);
    double worst = 1;
    for (int q = 0; q < RANK; q++)
        worst = fmin(worst, best_match(&first, q));
    printf("relative error %.1e, every true component is found with a cosine of at least %.4f\n", report.relative_error,
           worst);

    rlra_model_destroy(model);
    rlra_problem_destroy(problem);
    rlra_context_destroy(context);
    return worst > 0.99 ? 0 : 1;
}
