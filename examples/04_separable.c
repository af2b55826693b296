/* 04_separable.c: separable NMF: find the columns of the data that all other columns are mixtures of. */
#include "example.h"

enum { BANDS = 20, PIXELS = 50, RANK = 3 };

/* Pixels 10, 20 and 30 are pure, all others are convex mixtures of the three. */
static void make_data(double *x)
{
    uint32_t state = 3;
    double pure[RANK][BANDS];
    for (int q = 0; q < RANK; q++)
        for (int b = 0; b < BANDS; b++)
            pure[q][b] = noise(&state);
    for (int p = 0; p < PIXELS; p++) {
        double share[RANK], sum = 0;
        for (int q = 0; q < RANK; q++)
            sum += share[q] = noise(&state);
        for (int q = 0; q < RANK; q++)
            share[q] = p % 10 == 0 && p >= 10 && p <= 30 ? (p == 10 * (q + 1)) : share[q] / sum;
        for (int b = 0; b < BANDS; b++) {
            x[b * PIXELS + p] = 0;
            for (int q = 0; q < RANK; q++)
                x[b * PIXELS + p] += pure[q][b] * share[q];
        }
    }
}

int main(void)
{
    static double x[BANDS * PIXELS];
    make_data(x);
    const int64_t dims[] = {BANDS, PIXELS};
    const rlra_array data = rlra_array_contiguous(RLRA_DTYPE_F64, 2, dims, x);

    rlra_context *context = NULL;
    rlra_model *model = NULL;
    check(NULL, rlra_context_create(NULL, &context));
    check(context, rlra_model_create(context, data.dtype, 2, dims, RANK, &model));

    rlra_separable_options options = rlra_separable_options_default();
    options.rank = RANK;
    int64_t columns[RANK];
    rlra_separable_report report;
    check(context, rlra_separable(context, &data, &options, columns, model, &report));

    int pure = 0;
    for (int q = 0; q < report.found; q++) {
        printf("picked pixel %d\n", (int)columns[q]);
        pure += columns[q] % 10 == 0;
    }
    printf("relative error %.1e\n", report.relative_error);

    rlra_model_destroy(model);
    rlra_context_destroy(context);
    return pure == RANK && report.relative_error < 1e-10 ? 0 : 1;
}
