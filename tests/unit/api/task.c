/* unit/api/task.c: every task has options of the table, with defaults that the table allows. */
#include "rlra/task.h"

#include "support/support.h"

static void test_tasks_are_found_by_their_names(void **state)
{
    (void)state;
    int count = 0;
    for (; rlra_task_at(count) != NULL; ++count)
        CHECK(rlra_task_find(rlra_task_at(count)->name) == rlra_task_at(count), "task %s", rlra_task_at(count)->name);
    assert_true(count > 0);
    assert_null(rlra_task_at(-1));
    assert_null(rlra_task_find("no such task"));
    assert_null(rlra_task_find(NULL));
}

static int count_words(const char *text)
{
    int count = 0;
    for (; *text != '\0'; text += strcspn(text, " "), text += *text == ' ')
        ++count;
    return count;
}

static void test_every_word_is_a_row_of_the_option_table(void **state)
{
    (void)state;
    for (int t = 0; rlra_task_at(t) != NULL; ++t) {
        rlra_option row;
        int count = 0;
        while (rlra_task_option(rlra_task_at(t), count, &row))
            ++count;
        CHECK(count == count_words(rlra_task_at(t)->options), "%s: %d", rlra_task_at(t)->name, count);
    }
}

static void test_defaults_are_allowed_and_are_those_of_the_rows(void **state)
{
    (void)state;
    for (int t = 0; rlra_task_at(t) != NULL; ++t) {
        rlra_options options = rlra_task_defaults(rlra_task_at(t)), again = options;
        assert_int_equal(rlra_options_check(NULL, &options), RLRA_OK);
        rlra_option row;
        for (int i = 0; rlra_task_option(rlra_task_at(t), i, &row); ++i) {
            assert_int_equal(rlra_options_set(NULL, &again, row.name, row.standard), RLRA_OK);
            CHECK(strlen(row.help) > 0, "%s %s", rlra_task_at(t)->name, row.name);
        }
        assert_memory_equal(&options, &again, sizeof options);
    }
}

static void test_a_task_may_have_its_own_defaults(void **state)
{
    (void)state;
    assert_string_equal(rlra_task_defaults(rlra_task_find("topics")).loss, "kl");
    assert_string_equal(rlra_task_defaults(rlra_task_find("nmf")).loss, rlra_options_default().loss);
    assert_string_equal(rlra_task_defaults(NULL).loss, rlra_options_default().loss);
}

static void test_no_task_has_no_options(void **state)
{
    (void)state;
    rlra_option row = {.name = "kept"};
    assert_int_equal(rlra_task_option(NULL, 0, &row), 0);
    assert_int_equal(rlra_task_option(rlra_task_find("nmf"), -1, &row), 0);
    assert_int_equal(rlra_task_option(rlra_task_find("nmf"), 1000, &row), 0);
    assert_string_equal(row.name, "kept");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tasks_are_found_by_their_names),
        cmocka_unit_test(test_every_word_is_a_row_of_the_option_table),
        cmocka_unit_test(test_defaults_are_allowed_and_are_those_of_the_rows),
        cmocka_unit_test(test_a_task_may_have_its_own_defaults),
        cmocka_unit_test(test_no_task_has_no_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
