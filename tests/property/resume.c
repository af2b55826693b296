/* property/resume.c: a fit that is killed after any sweep and resumed gives the bits of one that was not. */
#include "support/fitting.h"
#include "support/folder.h"
#include "support/sparse.h"

#define SWEEPS 11
#define LONG   90

/* What a fit is made of. */
typedef struct way {
    const char *rule, *loss, *prior, *extrapolate, *pass, *init;
    int order, inner, terms, threads;
    double tolerance, decrease;
    int sweeps, step; /* most sweeps; kills are so many apart */
    int escapes;      /* attempts at most */
    int has_core;     /* the model is a Tucker model, and mode 0 is tied by a matrix */
    int changes;      /* the data are ill-conditioned, and the rules change on the way */
} way;

/* What was reported, and how the state after each sweep is set aside. */
typedef struct trace {
    int count, starts;
    rlra_progress at[LONG + 2];
    const char *from, *to;
} trace;

static const char *state_of(const trace *t, int64_t sweep, char *room, size_t size)
{
    snprintf(room, size, "%s/state-%d", t->to, (int)sweep);
    return room;
}

/* In the callback of a sweep the file is that of the sweep before: what a kill would leave. */
static void record(void *user, const rlra_progress *progress)
{
    trace *const t = user;
    char from[256], to[256];
    assert_true(t->count < COUNT_OF(t->at));
    t->at[t->count++] = *progress;
    if (t->from == NULL || progress->sweep < 2)
        return;
    copy_file(path_in(t->from, "start-0.checkpoint", from, sizeof from),
              state_of(t, progress->sweep - 1, to, sizeof to));
}

static const int64_t shapes[][4] = {{0}, {0}, {23, 17}, {9, 8, 7}, {5, 4, 6, 3}};

/* A core, and a known matrix with as many columns as the mode has rows but two. */
static void add_core(const way *w, fitting *f)
{
    static real entries[32 * 32];
    const int64_t rows = shapes[w->order][0];
    const rlra_array map = rlra_array_contiguous(REAL_DTYPE, 2, (const int64_t[]){rows, rows - 2}, entries);
    const int64_t ranks[] = {2, 3, 2, 2, 0};
    for (int e = 0; e < COUNT_OF(entries); e++)
        entries[e] = (real)(1 + e % 7);
    MUST(f, rlra_problem_set_form(f->problem, 0, "tucker", w->order));
    MUST(f, rlra_problem_set_map(f->problem, 0, 0, &map));
    MUST(f, rlra_problem_add_prior(f->problem, w->order, "nonneg"));
    rlra_model_destroy(f->model);
    MUST(f, rlra_model_create_for(f->problem, ranks, &f->model));
}

/* Columns that are nearly dependent. */
static void start_nearly_equal(fitting *f)
{
    numbers from = {9, 0};
    for (int n = 0; n < rlra_model_order(f->model); n++) {
        const factor x = factor_of(f, n);
        for (ptrdiff_t k = 0; k < x.rank; k++)
            for (ptrdiff_t i = 0; i < x.length; i++)
                x.at[k * x.stride + i] = (real)(1 + 0.02 * uniform(&from));
    }
}

static fitting make(const way *w, const planted *p, trace *t)
{
    fitting f = make_fitting(&p->data.array, 3, w->prior);
    if (w->has_core)
        add_core(w, &f);
    for (int more = 1; more < w->terms; more++)
        MUST(&f, rlra_problem_add_dense(f.problem, &p->data.array, 2, NULL));
    f.options.update = w->rule;
    f.options.loss = w->loss;
    f.options.extrapolate = w->extrapolate;
    f.options.pass = w->pass;
    f.options.init = w->init;
    f.options.inner_sweeps = w->inner;
    f.options.threads = w->threads;
    f.options.tolerance = w->tolerance;
    f.options.decrease = w->decrease;
    f.options.max_sweeps = w->sweeps;
    f.options.escapes = w->escapes;
    f.options.beta = 0.5;
    if (w->changes)
        start_nearly_equal(&f);
    f.options.order = "shuffled";
    *t = (trace){0};
    rlra_context_set_progress(f.context, record, t);
    return f;
}

static int same_number(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static int same_reported(const rlra_progress *a, const rlra_progress *b)
{
    return a->sweep == b->sweep && same_number(a->objective, b->objective) &&
           same_number(a->relative_error, b->relative_error) && (isnan(a->kkt_residual) == isnan(b->kkt_residual)) &&
           (isnan(a->kkt_residual) || same_number(a->kkt_residual, b->kkt_residual));
}

static void check_same(const fitting *a, const trace *ta, const fitting *b, const trace *tb, const char *name)
{
    CHECK(a->report.stop == b->report.stop && a->report.sweeps == b->report.sweeps, "%s: %d sweeps, not %d", name,
          (int)b->report.sweeps, (int)a->report.sweeps);
    CHECK(ta->count == tb->count, "%s: %d sweeps reported, not %d", name, tb->count, ta->count);
    for (int s = 0; s < ta->count; s++)
        CHECK(same_reported(&ta->at[s], &tb->at[s]), "%s: sweep %d is reported otherwise", name, s);
    CHECK(same_models(a, b), "%s: other factors", name);
    CHECK(a->report.rule_changes == b->report.rule_changes, "%s: other changes of rules", name);
    for (int c = 0; c < RLRA_REPORTED_CHANGES; c++)
        CHECK(a->report.change[c].update == b->report.change[c].update &&
                  a->report.change[c].sweep == b->report.change[c].sweep &&
                  same_number(a->report.change[c].number, b->report.change[c].number),
              "%s: change %d", name, c);
    CHECK(same_number(a->report.objective, b->report.objective) &&
              same_number(a->report.kkt_residual, b->report.kkt_residual) &&
              same_number(a->report.start_objective, b->report.start_objective) &&
              strcmp(a->report.init, b->report.init) == 0 && strcmp(a->report.update, b->report.update) == 0,
          "%s: another report", name);
}

static void name_of(const way *w, char *name, size_t size)
{
    snprintf(name, size, "%s, %s, %s, order %d, extrapolation %s, pass %s, init %s", w->rule, w->loss, w->prior,
             w->order, w->extrapolate, w->pass, w->init);
}

static void put_state(const trace *t, int64_t sweep, const char *to)
{
    char from[256], path[256];
    remove_folder(to);
    assert_int_equal(mkdir(to, 0777), 0);
    copy_file(state_of(t, sweep, from, sizeof from), path_in(to, "start-0.checkpoint", path, sizeof path));
}

/* Resume after each sweep; the kept states are in kept->to. */
static void check_kills(const way *w, const planted *p, const fitting *whole, const trace *reported, const trace *kept,
                        const char *home, const char *name)
{
    for (int64_t sweep = 1; sweep <= whole->report.sweeps;
         sweep += sweep + w->step <= whole->report.sweeps ? w->step : 1) {
        trace t;
        way other = *w;
        other.threads = 1 + (int)sweep % 3;
        fitting f = make(&other, p, &t);
        rlra_checkpoint_report outcome;
        put_state(kept, sweep, home);
        const rlra_checkpoint checkpoint = {.folder = home, .every = 1e9, .resume = 1};
        MUST(&f, rlra_fit_checkpointed(f.problem, &f.options, &checkpoint, f.model, &f.report, &outcome));
        CHECK(outcome.resumed_sweeps == sweep, "%s: resumed after %d sweeps, not %d", name, (int)outcome.resumed_sweeps,
              (int)sweep);
        check_same(whole, reported, &f, &t, name);
        free_fitting(&f);
    }
}

/* Returns 0 where rule, loss and prior do not go together. */
static int check_way(const way *w)
{
    char name[256], sub[96], from[256], to[256];
    trace reported, kept;
    planted p = plant(3, w->order, shapes[w->order], 3, 0.3, 0.1);
    for (int64_t e = 0; w->changes && e < rlra_array_count(&p.data.array); e++)
        p.data.memory[e] = (real)(1 + 0.01 * (double)p.data.memory[e]);
    folder home = make_folder(), states = make_folder();
    fitting whole = make(w, &p, &reported), watched = make(w, &p, &kept);
    name_of(w, name, sizeof name);
    const rlra_status status = rlra_fit(whole.problem, &whole.options, whole.model, &whole.report);
    if (status == RLRA_OK) {
        CHECK(!w->changes || whole.report.rule_changes > 0, "%s: the rules stay", name);
        path_in(home.name, "kept", sub, sizeof sub);
        kept.from = sub;
        kept.to = states.name;
        const rlra_checkpoint checkpoint = {.folder = sub};
        rlra_checkpoint_report outcome;
        MUST(&watched, rlra_fit_checkpointed(watched.problem, &watched.options, &checkpoint, watched.model,
                                             &watched.report, &outcome));
        CHECK(outcome.written >= watched.report.sweeps && outcome.failed == 0 && outcome.resumed_sweeps == 0, "%s",
              name);
        check_same(&whole, &reported, &watched, &kept, name);
        copy_file(path_in(sub, "start-0.checkpoint", from, sizeof from),
                  state_of(&kept, watched.report.sweeps, to, sizeof to));
        check_kills(w, &p, &whole, &reported, &kept, sub, name);
        remove_folder(sub);
    } else {
        CHECK(status == RLRA_ERR_UNSUPPORTED || status == RLRA_ERR_DATA, "%s: %s", name,
              rlra_context_message(whole.context));
    }
    remove_folder(states.name);
    remove_folder(home.name);
    free_fitting(&whole);
    free_fitting(&watched);
    free_planted(&p);
    return status == RLRA_OK;
}

static const way plain = {"hals", "frobenius", "nonneg", "on", "auto", "auto", 2, 0, 1, 1, 0, 0, SWEEPS, 1, 0, 0};

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
