/* 02_sparse_nmf.c: priors: an l1 penalty on one factor and an l2 penalty on the other give a sparse factorization. */
#include <math.h>

#include "example.h"

enum { ROWS = 40, COLUMNS = 60, RANK = 4 };

static double bump(int row, int component)
{
    const double distance = (row - 5.0 - 10 * (component % RANK)) / 4;
    return exp(-distance * distance);
}

/* Each column of the data mixes two of four bumps, under noise. */
static void make_data(double *y)
{
    uint32_t state = 7;
    for (int j = 0; j < COLUMNS; j++) {
        const double share = noise(&state);
        for (int i = 0; i < ROWS; i++)
            y[i * COLUMNS + j] = share * bump(i, j) + (1 - share) * bump(i, j + 1) + 0.1 * noise(&state);
    }
}

/* Fit with the given prior on H and count the zeros of H. */
static int64_t zeros_with(rlra_context *context, const rlra_array *data, const char *prior, rlra_report *report)
{
    rlra_problem *problem = NULL;
    rlra_model *model = NULL;
    check(context, rlra_problem_create(context, &problem));
    check(context, rlra_problem_add_dense(problem, data, 1.0, NULL));
    /* The scales of W and H are free, so W needs a penalty as well; otherwise it would grow while H shrinks. */
    check(context, rlra_problem_add_prior(problem, 0, "nonneg,l2=0.05"));
    check(context, rlra_problem_add_prior(problem, 1, prior));
    check(context, rlra_model_create(context, data->dtype, data->order, data->dims, RANK, &model));

    rlra_options options = rlra_options_default();
    options.seed = 1;
    check(context, rlra_fit(problem, &options, model, report));

    const rlra_array h = rlra_model_factor(model, 1);
    rlra_array_summary summary;
    check(context, rlra_array_summarise(&h, &summary));
    rlra_model_destroy(model);
    rlra_problem_destroy(problem);
    return summary.zeros;
}

int main(void)
{
    static double y[ROWS * COLUMNS];
    make_data(y);
    const int64_t dims[] = {ROWS, COLUMNS};
    const rlra_array data = rlra_array_contiguous(RLRA_DTYPE_F64, 2, dims, y);
    rlra_context *context = NULL;
    check(NULL, rlra_context_create(NULL, &context));

    rlra_report plain, sparse;
    const int64_t few = zeros_with(context, &data, "nonneg,l2=0.05", &plain);
    const int64_t many = zeros_with(context, &data, "nonneg,l1=0.2", &sparse);
    printf("H has %d entries\n", COLUMNS * RANK);
    printf("with l2: %3d zeros, relative error %.3f\n", (int)few, plain.relative_error);
    printf("with l1: %3d zeros, relative error %.3f\n", (int)many, sparse.relative_error);

    rlra_context_destroy(context);
    return many > few ? 0 : 1;
}
