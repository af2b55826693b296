/* unit/io/choose.c: which file and which variable "FILE:NAME" means. */
#include "io/file.h"
#include "support.h"

#include <errno.h>

static void test_the_only_matrix_among_scalars_and_vectors_is_picked(void **state)
{
    rlra_dataset *const dataset = must_read(*state, DATA("single.mat"), RLRA_READ_AUTO);
    assert_string_equal(rlra_dataset_name(dataset), "Y");
    rlra_dataset_destroy(dataset);
    check_values(*state, DATA("single.mat"), "uint16", 2, SHAPE(6, 5));
}

static void test_several_variables_are_listed_with_shapes(void **state)
{
    check_refused(*state, DATA("types.npz"), RLRA_ERR_ARGUMENT, "bool (3 x 4 bool), i1 (3 x 4 int8)");
    check_refused(*state, DATA("types.npz"), RLRA_ERR_ARGUMENT, "holds 21");
    check_refused(*state, DATA("plain.mat"), RLRA_ERR_ARGUMENT, "several variables fit, pick one by FILE:NAME");
}

static void test_an_unknown_name_lists_what_there_is(void **state)
{
    check_refused(*state, DATA("single.mat:X"), RLRA_ERR_ARGUMENT, "no variable 'X'");
    check_refused(*state, DATA("single.mat:X"), RLRA_ERR_ARGUMENT, "Y (6 x 5 uint16)");
    check_refused(*state, DATA("plain.npy:Y"), RLRA_ERR_ARGUMENT, "one array without a name");
}

static void test_the_only_text_is_picked(void **state)
{
    check_text(*state, DATA("deflated.npz"), "a\nbc");
    char *text = NULL;
    place *const p = *state;
    assert_int_equal(rlra_text_read(p->context, DATA("plain.mat"), &text), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_text_read(p->context, DATA("types.npz"), &text), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_text_read(p->context, DATA("table.csv"), &text), RLRA_ERR_UNSUPPORTED);
    assert_null(text);
}

static void test_character_codes_are_read_as_text(void **state)
{
    place *const p = *state;
    const double codes[] = {'a', 'b', ' ', 'c', 0, 0};
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 2, SHAPE(2, 3), (void *)(uintptr_t)codes);
    char spec[300];
    assert_int_equal(rlra_file_write(p->context, at(p, "codes.mat"), 1, &(rlra_named_array){"names", &array}), RLRA_OK);
    snprintf(spec, sizeof spec, "%s:names", p->path);
    check_text(p, spec, "ab\nc");
}

static void test_file_names_may_hold_colons(void **state)
{
    place *const p = *state;
    const double one = 1;
    char spec[300];
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 1, SHAPE(1), (void *)(uintptr_t)&one);
    const rlra_named_array named[] = {{"W", &array}, {"H", &array}};
    assert_int_equal(rlra_file_write(p->context, at(p, "run:12:30.npz"), 2, named), RLRA_OK);
    snprintf(spec, sizeof spec, "%s:W", p->path);
    rlra_dataset_destroy(must_read(p, spec, RLRA_READ_AUTO));
    assert_int_equal(rlra_file_write(p->context, at(p, "run:12:30.npy"), 1, named), RLRA_OK);
    rlra_dataset_destroy(must_read(p, p->path, RLRA_READ_AUTO));
}

static void test_content_goes_before_the_ending(void **state)
{
    place *const p = *state;
    const double one = 1;
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 1, SHAPE(1), (void *)(uintptr_t)&one);
    char wrong[256];
    snprintf(wrong, sizeof wrong, "%s/really.csv", p->folder);
    assert_int_equal(rlra_file_write(p->context, at(p, "a.npy"), 1, &(rlra_named_array){"a", &array}), RLRA_OK);
    assert_int_equal(rename(p->path, wrong), 0);
    rlra_dataset *const dataset = must_read(p, wrong, RLRA_READ_AUTO);
    assert_string_equal(rlra_dataset_format(dataset), "npy");
    rlra_dataset_destroy(dataset);
}

static void test_what_is_no_file_is_refused(void **state)
{
    place *const p = *state;
    check_refused(p, "", RLRA_ERR_FILE, "cannot open ''");
    check_refused(p, at(p, "missing.npy"), RLRA_ERR_FILE, strerror(ENOENT));
    check_refused(p, "missing.npz:W", RLRA_ERR_FILE, "cannot open 'missing.npz:W'");
    check_refused(p, p->folder, RLRA_ERR_FILE, "is a directory");
    check_refused(p, "/dev/zero", RLRA_ERR_FILE, "not a regular file");
    put_file(at(p, "empty.npy"), "", 0);
    check_refused(p, p->path, RLRA_ERR_FORMAT, "is empty");
    assert_int_equal(mkfifo(at(p, "fifo"), 0600), 0);
    check_refused(p, p->path, RLRA_ERR_FILE, "not a regular file");
    put_file(at(p, "noise"), "\x01\x02\x03\x00\xff\xfe", 6);
    check_refused(p, p->path, RLRA_ERR_FORMAT, "is unknown, its first bytes are 01 02 03 00 ff fe");
    char *const endless = calloc(5001, 1);
    memset(endless, 'x', 5000);
    check_refused(p, endless, RLRA_ERR_ARGUMENT, "5000 bytes");
    free(endless);
}

static void test_missing_arguments_are_refused(void **state)
{
    place *const p = *state;
    rlra_dataset *dataset;
    char *text;
    assert_int_equal(rlra_dataset_read(p->context, NULL, NULL, &dataset), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_dataset_read(NULL, "x", NULL, &dataset), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_dataset_read(p->context, "x", NULL, NULL), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_text_read(p->context, NULL, &text), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_text_read(p->context, "x", NULL), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_file_list(p->context, "x", NULL, NULL, NULL), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_file_write(NULL, "x", 0, NULL), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_file_write_bytes(p->context, NULL, "", 0), RLRA_ERR_ARGUMENT);
    rlra_dataset_destroy(NULL);
}

static void test_variables_of_an_open_file_are_read_one_by_one(void **state)
{
    place *const p = *state;
    rlra_file *file = NULL;
    rlra_variable reported;
    char *text = NULL;
    int64_t count = 0;
    int read = 0;
    assert_int_equal(rlra_file_open(p->context, DATA("types.npz"), NULL, &file), RLRA_OK);
    assert_string_equal(rlra_file_format(file), "npz");
    for (; rlra_file_variable(file, count, &reported); count++) {
        rlra_dataset *dataset = NULL;
        assert_int_equal(rlra_file_read(file, reported.name, &dataset) == RLRA_OK, reported.numeric);
        assert_true(dataset == NULL || strcmp(rlra_dataset_name(dataset), reported.name) == 0);
        read += dataset != NULL;
        rlra_dataset_destroy(dataset);
    }
    assert_int_equal(count, 21);
    assert_true(read > 10);
    assert_false(rlra_file_variable(file, -1, &reported));
    assert_int_equal(rlra_file_text(file, "no such", &text), RLRA_ERR_ARGUMENT);
    rlra_file_close(file);
    assert_int_equal(rlra_file_open(p->context, DATA("types.npz:i1"), NULL, &file), RLRA_ERR_FILE);
    assert_null(file);
    assert_int_equal(rlra_file_open(p->context, DATA("deflated.npz"), NULL, &file), RLRA_OK);
    assert_int_equal(rlra_file_text(file, "", &text), RLRA_OK);
    rlra_file_close(file);
    assert_string_equal(text, "a\nbc");
    rlra_text_free(p->context, text);
}

/* What there was to note as the file was opened belongs to each of its variables. */
static void test_notes_on_an_open_file_come_with_each_read(void **state)
{
    place *const p = *state;
    const double values[] = {1, 2};
    rlra_file *file = NULL;
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 1, SHAPE(2), (void *)(uintptr_t)values);
    const rlra_named_array named[] = {{"/a", &array}, {"a", &array}, {"b.c", &array}};
    char wrong[256];
    snprintf(wrong, sizeof wrong, "%s/really.mat", p->folder);
    assert_int_equal(rlra_file_write(p->context, at(p, "a.npz"), 3, named), RLRA_OK);
    assert_int_equal(rename(p->path, wrong), 0);
    assert_int_equal(rlra_file_open(p->context, wrong, NULL, &file), RLRA_OK);
    for (int k = 0; k < 4; k++) {
        static const char *const asked[] = {"a", "/a", "b.c", "b"}, *const got[] = {"a", "/a", "b.c", "b.c"};
        rlra_dataset *dataset = NULL;
        assert_int_equal(rlra_file_read(file, asked[k], &dataset), RLRA_OK);
        assert_string_equal(rlra_dataset_name(dataset), got[k]);
        assert_non_null(strstr(rlra_dataset_note(dataset, 0), "although its name ends"));
        assert_null(rlra_dataset_note(dataset, 1));
        rlra_dataset_destroy(dataset);
    }
    rlra_file_close(file);
}

/* From an open file variables come in any order, and again after one that failed, as they come each from a file of its own. */
static void test_the_order_of_reads_does_not_matter(void **state)
{
    static const char *const paths[] = {
        DATA("structs_deflated.mat"), DATA("structs.mat"),    DATA("deflated.mat"), DATA("v4.mat"),
        DATA("octave.mat"),           DATA("parts_hand.npz"), DATA("types.npz"),    DATA("deflated.npz")};
    place *const p = *state;
    for (size_t f = 0; f < sizeof paths / sizeof paths[0]; f++) {
        rlra_file *file = NULL;
        rlra_variable reported;
        int64_t count = 0, read = 0;
        assert_int_equal(rlra_file_open(p->context, paths[f], NULL, &file), RLRA_OK);
        while (rlra_file_variable(file, count, &reported))
            count++;
        /* A step that has no divisor with the count goes through all of them. */
        for (int64_t k = 0, step = count > 3 ? count - 2 - count % 2 : 1; k < 3 * count; k++) {
            char spec[600];
            rlra_dataset *once = NULL, *again = NULL;
            assert_true(rlra_file_variable(file, k * step % count, &reported));
            snprintf(spec, sizeof spec, "%s:%s", paths[f], reported.name);
            const rlra_status status = rlra_file_read(file, reported.name, &again);
            assert_int_equal(rlra_dataset_read(p->context, spec, NULL, &once), status);
            if (status == RLRA_OK && rlra_dataset_array(once) != NULL) {
                const rlra_array *const a = rlra_dataset_array(once), *const b = rlra_dataset_array(again);
                assert_int_equal(rlra_array_count(a), rlra_array_count(b));
                assert_memory_equal(a->data, b->data, (size_t)(rlra_array_count(a) * rlra_dtype_bytes(a->dtype)));
                read++;
            }
            rlra_dataset_destroy(once);
            rlra_dataset_destroy(again);
        }
        assert_true(read > 1);
        rlra_file_close(file);
    }
}

/* Bytes that many variables share are counted; those of one that is asked for again and again are not. */
static void test_one_variable_is_read_as_often_as_one_likes(void **state)
{
    place *const p = *state;
    rlra_file *file;
    assert_int_equal(rlra_file_open(p->context, DATA("sets_v18.h5"), NULL, &file), RLRA_OK);
    rlra_dataset *dataset;
    assert_int_equal(rlra_file_read(file, "/gzip_rows", &dataset), RLRA_OK);
    rlra_dataset_destroy(dataset);
    const int64_t unpacked = file->in.container->unpacked, fetched = file->in.container->fetched;
    assert_true(unpacked > 0 && fetched > 0);
    for (int k = 0; k < 3; k++) {
        assert_int_equal(rlra_file_read(file, "/gzip_rows", &dataset), RLRA_OK);
        rlra_dataset_destroy(dataset);
        assert_true(file->in.container->unpacked == unpacked && file->in.container->fetched == fetched);
    }
    rlra_file_close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(test_the_only_matrix_among_scalars_and_vectors_is_picked),
        WITH_PLACE(test_several_variables_are_listed_with_shapes),
        WITH_PLACE(test_an_unknown_name_lists_what_there_is),
        WITH_PLACE(test_the_only_text_is_picked),
        WITH_PLACE(test_character_codes_are_read_as_text),
        WITH_PLACE(test_file_names_may_hold_colons),
        WITH_PLACE(test_content_goes_before_the_ending),
        WITH_PLACE(test_what_is_no_file_is_refused),
        WITH_PLACE(test_missing_arguments_are_refused),
        WITH_PLACE(test_variables_of_an_open_file_are_read_one_by_one),
        WITH_PLACE(test_notes_on_an_open_file_come_with_each_read),
        WITH_PLACE(test_the_order_of_reads_does_not_matter),
        WITH_PLACE(test_one_variable_is_read_as_often_as_one_likes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
