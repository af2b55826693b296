/* unit/io/readers.c: files made by NumPy, SciPy and h5py (data/io/make.py) are read as what they are. */
#include "support.h"

static void test_npy_of_every_type_and_byte_order_is_read(void **state)
{
    static const char *const types[][2] = {
        {"bool", "bool"},     {"i1", "int8"},       {"u1", "uint8"},     {"le_i2", "int16"},   {"le_i4", "int32"},
        {"le_i8", "int64"},   {"le_u2", "uint16"},  {"le_u4", "uint32"}, {"le_u8", "uint64"},  {"le_f2", "float16"},
        {"le_f4", "float32"}, {"le_f8", "float64"}, {"be_i2", "int16"},  {"be_i4", "int32"},   {"be_i8", "int64"},
        {"be_u2", "uint16"},  {"be_u4", "uint32"},  {"be_u8", "uint64"}, {"be_f2", "float16"}, {"be_f4", "float32"},
        {"be_f8", "float64"},
    };
    for (size_t k = 0; k < sizeof types / sizeof types[0]; k++) {
        char spec[512];
        snprintf(spec, sizeof spec, "%s:%s", DATA("types.npz"), types[k][0]);
        check_values(*state, spec, types[k][1], 2, SHAPE(3, 4));
    }
}

static void test_npy_layouts_and_versions_are_read(void **state)
{
    check_values(*state, DATA("plain.npy"), "float64", 2, SHAPE(3, 4));
    check_values(*state, DATA("fortran.npy"), "float32", 3, SHAPE(3, 4, 2));
    check_values(*state, DATA("scalar.npy"), "int32", 1, SHAPE(1));
    check_values(*state, DATA("empty.npy"), "float64", 2, SHAPE(0, 5));
    check_values(*state, DATA("version2.npy"), "uint16", 1, SHAPE(5));
    check_values(*state, DATA("version3.npy"), "uint16", 1, SHAPE(5));
}

static void test_fortran_order_keeps_its_memory(void **state)
{
    rlra_dataset *const dataset = must_read(*state, DATA("fortran.npy"), RLRA_READ_AUTO);
    const rlra_array *const array = rlra_dataset_array(dataset);
    assert_int_equal(array->strides[0], 1);
    assert_int_equal(array->strides[1], 3);
    assert_int_equal(array->strides[2], 12);
    assert_string_equal(rlra_dataset_format(dataset), "npy");
    assert_string_equal(rlra_dataset_name(dataset), "");
    rlra_dataset_destroy(dataset);
}

static void test_npy_without_numbers_is_refused(void **state)
{
    check_refused(*state, DATA("structured.npy"), RLRA_ERR_ARGUMENT, "structured");
    check_refused(*state, DATA("text.npy"), RLRA_ERR_ARGUMENT, "text");
    check_text(*state, DATA("text.npy"), "tree\nwater\ncaf\xc3\xa9");
}

static void test_deflated_npz_is_read(void **state)
{
    check_values(*state, DATA("deflated.npz"), "float64", 2, SHAPE(20, 30));
    check_values(*state, DATA("deflated.npz:Y"), "float64", 2, SHAPE(20, 30));
    check_text(*state, DATA("deflated.npz"), "a\nbc");
}

static void test_zip_without_arrays_is_refused(void **state)
{
    check_refused(*state, DATA("other.zip"), RLRA_ERR_FORMAT, "is a zip archive without arrays of NumPy");
}

static void check_mat(place *p, const char *file)
{
    static const struct {
        const char *name, *stored;
        int order;
        int64_t dims[3];
    } arrays[] = {{"Y", "uint16", 2, {6, 5}}, {"X", "float32", 3, {3, 4, 2}}, {"flags", "bool", 2, {1, 4}}};
    char spec[512];
    for (size_t k = 0; k < sizeof arrays / sizeof arrays[0]; k++) {
        snprintf(spec, sizeof spec, "%s:%s", file, arrays[k].name);
        check_values(p, spec, arrays[k].stored, arrays[k].order, arrays[k].dims);
    }
    snprintf(spec, sizeof spec, "%s:title", file);
    check_text(p, spec, "one line");
}

static void test_mat_plain_and_compressed_are_read(void **state)
{
    check_mat(*state, DATA("plain.mat"));
    check_mat(*state, DATA("deflated.mat"));
    check_values(*state, DATA("big_endian.mat"), "int16", 2, SHAPE(3, 4));
}

static void test_mat_doubles_stored_as_small_integers_are_doubles(void **state)
{
    rlra_dataset *const dataset = must_read(*state, DATA("deflated.mat:whole"), RLRA_READ_AUTO);
    const rlra_array *const array = rlra_dataset_array(dataset);
    assert_string_equal(rlra_dataset_stored_dtype(dataset), "float64");
    assert_string_equal(rlra_dataset_format(dataset), "mat");
    assert_string_equal(rlra_dataset_name(dataset), "whole");
    for (int64_t i = 0; i < 6; i++)
        assert_true(entry_of(array, i) == (double)i);
    rlra_dataset_destroy(dataset);
}

static void test_mat_text_is_read_by_lines(void **state)
{
    check_text(*state, DATA("plain.mat:names"), "tree\n\ncaf\xc3\xa9");
    check_text(*state, DATA("deflated.mat:names"), "tree\n\ncaf\xc3\xa9");
    check_text(*state, DATA("plain.mat:rows"), "ab\ncde");
}

static void test_mat_without_real_numbers_is_refused(void **state)
{
    place *const p = *state;
    char *text = NULL;
    check_refused(p, DATA("plain.mat:complex"), RLRA_ERR_FORMAT, "complex");
    check_refused(p, DATA("plain.mat:title"), RLRA_ERR_FORMAT, "text");
    assert_int_equal(rlra_text_read(p->context, DATA("plain.mat:mixed"), &text), RLRA_ERR_FORMAT);
    assert_null(text);
    assert_int_equal(rlra_text_read(p->context, DATA("plain.mat:record"), &text), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_text_read(p->context, DATA("plain.mat:X"), &text), RLRA_ERR_ARGUMENT);
}

static void test_mat73_is_read(void **state)
{
    place *const p = *state;
    check_mat(p, DATA("v73.mat"));
    check_text(p, DATA("v73.mat:names"), "tree\nwater\ncaf\xc3\xa9");
    check_refused(p, DATA("v73.mat:none"), RLRA_ERR_FORMAT, "empty");
    rlra_dataset *const dataset = must_read(p, DATA("v73.mat:X"), RLRA_READ_AUTO);
    assert_string_equal(rlra_dataset_format(dataset), "mat73");
    rlra_dataset_destroy(dataset);
}

static void test_hdf5_is_read_by_path(void **state)
{
    check_values(*state, DATA("plain.h5:/x"), "float64", 2, SHAPE(3, 4));
    check_values(*state, DATA("plain.h5:x"), "float64", 2, SHAPE(3, 4));
    check_values(*state, DATA("plain.h5:/group/big"), "int32", 2, SHAPE(3, 4));
    check_values(*state, DATA("plain.h5:group/deep/half"), "float16", 2, SHAPE(3, 4));
    check_values(*state, DATA("plain.h5:/group/bool"), "bool", 1, SHAPE(4));
    check_text(*state, DATA("plain.h5:names"), "tree\nwater\ncaf\xc3\xa9");
    check_text(*state, DATA("plain.h5:fixed"), "ab\ncde");
    check_refused(*state, DATA("plain.h5:complex"), RLRA_ERR_FORMAT, "compound");
    check_refused(*state, DATA("plain.h5:/nothing"), RLRA_ERR_ARGUMENT, "/group/big (3 x 4 int32)");
}

static void count(void *user, const rlra_variable *variable)
{
    int *const counts = user;
    counts[0]++;
    counts[1] += variable->numeric;
}

static void test_hdf5_rings_are_listed_once(void **state)
{
    place *const p = *state;
    int counts[2] = {0};
    assert_int_equal(rlra_file_list(p->context, DATA("plain.h5"), NULL, count, counts), RLRA_OK);
    assert_int_equal(counts[0], 9);
    assert_int_equal(counts[1], 6);
}

static void read_again(void *user, const rlra_variable *variable)
{
    place *const p = user;
    char spec[512];
    snprintf(spec, sizeof spec, "%s:%s", DATA("plain.h5"), variable->name);
    if (variable->numeric)
        rlra_dataset_destroy(must_read(p, spec, RLRA_READ_AUTO));
}

static void test_callback_of_a_listing_may_read(void **state)
{
    place *const p = *state;
    assert_int_equal(rlra_file_list(p->context, DATA("plain.h5"), NULL, read_again, p), RLRA_OK);
}

static void test_envi_interleaves_are_read_from_either_file(void **state)
{
    check_values(*state, DATA("cube_bsq.hdr"), "uint16", 3, SHAPE(3, 4, 2));
    check_values(*state, DATA("cube_bil.hdr"), "int16", 3, SHAPE(3, 4, 2));
    check_values(*state, DATA("cube_bip.hdr"), "float32", 3, SHAPE(3, 4, 2));
    check_values(*state, DATA("cube_bsq.img"), "uint16", 3, SHAPE(3, 4, 2));
    check_values(*state, DATA("cube_bip.img"), "float32", 3, SHAPE(3, 4, 2));
}

static void test_envi_fields_are_attributes(void **state)
{
    rlra_dataset *const dataset = must_read(*state, DATA("cube_bil.img"), RLRA_READ_AUTO);
    assert_string_equal(rlra_dataset_attribute(dataset, "wavelength"), "400.5,  812.25");
    assert_string_equal(rlra_dataset_attribute(dataset, "wavelength units"), "Nanometers");
    assert_string_equal(rlra_dataset_attribute(dataset, "description"), "made by NumPy");
    assert_null(rlra_dataset_attribute(dataset, "map info"));
    assert_string_equal(rlra_dataset_format(dataset), "envi");
    rlra_dataset_destroy(dataset);
}

static void test_tables_are_read(void **state)
{
    rlra_dataset *const dataset = must_read(*state, DATA("table.csv"), RLRA_READ_AUTO);
    assert_string_equal(rlra_dataset_label(dataset, 1, 0), "time");
    assert_string_equal(rlra_dataset_label(dataset, 1, 1), "b, c");
    assert_string_equal(rlra_dataset_label(dataset, 1, 2), "d");
    rlra_dataset_destroy(dataset);
    check_values(*state, DATA("table.csv"), "decimal", 2, SHAPE(4, 3));
    check_values(*state, DATA("blanks.txt"), "decimal", 2, SHAPE(4, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(test_npy_of_every_type_and_byte_order_is_read),
        WITH_PLACE(test_npy_layouts_and_versions_are_read),
        WITH_PLACE(test_fortran_order_keeps_its_memory),
        WITH_PLACE(test_npy_without_numbers_is_refused),
        WITH_PLACE(test_deflated_npz_is_read),
        WITH_PLACE(test_zip_without_arrays_is_refused),
        WITH_PLACE(test_mat_plain_and_compressed_are_read),
        WITH_PLACE(test_mat_doubles_stored_as_small_integers_are_doubles),
        WITH_PLACE(test_mat_text_is_read_by_lines),
        WITH_PLACE(test_mat_without_real_numbers_is_refused),
        WITH_PLACE(test_mat73_is_read),
        WITH_PLACE(test_hdf5_is_read_by_path),
        WITH_PLACE(test_hdf5_rings_are_listed_once),
        WITH_PLACE(test_callback_of_a_listing_may_read),
        WITH_PLACE(test_envi_interleaves_are_read_from_either_file),
        WITH_PLACE(test_envi_fields_are_attributes),
        WITH_PLACE(test_tables_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
