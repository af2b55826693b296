/* reference/manuscript.c: the numbers that seeded examples in print end with come out of the library too. */
#include "support/meter.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "reference/manuscript.h"
#include "rlra/nnls.h"

/* A view of values that the library only reads. */
static rlra_array view_of(const double *values, int order, int64_t rows, int64_t columns)
{
    const int64_t dims[2] = {rows, columns};
    return rlra_array_contiguous(RLRA_DTYPE_F64, order, dims, (double *)(uintptr_t)values);
}

static rlra_nnls_report solve(const rlra_array *w, const rlra_array *y, const rlra_options *options,
                              const rlra_array *x)
{
    meter m;
    rlra_nnls_report report;
    rlra_context *const context = metered_context(&m);
    const rlra_status status = rlra_nnls(context, w, y, options, NULL, x, &report);
    if (status != RLRA_OK)
        fail_msg("update %s: %s", options->update, rlra_context_message(context));
    rlra_context_destroy(context);
    assert_int_equal(m.alive, 0);
    return report;
}

/* Relative: sums of some hundred terms, each rounded. */
static void check_close(const char *what, double came, double printed, double tolerance)
{
    if (!(fabs(came - printed) <= tolerance * fabs(printed)))
        fail_msg("%s is %.17g, printed was %.17g", what, came, printed);
}

/* sum (a - b)^2. */
static double distance2(int count, const double *a, const double *b)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

static void multiply(int rows, int inner, int columns, const double *w, const double *x, double *out)
{
    memset(out, 0, (size_t)(rows * columns) * sizeof *out);
    for (int i = 0; i < rows; i++)
        for (int k = 0; k < inner; k++)
            for (int j = 0; j < columns; j++)
                out[i * columns + j] += w[i * inner + k] * x[k * columns + j];
}

static void test_active_set_example_ends_with_the_printed_residual_and_support(void **state)
{
    (void)state;
    static const char *const updates[] = {"auto", "active_set", "block_pivot"};
    static const int support[] = {4, 41, 44};
    for (int u = 0; u < COUNT_OF(updates); u++) {
        double x[50], model[6];
        const rlra_array w = view_of(active_w, 2, 6, 50), y = view_of(active_y, 1, 6, 1), out = view_of(x, 1, 50, 1);
        rlra_options options = rlra_nnls_options_default();
        options.update = updates[u];
        const rlra_nnls_report report = solve(&w, &y, &options, &out);
        for (int k = 0, found = 0; k < 50; k++) {
            const int in = found < 3 && support[found] == k;
            CHECK((x[k] > 0) == in, "%s: entry %d is %g", updates[u], k, x[k]);
            if (in)
                check_close("a coefficient", x[k], active_x[found++], 1e-12);
        }
        multiply(6, 50, 1, active_w, x, model);
        check_close("the residual", sqrt(distance2(6, active_y, model)), active_printed[0], 64 * DBL_EPSILON);
        check_close("the reported residual", sqrt(2 * report.loss), active_printed[0], 64 * DBL_EPSILON);
        CHECK(report.kkt_residual <= 64 * DBL_EPSILON, "%s: KKT %g", updates[u], report.kkt_residual);
    }
}

/* A hundred rounds: the root mean squared error of the minimiser differs in the seventh digit, so a round more or less shows. */
static void test_hals_example_ends_with_the_printed_errors(void **state)
{
    (void)state;
    double x[120], model[200], one_less[120];
    const rlra_array w = view_of(hals_w, 2, 10, 6), y = view_of(hals_y, 2, 10, 20), out = view_of(x, 2, 6, 20);
    rlra_options options = rlra_nnls_options_default();
    options.update = "hals";
    options.init = "model";
    options.tolerance = 0;
    options.max_sweeps = 99;
    memcpy(x, hals_start, sizeof x);
    solve(&w, &y, &options, &out);
    memcpy(one_less, x, sizeof x);
    options.max_sweeps = 100;
    memcpy(x, hals_start, sizeof x);
    const rlra_nnls_report report = solve(&w, &y, &options, &out);
    multiply(10, 6, 20, hals_w, x, model);
    assert_int_equal(report.rounds, 100);
    check_close("the relative error", report.relative_error, hals_printed[0], 1e-12);
    check_close("the relative error", sqrt(distance2(200, hals_y, model) / distance2(200, hals_y, (double[200]){0})),
                hals_printed[0], 1e-12);
    check_close("the error of H", sqrt(distance2(120, hals_true, x) / 120), hals_printed[1], 1e-12);
    assert_true(fabs(sqrt(distance2(120, hals_true, one_less) / 120) / hals_printed[1] - 1) > 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_active_set_example_ends_with_the_printed_residual_and_support),
        cmocka_unit_test(test_hals_example_ends_with_the_printed_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
