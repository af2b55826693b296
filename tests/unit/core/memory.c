/* unit/core/memory.c: what a made-up system leaves, and what is refused where it does not suffice. */
#include "core/memory.h"

#include <math.h>

#include "rlra/rlra.h"
#include "support/folder.h"

#define MIB 1048576.0

static void put(const char *root, const char *file, const char *text)
{
    char path[512], command[600];
    snprintf(path, sizeof path, "%s%s", root, file);
    snprintf(command, sizeof command, "mkdir -p $(dirname %s)", path);
    assert_int_equal(system(command), 0);
    FILE *const to = fopen(path, "w");
    assert_non_null(to);
    fputs(text, to);
    fclose(to);
}

static void wipe(const char *root)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", root);
    assert_int_equal(system(command), 0);
}

/* 320 MiB, of which 90 are available, and 20 of swap space. */
static void put_machine(const char *root)
{
    put(root, "/proc/meminfo",
        "MemTotal:         327680 kB\nMemFree:           1 kB\nMemAvailable:      92160 kB\n"
        "SwapTotal:         40960 kB\nSwapFree:          20480 kB\n");
}

static void test_a_machine_has_what_is_available_and_swap_space(void **state)
{
    (void)state;
    const folder root = make_folder();
    assert_true(isinf(rlra_memory_of_system(root.name).bytes));
    put_machine(root.name);
    const memory_left left = rlra_memory_of_system(root.name);
    assert_true(left.bytes == 110 * MIB && left.slack == 10 * MIB); /* a 32nd of all */
    assert_string_equal(left.where, "on this machine");
    wipe(root.name);
}

static void test_control_groups_of_version_2(void **state)
{
    (void)state;
    const folder root = make_folder();
    put_machine(root.name);
    put(root.name, "/proc/self/cgroup", "1:name=systemd:/a\n0::/outer/inner\n");
    put(root.name, "/sys/fs/cgroup/outer/inner/memory.max", "max\n");
    put(root.name, "/sys/fs/cgroup/outer/inner/memory.current", "1048576\n");
    assert_true(rlra_memory_of_system(root.name).bytes == 110 * MIB);
    /* The group around it has a limit, files in its cache that give way, and no swap space. */
    put(root.name, "/sys/fs/cgroup/outer/memory.max", "52428800\n");
    put(root.name, "/sys/fs/cgroup/outer/memory.current", "31457280\n");
    put(root.name, "/sys/fs/cgroup/outer/memory.stat", "anon 7\nactive_file 1048576\ninactive_file 2097152\n");
    put(root.name, "/sys/fs/cgroup/outer/memory.swap.max", "0\n");
    const memory_left left = rlra_memory_of_system(root.name);
    assert_true(left.bytes == 23 * MIB);
    assert_string_equal(left.where, "within the limit of its control group");
    put(root.name, "/sys/fs/cgroup/outer/memory.swap.max", "5242880\n");
    put(root.name, "/sys/fs/cgroup/outer/memory.swap.current", "1048576\n");
    assert_true(rlra_memory_of_system(root.name).bytes == 27 * MIB);
    wipe(root.name);
}

static void test_control_groups_of_version_1(void **state)
{
    (void)state;
    const folder root = make_folder();
    put_machine(root.name);
    put(root.name, "/proc/self/cgroup", "9:cpu:/x\n4:memory:/docker/not-seen-from-inside\n");
    put(root.name, "/sys/fs/cgroup/memory/memory.limit_in_bytes", "52428800\n");
    put(root.name, "/sys/fs/cgroup/memory/memory.usage_in_bytes", "31457280\n");
    put(root.name, "/sys/fs/cgroup/memory/memory.stat", "inactive_file 9\ntotal_inactive_file 2097152\n");
    assert_true(rlra_memory_of_system(root.name).bytes == (22 + 20) * MIB);
    put(root.name, "/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    assert_true(rlra_memory_of_system(root.name).bytes == 110 * MIB);
    wipe(root.name);
}

static void test_this_process_can_have_some(void **state)
{
    (void)state;
    unsetenv("RLRA_MEMORY");
    assert_true(rlra_context_memory(NULL) > 0);
    static const struct {
        const char *text;
        double bytes;
    } sizes[] = {{"1000", 1000},      {"3K", 3072},         {"2M", 2 * MIB},      {"5G", 5120 * MIB},
                 {"5GB", 5120 * MIB}, {"5GiB", 5120 * MIB}, {"1T", 1048576 * MIB}};
    for (int k = 0; k < COUNT_OF(sizes); k++) {
        setenv("RLRA_MEMORY", sizes[k].text, 1);
        assert_true(rlra_context_memory(NULL) == sizes[k].bytes);
    }
    static const char *const nonsense[] = {"none", "-1", "8Gi", "8 G", "1.5G", "8GBs"};
    for (int k = 0; k < COUNT_OF(nonsense); k++) {
        setenv("RLRA_MEMORY", nonsense[k], 1);
        assert_true(rlra_memory_stated() == 0);
    }
    assert_non_null(strstr(rlra_memory_left(NULL).where, "must be a size such as 8G"));
    setenv("RLRA_MEMORY", "", 1);
    assert_true(isnan(rlra_memory_stated()));
    unsetenv("RLRA_MEMORY");
}

/* A context with RLRA_MEMORY set to this. */
static rlra_context *context_of(const char *memory)
{
    rlra_context *context;
    setenv("RLRA_MEMORY", memory, 1);
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    unsetenv("RLRA_MEMORY");
    return context;
}

static void refused(const rlra_context *context, rlra_status status, const char *words)
{
    assert_int_equal(status, RLRA_ERR_MEMORY);
    CHECK(strstr(rlra_context_message(context), words) != NULL, "'%s'", rlra_context_message(context));
}

static void test_models_and_large_arrays_are_refused(void **state)
{
    (void)state;
    rlra_context *const context = context_of("68M");
    rlra_model *model;
    const int64_t few[] = {1000, 1000}, many[] = {1000000, 1000000};
    refused(context, rlra_model_create(context, RLRA_DTYPE_F64, 2, many, 5, &model),
            "the model needs 76.3 MiB (factors 76.3 MiB), and there are 68 MiB by RLRA_MEMORY");
    assert_null(model);
    assert_int_equal(rlra_model_create(context, RLRA_DTYPE_F64, 2, few, 5, &model), RLRA_OK);
    rlra_model_destroy(model);
    assert_null(rlra_alloc(context, 9000000, 8));
    refused(context, rlra_fail_memory(context, 9000000, 8, "a test"), "a test needs 68.7 MiB");
    void *const memory = rlra_alloc(context, 8800000, 8);
    assert_non_null(memory);
    rlra_free(context, memory);
    rlra_context_destroy(context);
}

/* Few entries, and more rows than there is memory for. */
static void test_nearly_empty_data_are_refused(void **state)
{
    (void)state;
    rlra_context *const context = context_of("1G");
    rlra_problem *problem;
    const int64_t dims[] = {2000000000, 2000000000, 2}, first[] = {0, 1999999999}, last[] = {0, 1};
    const double values[] = {1, 2};
    for (int order = 2; order <= 3; order++) {
        const int64_t *const indices[] = {first, first, last};
        const rlra_sparse sparse = rlra_sparse_coo(RLRA_DTYPE_F64, order, dims, 2, indices, values);
        assert_int_equal(rlra_problem_create(context, &problem), RLRA_OK);
        refused(context, rlra_problem_add_sparse(problem, &sparse, 1, NULL), "factors of rank 1 29.8 GiB");
        rlra_problem_destroy(problem);
    }
    rlra_context_destroy(context);
}

static void test_fits_are_refused_by_every_way(void **state)
{
    (void)state;
    static double values[200 * 100];
    rlra_context *const context = context_of("700K");
    rlra_problem *problem;
    rlra_model *model;
    rlra_plan plan;
    const int64_t dims[] = {200, 100};
    for (int k = 0; k < 200 * 100; k++)
        values[k] = (k * 37) % 101;
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 2, dims, values);
    rlra_options options = rlra_options_default();
    options.max_sweeps = 3;
    options.threads = 1;
    assert_int_equal(rlra_problem_create(context, &problem), RLRA_OK);
    assert_int_equal(rlra_problem_add_dense(problem, &array, 1, NULL), RLRA_OK);
    assert_int_equal(rlra_model_create(context, RLRA_DTYPE_F64, 2, dims, 100, &model), RLRA_OK);
    refused(context, rlra_fit(problem, &options, model, NULL), "the fit needs");
    refused(context, rlra_fit(problem, &options, model, NULL), "(data 156 KiB, factors 238 KiB, workspace");
    refused(context, rlra_fit_starts(problem, &options, 2, NULL, model, NULL, NULL, NULL), "the fit needs");
    const rlra_checkpoint checkpoint = {.folder = "/nowhere"};
    refused(context, rlra_fit_checkpointed(problem, &options, &checkpoint, model, NULL, NULL), "the fit needs");
    assert_int_equal(rlra_fit_plan(problem, &options, 100, &plan), RLRA_OK);
    refused(context, rlra_plan_check(context, &plan, 1), "factors 238 KiB");
    refused(context, rlra_plan_check(context, &plan, 3), "factors 715 KiB");
    rlra_model_destroy(model);
    /* A smaller one is taken, and so many starts of it are not. */
    assert_int_equal(rlra_model_create(context, RLRA_DTYPE_F64, 2, dims, 4, &model), RLRA_OK);
    assert_int_equal(rlra_fit(problem, &options, model, NULL), RLRA_OK);
    refused(context, rlra_fit_starts(problem, &options, 100, NULL, model, NULL, NULL, NULL), "factors 953 KiB");
    rlra_model_destroy(model);
    rlra_problem_destroy(problem);
    rlra_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_machine_has_what_is_available_and_swap_space),
        cmocka_unit_test(test_control_groups_of_version_2),
        cmocka_unit_test(test_control_groups_of_version_1),
        cmocka_unit_test(test_this_process_can_have_some),
        cmocka_unit_test(test_models_and_large_arrays_are_refused),
        cmocka_unit_test(test_nearly_empty_data_are_refused),
        cmocka_unit_test(test_fits_are_refused_by_every_way),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
