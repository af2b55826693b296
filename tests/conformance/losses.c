/* conformance/losses.c: every loss of the registry: values, limits, derivatives, and the definition in long double. */
#include "loss/loss.h"
#include "support/support.h"

static const double betas[] = {2, 1, 0, 0.5, 1.5, 1.25, 3, -1, 1.0001, 0.9999, 1e-4, -1e-4, 2.0001};

static double value_of(double beta, double y, double v)
{
    const posed_loss loss = RLRA(loss_find)("beta", beta);
    const real from = (real)y, to = (real)v;
    return loss.ops->value(&loss, 1, &from, &to);
}

/* d(y, v) with the logarithm of the ratio to full accuracy: for v near y by the series, else by the definition. */
static double exact(double beta, double y, double v)
{
    const long double b = beta, r = ((long double)v - (long double)y) / (long double)y;
    const long double l = log1pl(r);
    if (fabsl(l) > 0.25L) {
        if (beta == 1)
            return (double)((long double)y * (r - l));
        if (beta == 0)
            return (double)(expm1l(-l) + l);
        return (double)(powl(y, b) * (expm1l(b * l) / b - expm1l((b - 1) * l) / (b - 1)));
    }
    long double sum = 0, high = l, low = l;
    for (int n = 2; n < 40; n++) {
        high *= b * l / n;
        low *= (b - 1) * l / n;
        sum += high - low;
    }
    return (double)(powl(y, b) * sum);
}

static void test_values_keep_their_digits_however_small_they_are(void **state)
{
    (void)state;
    numbers from = {1, 0};
    for (int b = 0; b < COUNT_OF(betas); b++)
        for (int repeat = 0; repeat < 3000; repeat++) {
            const double reach = repeat % 2 == 0 ? pow(10, -6 * uniform(&from)) : 4;
            const real y = (real)exp(4 * normal(&from)), v = y * (real)exp(reach * normal(&from));
            const double came = value_of(betas[b], (double)y, (double)v), due = exact(betas[b], (double)y, (double)v);
            const double parts = betas[b] == 2 ? 0 : 1;
            CHECK(fabs(came - due) <= (64 + 512 * parts) * DBL_EPSILON * due,
                  "beta %g, y = %.17g, v = %.17g: %.17g, not %.17g", betas[b], (double)y, (double)v, came, due);
        }
}

static void test_values_are_zero_at_the_data_and_positive_elsewhere(void **state)
{
    (void)state;
    numbers from = {2, 0};
    for (int b = 0; b < COUNT_OF(betas); b++)
        for (int repeat = 0; repeat < 1000; repeat++) {
            const real y = (real)exp(3 * normal(&from));
            assert_true(value_of(betas[b], (double)y, (double)y) == 0);
            assert_true(value_of(betas[b], (double)y, (double)(y * (1 + 2 * REAL_EPS))) > 0);
            assert_true(value_of(betas[b], (double)y, (double)(y * (1 - 2 * REAL_EPS))) > 0);
            assert_true(value_of(betas[b], (double)y, (double)y * exp(normal(&from)) * 1.001) > 0);
        }
}

static void test_zeros_have_their_limits(void **state)
{
    (void)state;
    assert_true(value_of(1, 0, 3) == 3);
    assert_true(value_of(1, 0, 0) == 0);
    assert_true(value_of(1, 2, 0) == INFINITY);
    assert_true(value_of(0, 0, 3) == INFINITY);
    assert_true(value_of(0, 2, 0) == INFINITY);
    assert_true(value_of(0.5, 0, 4) == 4);
    assert_true(value_of(0.5, 2, 0) == INFINITY);
    assert_true(value_of(0.5, 0, 0) == 0);
    assert_true(fabs(value_of(1.5, 4, 0) - 8 / 0.75) <= 8 * (double)REAL_EPS * 8);
    assert_true(fabs(value_of(1.5, 0, 4) - 8 / 1.5) <= 8 * (double)REAL_EPS * 8);
    assert_true(value_of(1.5, 0, 0) == 0);
    assert_true(value_of(-1, 0, 1) == INFINITY);
    assert_true(value_of(2, 3, 1) == 2);
}

/* Numbers at the ends of the range, where powers of two leave that of doubles. */
static void test_extreme_entries_are_no_exception(void **state)
{
    (void)state;
    const double huge = sizeof(real) == sizeof(float) ? 1e30 : 1e200, tiny = 1 / huge;
    const double apart = huge * (log(huge) - log(tiny)) - huge + tiny;
    assert_true(fabs(value_of(1, huge, tiny) - apart) <= 16 * (double)REAL_EPS * apart);
    assert_true(fabs(value_of(1, tiny, huge) - huge) <= 16 * (double)REAL_EPS * huge);
    const double least = (double)REAL_MIN / 8;
    assert_true(value_of(1, least, 1) > 0.99 && value_of(1, least, 1) <= 1);
    assert_true(value_of(1, 1, least) > 0 && isfinite(value_of(1, 1, least)));
    assert_true(isnan(value_of(1, NAN, 1)) && isnan(value_of(1, 1, NAN)));
    assert_true(isnan(value_of(0, NAN, 1)) && isnan(value_of(0, 1, NAN)));
}

static void test_sums_are_those_of_their_entries(void **state)
{
    (void)state;
    numbers from = {3, 0};
    for (int b = 0; b < COUNT_OF(betas); b++)
        for (ptrdiff_t length = 0; length < 40; length++) {
            const posed_loss loss = RLRA(loss_find)("beta", betas[b]);
            real *const y = uniform_rows(&from, 1, length, length), *const v = uniform_rows(&from, 1, length, length);
            double sum = 0;
            for (ptrdiff_t j = 0; j < length; j++) {
                if (betas[b] > 0 && j % 3 == 0)
                    y[j] = 0;
                sum += value_of(betas[b], (double)y[j], (double)v[j]);
            }
            const double came = loss.ops->value(&loss, length, y, v);
            assert_true(fabs(came - sum) <= 64 * DBL_EPSILON * sum);
            free(y);
            free(v);
        }
}

static void test_slopes_and_curvatures_are_the_derivatives(void **state)
{
    (void)state;
    numbers from = {4, 0};
    for (int b = 0; b < COUNT_OF(betas); b++)
        for (int repeat = 0; repeat < 500; repeat++) {
            const posed_loss loss = RLRA(loss_find)("beta", betas[b]);
            const double beta = betas[b], h = 1e-5;
            const real y = (real)(0.2 + 3 * uniform(&from)), v = (real)(0.2 + 3 * uniform(&from));
            real up, down, curvature;
            loss.ops->slopes(beta, 1, &y, &v, &up, &down);
            loss.ops->curvatures(beta, 1, &y, &v, &curvature);
            const double at = (double)v, data = (double)y;
            const long double more = at + h, less = at - h, two = 2 * h;
            const double slope =
                (double)(((long double)exact(beta, data, (double)more) - (long double)exact(beta, data, (double)less)) /
                         two);
            const double size = (double)(up + down);
            assert_true(up >= 0 && down >= 0);
            CHECK(fabs((double)down - (double)up - slope) <= 1e-6 * (1 + size * 40) + 16 * (double)REAL_EPS * size,
                  "beta %g", beta);
            const double high = pow(at + h, beta - 1) - data * pow(at + h, beta - 2);
            const double low = pow(at - h, beta - 1) - data * pow(at - h, beta - 2);
            const double bend = (high - low) / (2 * h);
            CHECK(fabs((double)curvature - bend) <= 1e-5 * (1 + fabs(bend) + size * 100) + 64 * (double)REAL_EPS * size,
                  "beta %g", beta);
        }
}

static void test_beta_is_continuous_at_kl_is_and_frobenius(void **state)
{
    (void)state;
    numbers from = {5, 0};
    const double at[] = {0, 1, 2};
    for (int a = 0; a < COUNT_OF(at); a++)
        for (int repeat = 0; repeat < 200; repeat++) {
            const double y = 0.1 + 3 * uniform(&from), v = 0.1 + 3 * uniform(&from), step = 1e-9;
            const double here = value_of(at[a], y, v), above = value_of(at[a] + step, y, v);
            const double below_it = value_of(at[a] - step, y, v);
            assert_true(fabs(above - here) <= 1e-7 * here && fabs(below_it - here) <= 1e-7 * here);
        }
}

static void test_losses_are_found_by_name_and_beta(void **state)
{
    (void)state;
    assert_string_equal(RLRA(loss_find)("beta", 2).ops->about.name, "frobenius");
    assert_string_equal(RLRA(loss_find)("beta", 1).ops->about.name, "kl");
    assert_string_equal(RLRA(loss_find)("beta", 0).ops->about.name, "is");
    assert_string_equal(RLRA(loss_find)("kl", 0.3).ops->about.name, "kl");
    assert_int_equal(RLRA(loss_find)("beta", 1.5).kind, LOSS_CONVEX);
    assert_int_equal(RLRA(loss_find)("beta", 3).kind, LOSS_OTHER);
    assert_null(RLRA(loss_find)("none", 1).ops);
    const posed_loss kl = RLRA(loss_find)("kl", 0), is = RLRA(loss_find)("is", 0), half = RLRA(loss_find)("beta", 0.5);
    const posed_loss frobenius = RLRA(loss_find)("frobenius", 0), lower = RLRA(loss_find)("beta", -1);
    assert_true(RLRA(loss_takes)(&kl, 0) && !RLRA(loss_takes)(&kl, -1) && !RLRA(loss_takes)(&kl, NAN));
    assert_true(RLRA(loss_takes)(&is, 1) && !RLRA(loss_takes)(&is, 0));
    assert_true(RLRA(loss_takes)(&half, 0) && !RLRA(loss_takes)(&lower, 0) && RLRA(loss_takes)(&frobenius, -1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_keep_their_digits_however_small_they_are),
        cmocka_unit_test(test_values_are_zero_at_the_data_and_positive_elsewhere),
        cmocka_unit_test(test_zeros_have_their_limits),
        cmocka_unit_test(test_extreme_entries_are_no_exception),
        cmocka_unit_test(test_sums_are_those_of_their_entries),
        cmocka_unit_test(test_slopes_and_curvatures_are_the_derivatives),
        cmocka_unit_test(test_beta_is_continuous_at_kl_is_and_frobenius),
        cmocka_unit_test(test_losses_are_found_by_name_and_beta),
    };
    return cmocka_run_group_tests_name("losses", tests, NULL, NULL);
}
