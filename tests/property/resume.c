/* property/resume.c: a fit that is killed after any sweep and resumed gives the bits of one that was not. */
#include "support/resuming.h"

static const way plain = {"hals", "frobenius", "nonneg", "on", "auto", "auto", 2, 0, 1, 1, 0, 0, SWEEPS, 1, 0, 0, 0};

static void test_every_rule_and_loss_resumes_from_any_sweep(void **state)
{
    (void)state;
    static const char *const losses[] = {"frobenius", "kl", "beta"};
    static const char *const priors[] = {"nonneg", "nonneg,l1=0.3,l2=0.2", "simplex"};
    int done = 0;
    for (int u = 0; rlra_member_at("update", u) != NULL; u++)
        for (int l = 0; l < COUNT_OF(losses); l++)
            for (int p = 0; p < COUNT_OF(priors); p++) {
                way w = plain;
                w.rule = rlra_member_at("update", u)->name;
                w.loss = losses[l];
                w.prior = priors[p];
                done += check_way(&w);
            }
    CHECK(done >= 30, "%d ways only", done);
}

static void test_arrays_passes_starts_and_terms_do_not_matter(void **state)
{
    (void)state;
    static const char *const starts[] = {"auto", "random", "nndsvd", "nndsvdar"};
    for (int order = 2; order <= 4; order++)
        for (int pass = 0; pass < 2; pass++)
            for (int ahead = 0; ahead < 2; ahead++)
                for (int s = (pass + ahead) % test_share(); s < COUNT_OF(starts); s += test_share()) {
                    way w = plain;
                    w.order = order;
                    w.pass = pass == 0 ? "auto" : "modes";
                    w.extrapolate = ahead == 0 ? "on" : "off";
                    w.init = starts[s];
                    w.inner = 1 + pass;
                    w.terms = pass == 1 && order == 3 ? 2 : 1;
                    assert_true(check_way(&w) || (w.terms > 1 && s > 1)); /* singular vectors are of one term */
                }
}

static void test_forms_resume_from_any_sweep(void **state)
{
    (void)state;
    static const char *const losses[] = {"frobenius", "kl"};
    for (int order = 2; order <= 3; order++)
        for (int l = 0; l < COUNT_OF(losses); l++)
            for (int threads = 1; threads <= 2; threads++) {
                way w = plain;
                w.rule = "auto";
                w.order = order;
                w.loss = losses[l];
                w.threads = threads;
                w.has_core = 1;
                assert_true(check_way(&w));
            }
}

/* Resumed by another number of threads, before and after each change, and in a trial of the other rule. */
static void test_changes_of_rules_are_the_same_from_any_sweep(void **state)
{
    (void)state;
    static const char *const losses[] = {"frobenius", "kl"};
    for (int order = 2; order <= 3; order++)
        for (int l = 0; l < COUNT_OF(losses); l++) {
            way w = plain;
            w.rule = "auto";
            w.order = order;
            w.loss = losses[l];
            w.init = "model";
            w.changes = 1;
            w.sweeps = 60;
            w.step = 3;
            assert_true(check_way(&w));
        }
}

/* Reasons to stop have a memory, too: checks of the true residual that came too early, sweeps that brought little. */
static void test_long_fits_stop_at_the_same_sweep(void **state)
{
    (void)state;
    static const char *const rules[] = {"hals", "fista", "mu", "pgd"};
    for (int digits = 2; digits <= 16; digits += test_share())
        for (int r = 0; r < COUNT_OF(rules); r++) {
            way w = plain;
            w.rule = rules[r];
            w.tolerance = digits % 3 == 0 ? 0 : pow(10, -0.5 * digits);
            w.decrease = digits % 3 == 1 ? 0 : pow(10, -0.5 * digits);
            w.prior = digits % 2 == 0 ? "nonneg" : "nonneg,l1=0.3,l2=0.2";
            w.sweeps = LONG;
            w.step = 1 + digits % 4;
            assert_true(check_way(&w));
        }
}

/* Attempts that fail and that succeed, cut after each sweep. */
static void test_escapes_resume_from_any_sweep(void **state)
{
    (void)state;
    static const char *const losses[] = {"frobenius", "kl", "is"};
    static const char *const priors[] = {"nonneg", "nonneg,l1=0.3,l2=0.2", "simplex"};
    for (int l = 0; l < COUNT_OF(losses); l++)
        for (int p = 0; p < COUNT_OF(priors); p++)
            for (int order = 2; order <= 3; order++) {
                way w = plain;
                w.rule = "auto";
                w.loss = losses[l];
                w.prior = priors[p];
                w.order = order;
                w.init = "random";
                w.tolerance = 3e-2;
                w.decrease = 1e-3;
                w.sweeps = LONG;
                w.escapes = p == 1 ? -1 : 4;
                w.step = 1 + order + l;
                check_way(&w);
            }
}

static void test_a_limit_that_is_raised_step_by_step_gives_the_same_bits(void **state)
{
    (void)state;
    static const char *const losses[] = {"frobenius", "kl"};
    for (int l = 0; l < 2; l++) {
        trace reported, t;
        way w = plain;
        w.loss = losses[l];
        w.rule = "auto";
        planted p = plant(5, 3, shapes[3], 3, 0.3, 0.1);
        folder home = make_folder();
        w.order = 3;
        fitting whole = make(&w, &p, &reported);
        run_fit(&whole);
        for (int64_t most = 0; most <= SWEEPS; most++) {
            fitting f = make(&w, &p, &t);
            const rlra_checkpoint checkpoint = {.folder = home.name, .every = 1e9, .resume = 1};
            f.options.max_sweeps = most;
            MUST(&f, rlra_fit_checkpointed(f.problem, &f.options, &checkpoint, f.model, &f.report, NULL));
            CHECK(f.report.sweeps == most, "%d sweeps", (int)f.report.sweeps);
            if (most == SWEEPS)
                check_same(&whole, &reported, &f, &t, losses[l]);
            free_fitting(&f);
        }
        remove_folder(home.name);
        free_fitting(&whole);
        free_planted(&p);
    }
}

static fitting sparse_fitting(const sparse_matrix *m, const char *loss, trace *t)
{
    fitting f = empty_fitting(2, m->dims, 3);
    MUST(&f, rlra_problem_add_sparse(f.problem, &m->view, 1, NULL));
    for (int n = 0; n < 2; n++)
        MUST(&f, rlra_problem_add_prior(f.problem, n, "nonneg"));
    f.options.loss = loss;
    f.options.max_sweeps = SWEEPS;
    f.options.tolerance = 0;
    f.options.decrease = 0;
    *t = (trace){0};
    rlra_context_set_progress(f.context, record, t);
    return f;
}

static void test_sparse_data_resume_as_well(void **state)
{
    (void)state;
    static const int64_t dims[] = {40, 31};
    for (int l = 0; l < 2; l++) {
        const char *const loss = l == 0 ? "frobenius" : "kl";
        trace reported, kept, t;
        sparse_matrix m = make_sparse(dims, 0.2, STORAGE_CSR, 7);
        for (int64_t e = 0; e < m.view.count; e++)
            m.values[e] = (real)fabs((double)m.values[e]);
        folder home = make_folder(), states = make_folder();
        fitting whole = sparse_fitting(&m, loss, &reported), watched = sparse_fitting(&m, loss, &kept);
        run_fit(&whole);
        kept.from = home.name;
        kept.to = states.name;
        rlra_checkpoint checkpoint = {.folder = home.name};
        MUST(&watched, rlra_fit_checkpointed(watched.problem, &watched.options, &checkpoint, watched.model,
                                             &watched.report, NULL));
        check_same(&whole, &reported, &watched, &kept, loss);
        checkpoint.resume = 1;
        for (int64_t sweep = 1; sweep < SWEEPS; sweep++) {
            fitting f = sparse_fitting(&m, loss, &t);
            put_state(&kept, sweep, home.name);
            MUST(&f, rlra_fit_checkpointed(f.problem, &f.options, &checkpoint, f.model, &f.report, NULL));
            check_same(&whole, &reported, &f, &t, loss);
            free_fitting(&f);
        }
        remove_folder(home.name);
        remove_folder(states.name);
        free_fitting(&whole);
        free_fitting(&watched);
        free_sparse(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_rule_and_loss_resumes_from_any_sweep),
        cmocka_unit_test(test_arrays_passes_starts_and_terms_do_not_matter),
        cmocka_unit_test(test_forms_resume_from_any_sweep),
        cmocka_unit_test(test_changes_of_rules_are_the_same_from_any_sweep),
        cmocka_unit_test(test_long_fits_stop_at_the_same_sweep),
        cmocka_unit_test(test_escapes_resume_from_any_sweep),
        cmocka_unit_test(test_a_limit_that_is_raised_step_by_step_gives_the_same_bits),
        cmocka_unit_test(test_sparse_data_resume_as_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
