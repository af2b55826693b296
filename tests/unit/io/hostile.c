/* unit/io/hostile.c: headers that lie end in a message, never in a crash or a large allocation. */
#include "support.h"

/* More than any of these small files may ask for: 8 bytes for each byte that deflate could stand for, and buffers. */
#define MOST_BYTES (64 << 20)

static void *allocate_little(void *user, size_t bytes)
{
    size_t *const largest = user;
    if (bytes > *largest)
        *largest = bytes;
    return bytes > MOST_BYTES ? NULL : malloc(bytes);
}

static void release(void *user, void *memory)
{
    (void)user;
    free(memory);
}

static void refuse(place *p, const char *name, const void *bytes, size_t size, const char *part)
{
    size_t largest = 0;
    const rlra_allocator little = {allocate_little, release, &largest};
    rlra_context *const kept = p->context;
    assert_int_equal(rlra_context_create(&little, &p->context), RLRA_OK);
    put_file(at(p, name), bytes, size);
    check_refused(p, p->path, RLRA_ERR_FORMAT, part);
    rlra_context_destroy(p->context);
    p->context = kept;
    assert_true(largest <= MOST_BYTES);
}

static void refuse_npy(place *p, const char *dict, const char *part)
{
    char file[600];
    const size_t length = strlen(dict);
    memcpy(file, "\x93NUMPY\x01\x00", 8);
    file[8] = (char)(length & 255);
    file[9] = (char)(length >> 8);
    memcpy(file + 10, dict, length);
    memset(file + 10 + length, 0, 64);
    refuse(p, "h.npy", file, 10 + length + 64, part);
}

#define F8(shape) "{'descr': '<f8', 'fortran_order': False, 'shape': " shape ", }"

static void test_npy_with_too_large_a_shape_is_refused(void **state)
{
    refuse_npy(*state, F8("(9,)"), "announces 9 entries of 8 bytes");
    refuse_npy(*state, F8("(1000000000000,)"), "announces");
    refuse_npy(*state, F8("(900000000000000000, 900000000000000000)"), "announces");
    refuse_npy(*state, F8("(4294967296, 4294967296)"), "announces");
    refuse_npy(*state, F8("(0, 900000000000000000, 4)"), "announces");
    refuse_npy(*state, F8("(99999999999999999999,)"), "no shape");
    refuse_npy(*state, F8("(-1, 3)"), "no shape");
    refuse_npy(*state, F8("(1,1,1,1,1,1,1,1,1)"), "more than 8 modes");
}

static void test_npy_with_a_broken_header_is_refused(void **state)
{
    place *const p = *state;
    refuse_npy(p, "", "does not begin with '{'");
    refuse_npy(p, "{", "no list of keys");
    refuse_npy(p, "{'descr': '<f8'}", "lacks");
    refuse_npy(p, "{'descr': [('a', '<f8'", "no type in 'descr'");
    refuse_npy(p, "{'descr': '<f8', 'fortran_order': 1, 'shape': ()}", "neither True nor False");
    refuse_npy(p, "{'descr': '<f8', 'fortran_order': True, 'shape': 3}", "no shape");
    refuse_npy(p, "{'descr': '<f8', 'fortran_order': True, 'shape': (3,), 'extra': 1}", "unknown key");
    refuse_npy(p, "{'descr': '<f8", "no type in 'descr'");
    refuse(p, "h.npy", "\x93NUMPY", 6, "too short");
    refuse(p, "h.npy", "\x93NUMPY\x09\x00\x10\x00{}", 12, "version 9");
    refuse(p, "h.npy", "\x93NUMPY\x02\x00\xff\xff\xff\xff{}", 14, "header of 4294967295 bytes");
    refuse(p, "h.npy", "\x93NUMPY\x01\x00\x40\x00{}", 12, "header of 64 bytes");
}

static void test_npy_deep_nesting_is_refused(void **state)
{
    place *const p = *state;
    const size_t length = 60000;
    char *const file = malloc(length + 20);
    memcpy(file, "\x93NUMPY\x01\x00", 8);
    file[8] = (char)(length & 255);
    file[9] = (char)(length >> 8);
    memcpy(file + 10, "{'descr': ", 10);
    memset(file + 20, '[', length - 10);
    refuse(p, "h.npy", file, length + 10, "no type in 'descr'");
    free(file);
}

/* Read a sample file, change bytes at `where`, refuse it. */
static void refuse_changed(place *p, const char *sample, size_t where, const void *bytes, size_t size, size_t cut,
                           const char *part)
{
    char content[20000];
    FILE *const file = fopen(sample, "rb");
    assert_non_null(file);
    const size_t length = fread(content, 1, sizeof content, file);
    fclose(file);
    memcpy(content + where, bytes, size);
    refuse(p, strrchr(sample, '/') + 1, content, cut == 0 ? length : cut, part);
}

static void test_truncated_files_are_refused(void **state)
{
    refuse_changed(*state, DATA("plain.npy"), 0, "", 0, 223, "announces 3 x 4 entries of 8 bytes");
    refuse_changed(*state, DATA("deflated.npz"), 0, "", 0, 300, "zip archive");
    refuse_changed(*state, DATA("big_endian.mat"), 0, "", 0, 200, "longer than the whole");
    refuse_changed(*state, DATA("deflated.mat"), 0, "", 0, 500, "longer than the whole");
    refuse_changed(*state, DATA("plain.h5"), 0, "", 0, 2000, "is truncated: it says that it has 14960 bytes");
    refuse_changed(*state, DATA("v73.mat"), 0, "", 0, 3000, "is truncated: it says that it has");
}

static void test_damaged_npz_is_refused_by_its_checksum(void **state)
{
    place *const p = *state;
    double memory[6] = {1, 2, 3, 4, 5, 6};
    char content[1000];
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 1, SHAPE(6), memory);
    assert_int_equal(rlra_file_write(p->context, at(p, "a.npz"), 1, &(rlra_named_array){"a", &array}), RLRA_OK);
    FILE *const file = fopen(p->path, "rb");
    const size_t length = fread(content, 1, sizeof content, file);
    fclose(file);
    size_t where = 0;
    while (where + sizeof memory < length && memcmp(content + where, memory, sizeof memory) != 0)
        where++;
    assert_true(where + sizeof memory < length);
    content[where + 20] ^= 1;
    refuse(p, "a.npz", content, length, "damaged");
}

static void test_mat_with_too_large_dimensions_is_refused(void **state)
{
    place *const p = *state;
    refuse_changed(p, DATA("big_endian.mat"), 160, "\x7f\xff\xff\xff\x7f\xff\xff\xff", 8, 0, "announces");
    refuse_changed(p, DATA("big_endian.mat"), 160, "\xff\xff\xff\xff", 4, 0, "negative");
    refuse_changed(p, DATA("big_endian.mat"), 132, "\x7f\xff\xff\xff", 4, 0, "longer than the whole");
    refuse_changed(p, DATA("big_endian.mat"), 156, "\x00\x00\x00\x04", 4, 0, "list of integers");
    refuse_changed(p, DATA("big_endian.mat"), 136, "\x00\x00\x00\x05", 4, 0, "flags");
}

static void write_envi(place *p, const char *header)
{
    put_file(at(p, "c.bsq"), "0123456789abcdef", 16);
    put_file(at(p, "c.hdr"), header, strlen(header));
}

static void refuse_envi(place *p, const char *header, rlra_status status, const char *part)
{
    write_envi(p, header);
    check_refused(p, p->path, status, part);
}

#define ENVI(fields) "ENVI\nsamples = 2\nlines = 2\nbands = 2\ndata type = 12\ninterleave = bsq\n" fields

static void test_envi_headers_that_lie_are_refused(void **state)
{
    place *const p = *state;
    refuse_envi(p, ENVI("bands = 3\n"), RLRA_ERR_FORMAT, "announces 2 x 2 x 3 entries of 2 bytes");
    refuse_envi(p, ENVI("header offset = 1\n"), RLRA_ERR_FORMAT, "announces");
    refuse_envi(p, ENVI("header offset = 99999999999999999\n"), RLRA_ERR_FORMAT, "announces");
    refuse_envi(p, ENVI("lines = 99999999999999999\nbands = 99999999999999999\n"), RLRA_ERR_FORMAT, "announces");
    refuse_envi(p, ENVI("lines = 999999999999999999999\n"), RLRA_ERR_FORMAT, "lines is '999999999999999999999'");
    refuse_envi(p, ENVI("lines = -2\n"), RLRA_ERR_FORMAT, "expected a count");
    refuse_envi(p, ENVI("data type = 6\n"), RLRA_ERR_UNSUPPORTED, "data type 6");
    refuse_envi(p, ENVI("data type = 99999\n"), RLRA_ERR_UNSUPPORTED, "data type 99999");
    refuse_envi(p, ENVI("interleave = tile\n"), RLRA_ERR_FORMAT, "expected bsq, bil or bip");
    refuse_envi(p, ENVI("byte order = 2\n"), RLRA_ERR_FORMAT, "byte order is 2");
    refuse_envi(p, ENVI("file compression = 1\n"), RLRA_ERR_UNSUPPORTED, "unpack the data file, and write 0");
    refuse_envi(p, "ENVI\nwavelength = { 1, 2", RLRA_ERR_FORMAT, "line 2: the brace of wavelength is not closed");
    write_envi(p, ENVI(""));
    unlink(at(p, "c.bsq"));
    check_refused(p, at(p, "c.hdr"), RLRA_ERR_FILE, "no data file");
}

/* Whether a file lists a variable of this name as something without numbers that is `stored` so. */
typedef struct reported {
    const char *name, *stored;
    int found, numeric;
} reported;

static void find_variable(void *user, const rlra_variable *variable)
{
    reported *const t = user;
    if (strcmp(variable->name, t->name) != 0)
        return;
    t->found = strcmp(variable->dtype, t->stored) == 0;
    t->numeric = variable->numeric;
}

/* A stranger's file must not hold the bytes of others: only its own bytes are read, and what is left out is reported. */
static void test_hdf5_that_leads_elsewhere_is_refused_by_name(void **state)
{
    static const char *const cases[][2] = {
        {"/outside", "data of other files"},
        {"/virtual", "virtual data of other files"},
        {"/linked", "link to another file"},
        {"/sparse", "damaged sparse"},
        {"/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g/g", "not looked into: too deep"},
    };
    place *const p = *state;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char spec[300];
        reported t = {cases[k][0], cases[k][1], 0, 0};
        assert_int_equal(rlra_file_list(p->context, DATA("elsewhere.h5"), NULL, find_variable, &t), RLRA_OK);
        assert_true(t.found && !t.numeric);
        rlra_dataset *dataset;
        snprintf(spec, sizeof spec, "%s:%s", DATA("elsewhere.h5"), cases[k][0]);
        assert_int_not_equal(rlra_dataset_read(p->context, spec, NULL, &dataset), RLRA_OK);
    }
    check_refused(p, DATA("elsewhere.h5:/linked"), RLRA_ERR_ARGUMENT,
                  "is a link to another file, which is not followed");
    rlra_dataset_destroy(must_read(p, DATA("elsewhere.h5"), RLRA_READ_F64)); /* its own, and the only one */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(test_npy_with_too_large_a_shape_is_refused),
        WITH_PLACE(test_npy_with_a_broken_header_is_refused),
        WITH_PLACE(test_npy_deep_nesting_is_refused),
        WITH_PLACE(test_truncated_files_are_refused),
        WITH_PLACE(test_damaged_npz_is_refused_by_its_checksum),
        WITH_PLACE(test_mat_with_too_large_dimensions_is_refused),
        WITH_PLACE(test_envi_headers_that_lie_are_refused),
        WITH_PLACE(test_hdf5_that_leads_elsewhere_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
