/* property/drawn_fits.c: reports of fits and regressions drawn from the registries hold what long double makes of data
 * and factors.
 *
 * 50 of each, or 2000 where RLRA_NIGHTLY is set; RLRA_SEED: the first seed. A seed is printed with what it found. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "drawn/nightly.h"
#include "drawn/recompute.h"

/* The farthest that a number was off, as a part of what rounding may do. */
typedef struct worst {
    const char *what;
    double part;
    uint64_t seed;
} worst;

enum { LOSS, PENALTY, ERROR, KKT, COUNT };
static worst found[COUNT] = {{"loss", 0, 0}, {"penalty", 0, 0}, {"relative error", 0, 0}, {"KKT residual", 0, 0}};
static int failures;

static void compare(int what, const char *name, uint64_t seed, double reported, number low, number high)
{
    const long double below = low.value - reported, above = reported - high.value;
    const long double part = fmaxl(below > 0 ? below / low.slack : 0, above > 0 ? above / high.slack : 0);
    if (part > found[what].part || isnan(reported)) {
        found[what].part = (double)part;
        found[what].seed = seed;
    }
    if (part <= 1)
        return;
    failures++;
    fprintf(stderr, "%s: %s is reported as %.17g, is %.17Lg to %.17Lg, off by %.3Lg times what rounding may do\n", name,
            found[what].what, reported, low.value, high.value, part);
}

static number widened(number n)
{
    return (number){n.value, n.slack + 64 * 0x1p-52L * fabsl(n.value) + 1e-300L};
}

static void check(const drawn_fit *fit, const rlra_report *report, uint64_t seed, int *vague)
{
    recomputed r;
    recompute_fit(fit, &r);
    *vague += r.is_vague;
    if (!r.is_allowed) {
        failures++;
        fprintf(stderr, "%s: a factor is not what its priors allow\n", fit->name);
    }
    compare(PENALTY, fit->name, seed, report->penalty, widened(r.penalty), widened(r.penalty));
    if (r.is_vague || r.norm2 == 0)
        return;
    const double squares = report->relative_error * report->relative_error * (double)r.norm2;
    compare(LOSS, fit->name, seed, report->loss, widened(r.loss), widened(r.loss));
    compare(ERROR, fit->name, seed, squares, widened(r.squares), widened(r.squares));
    compare(KKT, fit->name, seed, report->kkt_residual, widened(r.kkt_low), widened(r.kkt_high));
}

static void check_regression(const drawn_regression *r, uint64_t seed, int *vague)
{
    number loss = {0, 0}, penalty = {0, 0};
    long double norm2 = 0;
    int is_vague = 0;
    for (int64_t c = 0; c < r->columns; c++) {
        recomputed of;
        recompute_column(r, c, &of);
        if (!of.is_allowed) {
            failures++;
            fprintf(stderr, "%s: column %d is not what its priors allow\n", r->name, (int)c);
        }
        add_number(&penalty, of.penalty.value, of.penalty.slack);
        norm2 += of.norm2;
        is_vague |= of.is_vague;
        if (of.is_vague)
            continue;
        add_number(&loss, of.loss.value, of.loss.slack);
        compare(LOSS, r->name, seed, r->loss[c], widened(of.loss), widened(of.loss));
        compare(KKT, r->name, seed, r->kkt[c], widened(of.kkt_low), widened(of.kkt_high));
    }
    *vague += is_vague;
    compare(PENALTY, r->name, seed, r->report.penalty, widened(penalty), widened(penalty));
    if (is_vague)
        return;
    compare(LOSS, r->name, seed, r->report.loss, widened(loss), widened(loss));
    if (strcmp(r->options.loss, "frobenius") == 0) {
        const number squares = {2 * loss.value, 2 * loss.slack};
        const double reported = r->report.relative_error * r->report.relative_error * (double)norm2;
        compare(ERROR, r->name, seed, reported, widened(squares), widened(squares));
    }
}

/* One that was drawn: its report is checked, or its refusal has a sentence. Returns whether it was taken. */
static int try_fit(uint64_t seed, int *vague)
{
    drawn_fit fit;
    rlra_report report;
    rlra_status status = draw_fit(seed, (drawn_size){0}, &fit);
    if (status == RLRA_OK)
        status = rlra_fit(fit.problem, &fit.options, fit.model, &report);
    if (status == RLRA_OK)
        check(&fit, &report, seed, vague);
    else if (rlra_context_message(fit.context)[0] == '\0' || status == RLRA_ERR_MEMORY || status == RLRA_ERR_FILE)
        fail_msg("%s: %s", fit.name, rlra_status_text(status));
    free_drawn_fit(&fit);
    return status == RLRA_OK;
}

static int try_regression(uint64_t seed, int *vague)
{
    drawn_regression r;
    const rlra_status status = draw_regression(seed, (drawn_size){0}, 1 + (int64_t)(seed % 3), &r);
    if (status == RLRA_OK)
        check_regression(&r, seed, vague);
    else if (rlra_context_message(r.context)[0] == '\0' || status == RLRA_ERR_MEMORY || status == RLRA_ERR_FILE)
        fail_msg("%s: %s", r.name, rlra_status_text(status));
    free_drawn_regression(&r);
    return status == RLRA_OK;
}

static void run(const char *name, int (*try)(uint64_t seed, int *vague))
{
    const int wanted = trials_of(50, 2000);
    const char *const given = getenv("RLRA_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : is_nightly() ? (uint64_t)time(NULL) * 100000 : 1;
    const uint64_t first = seed;
    int done = 0, vague = 0;
    failures = 0;
    for (int what = 0; what < COUNT; what++)
        found[what].part = 0;
    for (; done < wanted && seed - first < 1000 + 50 * (uint64_t)wanted; seed++)
        done += try(seed, &vague);
    printf("seeds %llu to %llu: %d %s, %d vague; farthest off, as a part of rounding:", (unsigned long long)first,
           (unsigned long long)seed - 1, done, name, vague);
    for (int what = 0; what < COUNT; what++)
        printf(" %s %.3g (seed %llu)%s", found[what].what, found[what].part, (unsigned long long)found[what].seed,
               what + 1 < COUNT ? "," : "\n");
    assert_int_equal(failures, 0);
    assert_int_equal(done, wanted);
    assert_true(vague <= done / 5);
}

static void test_reports_of_drawn_fits_are_true(void **state)
{
    (void)state;
    run("fits", try_fit);
}

static void test_reports_of_drawn_regressions_are_true(void **state)
{
    (void)state;
    run("regressions", try_regression);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reports_of_drawn_fits_are_true),
        cmocka_unit_test(test_reports_of_drawn_regressions_are_true),
    };
    return cmocka_run_group_tests_name("drawn fits", tests, NULL, NULL);
}
