/* unit/api/implicit_refusals.c: what cannot work with a matrix that is known by its products, and in which words. */
#include "support/implicit.h"
#include "support/meter.h"

static const int64_t shape[] = {23, 17};

#define RANK 3

typedef struct posed {
    planted p;
    hidden h;
    rlra_products products;
    fitting f;
} posed;

static void open_posed(posed *b)
{
    b->p = plant(5, 2, shape, RANK, 0.2, 0.3);
    b->products = hide(&b->p.data.array, &b->h);
    b->f = make_hidden_fitting(&b->products, RANK, "nonneg");
}

static void close_posed(posed *b)
{
    free_fitting(&b->f);
    free_planted(&b->p);
}

static void refuse_option(const char *option, const char *value, const char *part)
{
    posed b;
    open_posed(&b);
    MUST(&b.f, rlra_options_set(b.f.context, &b.f.options, option, value));
    b.h.calls = 0;
    const rlra_status status = rlra_fit(b.f.problem, &b.f.options, b.f.model, NULL);
    expect(b.f.context, status, RLRA_ERR_UNSUPPORTED, part);
    CHECK(strstr(rlra_context_message(b.f.context), "known by their products") != NULL || b.h.calls == 0, "%s: %s",
          option, rlra_context_message(b.f.context));
    close_posed(&b);
}

static void test_what_needs_entries_is_refused(void **state)
{
    (void)state;
    refuse_option("loss", "kl", "the loss 'kl' needs each entry");
    refuse_option("loss", "is", "known by their products");
    refuse_option("holdout", "0.1", "no entries can be held out of data that are known by their products only");
    refuse_option("init", "snpa", "known by their products");
    refuse_option("pass", "one", "a single term of dense data: use");
}

static void test_rules_for_data_without_negative_entries_want_to_know(void **state)
{
    (void)state;
    posed b;
    open_posed(&b);
    b.products.nonneg = 0;
    fitting f = make_hidden_fitting(&b.products, RANK, "nonneg");
    MUST(&f, rlra_options_set(f.context, &f.options, "update", "mu"));
    expect(f.context, rlra_fit(f.problem, &f.options, f.model, NULL), RLRA_ERR_DATA, "(nonneg)");
    MUST(&f, rlra_options_set(f.context, &f.options, "update", "hals"));
    f.options.max_sweeps = 2;
    run_fit(&f);
    free_fitting(&f);
    close_posed(&b);
}

static void test_numbers_that_do_not_belong_to_the_products_are_found(void **state)
{
    (void)state;
    posed b;
    open_posed(&b);
    rlra_products wrong = b.products;
    wrong.apply_transposed = hidden_apply; /* of a square matrix, where shapes do not show it */
    hidden h;
    static const int64_t square[] = {19, 19};
    planted p = plant(9, 2, square, RANK, 0.2, 0.3);
    rlra_products mistaken = hide(&p.data.array, &h);
    mistaken.apply_transposed = hidden_apply;
    fitting f = make_hidden_fitting(&mistaken, RANK, "nonneg");
    expect(f.context, rlra_fit(f.problem, &f.options, f.model, NULL), RLRA_ERR_DATA, "not those of one matrix");
    free_fitting(&f);
    wrong = b.products;
    wrong.norm2 *= 0.5;
    f = make_hidden_fitting(&wrong, RANK, "nonneg");
    expect(f.context, rlra_fit(f.problem, &f.options, f.model, NULL), RLRA_ERR_DATA, "norm2");
    free_fitting(&f);
    free_planted(&p);
    close_posed(&b);
}

static void test_bad_arguments_are_refused(void **state)
{
    static const double norms[] = {-1, (double)NAN, (double)INFINITY};
    (void)state;
    posed b;
    open_posed(&b);
    fitting *const f = &b.f;
    rlra_products p = b.products;
    for (int k = 0; k < COUNT_OF(norms); k++) {
        p.norm2 = norms[k];
        expect(f->context, rlra_problem_add_implicit(f->problem, &p, 1, NULL), RLRA_ERR_ARGUMENT, "norm2");
    }
    p = b.products;
    p.apply = NULL;
    expect(f->context, rlra_problem_add_implicit(f->problem, &p, 1, NULL), RLRA_ERR_ARGUMENT, "apply is NULL");
    p = b.products;
    p.apply_transposed = NULL;
    expect(f->context, rlra_problem_add_implicit(f->problem, &p, 1, NULL), RLRA_ERR_ARGUMENT,
           "apply_transposed is NULL");
    p = b.products;
    p.rows = 0;
    expect(f->context, rlra_problem_add_implicit(f->problem, &p, 1, NULL), RLRA_ERR_SHAPE, "mode 0");
    p.rows = INT64_MAX;
    static const int others[] = {2, 3};
    expect(f->context, rlra_problem_add_implicit(f->problem, &p, 1, others), RLRA_ERR_MEMORY, "fewer rows and columns");
    p.rows = -4;
    expect(f->context, rlra_problem_add_implicit(f->problem, &p, 1, NULL), RLRA_ERR_SHAPE, "mode 0");
    expect(f->context, rlra_problem_add_implicit(f->problem, &b.products, 0, NULL), RLRA_ERR_ARGUMENT, "weight");
    expect(f->context, rlra_problem_add_implicit(f->problem, NULL, 1, NULL), RLRA_ERR_ARGUMENT, "NULL");
    assert_true(b.h.calls == 0);
    close_posed(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_needs_entries_is_refused),
        cmocka_unit_test(test_rules_for_data_without_negative_entries_want_to_know),
        cmocka_unit_test(test_numbers_that_do_not_belong_to_the_products_are_found),
        cmocka_unit_test(test_bad_arguments_are_refused),
    };
    return cmocka_run_group_tests_name("implicit_refusals", tests, NULL, NULL);
}
