/* unit/api/batch.c: many fits at once are those of single calls, to the bit; what is refused or fails is named by its index. */
#include "support/fitting.h"
#include "support/implicit.h"
#include "support/meter.h"

#define KINDS 8
#define MANY  (3 * KINDS)

static const int64_t cube[] = {9, 8, 7}, matrix[] = {30, 20};

/* Fit i of a batch: every eighth of one kind of data, loss and rule. */
typedef struct task {
    planted p;
    rlra_problem *problem;
    rlra_options options;
    ptrdiff_t rank;
} task;

static void add_sparse(rlra_context *context, rlra_problem *problem, const rlra_array *from)
{
    const ptrdiff_t count = (ptrdiff_t)rlra_array_count(from), columns = (ptrdiff_t)from->dims[1];
    int64_t *const rows = calloc((size_t)count, sizeof *rows), *const at = calloc((size_t)count, sizeof *at);
    real *const values = nan_reals(count);
    rlra_sparse s = {.dtype = REAL_DTYPE, .order = 2, .compressed = -1, .values = values};
    for (ptrdiff_t e = 0; e < count; e += 3) {
        values[s.count] = ((const real *)from->data)[e];
        rows[s.count] = e / columns;
        at[s.count++] = e % columns;
    }
    s.dims[0] = from->dims[0];
    s.dims[1] = from->dims[1];
    s.indices[0] = rows;
    s.indices[1] = at;
    if (rlra_problem_add_sparse(problem, &s, 1, NULL) != RLRA_OK)
        fail_msg("%s", rlra_context_message(context));
    free(rows);
    free(at);
    free(values);
}

static task make_task(rlra_context *context, int i)
{
    const int kind = i % KINDS, order = kind == 1 ? 3 : 2;
    const int64_t dims[] = {matrix[0] + i, matrix[1] + i / 2};
    task t = {.p = plant((uint64_t)i + 1, order, order == 2 ? dims : cube, 3, 0.2, 0.1),
              .options = rlra_options_default(),
              .rank = 2 + i % 3};
    const rlra_array *const data = &t.p.data.array;
    t.options.max_sweeps = 3 + i;
    t.options.seed = i;
    t.options.loss = kind == 2 ? "kl" : t.options.loss;
    t.options.update = kind == 3 ? "block_pivot" : t.options.update;
    t.options.init = kind == 5 || kind == 6 ? "random" : t.options.init;
    t.options.holdout = kind == 6 ? 0.1 : 0;
    assert_int_equal(rlra_problem_create(context, &t.problem), RLRA_OK);
    if (kind == 4) {
        *entry_at(data, (int64_t[]){3, 5}) = (real)NAN;
        assert_int_equal(rlra_problem_add_weighted(t.problem, data, NULL, RLRA_MISSING_NAN, 1, NULL), RLRA_OK);
    } else if (kind == 5) {
        add_sparse(context, t.problem, data);
    } else {
        assert_int_equal(rlra_problem_add_dense(t.problem, data, 1, NULL), RLRA_OK);
    }
    for (int n = 0; n < order; n++)
        assert_int_equal(rlra_problem_add_prior(t.problem, n, kind == 7 ? "nonneg,l1=0.01" : "nonneg"), RLRA_OK);
    return t;
}

static rlra_model *model_for(rlra_context *context, const task *t)
{
    rlra_model *model = NULL;
    const rlra_array *const data = &t->p.data.array;
    assert_int_equal(rlra_model_create(context, REAL_DTYPE, data->order, data->dims, t->rank, &model), RLRA_OK);
    return model;
}

static void free_task(task *t)
{
    rlra_problem_destroy(t->problem);
    free_planted(&t->p);
}

static void compare(const rlra_batch_fit *fit, const rlra_model *alone, const rlra_report *report, int i)
{
    const fitting a = {.model = fit->model}, b = {.model = (rlra_model *)(uintptr_t)alone};
    const rlra_report *const r = &fit->report;
    CHECK(fit->done && fit->status == RLRA_OK && same_models(&a, &b), "fit %d", i);
    CHECK(r->objective == report->objective && r->kkt_residual == report->kkt_residual && r->sweeps == report->sweeps &&
              r->stop == report->stop && r->held_out_error == report->held_out_error && r->threads == 1 &&
              strcmp(r->update, report->update) == 0 && strcmp(r->init, report->init) == 0,
          "report of fit %d", i);
}

/* All kinds of data and losses side by side, two fits for each problem. */
static void test_fits_are_those_of_single_calls(void **state)
{
    (void)state;
    rlra_context *context = NULL;
    task tasks[MANY];
    rlra_model *alone[MANY];
    rlra_report reports[MANY];
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    for (int i = 0; i < MANY; i++) {
        tasks[i] = make_task(context, i);
        tasks[i].options.threads = 1;
        alone[i] = model_for(context, &tasks[i]);
        if (rlra_fit(tasks[i].problem, &tasks[i].options, alone[i], &reports[i]) != RLRA_OK)
            fail_msg("fit %d: %s", i, rlra_context_message(context));
        tasks[i].options.threads = i % 4; /* not looked at */
    }
    for (int threads = 0; threads <= 4; threads++) {
        rlra_batch_fit fits[2 * MANY];
        rlra_batch_report all;
        for (int i = 0; i < 2 * MANY; i++)
            fits[i] = (rlra_batch_fit){.problem = tasks[i / 2].problem,
                                       .options = &tasks[i / 2].options,
                                       .model = model_for(context, &tasks[i / 2])};
        if (rlra_fit_batch(context, 2 * MANY, fits, threads, &all) != RLRA_OK)
            fail_msg("%d threads: %s", threads, rlra_context_message(context));
        assert_true(all.done == 2 * MANY && all.first_failed == -1 && all.workspace_bytes > 0);
        assert_true(threads == 0 || all.threads + all.threads_refused == threads);
        for (int i = 0; i < 2 * MANY; i++) {
            compare(&fits[i], alone[i / 2], &reports[i / 2], i);
            rlra_model_destroy(fits[i].model);
        }
    }
    for (int i = 0; i < MANY; i++) {
        rlra_model_destroy(alone[i]);
        free_task(&tasks[i]);
    }
    rlra_context_destroy(context);
}

/* Ten fits of one kind, for what follows. */
enum { FEW = 10 };

typedef struct row {
    rlra_context *context;
    task tasks[FEW];
    rlra_batch_fit fits[FEW];
} row;

static row make_row(rlra_context *context)
{
    row r = {.context = context};
    for (int i = 0; i < FEW; i++) {
        r.tasks[i] = make_task(context, KINDS * i);
        r.tasks[i].options.max_sweeps = 6;
        r.tasks[i].options.tolerance = 0;
        r.fits[i] = (rlra_batch_fit){.problem = r.tasks[i].problem, .model = model_for(context, &r.tasks[i])};
    }
    return r;
}

/* The tasks have their place now. */
static void set_options(row *r)
{
    for (int i = 0; i < FEW; i++)
        r->fits[i].options = &r->tasks[i].options;
}

static void free_row(row *r)
{
    for (int i = 0; i < FEW; i++) {
        rlra_model_destroy(r->fits[i].model);
        free_task(&r->tasks[i]);
    }
    rlra_context_destroy(r->context);
}

static row fresh_row(void)
{
    rlra_context *context = NULL;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    return make_row(context);
}

static int is_untouched(const rlra_batch_fit *fit)
{
    const fitting f = {.model = fit->model};
    return !fit->done && largest_entry(factor_of(&f, 0)) == 0 && largest_entry(factor_of(&f, 1)) == 0;
}

static void refuse(row *r, rlra_status status, const char *part)
{
    rlra_batch_report all;
    expect(r->context, rlra_fit_batch(r->context, FEW, r->fits, 2, &all), status, part);
    for (int i = 0; i < FEW; i++)
        CHECK(r->fits[i].model == NULL || is_untouched(&r->fits[i]), "fit %d has begun", i);
    assert_int_equal(all.done, 0);
}

static void test_what_is_refused_is_named_and_nothing_begins(void **state)
{
    (void)state;
    row r = fresh_row();
    set_options(&r);
    rlra_model *const model = r.fits[3].model;
    r.fits[3].model = NULL;
    refuse(&r, RLRA_ERR_ARGUMENT, "fit 3: a fit needs a problem and a model");
    r.fits[3].model = r.fits[7].model;
    refuse(&r, RLRA_ERR_ARGUMENT, "fit 7: its model is that of fit 3");
    r.fits[3].model = model;
    const rlra_problem *const problem = r.fits[9].problem;
    r.fits[9].problem = NULL;
    refuse(&r, RLRA_ERR_ARGUMENT, "fit 9: a fit needs");
    r.fits[9].problem = r.fits[0].problem;
    refuse(&r, RLRA_ERR_SHAPE, "fit 9: factor 0 of the model has");
    r.fits[9].problem = problem;
    r.tasks[5].options.update = "nolips";
    r.tasks[8].options.max_sweeps = -1;
    refuse(&r, RLRA_ERR_UNSUPPORTED, "fit 5: ");
    assert_true(r.fits[5].status == RLRA_ERR_UNSUPPORTED);
    r.tasks[5].options.update = "auto";
    refuse(&r, RLRA_ERR_ARGUMENT, "fit 8: ");
    r.tasks[8].options.max_sweeps = 6;
    expect(r.context, rlra_fit_batch(r.context, -1, r.fits, 2, NULL), RLRA_ERR_ARGUMENT, "a negative number");
    expect(r.context, rlra_fit_batch(r.context, 2, NULL, 2, NULL), RLRA_ERR_ARGUMENT, "NULL");
    expect(r.context, rlra_fit_batch(r.context, FEW, r.fits, -2, NULL), RLRA_ERR_ARGUMENT, "threads must be >= 0");
    assert_int_equal(rlra_fit_batch(r.context, 0, NULL, 2, NULL), RLRA_OK);
    MUST(&r, rlra_fit_batch(r.context, FEW, r.fits, 2, NULL));
    free_row(&r);
}

static void test_products_are_fitted_one_by_one(void **state)
{
    (void)state;
    row r = fresh_row();
    hidden h;
    rlra_problem *problem = NULL;
    set_options(&r);
    const rlra_products products = hide(&r.tasks[4].p.data.array, &h);
    MUST(&r, rlra_problem_create(r.context, &problem));
    MUST(&r, rlra_problem_add_implicit(problem, &products, 1, NULL));
    r.fits[4].problem = problem;
    refuse(&r, RLRA_ERR_UNSUPPORTED, "fit 4: data that are known by their products are fitted one by one");
    assert_int_equal(h.calls, 0);
    rlra_problem_destroy(problem);
    free_row(&r);
}

typedef struct told {
    rlra_context *context;
    int64_t calls, starts, stop_in;
} told;

static void note(void *user, const rlra_progress *progress)
{
    told *const t = user;
    t->calls++;
    t->starts = progress->starts;
    assert_true(progress->start >= 0 && progress->start < progress->starts);
    if (progress->start == t->stop_in && progress->sweep == 2)
        rlra_context_interrupt(t->context);
}

static void test_an_interruption_lets_no_other_begin(void **state)
{
    (void)state;
    row r = fresh_row();
    told t = {.context = r.context, .stop_in = 4};
    rlra_batch_report all;
    set_options(&r);
    rlra_context_set_progress(r.context, note, &t);
    MUST(&r, rlra_fit_batch(r.context, FEW, r.fits, 1, &all));
    assert_true(all.done == 5 && t.starts == FEW && t.calls == 4 * 7 + 3);
    assert_true(r.fits[4].report.stop == RLRA_STOP_INTERRUPT && r.fits[4].report.sweeps == 2);
    assert_true(r.fits[3].report.stop == RLRA_STOP_SWEEPS);
    for (int i = 5; i < FEW; i++)
        CHECK(is_untouched(&r.fits[i]) && r.fits[i].status == RLRA_OK, "fit %d", i);
    rlra_context_resume(r.context);
    t.stop_in = -1;
    MUST(&r, rlra_fit_batch(r.context, FEW, r.fits, 3, &all));
    assert_int_equal(all.done, FEW);
    free_row(&r);
}

static void test_limits_of_time_hold_for_each_fit(void **state)
{
    (void)state;
    row r = fresh_row();
    set_options(&r);
    for (int i = 0; i < FEW; i += 2)
        r.tasks[i].options.time_limit = 1e-9;
    MUST(&r, rlra_fit_batch(r.context, FEW, r.fits, 2, NULL));
    for (int i = 0; i < FEW; i++) {
        const rlra_stop expected = i % 2 == 0 ? RLRA_STOP_TIME : RLRA_STOP_SWEEPS;
        CHECK(r.fits[i].report.stop == expected, "fit %d", i);
    }
    free_row(&r);
}

/* The first fit finds out how much room fits need; the others take it. */
static void test_allocations_do_not_grow_with_the_number_of_fits(void **state)
{
    (void)state;
    meter m;
    row r = make_row(metered_context(&m));
    set_options(&r);
    for (int i = 0; i < FEW; i++)
        r.fits[i].problem = r.tasks[0].problem, r.fits[i].options = &r.tasks[0].options;
    for (int i = 1; i < FEW; i++) {
        rlra_model_destroy(r.fits[i].model);
        r.fits[i].model = model_for(r.context, &r.tasks[0]);
    }
    long made[2];
    for (int k = 0; k < 2; k++) {
        const long before = m.made;
        MUST(&r, rlra_fit_batch(r.context, k == 0 ? 3 : FEW, r.fits, 1, NULL));
        made[k] = m.made - before;
    }
    CHECK(made[0] == made[1], "%ld allocations for 3 fits, %ld for %d", made[0], made[1], FEW);
    free_row(&r);
    assert_int_equal(m.alive, 0);
}

/* A fit that finds no memory does not end the others, and is named. */
static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    meter m;
    row r = make_row(metered_context(&m));
    set_options(&r);
    const long alive = m.alive;
    rlra_status status = RLRA_ERR_MEMORY;
    long refused = 0, named = 0;
    for (long at = 0; status != RLRA_OK || at < 200; at++) {
        rlra_batch_report all;
        m.refuse = m.made + at;
        status = rlra_fit_batch(r.context, FEW, r.fits, 1, &all);
        CHECK(m.alive == alive, "allocation %ld: %ld leaked", at, m.alive - alive);
        CHECK(status == RLRA_OK || status == RLRA_ERR_MEMORY, "allocation %ld: %s", at, rlra_status_text(status));
        refused += status != RLRA_OK;
        if (all.first_failed < 0)
            continue;
        named++;
        CHECK(strncmp(rlra_context_message(r.context), "fit ", 4) == 0, "%s", rlra_context_message(r.context));
        CHECK(r.fits[all.first_failed].status == RLRA_ERR_MEMORY, "allocation %ld", at);
        CHECK(all.done == 0 || all.done == FEW - 1, "allocation %ld: %ld are done", at, (long)all.done);
    }
    CHECK(refused > 5 && named > 3, "%ld refused, %ld of them named", refused, named);
    free_row(&r);
    assert_int_equal(m.alive, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fits_are_those_of_single_calls),
        cmocka_unit_test(test_what_is_refused_is_named_and_nothing_begins),
        cmocka_unit_test(test_products_are_fitted_one_by_one),
        cmocka_unit_test(test_an_interruption_lets_no_other_begin),
        cmocka_unit_test(test_limits_of_time_hold_for_each_fit),
        cmocka_unit_test(test_allocations_do_not_grow_with_the_number_of_fits),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
