/* unit/api/implicit.c: matrices that are known by their products give the fit of their entries. */
#include "support/implicit.h"
#include "support/folder.h"
#include "support/meter.h"

static const int64_t shape[] = {23, 17};

#define RANK 3

/* Products are summed in another order, and a few sweeps multiply the difference. */
#define CARRIED (3e3 * (double)REAL_EPS)

/* Priors on both factors balance the scales of a component, but not by less than half of this: the last digit may decide. */
#define BALANCED (sqrt((double)REAL_EPS) / 8)

/* Data and two fits of them: by entries, and by products. */
typedef struct pair {
    planted p;
    hidden h;
    rlra_products products;
    fitting dense, implicit;
} pair;

static void open_pair(pair *b, const char *prior)
{
    b->p = plant(5, 2, shape, RANK, 0.2, 0.3);
    b->products = hide(&b->p.data.array, &b->h);
    b->dense = make_fitting(&b->p.data.array, RANK, prior);
    b->implicit = make_hidden_fitting(&b->products, RANK, prior);
    b->dense.options.max_sweeps = 4;
    b->dense.options.tolerance = b->dense.options.decrease = 0;
    b->dense.options.init = "nndsvda";
    b->dense.options.pass = "modes";
    b->implicit.options = b->dense.options;
}

static void close_pair(pair *b)
{
    free_fitting(&b->dense);
    free_fitting(&b->implicit);
    free_planted(&b->p);
}

/* Factors and KKT residual to one part of their size, the loss, which no balance of scales changes, to another. Rules that stay
 * positive end at a floor, 1e-12 of the largest entry or of a mean one where that is not known. */
static void same_fit(const pair *b, double of_factors, double part, const char *name)
{
    for (int n = 0; n < 2; n++) {
        const factor a = factor_of(&b->dense, n), c = factor_of(&b->implicit, n);
        const double difference = largest_difference(a, c), most = (of_factors + 4e-12) * largest_entry(a);
        CHECK(difference <= most, "%s: factor %d differs by %g, allowed are %g", name, n, difference, most);
    }
    const double norm2 = b->products.norm2, tolerance = part * norm2;
    CHECK(fabs(b->dense.report.loss - b->implicit.report.loss) <= tolerance, "%s: loss %g, not %g", name,
          b->implicit.report.loss, b->dense.report.loss);
    CHECK(fabs(b->dense.report.kkt_residual - b->implicit.report.kkt_residual) <=
              of_factors * (1 + b->dense.report.kkt_residual),
          "%s: KKT residual %g, not %g", name, b->implicit.report.kkt_residual, b->dense.report.kkt_residual);
}

static void try_rule(const char *rule, const char *prior, const char *init, double part)
{
    char name[128];
    pair b;
    snprintf(name, sizeof name, "%s, %s, %s", rule, prior, init);
    open_pair(&b, prior);
    b.dense.options.update = rule;
    b.dense.options.init = init;
    b.implicit.options = b.dense.options;
    const rlra_status one = rlra_fit(b.dense.problem, &b.dense.options, b.dense.model, &b.dense.report);
    const rlra_status other = rlra_fit(b.implicit.problem, &b.implicit.options, b.implicit.model, &b.implicit.report);
    CHECK(one == other, "%s: %s", name, rlra_context_message(b.implicit.context));
    if (one == RLRA_OK)
        same_fit(&b, strstr(prior, "l1") != NULL ? fmax(BALANCED, part) : part, part, name);
    close_pair(&b);
}

static void test_every_rule_gives_the_fit_of_the_entries(void **state)
{
    static const char *const priors[] = {"nonneg", "nonneg,l1=0.01", "nonneg,hard_sparsity=2", "none"};
    (void)state;
    for (int rule = 0; rlra_member_at("update", rule) != NULL; rule++)
        for (int p = 0; p < COUNT_OF(priors); p++)
            try_rule(rlra_member_at("update", rule)->name, priors[p], "random", CARRIED);
}

/* Singular vectors whose values lie close multiply rounding by a good deal more; another start would differ in the first digit. */
static void test_starts_from_singular_vectors_are_those_of_the_entries(void **state)
{
    static const char *const starts[] = {"nndsvd", "nndsvda", "nndsvdar"};
    (void)state;
    for (int start = 0; start < COUNT_OF(starts); start++)
        try_rule("hals", "nonneg", starts[start], sqrt((double)REAL_EPS));
}

static void test_rank_one_is_the_leading_pair(void **state)
{
    (void)state;
    pair b;
    open_pair(&b, "nonneg");
    fitting dense = make_fitting(&b.p.data.array, 1, "nonneg");
    fitting implicit = make_hidden_fitting(&b.products, 1, "nonneg");
    run_fit(&dense);
    run_fit(&implicit);
    assert_string_equal(implicit.report.init, "rank_one");
    for (int n = 0; n < 2; n++)
        assert_true(largest_difference(factor_of(&dense, n), factor_of(&implicit, n)) <=
                    1e3 * (double)REAL_EPS * largest_entry(factor_of(&dense, n)));
    free_fitting(&dense);
    free_fitting(&implicit);
    close_pair(&b);
}

static void test_threads_change_no_bit(void **state)
{
    static const int64_t large[] = {500, 420};
    (void)state;
    hidden h;
    planted p = plant(1, 2, large, 6, 0.2, 0.1);
    const rlra_products products = hide(&p.data.array, &h);
    fitting one = make_hidden_fitting(&products, 6, "nonneg"), two = make_hidden_fitting(&products, 6, "nonneg");
    one.options.max_sweeps = two.options.max_sweeps = 3;
    one.options.threads = 1;
    two.options.threads = 2;
    run_fit(&one);
    run_fit(&two);
    assert_true(one.report.threads == 1 && two.report.threads == 2);
    assert_true(same_models(&one, &two));
    assert_memory_equal(&one.report.loss, &two.report.loss, sizeof one.report.loss);
    free_fitting(&one);
    free_fitting(&two);
    free_planted(&p);
}

/* A term of entries and one of products share a factor. */
static void test_a_coupled_fit_is_that_of_two_matrices(void **state)
{
    static const int modes[] = {0, 2};
    static const int64_t lengths[] = {23, 17, 11}, second[] = {23, 11};
    (void)state;
    hidden h;
    planted p = plant(5, 2, shape, RANK, 0.2, 0.3), q = plant(6, 2, second, RANK, 0.2, 0.3);
    const rlra_products products = hide(&q.data.array, &h);
    fitting f[2];
    for (int k = 0; k < 2; k++) {
        f[k] = empty_fitting(3, lengths, RANK);
        MUST(&f[k], rlra_problem_add_dense(f[k].problem, &p.data.array, 1, NULL));
        MUST(&f[k], k == 0 ? rlra_problem_add_dense(f[k].problem, &q.data.array, 0.5, modes)
                           : rlra_problem_add_implicit(f[k].problem, &products, 0.5, modes));
        for (int n = 0; n < 3; n++)
            MUST(&f[k], rlra_problem_add_prior(f[k].problem, n, "nonneg"));
        f[k].options.max_sweeps = 4;
        run_fit(&f[k]);
    }
    for (int n = 0; n < 3; n++)
        assert_true(largest_difference(factor_of(&f[0], n), factor_of(&f[1], n)) <=
                    CARRIED * largest_entry(factor_of(&f[0], n)));
    free_fitting(&f[0]);
    free_fitting(&f[1]);
    free_planted(&p);
    free_planted(&q);
}

/* A factor that is tied by a known matrix, and several starts: what stands around an operator does not see its kind. */
static void test_tied_factors_and_several_starts_are_those_of_the_entries(void **state)
{
    static const int64_t wide[] = {23, 9}, lengths[] = {9, 17}, ranks[] = {RANK, RANK};
    (void)state;
    numbers from = {2, 0};
    hidden h;
    planted p = plant(5, 2, shape, RANK, 0.2, 0.3);
    const rlra_products products = hide(&p.data.array, &h);
    view map = empty_view(2, wide, &c_order);
    fitting f[2];
    for (ptrdiff_t e = 0; e < wide[0] * wide[1]; e++)
        map.memory[e] = (real)uniform(&from);
    for (int k = 0; k < 2; k++) {
        f[k] = empty_fitting(2, lengths, RANK);
        MUST(&f[k], k == 0 ? rlra_problem_add_dense(f[k].problem, &p.data.array, 1, NULL)
                           : rlra_problem_add_implicit(f[k].problem, &products, 1, NULL));
        MUST(&f[k], rlra_problem_set_map(f[k].problem, 0, 0, &map.array));
        for (int n = 0; n < 2; n++)
            MUST(&f[k], rlra_problem_add_prior(f[k].problem, n, "nonneg"));
        rlra_model_destroy(f[k].model);
        MUST(&f[k], rlra_model_create_for(f[k].problem, ranks, &f[k].model));
        f[k].options.max_sweeps = 3;
        f[k].options.init = "random";
        MUST(&f[k], rlra_fit_starts(f[k].problem, &f[k].options, 3, NULL, f[k].model, &f[k].report, NULL, NULL));
    }
    for (int n = 0; n < 2; n++)
        assert_true(largest_difference(factor_of(&f[0], n), factor_of(&f[1], n)) <=
                    CARRIED * largest_entry(factor_of(&f[0], n)));
    free_fitting(&f[0]);
    free_fitting(&f[1]);
    free(map.memory);
    free_planted(&p);
}

/* Data of which a model of this rank is exact: what is claimed is never less than what is so. */
static void test_no_error_is_claimed_that_products_cannot_show(void **state)
{
    (void)state;
    hidden h;
    planted p = plant(5, 2, shape, RANK, 0.2, 0);
    const rlra_products products = hide(&p.data.array, &h);
    fitting f = make_hidden_fitting(&products, RANK, "nonneg"), dense = make_fitting(&p.data.array, RANK, "nonneg");
    f.options.max_sweeps = 20000;
    f.options.tolerance = 0;
    run_fit(&f);
    for (int n = 0; n < 2; n++)
        set_factor(&dense, n, factor_of(&f, n));
    MUST(&dense, rlra_certify(dense.problem, dense.model, &dense.report));
    assert_true(f.report.relative_error >= sqrt((double)REAL_EPS) * (1 - 1e-9));
    assert_true(f.report.relative_error >= dense.report.relative_error - 4 * sqrt((double)REAL_EPS));
    assert_true(f.report.relative_error <= 40 * sqrt((double)REAL_EPS));
    assert_true(f.report.stop != RLRA_STOP_EXACT);
    free_fitting(&f);
    free_fitting(&dense);
    free_planted(&p);
}

/* The models after 0, 1, .. sweeps of a fit without faults. */
#define SWEEPS 3
typedef struct course {
    fitting after[SWEEPS + 1];
    long calls;
} course;

static void open_course(pair *b, course *c)
{
    for (int sweeps = 0; sweeps <= SWEEPS; sweeps++) {
        c->after[sweeps] = make_hidden_fitting(&b->products, RANK, "nonneg");
        c->after[sweeps].options = b->implicit.options;
        c->after[sweeps].options.max_sweeps = sweeps;
        b->h.calls = 0;
        run_fit(&c->after[sweeps]);
    }
    c->calls = b->h.calls;
}

/* How many sweeps a model has behind it; -1: it is none of the course. */
static int sweeps_of(const course *c, const fitting *f)
{
    for (int sweeps = 0; sweeps <= SWEEPS; sweeps++)
        if (same_models(&c->after[sweeps], f))
            return sweeps;
    return -1;
}

static void try_fault(pair *b, const course *c, long at, product_fault fault, int *least)
{
    static const char *const words[] = {"returned 7", "nan at [", "inf at [", "nan at ["};
    fitting f = make_hidden_fitting(&b->products, RANK, "nonneg");
    fitting before = make_hidden_fitting(&b->products, RANK, "nonneg");
    f.options = b->implicit.options;
    f.options.max_sweeps = SWEEPS;
    b->h.calls = 0;
    b->h.fails_at = at;
    b->h.fault = fault;
    const rlra_status status = rlra_fit(f.problem, &f.options, f.model, NULL);
    const char *const message = rlra_context_message(f.context);
    const int sweeps = sweeps_of(c, &f);
    CHECK(status == RLRA_ERR_NUMERIC && strstr(message, words[fault]) != NULL &&
              strstr(message, "the product apply") != NULL,
          "call %ld: %s, %s", at, rlra_status_text(status), message);
    CHECK(b->h.calls == at + 1, "call %ld failed, and %ld were made", at, b->h.calls);
    CHECK(sweeps >= 0 || same_models(&f, &before), "call %ld: the model is none that the fit was at", at);
    CHECK(sweeps >= *least, "call %ld: the model is that of sweep %d, but it was at %d", at, sweeps, *least);
    *least = sweeps > *least ? sweeps : *least;
    b->h.fails_at = -1;
    free_fitting(&f);
    free_fitting(&before);
}

static void test_a_product_that_fails_leaves_the_best_model(void **state)
{
    (void)state;
    pair b;
    course c;
    open_pair(&b, "nonneg");
    open_course(&b, &c);
    for (product_fault fault = RETURNS_SEVEN; fault <= LEAVES_ONE_OUT; fault++) {
        int least = -1;
        for (long at = 0; at < c.calls; at++)
            try_fault(&b, &c, at, fault, &least);
        assert_int_equal(least, SWEEPS);
    }
    for (int sweeps = 0; sweeps <= SWEEPS; sweeps++)
        free_fitting(&c.after[sweeps]);
    close_pair(&b);
}

static void test_a_plan_calls_nothing(void **state)
{
    (void)state;
    pair b;
    rlra_plan one, other;
    open_pair(&b, "nonneg");
    MUST(&b.dense, rlra_fit_plan(b.dense.problem, &b.dense.options, RANK, &one));
    MUST(&b.implicit, rlra_fit_plan(b.implicit.problem, &b.implicit.options, RANK, &other));
    assert_true(b.h.calls == 0 && other.data_bytes == 0);
    assert_true(one.product_flops == other.product_flops && one.rule_flops == other.rule_flops);
    close_pair(&b);
}

static void test_checkpoints_need_a_digest(void **state)
{
    (void)state;
    pair b;
    folder home = make_folder();
    rlra_checkpoint checkpoint = {.folder = home.name};
    open_pair(&b, "nonneg");
    fitting *const f = &b.implicit;
    expect(f->context, rlra_fit_checkpointed(f->problem, &f->options, &checkpoint, f->model, NULL, NULL),
           RLRA_ERR_UNSUPPORTED, "digest");
    b.products.digest = 77;
    fitting whole = make_hidden_fitting(&b.products, RANK, "nonneg");
    fitting parts = make_hidden_fitting(&b.products, RANK, "nonneg");
    whole.options = parts.options = f->options;
    run_fit(&whole);
    parts.options.max_sweeps = 2;
    MUST(&parts, rlra_fit_checkpointed(parts.problem, &parts.options, &checkpoint, parts.model, NULL, NULL));
    parts.options.max_sweeps = whole.options.max_sweeps;
    checkpoint.resume = 1;
    MUST(&parts, rlra_fit_checkpointed(parts.problem, &parts.options, &checkpoint, parts.model, NULL, NULL));
    assert_true(same_models(&whole, &parts));
    b.products.digest = 78;
    fitting other = make_hidden_fitting(&b.products, RANK, "nonneg");
    other.options = whole.options;
    assert_true(rlra_fit_checkpointed(other.problem, &other.options, &checkpoint, other.model, NULL, NULL) != RLRA_OK);
    free_fitting(&other);
    free_fitting(&whole);
    free_fitting(&parts);
    close_pair(&b);
    remove_folder(home.name);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    pair b;
    open_pair(&b, "nonneg");
    rlra_status status = RLRA_ERR_MEMORY;
    int failures = 0;
    for (long n = 0; status != RLRA_OK; n++) {
        meter m;
        fitting f = {.context = metered_context(&m), .options = b.implicit.options};
        MUST(&f, rlra_problem_create(f.context, &f.problem));
        MUST(&f, rlra_model_create(f.context, REAL_DTYPE, 2, shape, RANK, &f.model));
        MUST(&f, rlra_problem_add_implicit(f.problem, &b.products, 1, NULL));
        m.refuse = m.made + n;
        status = rlra_fit(f.problem, &f.options, f.model, NULL);
        if (status != RLRA_OK)
            expect(f.context, status, RLRA_ERR_MEMORY, "out of memory");
        failures += status != RLRA_OK;
        free_fitting(&f);
        assert_int_equal(m.alive, 0);
    }
    assert_true(failures >= 4); /* the fit, its operator, what tries the products, the workspace */
    close_pair(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_rule_gives_the_fit_of_the_entries),
        cmocka_unit_test(test_starts_from_singular_vectors_are_those_of_the_entries),
        cmocka_unit_test(test_rank_one_is_the_leading_pair),
        cmocka_unit_test(test_threads_change_no_bit),
        cmocka_unit_test(test_a_coupled_fit_is_that_of_two_matrices),
        cmocka_unit_test(test_tied_factors_and_several_starts_are_those_of_the_entries),
        cmocka_unit_test(test_no_error_is_claimed_that_products_cannot_show),
        cmocka_unit_test(test_a_product_that_fails_leaves_the_best_model),
        cmocka_unit_test(test_a_plan_calls_nothing),
        cmocka_unit_test(test_checkpoints_need_a_digest),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("implicit", tests, NULL, NULL);
}
