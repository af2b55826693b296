/* fault/nnls.c: every allocation of a regression fails in turn: the right status, nothing leaks, X is what it was. */
#include "support/meter.h"
#include "support/regressions.h"
#include "support/sparse.h"

/* Ways to ask for a result. */
enum { DENSE, SPARSE, FRONT, CALLS };

typedef struct attempt {
    regression_trial trial;
    sparse_matrix sparse;
    view front;
    double losses[7 * 4];
    const char *prior;
    int call;
} attempt;

static rlra_status call(attempt *a)
{
    regression_trial *const t = &a->trial;
    rlra_nnls_plan *plan = (rlra_nnls_plan *)a;
    rlra_status status = rlra_nnls_plan_create(t->context, &t->w.array, &t->options, a->prior, &plan);
    if (status != RLRA_OK)
        assert_null(plan);
    else if (a->call == DENSE)
        status = rlra_nnls_plan_solve(plan, &t->y.array, &t->x.array, NULL, &t->report);
    else if (a->call == SPARSE)
        status = rlra_nnls_plan_solve_sparse(plan, &a->sparse.view, &t->x.array, NULL, &t->report);
    else
        status = rlra_nnls_plan_front(plan, &t->y.array, &a->front.array, a->losses, &t->report);
    rlra_nnls_plan_destroy(plan);
    return status;
}

static int untouched(const attempt *a)
{
    for (ptrdiff_t e = 0; e < a->trial.rank * a->trial.columns; e++)
        if (a->trial.x.memory[e] != -7)
            return 0;
    for (int64_t e = 0; e < rlra_array_count(&a->front.array); e++)
        if (a->front.memory[e] != -7)
            return 0;
    return a->trial.report.columns == -7;
}

/* Returns how many allocations there are. */
static int fail_in_turn(attempt *a, meter *m, const char *name)
{
    const long alive = m->alive;
    rlra_status status = RLRA_ERR_MEMORY;
    int failures = -1;
    for (ptrdiff_t e = 0; e < a->trial.rank * a->trial.columns; e++)
        a->trial.x.memory[e] = -7;
    for (int64_t e = 0; e < rlra_array_count(&a->front.array); e++)
        a->front.memory[e] = -7;
    a->trial.report.columns = -7;
    for (long at = 0; status != RLRA_OK; at++, failures++) {
        m->refuse = m->made + at;
        status = call(a);
        CHECK(m->alive == alive, "%s: allocation %ld fails: %ld leaked", name, at, m->alive - alive);
        if (status == RLRA_OK)
            continue;
        expect(a->trial.context, status, RLRA_ERR_MEMORY, "out of memory");
        CHECK(untouched(a), "%s: allocation %ld fails: the result changed", name, at);
    }
    m->refuse = -1;
    assert_false(untouched(a));
    return failures;
}

static void test_every_allocation_of_a_regression_may_fail(void **state)
{
    (void)state;
    static const struct {
        const char *loss, *prior;
        int calls;
    } ways[] = {{"frobenius", "nonneg", CALLS},
                {"frobenius", "nonneg,simplex", CALLS},
                {"kl", "nonneg", FRONT},
                {"beta", "nonneg,l1=0.1", FRONT},
                {"frobenius", "nonneg,hard_sparsity=4", CALLS}};
    static const int64_t dims[] = {12, 7}, of_front[] = {7, 4, 4};
    for (int way = 0; way < COUNT_OF(ways); way++)
        for (int c = 0; c < ways[way].calls; c++) {
            meter m;
            char name[64];
            attempt a = {.trial = make_regression(2, 12, 4, 7, DATA_COUNTS, 0),
                         .sparse = make_sparse(dims, 0.3, STORAGE_SHUFFLED, 1),
                         .front = empty_view(3, of_front, &c_order),
                         .prior = ways[way].prior,
                         .call = c};
            rlra_context_destroy(a.trial.context);
            a.trial.context = metered_context(&m);
            a.trial.options.loss = ways[way].loss;
            for (int64_t e = 0; e < a.sparse.view.count; e++)
                a.sparse.values[e] = (real)fabs((double)a.sparse.values[e]);
            snprintf(name, sizeof name, "%s, %s, call %d", ways[way].loss, ways[way].prior, c);
            CHECK(fail_in_turn(&a, &m, name) >= 4, "%s", name);
            free(a.front.memory);
            free_sparse(&a.sparse);
            free_regression(&a.trial);
            assert_int_equal(m.alive, 0);
        }
}

/* A plan holds its memory; what a solve takes it gives back, also when it ends early. */
static void test_solving_leaves_no_memory_behind(void **state)
{
    (void)state;
    meter m;
    regression_trial t = make_regression(2, 12, 4, 7, DATA_COUNTS, 0);
    rlra_context_destroy(t.context);
    t.context = metered_context(&m);
    rlra_nnls_plan *plan = NULL;
    t.options.loss = "kl";
    MUST(&t, rlra_nnls_plan_create(t.context, &t.w.array, &t.options, NULL, &plan));
    const long alive = m.alive;
    MUST(&t, rlra_nnls_plan_solve(plan, &t.y.array, &t.x.array, NULL, &t.report));
    assert_int_equal(m.alive, alive);
    rlra_context_interrupt(t.context);
    MUST(&t, rlra_nnls_plan_solve(plan, &t.y.array, &t.x.array, NULL, &t.report));
    assert_int_equal(m.alive, alive);
    t.y.memory[3] = -1;
    expect(t.context, rlra_nnls_plan_solve(plan, &t.y.array, &t.x.array, NULL, NULL), RLRA_ERR_DATA, "Y[0, 3] is -1");
    assert_int_equal(m.alive, alive);
    rlra_nnls_plan_destroy(plan);
    free_regression(&t);
    assert_int_equal(m.alive, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_allocation_of_a_regression_may_fail),
        cmocka_unit_test(test_solving_leaves_no_memory_behind),
    };
    return cmocka_run_group_tests_name("nnls faults", tests, NULL, NULL);
}
