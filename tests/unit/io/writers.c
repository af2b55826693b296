/* unit/io/writers.c: what is written is read back to the same bits, and failures leave nothing behind. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>

/* Numbers that need all their digits, and those that are none. */
static double number_at(int64_t i)
{
    static const double odd[] = {0, -0.0, INFINITY, -INFINITY, 1e-310, 1.7976931348623157e308, 0.1, 1.0 / 3};
    return i % 5 == 1 ? odd[i / 5 % 8] : sqrt((double)i + 2) * (i % 2 ? -1e-7 : 1e5);
}

/* Integers of up to 53 bits, as readers give doubles. */
static int64_t integer_at(int64_t i)
{
    return (i % 2 ? -1 : 1) * ((INT64_C(1) << i % 53) + i);
}

static void fill(rlra_array *array, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (array->dtype == RLRA_DTYPE_I64)
            ((int64_t *)array->data)[i] = integer_at(i);
        else if (array->dtype == RLRA_DTYPE_F32)
            ((float *)array->data)[i] =
                isfinite(number_at(i)) && fabs(number_at(i)) > 1e38 ? 3e38f : (float)number_at(i);
        else
            ((double *)array->data)[i] = number_at(i);
    }
}

static void check_back(place *p, const char *spec, const rlra_array *expected, int order, const int64_t *dims)
{
    rlra_dataset *const dataset = must_read(p, spec, expected->dtype == RLRA_DTYPE_F32 ? RLRA_READ_F32 : RLRA_READ_F64);
    const rlra_array *const array = rlra_dataset_array(dataset);
    assert_int_equal(array->order, order);
    if (expected->dtype == RLRA_DTYPE_I64 && strcmp(rlra_dataset_format(dataset), "csv") != 0)
        assert_string_equal(rlra_dataset_stored_dtype(dataset), "int64");
    for (int mode = 0; mode < order; mode++)
        assert_int_equal(array->dims[mode], dims[mode]);
    for (int64_t i = 0; i < rlra_array_count(expected); i++) {
        const double got = entry_of(array, i), wanted = entry_of(expected, i);
        assert_true(got == wanted && signbit(got) == signbit(wanted));
    }
    rlra_dataset_destroy(dataset);
}

static void must_write(place *p, const char *path, int number, const rlra_named_array *arrays)
{
    if (rlra_file_write(p->context, path, number, arrays) != RLRA_OK)
        fail_msg("%s: %s", path, rlra_context_message(p->context));
}

/* One array alone: written and read, contiguous and with its modes reversed. */
static void check_round_trip(place *p, const char *name, rlra_dtype dtype, int order, const int64_t *dims)
{
    double memory[1200];
    rlra_array array = rlra_array_contiguous(dtype, order, dims, memory);
    int modes[RLRA_MAX_ORDER];
    fill(&array, 1200);
    for (int mode = 0; mode < order; mode++)
        modes[mode] = order - 1 - mode;
    const rlra_array reversed = rlra_array_permuted(&array, modes);
    const rlra_array *const both[] = {&array, &reversed};
    for (int k = 0; k < 2; k++) {
        char path[256];
        snprintf(path, sizeof path, "%s", at(p, name));
        must_write(p, path, 1, &(rlra_named_array){"a", both[k]});
        int64_t expected[RLRA_MAX_ORDER] = {1, 1, 1};
        int read_order = order;
        for (int mode = 0; mode < order; mode++)
            expected[mode] = both[k]->dims[mode];
        if (strstr(name, ".hdr") != NULL)
            read_order = 3;
        if (order == 1 && (strstr(name, ".mat") != NULL || strstr(name, "sv") != NULL))
            read_order = 2;
        if (order == 2 && strstr(name, ".hdr") != NULL)
            expected[2] = 1;
        check_back(p, path, both[k], read_order, expected);
    }
}

static void test_round_trips_are_exact(void **state)
{
    static const char *const names[] = {"a.npy", "a.npz", "a.mat", "a.h5"};
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        for (rlra_dtype dtype = RLRA_DTYPE_F32; dtype <= RLRA_DTYPE_I64; dtype++) {
            check_round_trip(*state, names[k], dtype, 1, SHAPE(7));
            check_round_trip(*state, names[k], dtype, 2, SHAPE(31, 37));
            check_round_trip(*state, names[k], dtype, 3, SHAPE(5, 1, 11));
            check_round_trip(*state, names[k], dtype, 5, SHAPE(2, 3, 4, 5, 7));
        }
}

static void test_round_trips_of_tables_are_exact(void **state)
{
    for (rlra_dtype dtype = RLRA_DTYPE_F32; dtype <= RLRA_DTYPE_I64; dtype++) {
        check_round_trip(*state, "a.csv", dtype, 1, SHAPE(7));
        check_round_trip(*state, "a.csv", dtype, 2, SHAPE(31, 37));
        check_round_trip(*state, "a.tsv", dtype, 2, SHAPE(1, 13));
    }
}

static void test_round_trips_of_cubes_are_exact(void **state)
{
    for (rlra_dtype dtype = RLRA_DTYPE_F32; dtype <= RLRA_DTYPE_I64; dtype++) {
        check_round_trip(*state, "a.hdr", dtype, 2, SHAPE(9, 11));
        check_round_trip(*state, "a.hdr", dtype, 3, SHAPE(9, 11, 5));
    }
}

static void test_large_strided_arrays_round_trip(void **state)
{
    place *const p = *state;
    static const char *const names[] = {"b.npy", "b.npz", "b.mat", "b.h5"};
    const int64_t dims[] = {301, 1009};
    double *const memory = malloc(2 * 301 * 1009 * sizeof *memory);
    rlra_array array = {RLRA_DTYPE_F64, 2, {301, 1009}, {2, -602}, memory + 602 * 1008};
    for (int64_t i = 0; i < 2 * 301 * 1009; i++)
        memory[i] = number_at(i);
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        char path[256];
        snprintf(path, sizeof path, "%s", at(p, names[k]));
        must_write(p, path, 1, &(rlra_named_array){"a", &array});
        check_back(p, path, &array, 2, dims);
    }
    free(memory);
}

static void test_several_arrays_share_a_file(void **state)
{
    place *const p = *state;
    static const char *const names[] = {"c.npz", "c.mat", "c.h5"};
    double memory[12];
    rlra_array w = rlra_array_contiguous(RLRA_DTYPE_F64, 2, SHAPE(3, 4), memory);
    const rlra_array h = rlra_array_permuted(&w, (const int[]){1, 0});
    fill(&w, 12);
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        char path[256], spec[300];
        snprintf(path, sizeof path, "%s", at(p, names[k]));
        must_write(p, path, 2, (const rlra_named_array[]){{"W", &w}, {"H_1", &h}});
        snprintf(spec, sizeof spec, "%s:W", path);
        check_back(p, spec, &w, 2, w.dims);
        snprintf(spec, sizeof spec, "%s:H_1", path);
        check_back(p, spec, &h, 2, h.dims);
        check_refused(p, path, RLRA_ERR_ARGUMENT, "several variables fit");
    }
}

static void test_empty_arrays_round_trip(void **state)
{
    place *const p = *state;
    static const char *const names[] = {"e.npy", "e.npz", "e.mat", "e.h5"};
    double nothing;
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 2, SHAPE(0, 4), &nothing);
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        must_write(p, at(p, names[k]), 1, &(rlra_named_array){"a", &array});
        check_back(p, p->path, &array, 2, array.dims);
    }
}

static void test_same_arrays_give_the_same_npz(void **state)
{
    place *const p = *state;
    double memory[6] = {1, 2, 3, 4, 5, 6};
    char first[2000], second[2000];
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 1, SHAPE(6), memory);
    size_t sizes[2];
    for (int k = 0; k < 2; k++) {
        must_write(p, at(p, "a.npz"), 1, &(rlra_named_array){"a", &array});
        FILE *const file = fopen(p->path, "rb");
        sizes[k] = fread(k == 0 ? first : second, 1, 2000, file);
        fclose(file);
    }
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(first, second, sizes[0]);
}

static void check_write_refused(place *p, const char *path, int number, const rlra_named_array *arrays,
                                rlra_status status, const char *part)
{
    const rlra_status got = rlra_file_write(p->context, path, number, arrays);
    if (got != status || strstr(rlra_context_message(p->context), part) == NULL)
        fail_msg("%s: status %d, message '%s', expected %d and '%s'", path, got, rlra_context_message(p->context),
                 status, part);
}

static void test_writes_that_cannot_work_are_refused(void **state)
{
    place *const p = *state;
    double memory[60];
    rlra_array a = rlra_array_contiguous(RLRA_DTYPE_F64, 2, SHAPE(3, 4), memory);
    rlra_array b = rlra_array_contiguous(RLRA_DTYPE_F64, 4, SHAPE(3, 4, 5, 1), memory);
    rlra_array c = a;
    c.dtype = (rlra_dtype)7;
    fill(&b, 60);
    const rlra_named_array one[] = {{"a", &a}}, two[] = {{"a", &a}, {"a", &a}}, cube[] = {{"b", &b}};
    const rlra_named_array unnamed[] = {{"", &a}}, odd[] = {{"2 b", &a}}, none[] = {{"a", NULL}};
    check_write_refused(p, at(p, "a.xyz"), 1, one, RLRA_ERR_ARGUMENT, ".npz");
    check_write_refused(p, at(p, "npy"), 1, one, RLRA_ERR_ARGUMENT, "ends in one of");
    check_write_refused(p, at(p, "a.npy"), 2, two, RLRA_ERR_ARGUMENT, "holds one");
    check_write_refused(p, at(p, "a.npz"), 2, two, RLRA_ERR_ARGUMENT, "two arrays are called 'a'");
    check_write_refused(p, at(p, "a.npz"), 1, unnamed, RLRA_ERR_ARGUMENT, "no name");
    check_write_refused(p, at(p, "a.mat"), 1, odd, RLRA_ERR_ARGUMENT, "MATLAB name");
    check_write_refused(p, at(p, "a.csv"), 1, cube, RLRA_ERR_ARGUMENT, "order 4");
    check_write_refused(p, at(p, "a.hdr"), 1, cube, RLRA_ERR_ARGUMENT, "order 4");
    check_write_refused(p, at(p, "a.npy"), 1, none, RLRA_ERR_ARGUMENT, "order");
    check_write_refused(p, at(p, "a.npy"), 1, &(rlra_named_array){"c", &c}, RLRA_ERR_ARGUMENT, "unknown dtype 7");
    check_write_refused(p, at(p, "a.npy"), 0, one, RLRA_ERR_ARGUMENT, "array");
    check_write_refused(p, at(p, "no/such/a.npy"), 1, one, RLRA_ERR_FILE, strerror(ENOENT));
    check_write_refused(p, "/dev/full.npy/x.npy", 1, one, RLRA_ERR_FILE, "cannot write");
    assert_int_equal(empty_folder(p), 0);
    assert_int_equal(mkdir(at(p, "d.npy"), 0700), 0);
    check_write_refused(p, p->path, 1, one, RLRA_ERR_FILE, "directory");
    assert_int_equal(mkfifo(at(p, "f.npy"), 0600), 0);
    check_write_refused(p, p->path, 1, one, RLRA_ERR_FILE, "not a regular file");
    assert_int_equal(empty_folder(p), 2);
}

static void test_devices_are_not_replaced(void **state)
{
    place *const p = *state;
    struct stat about;
    assert_int_equal(rlra_file_write_bytes(p->context, "/dev/full", "x", 1), RLRA_ERR_FILE);
    assert_int_equal(stat("/dev/full", &about), 0);
    assert_true(S_ISCHR(about.st_mode));
}

static void test_links_stay_links(void **state)
{
    place *const p = *state;
    struct stat about;
    char target[256];
    snprintf(target, sizeof target, "%s", at(p, "target.txt"));
    put_file(target, "old", 3);
    assert_int_equal(symlink(target, at(p, "link.txt")), 0);
    assert_int_equal(rlra_file_write_bytes(p->context, p->path, "newer", 5), RLRA_OK);
    assert_int_equal(lstat(p->path, &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_int_equal(stat(target, &about), 0);
    assert_int_equal(about.st_size, 5);
}

/* Run `write` when files may not grow beyond some bytes: what a full disk does. */
static rlra_status write_on_full_disk(place *p, const char *path, const rlra_array *array, rlim_t most)
{
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    small = (struct rlimit){most, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    const rlra_status status = rlra_file_write(p->context, path, 1, &(rlra_named_array){"a", array});
    setrlimit(RLIMIT_FSIZE, &before);
    return status;
}

static void test_full_disk_is_reported_and_leaves_the_old_file(void **state)
{
    place *const p = *state;
    static const char *const names[] = {"a.npy", "a.npz", "a.mat", "a.csv", "a.hdr", "a.h5"};
    double *const memory = calloc(300 * 400, sizeof *memory);
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 2, SHAPE(300, 400), memory);
    signal(SIGXFSZ, SIG_IGN);
    for (int64_t i = 0; i < 300 * 400; i++)
        memory[i] = number_at(i);
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        for (rlim_t most = 0; most < 200000; most = 10 * most + 100) {
            put_file(at(p, names[k]), "old", 3);
            struct stat about;
            assert_int_equal(write_on_full_disk(p, p->path, &array, most), RLRA_ERR_FILE);
            assert_non_null(strstr(rlra_context_message(p->context), "cannot write"));
            assert_int_equal(stat(p->path, &about), 0);
            assert_int_equal(about.st_size, 3);
            assert_int_equal(empty_folder(p), 1);
        }
    /* The library must be usable afterwards. */
    must_write(p, at(p, "after.h5"), 1, &(rlra_named_array){"a", &array});
    check_back(p, p->path, &array, 2, array.dims);
    free(memory);
}

/* What killed programs left of a file goes with the next that is written there, a library's own included; what is in the making by
 * others, of other files or of the user stays. */
static void test_temporaries_of_killed_programs_are_cleared_away(void **state)
{
    place *const p = *state;
    static const char *const names[] = {"a.npy", "a.npz", "a.mat", "a.csv", "a.hdr", "a.h5"};
    static const struct {
        const char *ending;
        int stays;
    } others[] = {{".tmp-17-0", 0}, {".tmp-17-0.AbCdEf", 0}, {".tmp-4194305-12", 0}, {".tmp-18-0", 1},
                  {".tmp-mine", 1}, {".tmp-17", 1},          {".tmp-17-x", 1},       {".tmp", 1},
                  {"2.tmp-17-0", 1}};
    double memory[6] = {1, 2, 3, 4, 5, 6};
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 2, SHAPE(2, 3), memory);
    char path[300];
    struct stat about;
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        int kept = 0;
        for (size_t j = 0; j < sizeof others / sizeof others[0]; j++) {
            snprintf(path, sizeof path, "%s%s", at(p, names[k]), others[j].ending);
            put_file(path, "half", 4);
            kept += others[j].stays;
        }
        snprintf(path, sizeof path, "%s.tmp-18-0", at(p, names[k]));
        const int held = open(path, O_RDONLY);
        assert_int_equal(flock(held, LOCK_EX | LOCK_NB), 0);
        must_write(p, at(p, names[k]), 1, &(rlra_named_array){"a", &array});
        close(held);
        for (size_t j = 0; j < sizeof others / sizeof others[0]; j++) {
            snprintf(path, sizeof path, "%s%s", at(p, names[k]), others[j].ending);
            if ((lstat(path, &about) == 0) != others[j].stays)
                fail_msg("%s%s: %s", names[k], others[j].ending, others[j].stays ? "is gone" : "is left");
        }
        assert_true(empty_folder(p) > kept);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(test_round_trips_are_exact),
        WITH_PLACE(test_round_trips_of_tables_are_exact),
        WITH_PLACE(test_round_trips_of_cubes_are_exact),
        WITH_PLACE(test_large_strided_arrays_round_trip),
        WITH_PLACE(test_several_arrays_share_a_file),
        WITH_PLACE(test_empty_arrays_round_trip),
        WITH_PLACE(test_same_arrays_give_the_same_npz),
        WITH_PLACE(test_writes_that_cannot_work_are_refused),
        WITH_PLACE(test_devices_are_not_replaced),
        WITH_PLACE(test_links_stay_links),
        WITH_PLACE(test_temporaries_of_killed_programs_are_cleared_away),
        WITH_PLACE(test_full_disk_is_reported_and_leaves_the_old_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
