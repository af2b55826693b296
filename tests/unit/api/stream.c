/* unit/api/stream.c: arrays that stay in their file: what can be opened, what goes wrong while they are read. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/stream.h"
#include "rlra/rlra.h"
#include "support/folder.h"
#include "support/kept.h"
#include "support/meter.h"

#define DATA(name) RLRA_TEST_DATA "/" name

/* What the system's pread() does to those who call it. */
static struct {
    _Atomic size_t most;         /* bytes that it delivers at a time; 0: all    */
    atomic_int interrupts;       /* every other call                             */
    _Atomic int64_t fails_after; /* calls until it fails with EIO; < 0: never    */
    _Atomic int64_t calls;
} reading = {0, 0, -1, 0};

ssize_t __real_pread(int fd, void *buffer, size_t bytes, off_t offset);
ssize_t __wrap_pread(int fd, void *buffer, size_t bytes, off_t offset);

ssize_t __wrap_pread(int fd, void *buffer, size_t bytes, off_t offset)
{
    const int64_t call = atomic_fetch_add(&reading.calls, 1);
    if (reading.interrupts && call % 2 == 0) {
        errno = EINTR;
        return -1;
    }
    if (reading.fails_after >= 0 && call >= reading.fails_after) {
        errno = EIO;
        return -1;
    }
    const size_t most = reading.most;
    return __real_pread(fd, buffer, most > 0 && bytes > most ? most : bytes, offset);
}

static void read_as_usual(void)
{
    reading.most = 0;
    reading.interrupts = 0;
    reading.fails_after = -1;
    reading.calls = 0;
}

typedef struct scene {
    rlra_context *context;
    folder place;
    char path[128];
} scene;

static int set_up(void **state)
{
    scene *const s = calloc(1, sizeof *s);
    *state = s;
    s->place = make_folder();
    path_in(s->place.name, "data.npy", s->path, sizeof s->path);
    return rlra_context_create(NULL, &s->context) != RLRA_OK;
}

static int tear_down(void **state)
{
    scene *const s = *state;
    read_as_usual();
    remove_folder(s->place.name);
    rlra_context_destroy(s->context);
    free(s);
    return 0;
}

static void open_must(rlra_context *context, const char *spec, rlra_read_dtype dtype, rlra_stream **stream)
{
    CHECK(rlra_stream_open(context, spec, &(rlra_read_options){.dtype = dtype}, stream) == RLRA_OK, "%s: %s", spec,
          rlra_context_message(context));
}

/* Entries of the stream, by pieces that have nothing to do with its shape, are those of the data set. */
static void compare(rlra_context *context, const char *spec, rlra_read_dtype dtype)
{
    rlra_dataset *dataset;
    rlra_stream *stream;
    CHECK(rlra_dataset_read(context, spec, &(rlra_read_options){.dtype = dtype}, &dataset) == RLRA_OK, "%s",
          rlra_context_message(context));
    open_must(context, spec, dtype, &stream);
    const rlra_array *const a = rlra_dataset_array(dataset), *const b = rlra_stream_array(stream);
    assert_true(a->dtype == b->dtype && a->order == b->order && b->data == NULL);
    for (int m = 0; m < a->order; m++)
        assert_true(a->dims[m] == b->dims[m] && a->strides[m] == b->strides[m]);
    assert_string_equal(rlra_dataset_name(dataset), rlra_stream_name(stream));
    assert_string_equal(rlra_dataset_format(dataset), rlra_stream_format(stream));
    assert_string_equal(rlra_dataset_stored_dtype(dataset), rlra_stream_stored_dtype(stream));
    entry_source *const source = rlra_stream_source(stream);
    const size_t bytes = (size_t)rlra_dtype_bytes(a->dtype);
    const int64_t count = rlra_array_count(a);
    char *const entries = malloc((size_t)count * bytes);
    for (int64_t at = 0, step = 1; at < count; at += step, step = step % 5 + 1) {
        const int64_t some = count - at < step ? count - at : step;
        assert_int_equal(source->read(source, at % 2 == 0, at, some, entries + at * (int64_t)bytes), RLRA_OK);
    }
    CHECK(memcmp(entries, a->data, (size_t)count * bytes) == 0, "%s", spec);
    free(entries);
    rlra_stream_close(stream);
    rlra_dataset_destroy(dataset);
}

static void test_entries_are_those_of_the_data_set(void **state)
{
    static const char *const specs[] = {
        DATA("plain.npy"),    DATA("fortran.npy"),  DATA("version2.npy"),        DATA("version3.npy"),
        DATA("scalar.npy"),   DATA("plain.h5:/x"),  DATA("plain.h5:/group/big"), DATA("plain.h5:/group/bool"),
        DATA("cube_bil.hdr"), DATA("cube_bip.img"), DATA("cube_bsq.hdr"),        DATA("cube_bsq.img"),
    };
    const scene *const s = *state;
    for (int k = 0; k < COUNT_OF(specs); k++)
        for (rlra_read_dtype dtype = RLRA_READ_AUTO; dtype <= RLRA_READ_F64; dtype++)
            compare(s->context, specs[k], dtype);
}

static void test_what_does_not_lie_side_by_side_is_refused_with_what_to_do(void **state)
{
    static const struct {
        const char *spec;
        rlra_status status;
        const char *message;
    } cases[] = {
        {DATA("types.npz:be_i2"), RLRA_ERR_UNSUPPORTED, "write the array to a .npy file"},
        {DATA("plain.mat:Y"), RLRA_ERR_UNSUPPORTED, "as it is a mat file"},
        {DATA("table.csv"), RLRA_ERR_UNSUPPORTED, "as it is a csv file"},
        {DATA("sparse.mtx"), RLRA_ERR_UNSUPPORTED, "as it is a mtx file"},
        {DATA("plain.h5:/packed"), RLRA_ERR_UNSUPPORTED, "h5repack"},
        {DATA("text.npy"), RLRA_ERR_ARGUMENT, ""},
        {DATA("nothing.npy"), RLRA_ERR_FILE, "cannot open"},
    };
    const scene *const s = *state;
    for (int k = 0; k < COUNT_OF(cases); k++) {
        rlra_stream *stream = (rlra_stream *)s->context;
        const rlra_status status = rlra_stream_open(s->context, cases[k].spec, NULL, &stream);
        CHECK(status == cases[k].status && strstr(rlra_context_message(s->context), cases[k].message) != NULL,
              "%s: %s: %s", cases[k].spec, rlra_status_text(status), rlra_context_message(s->context));
        assert_null(stream);
    }
}

static const int64_t dims[2] = {6000, 30};

/* Positive numbers in a .npy file; the caller frees them. */
static double *make_data(const scene *s)
{
    numbers from = {1, 0};
    const size_t count = (size_t)(dims[0] * dims[1]);
    double *const entries = malloc(count * sizeof *entries);
    for (size_t e = 0; e < count; e++)
        entries[e] = uniform(&from) + 0.1;
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 2, dims, entries);
    assert_int_equal(rlra_file_write(s->context, s->path, 1, &(rlra_named_array){"x", &array}), RLRA_OK);
    return entries;
}

/* A fit of the file, of ten sweeps. */
typedef struct trial {
    rlra_stream *stream;
    rlra_problem *problem;
    rlra_model *model;
    rlra_options options;
    rlra_report report;
} trial;

static rlra_status begin(rlra_context *context, const char *path, trial *t)
{
    *t = (trial){.options = rlra_options_default()};
    t->options.max_sweeps = 10;
    t->options.tolerance = t->options.decrease = 0;
    t->options.threads = 2;
    rlra_status status = rlra_stream_open(context, path, NULL, &t->stream);
    if (status == RLRA_OK)
        status = rlra_model_create(context, RLRA_DTYPE_F64, 2, dims, 3, &t->model);
    if (status == RLRA_OK)
        status = rlra_problem_create(context, &t->problem);
    if (status == RLRA_OK)
        status = rlra_problem_add_stream(t->problem, t->stream, 5 << 19, 1, NULL);
    for (int n = 0; status == RLRA_OK && n < 2; n++)
        status = rlra_problem_add_prior(t->problem, n, "nonneg");
    return status;
}

static rlra_status go(trial *t)
{
    return rlra_fit(t->problem, &t->options, t->model, &t->report);
}

static void end(trial *t)
{
    rlra_problem_destroy(t->problem);
    rlra_model_destroy(t->model);
    rlra_stream_close(t->stream);
}

static int same_model(const rlra_model *a, const rlra_model *b)
{
    for (int n = 0; n < 2; n++) {
        const rlra_array x = rlra_model_factor(a, n), y = rlra_model_factor(b, n);
        for (int64_t i = 0; i < x.dims[0]; i++)
            for (int64_t k = 0; k < x.dims[1]; k++)
                if (rlra_array_get(&x, (const int64_t[]){i, k}) != rlra_array_get(&y, (const int64_t[]){i, k}))
                    return 0;
    }
    return 1;
}

static void test_short_and_interrupted_reads_change_nothing(void **state)
{
    const scene *const s = *state;
    trial plain, t;
    free(make_data(s));
    assert_int_equal(begin(s->context, s->path, &plain), RLRA_OK);
    assert_int_equal(go(&plain), RLRA_OK);
    reading.most = 12345;
    reading.interrupts = 1;
    assert_int_equal(begin(s->context, s->path, &t), RLRA_OK);
    assert_int_equal(go(&t), RLRA_OK);
    assert_true(reading.calls > 1000);
    read_as_usual();
    assert_true(same_model(plain.model, t.model));
    assert_true(plain.report.objective == t.report.objective);
    end(&t);
    end(&plain);
}

/* What a fit finds after its third sweep. */
typedef struct accident {
    const char *path;
    int kind;
    double objective; /* of the last sweep reported */
} accident;

enum { SHRINKS, IS_WRITTEN, FAILS };

static void happen(void *user, const rlra_progress *progress)
{
    accident *const a = user;
    a->objective = progress->objective;
    if (progress->sweep != 3)
        return;
    if (a->kind == SHRINKS)
        assert_int_equal(truncate(a->path, 1000), 0);
    if (a->kind == IS_WRITTEN) {
        const struct timespec later[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 4102444800}};
        assert_int_equal(utimensat(AT_FDCWD, a->path, later, 0), 0);
    }
    if (a->kind == FAILS)
        reading.fails_after = 0;
}

static void test_a_file_that_goes_bad_ends_the_fit_with_the_best_point_so_far(void **state)
{
    static const char *const message[] = {"data.npy", "written to", "cannot read"};
    const scene *const s = *state;
    for (int kind = SHRINKS; kind <= FAILS; kind++) {
        accident a = {s->path, kind, NAN};
        trial t, checked;
        free(make_data(s));
        assert_int_equal(begin(s->context, s->path, &t), RLRA_OK);
        rlra_context_set_progress(s->context, happen, &a);
        assert_int_equal(go(&t), RLRA_ERR_FILE);
        rlra_context_set_progress(s->context, NULL, NULL);
        CHECK(strstr(rlra_context_message(s->context), message[kind]) != NULL, "%d: %s", kind,
              rlra_context_message(s->context));
        assert_int_equal(t.report.sweeps, 3);
        read_as_usual();
        free(make_data(s));
        assert_int_equal(begin(s->context, s->path, &checked), RLRA_OK);
        assert_int_equal(rlra_certify(checked.problem, t.model, &t.report), RLRA_OK);
        assert_true(fabs(t.report.objective - a.objective) <= 1e-9 * a.objective);
        end(&checked);
        end(&t);
    }
}

static void test_bad_entries_are_reported_as_in_memory(void **state)
{
    const scene *const s = *state;
    double *const entries = make_data(s);
    rlra_problem *problem;
    trial t;
    char message[512];
    entries[777] = NAN;
    entries[123456] = INFINITY;
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 2, dims, entries);
    assert_int_equal(rlra_file_write(s->context, s->path, 1, &(rlra_named_array){"x", &array}), RLRA_OK);
    assert_int_equal(rlra_problem_create(s->context, &problem), RLRA_OK);
    assert_int_equal(rlra_problem_add_dense(problem, &array, 1, NULL), RLRA_ERR_DATA);
    snprintf(message, sizeof message, "%s", rlra_context_message(s->context));
    assert_int_equal(begin(s->context, s->path, &t), RLRA_ERR_DATA);
    assert_string_equal(message, rlra_context_message(s->context));
    end(&t);
    rlra_problem_destroy(problem);
    free(entries);
}

static void test_what_needs_the_data_in_memory_is_refused(void **state)
{
    const scene *const s = *state;
    double *const entries = make_data(s);
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 2, dims, entries);
    trial t;
    assert_int_equal(begin(s->context, s->path, &t), RLRA_OK);
    assert_int_equal(rlra_problem_add_dense(t.problem, &array, 1, NULL), RLRA_ERR_UNSUPPORTED);
    assert_non_null(strstr(rlra_context_message(s->context), "must be the only term"));
    assert_int_equal(rlra_problem_add_stream(t.problem, t.stream, 1 << 20, 1, NULL), RLRA_ERR_UNSUPPORTED);
    t.options.init = "snpa";
    assert_int_equal(go(&t), RLRA_ERR_UNSUPPORTED);
    assert_non_null(strstr(rlra_context_message(s->context), "data in memory only"));
    t.options.init = "random";
    t.options.holdout = 0.1;
    assert_int_equal(go(&t), RLRA_ERR_UNSUPPORTED);
    assert_non_null(strstr(rlra_context_message(s->context), "raise `memory_limit`"));
    end(&t);
    free(entries);
}

static void test_every_failed_allocation_is_reported_and_nothing_leaks(void **state)
{
    const scene *const s = *state;
    rlra_status status = RLRA_ERR_MEMORY;
    free(make_data(s));
    for (long n = 1; status != RLRA_OK; n++) {
        meter m;
        trial t;
        rlra_context *const context = metered_context(&m);
        m.refuse = m.made + n;
        status = begin(context, s->path, &t);
        t.options.max_sweeps = 1;
        if (status == RLRA_OK)
            status = go(&t);
        CHECK(status == RLRA_OK || status == RLRA_ERR_MEMORY, "allocation %ld: %s", n, rlra_context_message(context));
        end(&t);
        rlra_context_destroy(context);
        assert_int_equal(m.alive, 0);
        assert_true(n < 1000 && (n > 5 || status != RLRA_OK));
    }
}

int main(void)
{
#define WITH_SCENE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_SCENE(test_entries_are_those_of_the_data_set),
        WITH_SCENE(test_what_does_not_lie_side_by_side_is_refused_with_what_to_do),
        WITH_SCENE(test_short_and_interrupted_reads_change_nothing),
        WITH_SCENE(test_a_file_that_goes_bad_ends_the_fit_with_the_best_point_so_far),
        WITH_SCENE(test_bad_entries_are_reported_as_in_memory),
        WITH_SCENE(test_what_needs_the_data_in_memory_is_refused),
        WITH_SCENE(test_every_failed_allocation_is_reported_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
