/* unit/api/checkpoint.c: what checkpoints are kept, which are refused and with what message; failing memory. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "support/kept.h"

static void test_a_folder_holds_the_last_two_and_nothing_else(void **state)
{
    (void)state;
    kept k;
    size_t last = 0, previous = 0;
    int others = 0;
    open_kept(&k);
    MUST(&k.f, run(&k));
    free(read_bytes(k.path, &last));
    free(read_bytes(k.previous, &previous));
    CHECK(last - previous == 5 * sizeof(double), "%zu and %zu bytes", last, previous); /* one more sweep of the trace */
    assert_true((int64_t)last == k.outcome.bytes && k.outcome.written == 6 && k.outcome.resumed_sweeps == 0);
    DIR *const entries = opendir(k.home.name);
    for (const struct dirent *e = readdir(entries); e != NULL; e = readdir(entries))
        others += e->d_name[0] != '.' && strcmp(e->d_name, "lock") != 0 && strncmp(e->d_name, "start-0.", 8) != 0;
    closedir(entries);
    assert_int_equal(others, 0);
    assert_int_equal(k.warnings, 0);
    close_kept(&k);
}

static void test_checkpoints_are_not_written_more_often_than_asked(void **state)
{
    (void)state;
    kept k;
    open_kept(&k);
    k.checkpoint.every = 1e9;
    MUST(&k.f, run(&k));
    assert_int_equal(k.outcome.written, 1); /* that of the end */
    close_kept(&k);
}

static void test_impossible_requests_are_refused(void **state)
{
    (void)state;
    kept k;
    char path[512];
    open_kept(&k);
    expect(k.f.context, rlra_fit_checkpointed(k.f.problem, NULL, NULL, k.f.model, NULL, NULL), RLRA_ERR_ARGUMENT,
           "need a folder");
    k.checkpoint.folder = NULL;
    expect(k.f.context, run(&k), RLRA_ERR_ARGUMENT, "need a folder");
    k.checkpoint.folder = "";
    expect(k.f.context, run(&k), RLRA_ERR_ARGUMENT, "is empty");
    k.checkpoint.folder = path_in(k.home.name, "no/such", path, sizeof path);
    expect(k.f.context, run(&k), RLRA_ERR_FILE, strerror(ENOENT));
    write_bytes(path_in(k.home.name, "file", path, sizeof path), "x", 1);
    expect(k.f.context, run(&k), RLRA_ERR_FILE, "is not a folder");
    k.checkpoint.folder = k.home.name;
    k.checkpoint.every = NAN;
    expect(k.f.context, run(&k), RLRA_ERR_ARGUMENT, "at least 0, got nan");
    k.checkpoint.every = 0;
    k.f.options.rank = 4;
    expect(k.f.context, run(&k), RLRA_ERR_ARGUMENT, "ask for rank 4");
    k.f.options.rank = 0;
    MUST(&k.f, run(&k));
    expect(k.f.context, run(&k), RLRA_ERR_ARGUMENT, "there is a checkpoint");
    close_kept(&k);
}

static void test_resuming_without_a_checkpoint_begins_anew(void **state)
{
    (void)state;
    kept k;
    open_kept(&k);
    k.checkpoint.resume = 1;
    MUST(&k.f, run(&k));
    assert_true(k.outcome.resumed_sweeps == 0 && k.warnings == 0);
    k.f.options.max_sweeps = 8;
    MUST(&k.f, run(&k));
    assert_true(k.outcome.resumed_sweeps == 6 && k.outcome.written == 2 && k.f.report.sweeps == 8);
    MUST(&k.f, run(&k));
    assert_true(k.outcome.resumed_sweeps == 8 && k.outcome.written == 0 && k.f.report.sweeps == 8);
    close_kept(&k);
}

static void test_checkpoints_of_other_data_are_refused(void **state)
{
    (void)state;
    kept k;
    const int64_t wider[] = {19, 14};
    open_resumable(&k);
    real *const entry = (real *)k.p.data.array.data + 100;
    const real value = *entry;
    *entry += 1;
    pose_again(&k, &k.p.data.array, 3, "nonneg");
    expect_other(&k, "its hash of the entries of the data is '");
    *entry = value;
    planted other = plant(3, 2, wider, 3, 0.3, 0.1);
    pose_again(&k, &other.data.array, 3, "nonneg");
    expect_other(&k, "its shape of the data is '19 x 13', here it is '19 x 14'");
    free_planted(&other);
    view turned = empty_view(2, kept_shape, &(arrangement){"Fortran order", 1, 1, 0, 0});
    int64_t index[2] = {0, 0};
    do
        *entry_at(&turned.array, index) = *entry_at(&k.p.data.array, index);
    while (next_index(&turned.array, index));
    pose_again(&k, &turned.array, 3, "nonneg");
    expect_other(&k, "its strides of the data is '13 1', here it is '1 19'");
    free(turned.memory);
    pose_again(&k, &k.p.data.array, 3, "nonneg");
    MUST(&k.f, rlra_problem_add_dense(k.f.problem, &k.p.data.array, 1, NULL));
    expect_other(&k, "its number of terms is '1', here it is '2'");
    pose_again(&k, &k.p.data.array, 4, "nonneg");
    expect_other(&k, "its rank is '3', here it is '4'");
    pose_again(&k, &k.p.data.array, 3, "nonneg");
    MUST(&k.f, run(&k));
    CHECK(k.warnings == 0, "%s", k.warned);
    close_kept(&k);
}

static void test_checkpoints_of_other_priors_and_options_are_refused(void **state)
{
    (void)state;
    kept k;
    static const struct {
        const char *name, *value, *part;
    } others[] = {
        {"seed", "7", "its option seed is '0', here it is '7'"},
        {"update", "mu", "its option update is 'auto', here it is 'mu'"},
        {"tolerance", "0.001", "its option tolerance is '0', here it is '0.001'"},
        {"loss", "kl", "its option loss is 'frobenius', here it is 'kl'"},
        {"extrapolate", "off", "its option extrapolate is 'on'"},
    };
    open_resumable(&k);
    for (int o = 0; o < COUNT_OF(others); o++) {
        pose_again(&k, &k.p.data.array, 3, "nonneg");
        MUST(&k.f, rlra_options_set(k.f.context, &k.f.options, others[o].name, others[o].value));
        expect_other(&k, others[o].part);
    }
    pose_again(&k, &k.p.data.array, 3, "nonneg,l1=0.5");
    expect_other(&k, "its prior of factor 0 is 'nonneg', here it is 'l1=0.5,nonneg'");
    pose_again(&k, &k.p.data.array, 3, "none");
    expect_other(&k, "here it is 'none'");
    pose_again(&k, &k.p.data.array, 3, "nonneg");
    k.f.options.threads = 2;
    k.f.options.time_limit = 1e6;
    k.f.options.max_sweeps = 11;
    k.f.options.rank = 3;
    MUST(&k.f, run(&k));
    assert_int_equal(k.f.report.sweeps, 11);
    close_kept(&k);
}

static void test_a_folder_in_use_by_another_process_is_refused(void **state)
{
    (void)state;
    kept k;
    int ready[2], done[2];
    char byte = 0, path[512];
    open_resumable(&k);
    assert_true(pipe(ready) == 0 && pipe(done) == 0);
    const pid_t child = fork();
    if (child == 0) {
        FILE *const file = fopen(path_in(k.home.name, "lock", path, sizeof path), "r+");
        const int locked = file != NULL && flock(fileno(file), LOCK_EX | LOCK_NB) == 0;
        byte = locked ? 'y' : 'n';
        _exit(write(ready[1], &byte, 1) != 1 || read(done[0], &byte, 1) != 1);
    }
    assert_true(read(ready[0], &byte, 1) == 1 && byte == 'y');
    expect(k.f.context, run(&k), RLRA_ERR_FILE, "is in use by another fit");
    assert_int_equal(write(done[1], &byte, 1), 1);
    assert_int_equal(waitpid(child, NULL, 0), child);
    for (int fd = 0; fd < 2; fd++) {
        close(ready[fd]);
        close(done[fd]);
    }
    MUST(&k.f, run(&k));
    close_kept(&k);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    for (int resume = 0; resume < 2; resume++) {
        kept k;
        int failures = 0, lost = 0;
        open_kept(&k);
        k.checkpoint.resume = 1;
        const long alive = k.m.alive;
        for (long at = 0; at >= 0; at++) {
            if (resume == 0)
                remove_folder(k.home.name);
            k.f.options.max_sweeps = 6 + at * resume;
            const long made = k.m.made;
            k.m.refuse = made + at;
            const rlra_status status = run(&k);
            CHECK(k.m.alive == alive, "allocation %ld: %ld leaked", at, k.m.alive - alive);
            if (k.m.made <= made + at)
                break;
            failures++;
            lost += status == RLRA_OK && k.outcome.failed > 0;
            CHECK(status == RLRA_OK || status == RLRA_ERR_MEMORY, "%s", rlra_context_message(k.f.context));
        }
        k.m.refuse = -1;
        CHECK(failures >= 8 && lost >= 2, "%d failures, %d checkpoints lost", failures, lost);
        close_kept(&k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_folder_holds_the_last_two_and_nothing_else),
        cmocka_unit_test(test_checkpoints_are_not_written_more_often_than_asked),
        cmocka_unit_test(test_impossible_requests_are_refused),
        cmocka_unit_test(test_resuming_without_a_checkpoint_begins_anew),
        cmocka_unit_test(test_checkpoints_of_other_data_are_refused),
        cmocka_unit_test(test_checkpoints_of_other_priors_and_options_are_refused),
        cmocka_unit_test(test_a_folder_in_use_by_another_process_is_refused),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
