/* support/resuming.h: fits that are killed after any sweep and resumed, against one that was not. */
#ifndef TESTS_SUPPORT_RESUMING_H
#define TESTS_SUPPORT_RESUMING_H

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

#endif
