/* unit/api/plan.c: a plan reports what the fit then does, to the byte; and refuses what the fit refuses. */
#include "support/fitting.h"
#include "support/meter.h"
#include "support/sparse.h"

/* An allocator that counts bytes. */
typedef struct bytes {
    size_t alive, peak;
} bytes;

#define HEADER 64

static void *take(void *user, size_t size)
{
    bytes *const b = user;
    char *const memory = malloc(size + HEADER);
    memcpy(memory, &size, sizeof size);
    b->alive += size;
    b->peak = b->alive > b->peak ? b->alive : b->peak;
    return memory + HEADER;
}

static void give_back(void *user, void *memory)
{
    bytes *const b = user;
    size_t size;
    memcpy(&size, (char *)memory - HEADER, sizeof size);
    b->alive -= size;
    free((char *)memory - HEADER);
}

static fitting counted(bytes *b, int order, const int64_t *dims, ptrdiff_t rank)
{
    const rlra_allocator allocator = {take, give_back, b};
    fitting f = {.options = rlra_options_default()};
    *b = (bytes){0};
    assert_int_equal(rlra_context_create(&allocator, &f.context), RLRA_OK);
    MUST(&f, rlra_problem_create(f.context, &f.problem));
    MUST(&f, rlra_model_create(f.context, REAL_DTYPE, order, dims, rank, &f.model));
    return f;
}

static void add_priors(fitting *f)
{
    for (int n = 0; n < rlra_model_order(f->model); n++)
        MUST(f, rlra_problem_add_prior(f->problem, n, "nonneg"));
    f->options.max_sweeps = 3;
    f->options.threads = 2;
}

/* Returns 0 where the fit is refused; then the plan must be, with the same words. */
static int check_plan(fitting *f, bytes *b, const char *name)
{
    rlra_plan plan;
    char message[1024];
    const rlra_status planned = rlra_fit_plan(f->problem, &f->options, rlra_model_rank(f->model), &plan);
    snprintf(message, sizeof message, "%s", rlra_context_message(f->context));
    const size_t before = b->peak = b->alive;
    const rlra_status status = rlra_fit(f->problem, &f->options, f->model, &f->report);
    CHECK(status == planned, "%s: planned %d, came %d: %s", name, planned, status, rlra_context_message(f->context));
    if (status != RLRA_OK) {
        CHECK(strcmp(message, rlra_context_message(f->context)) == 0, "%s: %s", name, message);
        return 0;
    }
    const double used = (double)(b->peak - before), foreseen = plan.workspace_bytes + plan.start_bytes;
    const double slack = strcmp(plan.init, "snpa") == 0 ? 0.4 * foreseen : 1024;
    CHECK(fabs(used - foreseen) <= slack, "%s: %.0f bytes used, %.0f planned", name, used, foreseen);
    CHECK((double)f->report.workspace_bytes <= plan.workspace_bytes, "%s", name);
    CHECK(strcmp(plan.init, f->report.init) == 0 && strcmp(plan.pass, f->report.pass) == 0, "%s", name);
    CHECK(plan.threads == f->report.threads && plan.factors == rlra_model_order(f->model), "%s", name);
    int found = 0;
    for (int n = 0; n < plan.factors; n++)
        found |= strcmp(plan.factor[n].update, f->report.update) == 0;
    CHECK(found, "%s: %s", name, f->report.update);
    return 1;
}

static void test_a_plan_reports_what_the_fit_does_to_the_byte(void **state)
{
    (void)state;
    static const char *const starts[] = {"auto", "random", "nndsvd", "nndsvdar", "snpa", "snpa_sample", "model"};
    static const char *const losses[] = {"frobenius", "kl", "is"};
    static const int64_t shapes[][3] = {{310, 170}, {41, 30, 23}};
    int done = 0;
    for (int order = 2; order <= 3; order++)
        for (int s = 0; s < COUNT_OF(starts); s++)
            for (int l = 0; l < COUNT_OF(losses); l++)
                for (int rank = 1; rank <= 21; rank += 10) {
                    bytes b;
                    char name[96];
                    planted p = plant(2, order, shapes[order - 2], 3, 0, 0.1);
                    fitting f = counted(&b, order, shapes[order - 2], rank);
                    MUST(&f, rlra_problem_add_dense(f.problem, &p.data.array, 1, NULL));
                    add_priors(&f);
                    f.options.init = starts[s];
                    f.options.loss = losses[l];
                    for (int n = 0; n < order; n++)
                        for (ptrdiff_t e = 0; e < factor_of(&f, n).stride * rank; e++)
                            factor_of(&f, n).at[e] = 1;
                    snprintf(name, sizeof name, "order %d, %s, %s, rank %d", order, starts[s], losses[l], rank);
                    done += check_plan(&f, &b, name);
                    free_fitting(&f);
                    free_planted(&p);
                }
    CHECK(done >= 80, "%d", done);
}

static void test_sparse_data_are_planned_by_their_stored_entries(void **state)
{
    (void)state;
    static const int64_t dims[] = {400, 310};
    static const char *const losses[] = {"frobenius", "kl"};
    for (int l = 0; l < 2; l++) {
        bytes b;
        rlra_plan plan;
        sparse_matrix m = make_sparse(dims, 0.05, STORAGE_CSR, 3);
        for (int64_t e = 0; e < m.view.count; e++)
            m.values[e] = (real)fabs((double)m.values[e]);
        fitting f = counted(&b, 2, dims, 5);
        const size_t before = b.alive;
        MUST(&f, rlra_problem_add_sparse(f.problem, &m.view, 1, NULL));
        const double stored = (double)(b.alive - before);
        add_priors(&f);
        f.options.loss = losses[l];
        assert_true(check_plan(&f, &b, losses[l]));
        MUST(&f, rlra_fit_plan(f.problem, &f.options, 5, &plan));
        /* The room of entries that were added to others or were zero is not given back. */
        CHECK(stored >= plan.data_bytes && stored < 1.05 * plan.data_bytes, "%.0f bytes, planned %.0f", stored,
              plan.data_bytes);
        CHECK(plan.entries == 400 * 310 && plan.stored_entries < 0.05 * plan.entries, "%g", plan.stored_entries);
        CHECK(plan.density == plan.stored_entries / plan.entries && plan.density > 0.03, "%g", plan.density);
        CHECK(plan.read_bytes == 2 * plan.stored_entries * (4 + sizeof(real)) && plan.passes == 2, "%g",
              plan.read_bytes);
        CHECK(plan.product_flops == (l == 0 ? 4 : 10) * 5 * plan.stored_entries, "%g", plan.product_flops);
        free_fitting(&f);
        free_sparse(&m);
    }
}

static void test_numbers_of_a_small_plan(void **state)
{
    (void)state;
    static const int64_t dims[] = {10, 8};
    rlra_plan plan;
    planted p = plant(2, 2, dims, 2, 0, 0.1);
    *(real *)p.data.array.data = 0;
    fitting f = make_fitting(&p.data.array, 2, "nonneg");
    MUST(&f, rlra_fit_plan(f.problem, NULL, 2, &plan));
    assert_true(plan.entries == 80 && plan.stored_entries == 80 && plan.density == 79.0 / 80);
    assert_true(plan.data_bytes == 80 * sizeof(real) && plan.factor_bytes == ((16 + 8) * 2 + 2) * sizeof(real));
    assert_true(plan.passes == 1 && plan.read_bytes == 80 * sizeof(real) && plan.product_flops == 4 * 2 * 80);
    assert_true(plan.threads == 1 && plan.max_sweeps == 1000 && plan.factors == 2);
    assert_true(plan.factor[0].length == 10 && plan.factor[1].length == 8 && plan.factor[2].length == 0);
    assert_string_equal(plan.factor[0].update, "hals");
    assert_string_equal(plan.init, "random"); /* no columns of so small a sample fit */
    assert_string_equal(plan.pass, "one");
    assert_string_equal(plan.loss, "frobenius");
    assert_string_equal(plan.dtype, rlra_dtype_name(REAL_DTYPE));
    f.options.pass = "modes";
    f.options.inner_sweeps = 3;
    MUST(&f, rlra_fit_plan(f.problem, &f.options, 2, &plan));
    assert_true(plan.passes == 2 && plan.read_bytes == 160 * sizeof(real) && plan.factor[1].most_rounds == 3);
    assert_true(plan.rule_flops == 2 * 2 * 2 * 18 * 4.0);
    free_fitting(&f);
    free_planted(&p);
}

static void test_what_cannot_be_fitted_cannot_be_planned(void **state)
{
    (void)state;
    static const int64_t dims[] = {10, 8};
    rlra_plan plan;
    meter m;
    rlra_context *const context = metered_context(&m);
    rlra_problem *empty = NULL;
    planted p = plant(2, 2, dims, 2, 0, 0.1);
    fitting f = make_fitting(&p.data.array, 2, "none");
    assert_int_equal(rlra_problem_create(context, &empty), RLRA_OK);
    expect(context, rlra_fit_plan(empty, NULL, 2, &plan), RLRA_ERR_ARGUMENT, "no data");
    expect(f.context, rlra_fit_plan(f.problem, NULL, 0, &plan), RLRA_ERR_ARGUMENT, "at least 1, got 0");
    expect(f.context, rlra_fit_plan(f.problem, NULL, INT64_MAX / 8, &plan), RLRA_ERR_MEMORY, "too large");
    f.options.rank = 3;
    expect(f.context, rlra_fit_plan(f.problem, &f.options, 2, &plan), RLRA_ERR_ARGUMENT, "ask for rank 3");
    f.options.rank = 0;
    f.options.update = "mu";
    expect(f.context, rlra_fit_plan(f.problem, &f.options, 2, &plan), RLRA_ERR_UNSUPPORTED, "needs the penalty");
    f.options.update = "auto";
    f.options.init = "rank_one";
    expect(f.context, rlra_fit_plan(f.problem, &f.options, 2, &plan), RLRA_ERR_UNSUPPORTED, "init 'rank_one' needs");
    f.options.init = "snpa";
    expect(f.context, rlra_fit_plan(f.problem, &f.options, 9, &plan), RLRA_ERR_ARGUMENT, "cannot pick 9 of 8 columns");
    MUST(&f, rlra_problem_set_form(f.problem, 0, "tucker", 2));
    f.options.init = "nndsvda";
    expect(f.context, rlra_fit_plan(f.problem, &f.options, 2, &plan), RLRA_ERR_UNSUPPORTED,
           "init 'nndsvda' is no start of models of the form 'tucker'");
    rlra_problem_destroy(empty);
    rlra_context_destroy(context);
    assert_int_equal(m.alive, 0);
    free_fitting(&f);
    free_planted(&p);
}

static void test_a_plan_without_memory_leaks_nothing(void **state)
{
    (void)state;
    meter m;
    static const int64_t dims[] = {10, 8};
    planted p = plant(2, 2, dims, 2, 0, 0.1);
    rlra_plan plan;
    fitting f = {.context = metered_context(&m), .options = rlra_options_default()};
    MUST(&f, rlra_problem_create(f.context, &f.problem));
    MUST(&f, rlra_problem_add_dense(f.problem, &p.data.array, 1, NULL));
    const long alive = m.alive;
    m.refuse = m.made;
    expect(f.context, rlra_fit_plan(f.problem, NULL, 2, &plan), RLRA_ERR_MEMORY, "the plan of a fit");
    MUST(&f, rlra_fit_plan(f.problem, NULL, 2, &plan));
    assert_int_equal(m.alive, alive);
    free_fitting(&f);
    assert_int_equal(m.alive, 0);
    free_planted(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_plan_reports_what_the_fit_does_to_the_byte),
        cmocka_unit_test(test_sparse_data_are_planned_by_their_stored_entries),
        cmocka_unit_test(test_numbers_of_a_small_plan),
        cmocka_unit_test(test_what_cannot_be_fitted_cannot_be_planned),
        cmocka_unit_test(test_a_plan_without_memory_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
