/* unit/api/checkpoint_damage.c: damaged and forged checkpoints, full disks, runs that were killed. */
#include <inttypes.h>
#include <signal.h>
#include <sys/resource.h>

#include "core/hash.h"
#include "support/kept.h"

/* Write it with a checksum that is right. */
static void seal(const char *path, unsigned char *bytes, size_t size)
{
    hash h;
    rlra_hash_begin(&h);
    rlra_hash_add(&h, bytes, size - 8);
    const uint64_t sum = rlra_hash_end(&h);
    memcpy(bytes + size - 8, &sum, 8);
    write_bytes(path, bytes, size);
}

/* The text of a checkpoint with `from` replaced by `to`, of the same length. */
static void forge(const char *path, const char *from, const char *to)
{
    size_t size = 0;
    unsigned char *const bytes = read_bytes(path, &size);
    const size_t length = strlen(from);
    size_t at = 0;
    while (memcmp(bytes + at, from, length) != 0)
        at++;
    memcpy(bytes + at, to, length);
    seal(path, bytes, size);
    free(bytes);
}

static void test_other_versions_are_refused_and_other_kernels_reported(void **state)
{
    (void)state;
    kept k;
    char from[128], to[128];
    open_resumable(&k);
    snprintf(from, sizeof from, "kernels = %c", rlra_build_info()->kernels[0]);
    snprintf(to, sizeof to, "kernels = z");
    forge(k.path, from, to);
    MUST(&k.f, run(&k));
    CHECK(k.warnings == 1 && strstr(k.warned, "the last digits may differ") != NULL, "%s", k.warned);
    snprintf(from, sizeof from, "version of rlra = %.3s", rlra_build_info()->version);
    snprintf(to, sizeof to, "version of rlra = 9.9");
    forge(k.path, from, to);
    k.f.options.max_sweeps = 12;
    expect_other(&k, "its version of rlra is '9.9");
    close_kept(&k);
}

/* That is no damage, and the checkpoint before is no better. */
static void test_other_layouts_are_refused_by_their_number(void **state)
{
    (void)state;
    kept k;
    size_t size = 0;
    open_resumable(&k);
    unsigned char *const bytes = read_bytes(k.path, &size);
    uint64_t head[5];
    memcpy(head, bytes, sizeof head);
    const uint64_t known = head[2], others[] = {known - 1, known + 1, UINT64_MAX};
    for (int o = 0; o < COUNT_OF(others); o++) {
        char part[128];
        head[2] = others[o];
        memcpy(bytes, head, sizeof head);
        seal(k.path, bytes, size);
        snprintf(part, sizeof part, "layout %" PRIu64 ", and this version of rlra knows layout %" PRIu64, others[o],
                 known);
        expect(k.f.context, run(&k), RLRA_ERR_UNSUPPORTED, part);
        expect(k.f.context, RLRA_ERR_UNSUPPORTED, RLRA_ERR_UNSUPPORTED, "start-0.checkpoint");
    }
    assert_int_equal(k.warnings, 0);
    free(bytes);
    close_kept(&k);
}

static void test_damage_is_reported_and_the_checkpoint_before_is_taken(void **state)
{
    (void)state;
    kept k;
    size_t size = 0;
    open_resumable(&k);
    unsigned char *const bytes = read_bytes(k.path, &size);
    for (size_t cut = 0; cut < size; cut += 1 + cut / 16) {
        write_bytes(k.path, bytes, cut);
        k.warnings = 0;
        MUST(&k.f, run(&k));
        CHECK(k.outcome.resumed_sweeps == 5, "cut at %zu", cut);
        CHECK(k.warnings == 1 && strstr(k.warned, "going on from") != NULL, "%s", k.warned);
        write_bytes(k.path, bytes, size);
        unlink(k.previous);
        assert_int_equal(link(k.path, k.previous), 0);
        k.f.options.max_sweeps = 6;
        remove_folder(k.home.name);
        assert_int_equal(mkdir(k.home.name, 0777), 0);
        MUST(&k.f, run(&k));
        k.f.options.max_sweeps = 9;
    }
    free(bytes);
    close_kept(&k);
}

static void test_two_damaged_checkpoints_are_refused(void **state)
{
    (void)state;
    kept k;
    size_t size = 0;
    open_resumable(&k);
    unsigned char *const bytes = read_bytes(k.path, &size);
    for (size_t at = 0; at < size; at += 1 + at / 32) {
        bytes[at] ^= 0x10;
        write_bytes(k.path, bytes, size);
        write_bytes(k.previous, bytes, size / 2);
        const rlra_status status = run(&k);
        bytes[at] ^= 0x10;
        CHECK(status == RLRA_ERR_FORMAT, "byte %zu: %s", at, rlra_context_message(k.f.context));
        CHECK(strstr(rlra_context_message(k.f.context), "neither") != NULL, "byte %zu", at);
    }
    unlink(k.previous);
    write_bytes(k.path, "", 0);
    expect(k.f.context, run(&k), RLRA_ERR_FORMAT, "is empty");
    write_bytes(k.path, "RLRAFIT\n", 8);
    expect(k.f.context, run(&k), RLRA_ERR_FORMAT, "is not a checkpoint");
    unlink(k.path);
    assert_int_equal(mkdir(k.path, 0777), 0);
    expect(k.f.context, run(&k), RLRA_ERR_FILE, "is a directory");
    rmdir(k.path);
    free(bytes);
    close_kept(&k);
}

static void test_only_the_checkpoint_before_is_there(void **state)
{
    (void)state;
    kept k;
    open_resumable(&k);
    unlink(k.path);
    MUST(&k.f, run(&k));
    CHECK(k.outcome.resumed_sweeps == 5 && strstr(k.warned, "is not there") != NULL, "%s", k.warned);
    close_kept(&k);
}

/* States with a right checksum and wrong numbers: refused, or a fit with finite factors, but never a crash. */
static void test_forged_states_do_no_harm(void **state)
{
    (void)state;
    kept k;
    size_t size = 0;
    int refused = 0;
    open_resumable(&k);
    unsigned char *const bytes = read_bytes(k.path, &size), *const copy = malloc(size);
    numbers from = {1, 0};
    uint64_t head[5];
    memcpy(head, bytes, sizeof head);
    const size_t begin = sizeof head + (size_t)head[3];
    for (int round = 0; round < 400; round++) {
        const size_t at = begin + 8 * (size_t)below(&from, round < 300 ? 33 : (ptrdiff_t)(head[4] / 8));
        const double value = round % 3 == 0 ? NAN : round % 3 == 1 ? -1e300 : 1e30 * normal(&from);
        const int64_t integer = (int64_t)(uniform(&from) * 9e18) - (int64_t)4e18;
        memcpy(copy, bytes, size);
        memcpy(copy + at, round % 2 == 0 ? (const void *)&value : (const void *)&integer, 8);
        seal(k.path, copy, size);
        const rlra_status status = run(&k);
        refused += status != RLRA_OK;
        CHECK(status == RLRA_OK || status == RLRA_ERR_FORMAT || status == RLRA_ERR_NUMERIC, "%s",
              rlra_context_message(k.f.context));
    }
    CHECK(refused > 30, "%d refused", refused);
    free(bytes);
    free(copy);
    close_kept(&k);
}

/* Limits the size of files, in place of a full disk, from sweep 3 to sweep 5. */
static void fill_disk(void *user, const rlra_progress *progress)
{
    struct rlimit limit;
    (void)user;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = progress->sweep >= 3 && progress->sweep < 5 ? 100 : limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
}

static void test_a_full_disk_is_reported_and_the_fit_continues(void **state)
{
    (void)state;
    kept k;
    signal(SIGXFSZ, SIG_IGN);
    open_kept(&k);
    run_fit(&k.f);
    const factor wanted = copy_factor(factor_of(&k.f, 0));
    rlra_context_set_progress(k.f.context, fill_disk, NULL);
    MUST(&k.f, run(&k));
    CHECK(k.outcome.failed == 2 && k.outcome.written == 4, "%d failed, %d written", (int)k.outcome.failed,
          (int)k.outcome.written);
    CHECK(k.warnings == 1 && strstr(k.warned, "no checkpoint after sweep 3: cannot write") != NULL &&
              strstr(k.warned, "the fit goes on") != NULL,
          "%d: %s", k.warnings, k.warned);
    CHECK(same_bits(wanted.at, factor_of(&k.f, 0).at, wanted.rank, wanted.length, wanted.stride), "other factors");
    free(wanted.at);
    close_kept(&k);
}

static void test_what_a_killed_run_left_half_written_is_removed(void **state)
{
    (void)state;
    kept k;
    char path[512];
    open_resumable(&k);
    write_bytes(path_in(k.home.name, "start-0.checkpoint.tmp-123-0", path, sizeof path), "half", 4);
    MUST(&k.f, run(&k));
    assert_int_not_equal(access(path, F_OK), 0);
    close_kept(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_other_versions_are_refused_and_other_kernels_reported),
        cmocka_unit_test(test_other_layouts_are_refused_by_their_number),
        cmocka_unit_test(test_damage_is_reported_and_the_checkpoint_before_is_taken),
        cmocka_unit_test(test_two_damaged_checkpoints_are_refused),
        cmocka_unit_test(test_only_the_checkpoint_before_is_there),
        cmocka_unit_test(test_forged_states_do_no_harm),
        cmocka_unit_test(test_a_full_disk_is_reported_and_the_fit_continues),
        cmocka_unit_test(test_what_a_killed_run_left_half_written_is_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
