/* fault/allocations.c: every allocation fails in turn: the right status, nothing leaks, nothing changes; none within sweeps. */
#include "support/fitting.h"
#include "support/meter.h"

static const int64_t matrix[] = {23, 17}, cube[] = {9, 8, 7};

/* A fit whose context is metered. */
static fitting metered_fitting(meter *m, const rlra_array *array, ptrdiff_t rank, const char *prior)
{
    fitting f = {.context = metered_context(m), .options = rlra_options_default()};
    MUST(&f, rlra_problem_create(f.context, &f.problem));
    MUST(&f, rlra_model_create(f.context, REAL_DTYPE, array->order, array->dims, rank, &f.model));
    MUST(&f, rlra_problem_add_dense(f.problem, array, 1, NULL));
    for (int n = 0; n < array->order; n++)
        MUST(&f, rlra_problem_add_prior(f.problem, n, prior));
    return f;
}

static void test_a_problem_without_memory_is_not_made(void **state)
{
    (void)state;
    meter m;
    rlra_context *const context = metered_context(&m);
    rlra_problem *problem = (rlra_problem *)&m;
    m.refuse = m.made;
    expect(context, rlra_problem_create(context, &problem), RLRA_ERR_MEMORY, "out of memory");
    assert_null(problem);
    rlra_context_destroy(context);
    assert_int_equal(m.alive, 0);
}

static void test_a_model_whose_nth_allocation_fails_is_not_made(void **state)
{
    (void)state;
    meter m;
    rlra_context *const context = metered_context(&m);
    rlra_status status = RLRA_ERR_MEMORY;
    int failures = 0;
    for (long n = 0; status != RLRA_OK; n++) {
        rlra_model *model = (rlra_model *)&m;
        m.refuse = m.made + n;
        status = rlra_model_create(context, REAL_DTYPE, 3, cube, 4, &model);
        if (status != RLRA_OK) {
            expect(context, status, RLRA_ERR_MEMORY, "out of memory");
            assert_null(model);
            assert_int_equal(m.alive, 1);
            failures++;
        }
        rlra_model_destroy(model);
    }
    assert_int_equal(failures, 5);
    rlra_context_destroy(context);
    assert_int_equal(m.alive, 0);
}

static void test_adding_data_and_penalties_allocates_nothing(void **state)
{
    (void)state;
    meter m;
    planted p = plant(1, 2, matrix, 3, 0.2, 0.1);
    fitting f = metered_fitting(&m, &p.data.array, 3, "nonneg");
    const long made = m.made;
    MUST(&f, rlra_problem_add_dense(f.problem, &p.data.array, 2, NULL));
    MUST(&f, rlra_problem_add_prior(f.problem, 0, "l1=0.1,l2=0.2"));
    assert_int_equal(m.made, made);
    free_fitting(&f);
    assert_int_equal(m.alive, 0);
    free_planted(&p);
}

/* Fails allocation 0, 1, .. of a call until it succeeds; returns how many there are. */
static int fail_in_turn(fitting *f, meter *m, int certify, const char *name)
{
    const long alive = m->alive;
    rlra_status status = RLRA_ERR_MEMORY;
    factor before[RLRA_MAX_ORDER];
    int failures = -1;
    const int order = rlra_model_order(f->model);
    for (int n = 0; n < order; n++)
        before[n] = copy_factor(factor_of(f, n));
    for (long at = 0; status != RLRA_OK; at++, failures++) {
        m->refuse = m->made + at;
        status = certify ? rlra_certify(f->problem, f->model, &f->report)
                         : rlra_fit(f->problem, &f->options, f->model, &f->report);
        CHECK(m->alive == alive, "%s: allocation %ld fails: %ld leaked", name, at, m->alive - alive);
        if (status == RLRA_OK)
            continue;
        expect(f->context, status, RLRA_ERR_MEMORY, "out of memory");
        for (int n = 0; n < order; n++)
            CHECK(same_bits(before[n].at, factor_of(f, n).at, before[n].rank, before[n].length, before[n].stride),
                  "%s: allocation %ld fails: the model changed", name, at);
    }
    m->refuse = -1;
    for (int n = 0; n < order; n++)
        free(before[n].at);
    return failures;
}

static void test_every_allocation_of_a_fit_may_fail(void **state)
{
    (void)state;
    static const char *const starts[] = {"random", "nndsvd", "nndsvda", "nndsvdar", "snpa", "model"};
    static const struct {
        const char *rule, *prior;
    } ways[] = {{"hals", "nonneg"}, {"mu", "nonneg"}, {"ls", "none"}, {"fista", "simplex"}, {"active_set", "nonneg"}};
    for (int order = 2; order <= 3; order++)
        for (int s = 0; s < COUNT_OF(starts); s++)
            for (int w = 0; w < COUNT_OF(ways); w++) {
                meter m;
                char name[96];
                if (order == 3 && strcmp(starts[s], "snpa") == 0)
                    continue;
                planted p = plant(1, order, order == 2 ? matrix : cube, 3, 0.2, 0.1);
                fitting f = metered_fitting(&m, &p.data.array, 3, ways[w].prior);
                for (int n = 0; n < order; n++)
                    set_factor(&f, n, p.truth[n]);
                f.options.init = starts[s];
                f.options.update = ways[w].rule;
                f.options.max_sweeps = 3;
                snprintf(name, sizeof name, "order %d, %s, %s", order, starts[s], ways[w].rule);
                CHECK(fail_in_turn(&f, &m, 0, name) >= 2, "%s", name);
                CHECK(fail_in_turn(&f, &m, 1, name) >= 2, "%s", name);
                free_fitting(&f);
                assert_int_equal(m.alive, 0);
                free_planted(&p);
            }
}

static void test_every_allocation_of_a_separable_factorization_may_fail(void **state)
{
    (void)state;
    planted p = plant(1, 2, matrix, 3, 0.2, 0.1);
    for (int method = 0; method < 2; method++) {
        meter m;
        int64_t columns[3] = {-1, -1, -1};
        fitting f = metered_fitting(&m, &p.data.array, 3, "nonneg");
        const long alive = m.alive;
        rlra_separable_options options = rlra_separable_options_default();
        options.method = (rlra_separable_method)method;
        options.rank = 3;
        rlra_status status = RLRA_ERR_MEMORY;
        for (long at = 0; status != RLRA_OK; at++) {
            m.refuse = m.made + at;
            status = rlra_separable(f.context, &p.data.array, &options, columns, f.model, NULL);
            CHECK(m.alive == alive, "method %d, allocation %ld fails: %ld leaked", method, at, m.alive - alive);
            if (status == RLRA_OK)
                continue;
            expect(f.context, status, RLRA_ERR_MEMORY, "out of memory");
            assert_true(columns[0] == -1 && columns[2] == -1);
            assert_true(largest_entry(factor_of(&f, 0)) == 0 && largest_entry(factor_of(&f, 1)) == 0);
        }
        assert_true(columns[2] >= 0);
        free_fitting(&f);
        assert_int_equal(m.alive, 0);
    }
    free_planted(&p);
}

/* How much was allocated when the sweeps began and at the last of them. */
typedef struct watch {
    const meter *m;
    long first, last;
    int64_t sweeps;
} watch;

static void note_sweep(void *user, const rlra_progress *progress)
{
    watch *const w = user;
    if (progress->sweep == 0)
        w->first = w->m->made;
    w->last = w->m->made;
    w->sweeps = progress->sweep;
}

static void test_sweeps_allocate_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *prior, *pass;
    } ways[] = {{"hals", "nonneg", "one"}, {"hals", "nonneg,l1=0.1,l2=0.1", "modes"},
                {"mu", "nonneg", "one"},   {"fista", "simplex", "one"},
                {"ls", "l2=0.1", "modes"}, {"active_set", "nonneg", "one"}};
    for (int order = 2; order <= 3; order++)
        for (int way = 0; way < COUNT_OF(ways); way++) {
            meter m;
            planted p = plant(1, order, order == 2 ? matrix : cube, 3, 0.2, 0.5);
            fitting f = metered_fitting(&m, &p.data.array, 3, ways[way].prior);
            watch w = {.m = &m};
            f.options.update = ways[way].rule;
            f.options.pass = ways[way].pass;
            f.options.max_sweeps = 40;
            rlra_context_set_progress(f.context, note_sweep, &w);
            run_fit(&f);
            CHECK(w.sweeps >= 2 && w.last == w.first, "order %d, %s: %ld allocations in %d sweeps", order,
                  ways[way].rule, w.last - w.first, (int)w.sweeps);
            assert_int_equal(m.made, w.last);
            free_fitting(&f);
            assert_int_equal(m.alive, 0);
            free_planted(&p);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_problem_without_memory_is_not_made),
        cmocka_unit_test(test_a_model_whose_nth_allocation_fails_is_not_made),
        cmocka_unit_test(test_adding_data_and_penalties_allocates_nothing),
        cmocka_unit_test(test_every_allocation_of_a_fit_may_fail),
        cmocka_unit_test(test_every_allocation_of_a_separable_factorization_may_fail),
        cmocka_unit_test(test_sweeps_allocate_nothing),
    };
    return cmocka_run_group_tests_name("allocations", tests, NULL, NULL);
}
