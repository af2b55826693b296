/* unit/core/processor.c: RLRA_KERNELS names kernels that are here, or no context is made and a sentence names those that are. */
#include "core/processor.h"

#include <stdlib.h>

#include "rlra/rlra.h"
#include "support/support.h"

static void test_sets_that_run_here_are_taken(void **state)
{
    (void)state;
    char sentence[256];
    for (int set = 0; set < PROCESSOR_SETS; set++) {
        rlra_context *context;
        if (!rlra_processor_runs(set))
            continue;
        setenv("RLRA_KERNELS", rlra_processor_name(set), 1);
        assert_int_equal(rlra_processor_set(), set);
        assert_int_equal(rlra_kernels_check(sentence, sizeof sentence), RLRA_OK);
        assert_string_equal(sentence, "");
        assert_string_equal(rlra_build_info()->kernels, rlra_processor_name(set));
        assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
        rlra_context_destroy(context);
    }
}

static void test_without_a_name_it_is_the_best(void **state)
{
    (void)state;
    unsetenv("RLRA_KERNELS");
    const int best = rlra_processor_set();
    for (int set = 0; set < best; set++)
        assert_false(rlra_processor_runs(set));
    setenv("RLRA_KERNELS", "", 1);
    assert_int_equal(rlra_processor_set(), best);
}

static void test_other_names_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"avx", "AVX2", "avx2 ", " avx2", "best", "avx512f", "baseline,avx2"};
    for (int n = 0; n < COUNT_OF(names); n++) {
        char sentence[256], cut[8];
        rlra_context *context = (rlra_context *)cut;
        setenv("RLRA_KERNELS", names[n], 1);
        assert_int_equal(rlra_context_create(NULL, &context), RLRA_ERR_UNSUPPORTED);
        assert_null(context);
        assert_int_equal(rlra_kernels_check(sentence, sizeof sentence), RLRA_ERR_UNSUPPORTED);
        assert_non_null(strstr(sentence, names[n]));
        assert_non_null(strstr(sentence, "no kernels of that name"));
        for (int set = 0; set < PROCESSOR_SETS; set++)
            assert_true(!rlra_processor_runs(set) || strstr(sentence, rlra_processor_name(set)) != NULL);
        assert_int_equal(rlra_kernels_check(cut, sizeof cut), RLRA_ERR_UNSUPPORTED);
        assert_int_equal(strlen(cut), sizeof cut - 1);
    }
}

static void test_sets_that_the_processor_cannot_run_are_refused(void **state)
{
    (void)state;
    for (int set = 0; set < PROCESSOR_SETS; set++) {
        char sentence[256];
        if (rlra_processor_runs(set))
            continue;
        setenv("RLRA_KERNELS", rlra_processor_name(set), 1);
        assert_int_equal(rlra_kernels_check(sentence, sizeof sentence), RLRA_ERR_UNSUPPORTED);
        assert_non_null(strstr(sentence, "which this processor cannot run"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sets_that_run_here_are_taken),
        cmocka_unit_test(test_without_a_name_it_is_the_best),
        cmocka_unit_test(test_other_names_are_refused),
        cmocka_unit_test(test_sets_that_the_processor_cannot_run_are_refused),
    };
    return cmocka_run_group_tests_name("processor", tests, NULL, NULL);
}
