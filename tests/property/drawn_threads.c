/* property/drawn_threads.c: fits and regressions drawn from the registries have the same bits for 1 to 8 threads.
 *
 * 25 of each (7 with kernels that are not the best), or 2000 where RLRA_NIGHTLY is set; RLRA_SEED: the first seed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "drawn/nightly.h"
#include "drawn/problem.h"

#define MOST_THREADS 8
#define MOST_SWEEPS  64

/* All that a fit reports: objectives and residuals of each sweep, the report, the factors. */
typedef struct outcome {
    double trace[MOST_SWEEPS][3], report[8];
    int sweeps;
    rlra_status status;
    size_t bytes;
    unsigned char *factors;
} outcome;

static int used[1024]; /* runs by the threads that they took */

static void note(void *user, const rlra_progress *progress)
{
    outcome *const o = user;
    if (o->sweeps >= MOST_SWEEPS)
        return;
    const double row[] = {progress->objective, progress->relative_error, progress->kkt_residual};
    memcpy(o->trace[o->sweeps++], row, sizeof row);
}

/* The bytes of the factors without the gaps between components. */
static void keep_factors(const drawn_fit *fit, outcome *o)
{
    const size_t size = fit->dtype == RLRA_DTYPE_F32 ? 4 : 8;
    for (int n = 0; n < fit->factors; n++)
        o->bytes += size * (size_t)(fit->lengths[n] * fit->rank);
    unsigned char *to = o->factors = malloc(o->bytes);
    for (int n = 0; n < fit->factors; n++) {
        const rlra_array f = rlra_model_factor(fit->model, n);
        for (int64_t k = 0; k < fit->rank; k++, to += size * (size_t)fit->lengths[n])
            memcpy(to, (const unsigned char *)f.data + size * (size_t)(k * f.strides[1]),
                   size * (size_t)fit->lengths[n]);
    }
}

static void fit_with(drawn_fit *fit, int64_t threads, outcome *o)
{
    rlra_report r = {0};
    *o = (outcome){.status = renew_model(fit)};
    fit->options.threads = threads;
    rlra_context_set_progress(fit->context, note, o);
    if (o->status == RLRA_OK)
        o->status = rlra_fit(fit->problem, &fit->options, fit->model, &r);
    const double reported[] = {r.objective,    r.loss,           r.penalty,         r.relative_error,
                               r.kkt_residual, (double)r.sweeps, r.start_objective, (double)r.stop};
    memcpy(o->report, reported, sizeof reported);
    used[r.threads]++;
    if (o->status == RLRA_OK)
        keep_factors(fit, o);
}

static int is_same(const outcome *a, const outcome *b)
{
    return a->status == b->status && a->sweeps == b->sweeps && a->bytes == b->bytes &&
           memcmp(a->trace, b->trace, sizeof a->trace) == 0 && memcmp(a->report, b->report, sizeof a->report) == 0 &&
           (a->bytes == 0 || memcmp(a->factors, b->factors, a->bytes) == 0);
}

/* A library that takes one thread would pass: the work has to be worth so many. */
static drawn_size size_for(int64_t threads)
{
    return (drawn_size){1.1e6 * (double)(threads - 1)};
}

/* Whether the library takes it, in small; that is much cheaper to find out. */
static int is_taken(uint64_t seed)
{
    drawn_fit fit;
    rlra_status status = draw_fit(seed, (drawn_size){0}, &fit);
    if (status == RLRA_OK)
        status = rlra_fit(fit.problem, &fit.options, fit.model, NULL);
    free_drawn_fit(&fit);
    return status == RLRA_OK;
}

static int check_fit(uint64_t seed, int64_t threads)
{
    drawn_fit fit;
    static outcome one, more;
    if (!is_taken(seed))
        return 0;
    if (draw_fit(seed, size_for(threads), &fit) != RLRA_OK) {
        free_drawn_fit(&fit);
        return 0;
    }
    fit.options.max_sweeps = fit.options.max_sweeps > 2 ? 2 : fit.options.max_sweeps;
    fit_with(&fit, 1, &one);
    if (one.status == RLRA_OK) {
        fit_with(&fit, threads, &more);
        if (!is_same(&one, &more))
            fail_msg("%s: other bits with %d threads", fit.name, (int)threads);
        free(more.factors);
    }
    free(one.factors);
    free_drawn_fit(&fit);
    return one.status == RLRA_OK;
}

static int check_regression(uint64_t seed, int64_t threads)
{
    drawn_regression one, more;
    const rlra_status status = draw_regression(seed, size_for(threads), 1, &one);
    const size_t columns = (size_t)one.columns,
                 bytes = (one.dtype == RLRA_DTYPE_F32 ? 4 : 8) * (size_t)one.rank * columns;
    if (status == RLRA_OK) {
        assert_int_equal(draw_regression(seed, size_for(threads), threads, &more), status);
        const double reported[2][4] = {
            {one.report.objective, one.report.kkt_residual, one.report.gap, one.report.relative_error},
            {more.report.objective, more.report.kkt_residual, more.report.gap, more.report.relative_error}};
        used[more.report.threads]++;
        if (memcmp(one.memory_of_x, more.memory_of_x, bytes) != 0 ||
            memcmp(reported[0], reported[1], sizeof reported[0]) != 0 ||
            memcmp(one.loss, more.loss, columns * sizeof(double)) != 0 ||
            memcmp(one.kkt, more.kkt, columns * sizeof(double)) != 0)
            fail_msg("%s: other bits with %d threads", one.name, (int)threads);
        free_drawn_regression(&more);
    }
    free_drawn_regression(&one);
    return status == RLRA_OK;
}

/* The least number of threads from 2 on that no run has had so far, or 0. */
static int first_unused(void)
{
    int threads = 2;
    while (threads <= MOST_THREADS && used[threads] > 0)
        threads++;
    return threads <= MOST_THREADS ? threads : 0;
}

static void run(const char *name, int (*check)(uint64_t seed, int64_t threads))
{
    const int wanted = trials_of(getenv("RLRA_KERNELS") != NULL ? 7 : 25, 2000);
    const char *const given = getenv("RLRA_SEED");
    const uint64_t first = given != NULL ? strtoull(given, NULL, 10) : is_nightly() ? (uint64_t)time(NULL) * 100000 : 1;
    uint64_t seed = first;
    int done = 0;
    memset(used, 0, sizeof used);
    /* Small fits take fewer threads than they are given: on until each number was had. */
    for (; (done < wanted || first_unused() > 0) && seed - first < 1000 + 50 * (uint64_t)wanted; seed++)
        done += check(seed, done < wanted ? 2 + done % (MOST_THREADS - 1) : first_unused());
    printf("seeds %llu to %llu: %d %s; runs with 1, 2, .. %d threads:", (unsigned long long)first,
           (unsigned long long)seed - 1, done, name, MOST_THREADS);
    for (int threads = 1; threads <= MOST_THREADS; threads++)
        printf(" %d%s", used[threads], threads < MOST_THREADS ? "," : "\n");
    assert_int_equal(first_unused(), 0);
    assert_true(done >= wanted);
}

static void test_drawn_fits_have_the_same_bits_for_all_numbers_of_threads(void **state)
{
    (void)state;
    run("fits", check_fit);
}

static void test_drawn_regressions_have_the_same_bits_for_all_numbers_of_threads(void **state)
{
    (void)state;
    run("regressions", check_regression);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drawn_fits_have_the_same_bits_for_all_numbers_of_threads),
        cmocka_unit_test(test_drawn_regressions_have_the_same_bits_for_all_numbers_of_threads),
    };
    return cmocka_run_group_tests_name("drawn threads", tests, NULL, NULL);
}
