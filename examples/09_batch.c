/* 09_batch.c: thousands of small problems: all at once, and one of them fitted again and again without posing it anew. */
#include "example.h"

enum { FITS = 2000, ROWS = 40, COLUMNS = 25, RANK = 3, SEEDS = 20 };

/* A sum of RANK rank-one matrices, under noise. */
static void make_data(double *x, uint32_t *state)
{
    double w[ROWS * RANK], h[COLUMNS * RANK];
    for (int e = 0; e < ROWS * RANK; e++)
        w[e] = noise(state);
    for (int e = 0; e < COLUMNS * RANK; e++)
        h[e] = noise(state);
    for (int e = 0; e < ROWS * COLUMNS; e++) {
        x[e] = 0.01 * noise(state);
        for (int k = 0; k < RANK; k++)
            x[e] += w[e / COLUMNS * RANK + k] * h[e % COLUMNS * RANK + k];
    }
}

static rlra_problem *pose(rlra_context *context, double *x, rlra_model **model)
{
    const rlra_array data = rlra_array_contiguous(RLRA_DTYPE_F64, 2, (const int64_t[]){ROWS, COLUMNS}, x);
    rlra_problem *problem = NULL;
    check(context, rlra_problem_create(context, &problem));
    check(context, rlra_problem_add_dense(problem, &data, 1.0, NULL));
    for (int n = 0; n < 2; n++)
        check(context, rlra_problem_add_prior(problem, n, "nonneg"));
    check(context, rlra_model_create(context, data.dtype, data.order, data.dims, RANK, model));
    return problem;
}

int main(void)
{
    static rlra_batch_fit fits[FITS];
    static rlra_problem *problems[FITS];
    double *const x = malloc(sizeof(double) * FITS * ROWS * COLUMNS);
    uint32_t state = 5;
    if (x == NULL)
        return 1;
    rlra_context *context = NULL;
    rlra_options options = rlra_options_default();
    options.max_sweeps = 200;
    check(NULL, rlra_context_create(NULL, &context));
    for (int i = 0; i < FITS; i++) {
        make_data(x + i * ROWS * COLUMNS, &state);
        fits[i].problem = problems[i] = pose(context, x + i * ROWS * COLUMNS, &fits[i].model);
        fits[i].options = &options;
    }

    /* A fit that is refused or fails is named by its index in the message. */
    rlra_batch_report all;
    check(context, rlra_fit_batch(context, FITS, fits, 0, &all));
    double worst = 0;
    for (int i = 0; i < FITS; i++)
        worst = fits[i].report.relative_error > worst ? fits[i].report.relative_error : worst;
    printf("%d fits by %d threads in %.2f s, largest relative error %.4f\n", (int)all.done, (int)all.threads,
           all.seconds, worst);

    /* Posing looks at all entries. A problem and a model can be used again: here for random starts. */
    rlra_model *const model = fits[0].model;
    rlra_report report;
    double best = 1;
    check(context, rlra_options_set(context, &options, "init", "random"));
    for (options.seed = 0; options.seed < SEEDS; options.seed++) {
        check(context, rlra_fit(fits[0].problem, &options, model, &report));
        best = report.relative_error < best ? report.relative_error : best;
    }
    printf("%d random starts of the first: best relative error %.4f\n", (int)SEEDS, best);

    for (int i = 0; i < FITS; i++) {
        rlra_model_destroy(fits[i].model);
        rlra_problem_destroy(problems[i]);
    }
    rlra_context_destroy(context);
    free(x);
    return all.done == FITS && worst < 0.02 && best < 0.02 ? 0 : 1;
}
