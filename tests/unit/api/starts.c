/* unit/api/starts.c: of several starts the best is kept, and the others are reported. */
#include "support/fitting.h"
#include "support/folder.h"
#include "support/meter.h"

#define MOST 8

static const int64_t cube[] = {12, 11, 10}, matrix[] = {40, 30};

typedef struct reported {
    int calls, last, starts;
    int64_t sweeps[MOST];
    rlra_context *context;
    int stop_in; /* interrupt in this start; 0: never */
} reported;

static void note(void *user, const rlra_progress *progress)
{
    reported *const t = user;
    t->calls++;
    assert_true(progress->start == t->last || (progress->start == t->last + 1 && progress->sweep == 0));
    t->last = progress->start;
    t->starts = progress->starts;
    t->sweeps[progress->start] = progress->sweep;
    if (t->stop_in > 0 && progress->start == t->stop_in && progress->sweep == 2)
        rlra_context_interrupt(t->context);
}

static fitting make(const planted *p, reported *t)
{
    fitting f = make_fitting(&p->data.array, p->rank, "nonneg");
    f.options.max_sweeps = 40;
    f.options.seed = 5;
    *t = (reported){.context = f.context};
    rlra_context_set_progress(f.context, note, t);
    return f;
}

static void test_the_best_start_is_kept_and_the_others_are_those_of_single_fits(void **state)
{
    (void)state;
    for (int order = 2; order <= 3; order++) {
        reported t;
        planted p = plant(4, order, order == 2 ? matrix : cube, 4, 0.3, 0.3);
        fitting f = make(&p, &t), single[5];
        rlra_start starts[5];
        rlra_starts_report all;
        double least = INFINITY;
        MUST(&f, rlra_fit_starts(f.problem, &f.options, 5, NULL, f.model, &f.report, starts, &all));
        assert_true(all.done == 5 && t.starts == 5 && t.last == 4);
        for (int i = 0; i < 5; i++) {
            reported ignored;
            single[i] = make(&p, &ignored);
            single[i].options.seed = 5 + i;
            single[i].options.init = i == 0 ? "auto" : "random";
            run_fit(&single[i]);
            CHECK(single[i].report.objective == starts[i].report.objective, "start %d", i);
            CHECK(starts[i].seed == 5 + i && starts[i].report.sweeps == t.sweeps[i], "start %d", i);
            CHECK(strcmp(starts[i].report.init, single[i].report.init) == 0, "start %d", i);
            least = fmin(least, starts[i].report.objective);
        }
        CHECK(f.report.objective == least && least == starts[all.best].report.objective, "%g, not %g",
              f.report.objective, least);
        assert_true(same_models(&f, &single[all.best]));
        for (int i = 0; i < 5; i++) {
            rlra_match match;
            MUST(&f, rlra_model_match(f.model, single[i].model, &match, NULL));
            CHECK(match.score == starts[i].match.score, "start %d", i);
            CHECK(i != all.best || match.score > 1 - 1e-12, "%g", match.score);
            free_fitting(&single[i]);
        }
        free_fitting(&f);
        free_planted(&p);
    }
}

static void test_starts_agree_on_a_planted_array(void **state)
{
    (void)state;
    reported t;
    rlra_start starts[4];
    planted p = plant(9, 3, cube, 3, 0.4, 0);
    fitting f = make(&p, &t);
    f.options.max_sweeps = 2000;
    f.options.tolerance = 1e-6;
    MUST(&f, rlra_fit_starts(f.problem, &f.options, 4, NULL, f.model, &f.report, starts, NULL));
    for (int i = 0; i < 4; i++)
        CHECK(starts[i].match.score > 0.98 || starts[i].report.relative_error > 1e-3, "start %d: score %g, error %g", i,
              starts[i].match.score, starts[i].report.relative_error);
    CHECK(match_score(&f, &p) > 0.98, "%g", match_score(&f, &p));
    free_fitting(&f);
    free_planted(&p);
}

/* Models without components are neither alike nor unlike. */
static void test_starts_without_components_have_no_match(void **state)
{
    (void)state;
    reported t;
    planted p = plant(4, 2, matrix, 2, 0.3, 0.3);
    fitting f = make(&p, &t);
    rlra_start starts[2];
    MUST(&f, rlra_problem_set_form(f.problem, 0, "tucker", 2));
    rlra_model_destroy(f.model);
    MUST(&f, rlra_model_create_for(f.problem, (const int64_t[]){2, 3, 0}, &f.model));
    MUST(&f, rlra_fit_starts(f.problem, &f.options, 2, NULL, f.model, &f.report, starts, NULL));
    for (int i = 0; i < 2; i++)
        assert_true(isnan(starts[i].match.score) && isnan(starts[i].match.congruence) && isnan(starts[i].match.least));
    free_fitting(&f);
    free_planted(&p);
}

static void test_an_interruption_ends_the_series_with_what_there_is(void **state)
{
    (void)state;
    reported t;
    rlra_start starts[6];
    rlra_starts_report all;
    planted p = plant(4, 2, matrix, 4, 0.3, 0.3);
    fitting f = make(&p, &t);
    t.stop_in = 2;
    MUST(&f, rlra_fit_starts(f.problem, &f.options, 6, NULL, f.model, &f.report, starts, &all));
    assert_true(all.done == 3 && all.best < 3 && starts[2].report.stop == RLRA_STOP_INTERRUPT);
    assert_true(starts[2].report.sweeps == 2 && f.report.objective == starts[all.best].report.objective);
    free_fitting(&f);
    free_planted(&p);
}

static void test_a_series_is_resumed_start_by_start(void **state)
{
    (void)state;
    reported t;
    rlra_start whole[4], starts[5];
    rlra_starts_report all;
    planted p = plant(4, 2, matrix, 4, 0.3, 0.3);
    folder home = make_folder();
    rlra_checkpoint checkpoint = {.folder = home.name, .every = 1e9};
    fitting f = make(&p, &t), g = make(&p, &t);
    MUST(&f, rlra_fit_starts(f.problem, &f.options, 4, NULL, f.model, &f.report, whole, NULL));
    t = (reported){.context = g.context, .stop_in = 1};
    MUST(&g, rlra_fit_starts(g.problem, &g.options, 4, &checkpoint, g.model, &g.report, starts, &all));
    assert_int_equal(all.done, 2);
    rlra_context_resume(g.context);
    expect(g.context, rlra_fit_starts(g.problem, &g.options, 4, &checkpoint, g.model, &g.report, starts, &all),
           RLRA_ERR_ARGUMENT, "start-0.checkpoint' already");
    t = (reported){.context = g.context};
    checkpoint.resume = 1;
    MUST(&g, rlra_fit_starts(g.problem, &g.options, 4, &checkpoint, g.model, &g.report, starts, &all));
    assert_true(all.done == 4 && starts[0].checkpoint.written == 0 && starts[1].checkpoint.resumed_sweeps == 2);
    assert_true(starts[2].checkpoint.resumed_sweeps == 0 && t.sweeps[0] == starts[0].report.sweeps);
    for (int i = 0; i < 4; i++)
        CHECK(starts[i].report.objective == whole[i].report.objective &&
                  starts[i].report.sweeps == whole[i].report.sweeps && starts[i].match.score == whole[i].match.score,
              "start %d", i);
    assert_true(same_models(&f, &g));
    t = (reported){.context = g.context};
    MUST(&g, rlra_fit_starts(g.problem, &g.options, 5, &checkpoint, g.model, &g.report, starts, &all));
    assert_true(all.done == 5 && starts[3].checkpoint.written == 0 && starts[4].checkpoint.written == 1);
    remove_folder(home.name);
    free_fitting(&f);
    free_fitting(&g);
    free_planted(&p);
}

static void test_impossible_series_are_refused(void **state)
{
    (void)state;
    reported t;
    planted p = plant(4, 2, matrix, 4, 0.3, 0.3);
    fitting f = make(&p, &t);
    expect(f.context, rlra_fit_starts(f.problem, &f.options, 0, NULL, f.model, NULL, NULL, NULL), RLRA_ERR_ARGUMENT,
           "lie in [1, 1000], got 0");
    expect(f.context, rlra_fit_starts(f.problem, &f.options, 1001, NULL, f.model, NULL, NULL, NULL), RLRA_ERR_ARGUMENT,
           "got 1001");
    f.options.seed = INT64_C(9007199254740990);
    expect(f.context, rlra_fit_starts(f.problem, &f.options, 4, NULL, f.model, NULL, NULL, NULL), RLRA_ERR_ARGUMENT,
           "seed of the last start");
    f.options.seed = 0;
    f.options.update = "nolips";
    expect(f.context, rlra_fit_starts(f.problem, &f.options, 4, NULL, f.model, NULL, NULL, NULL), RLRA_ERR_UNSUPPORTED,
           "nolips");
    assert_int_equal(t.calls, 0);
    free_fitting(&f);
    free_planted(&p);
}

static void test_every_allocation_of_a_series_may_fail(void **state)
{
    (void)state;
    meter m;
    planted p = plant(4, 2, matrix, 2, 0.3, 0.3);
    fitting f = {.context = metered_context(&m), .options = rlra_options_default()};
    MUST(&f, rlra_problem_create(f.context, &f.problem));
    MUST(&f, rlra_model_create(f.context, REAL_DTYPE, 2, matrix, 2, &f.model));
    MUST(&f, rlra_problem_add_dense(f.problem, &p.data.array, 1, NULL));
    f.options.max_sweeps = 2;
    const long alive = m.alive;
    rlra_status status = RLRA_ERR_MEMORY;
    int failures = -1;
    for (long at = 0; status != RLRA_OK; at++, failures++) {
        m.refuse = m.made + at;
        status = rlra_fit_starts(f.problem, &f.options, 2, NULL, f.model, NULL, NULL, NULL);
        CHECK(m.alive == alive, "allocation %ld: %ld leaked", at, m.alive - alive);
        CHECK(status == RLRA_OK || (status == RLRA_ERR_MEMORY && largest_entry(factor_of(&f, 0)) == 0), "%ld", at);
    }
    CHECK(failures > 10, "%d", failures);
    free_fitting(&f);
    assert_int_equal(m.alive, 0);
    free_planted(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_best_start_is_kept_and_the_others_are_those_of_single_fits),
        cmocka_unit_test(test_starts_agree_on_a_planted_array),
        cmocka_unit_test(test_starts_without_components_have_no_match),
        cmocka_unit_test(test_an_interruption_ends_the_series_with_what_there_is),
        cmocka_unit_test(test_a_series_is_resumed_start_by_start),
        cmocka_unit_test(test_impossible_series_are_refused),
        cmocka_unit_test(test_every_allocation_of_a_series_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
