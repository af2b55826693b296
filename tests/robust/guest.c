/* robust/guest.c: the library in a program that has a locale with a decimal comma, and in the child of one that had threads. */
#include <locale.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/threads.h"
#include "rlra/io.h"
#include "support/kept.h"

/* Where the locale is made, in an encoding that takes a fifth of the time that UTF-8 takes. */
static char locales[] = "/tmp/rlra-locale-XXXXXX";

static int make_comma(void **state)
{
    char command[200];
    (void)state;
    if (mkdtemp(locales) == NULL)
        return 1;
    snprintf(command, sizeof command, "localedef -i de_DE -f ISO-8859-1 %s/de_DE 2>/dev/null", locales);
    return system(command);
}

static int remove_comma(void **state)
{
    char command[200];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", locales);
    return system(command);
}

/* From here on this program writes 0,5. */
static void take_comma(void)
{
    char text[8];
    setenv("LOCPATH", locales, 1);
    assert_non_null(setlocale(LC_NUMERIC, "de_DE"));
    snprintf(text, sizeof text, "%.1f", 0.5);
    assert_string_equal(text, "0,5");
}

static void leave_comma(void)
{
    setlocale(LC_NUMERIC, "C");
    unsetenv("LOCPATH");
}

static void test_options_priors_and_messages_have_a_point(void **state)
{
    (void)state;
    kept k;
    char text[64];
    take_comma();
    open_kept(&k);
    MUST(&k.f, rlra_options_set(k.f.context, &k.f.options, "tolerance", "1.5e-3"));
    assert_true(k.f.options.tolerance == 1.5e-3);
    MUST(&k.f, rlra_options_get(k.f.context, &k.f.options, "tolerance", text, sizeof text));
    assert_string_equal(text, "0.0015");
    expect(k.f.context, rlra_options_set(k.f.context, &k.f.options, "tolerance", "1,5"), RLRA_ERR_ARGUMENT,
           "must be a number, got '1,5'");
    expect(k.f.context, rlra_options_set(k.f.context, &k.f.options, "tolerance", "2.5"), RLRA_ERR_ARGUMENT, "got 2.5");
    MUST(&k.f, rlra_problem_add_prior(k.f.problem, 0, "l1=0.25"));
    close_kept(&k);
    leave_comma();
}

static void test_checkpoints_are_of_the_same_fit_in_every_locale(void **state)
{
    (void)state;
    kept k;
    open_kept(&k);
    k.f.options.gamma = 1.25;
    MUST(&k.f, run(&k));
    take_comma();
    k.checkpoint.resume = 1;
    k.f.options.max_sweeps = 9;
    MUST(&k.f, run(&k));
    assert_int_equal(k.outcome.resumed_sweeps, 6);
    close_kept(&k);
    leave_comma();
}

static void test_tables_are_the_same_in_every_locale(void **state)
{
    (void)state;
    rlra_context *context;
    rlra_dataset *dataset;
    double values[] = {0.5, -1.25e-300, 3, 1e22};
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 2, (const int64_t[]){2, 2}, values);
    const rlra_named_array named = {"x", &array};
    folder home = make_folder();
    char path[256];
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    take_comma();
    assert_int_equal(rlra_file_write(context, path_in(home.name, "x.csv", path, sizeof path), 1, &named), RLRA_OK);
    leave_comma();
    assert_int_equal(rlra_dataset_read(context, path, NULL, &dataset), RLRA_OK);
    for (int64_t k = 0; k < 4; k++)
        assert_true(rlra_array_get(rlra_dataset_array(dataset), (const int64_t[]){k / 2, k % 2}) == values[k]);
    rlra_dataset_destroy(dataset);
    rlra_context_destroy(context);
    remove_folder(home.name);
}

/* The OpenMP runtime of a child waits for ever for the threads of its parent. */
static void test_a_child_fits_with_one_thread(void **state)
{
    (void)state;
    kept k;
    int code;
    open_kept(&k);
    (void)rlra_team(2);
    const pid_t child = fork();
    if (child == 0) {
        alarm(60);
        _exit(rlra_team(2) != 1 || rlra_fit(k.f.problem, &k.f.options, k.f.model, &k.f.report) != RLRA_OK);
    }
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
    assert_true(rlra_team(2) >= 1);
    close_kept(&k);
}

/* Picking columns asks for its threads like a fit, and reports how many it did without. */
static void test_a_child_picks_columns_and_reports_its_threads(void **state)
{
    (void)state;
    rlra_context *context;
    double values[40 * 30];
    int64_t columns[2][3];
    int code;
    for (int k = 0; k < 40 * 30; k++)
        values[k] = (k * 37) % 101;
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 2, (const int64_t[]){40, 30}, values);
    rlra_separable_options options = rlra_separable_options_default();
    rlra_separable_report report;
    options.rank = 3;
    options.threads = 3;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    assert_int_equal(rlra_separable(context, &array, &options, columns[0], NULL, &report), RLRA_OK);
    assert_int_equal(report.threads + report.threads_refused, 3);
    const pid_t child = fork();
    if (child == 0) {
        alarm(60);
        const rlra_status status = rlra_separable(context, &array, &options, columns[1], NULL, &report);
        _exit(status != RLRA_OK || report.threads != 1 || report.threads_refused != 2 ||
              memcmp(columns[0], columns[1], sizeof columns[0]) != 0);
    }
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
    rlra_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_priors_and_messages_have_a_point),
        cmocka_unit_test(test_checkpoints_are_of_the_same_fit_in_every_locale),
        cmocka_unit_test(test_tables_are_the_same_in_every_locale),
        cmocka_unit_test(test_a_child_fits_with_one_thread),
        cmocka_unit_test(test_a_child_picks_columns_and_reports_its_threads),
    };
    return cmocka_run_group_tests(tests, make_comma, remove_comma);
}
