/* tests/unit/api/options.c: the option table is whole, and parsing, checking and echo follow it. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "rlra/options.h"
#include "rlra/registry.h"

static rlra_context *context;

static int make_context(void **state)
{
    (void)state;
    return rlra_context_create(NULL, &context) == RLRA_OK ? 0 : -1;
}

static int drop_context(void **state)
{
    (void)state;
    rlra_context_destroy(context);
    return 0;
}

static void test_defaults_pass_the_check(void **state)
{
    (void)state;
    const rlra_options options = rlra_options_default();
    assert_int_equal(rlra_options_check(context, &options), RLRA_OK);
    assert_int_equal(options.max_sweeps, 1000);
    assert_string_equal(options.update, "auto");
    assert_true(isinf(options.time_limit));
    assert_true(options.tolerance == 1e-4);
}

static void test_every_row_is_complete(void **state)
{
    (void)state;
    for (int i = 0; i < rlra_option_count(); ++i) {
        const rlra_option *const row = rlra_option_at(i);
        assert_non_null(row);
        assert_true(strlen(row->name) > 0 && strlen(row->help) > 0);
        assert_true(row->offset < sizeof(rlra_options));
        assert_true((row->kind == RLRA_OPTION_NAME) == (strlen(row->choices) > 0));
        assert_ptr_equal(rlra_option_find(row->name), row);
    }
    assert_null(rlra_option_at(-1));
    assert_null(rlra_option_at(rlra_option_count()));
}

static void test_rows_do_not_share_memory(void **state)
{
    (void)state;
    for (int i = 0; i < rlra_option_count(); ++i) {
        for (int j = 0; j < i; ++j)
            assert_int_not_equal(rlra_option_at(i)->offset, rlra_option_at(j)->offset);
    }
}

static void test_echo_reads_back_as_the_same_value(void **state)
{
    (void)state;
    rlra_options options = rlra_options_default();
    options.tolerance = 0.1 + 0.2;
    options.decrease = DBL_MIN;
    options.seed = INT64_C(9007199254740991);
    options.update = "mu";
    rlra_options copy = rlra_options_default();
    for (int i = 0; i < rlra_option_count(); ++i) {
        char text[64];
        const char *const name = rlra_option_at(i)->name;
        assert_int_equal(rlra_options_get(context, &options, name, text, sizeof text), RLRA_OK);
        assert_int_equal(rlra_options_set(context, &copy, name, text), RLRA_OK);
    }
    assert_true(copy.tolerance == options.tolerance);
    assert_true(copy.decrease == options.decrease);
    assert_true(copy.seed == options.seed);
    assert_true(isinf(copy.time_limit));
    assert_string_equal(copy.update, "mu");
}

static void test_dash_and_underscore_are_the_same(void **state)
{
    (void)state;
    assert_ptr_equal(rlra_option_find("max-sweeps"), rlra_option_find("max_sweeps"));
    assert_null(rlra_option_find("max-sweep"));
    assert_null(rlra_option_find("max-sweepss"));
    assert_null(rlra_option_find(NULL));
}

static void test_bad_values_are_refused_and_change_nothing(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"tolerance", "1.5"},   {"tolerance", "-1"},    {"tolerance", "nan"},   {"tolerance", ""},
        {"tolerance", "1e-4x"}, {"rank", "-1"},         {"rank", "2.5"},        {"rank", "99999999999999999999"},
        {"time_limit", "-1"},   {"update", "gradient"}, {"update", ""},         {"extrapolate", "yes"},
        {"seed", "-1"},         {"threads", "100000"},  {"max_sweeps", "many"}, {"colour", "red"},
    };
    const rlra_options before = rlra_options_default();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; ++i) {
        rlra_options options = before;
        assert_int_equal(rlra_options_set(context, &options, bad[i][0], bad[i][1]), RLRA_ERR_ARGUMENT);
        assert_true(strlen(rlra_context_message(context)) > 0);
        assert_memory_equal(&options, &before, sizeof before);
    }
}

static void test_bounds_are_reported(void **state)
{
    (void)state;
    rlra_options options = rlra_options_default();
    rlra_options_set(context, &options, "tolerance", "7");
    assert_string_equal(rlra_context_message(context), "`tolerance` must lie in [0, 1], got 7");
    char expected[256];
    snprintf(expected, sizeof expected, "`update` must be one of: %s; got 'als'", rlra_option_find("update")->choices);
    rlra_options_set(context, &options, "update", "als");
    assert_string_equal(rlra_context_message(context), expected);
}

/* The names that an option takes are those of the family's registry, besides those that stand for a choice. */
static void check_names_of_family(const char *option, const char *family, int extra)
{
    rlra_options options = rlra_options_default();
    int members = 0, words = 1;
    for (; rlra_member_at(family, members) != NULL; ++members)
        assert_int_equal(rlra_options_set(context, &options, option, rlra_member_at(family, members)->name), RLRA_OK);
    for (const char *c = rlra_option_find(option)->choices; *c != '\0'; ++c)
        words += *c == ' ';
    assert_int_equal(words, members + extra);
}

static void test_names_are_those_of_the_registry(void **state)
{
    (void)state;
    check_names_of_family("update", "update", 4);
    check_names_of_family("init", "init", 1);
}

static void test_check_finds_each_bad_field(void **state)
{
    (void)state;
    rlra_options options = rlra_options_default();
    options.tolerance = NAN;
    assert_int_equal(rlra_options_check(context, &options), RLRA_ERR_ARGUMENT);
    options = rlra_options_default();
    options.pass = NULL;
    assert_int_equal(rlra_options_check(context, &options), RLRA_ERR_ARGUMENT);
    options = rlra_options_default();
    options.inner_sweeps = -3;
    assert_int_equal(rlra_options_check(context, &options), RLRA_ERR_ARGUMENT);
    assert_string_equal(rlra_context_message(context), "`inner_sweeps` must lie in [0, 1000000], got -3");
    assert_int_equal(rlra_options_check(context, NULL), RLRA_ERR_ARGUMENT);
}

static void test_echo_without_room_is_refused(void **state)
{
    (void)state;
    const rlra_options options = rlra_options_default();
    char text[4];
    assert_int_equal(rlra_options_get(context, &options, "update", text, sizeof text), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_options_get(context, &options, "seed", text, sizeof text), RLRA_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_pass_the_check),
        cmocka_unit_test(test_every_row_is_complete),
        cmocka_unit_test(test_rows_do_not_share_memory),
        cmocka_unit_test(test_echo_reads_back_as_the_same_value),
        cmocka_unit_test(test_dash_and_underscore_are_the_same),
        cmocka_unit_test(test_bad_values_are_refused_and_change_nothing),
        cmocka_unit_test(test_bounds_are_reported),
        cmocka_unit_test(test_names_are_those_of_the_registry),
        cmocka_unit_test(test_check_finds_each_bad_field),
        cmocka_unit_test(test_echo_without_room_is_refused),
    };
    return cmocka_run_group_tests(tests, make_context, drop_context);
}
