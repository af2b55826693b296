/* unit/io/hdf5_sets.c: data sets of HDF5 in every layout, by every index of chunks, through every filter. */
#include "support.h"

static void check(place *p, const char *spec, const char *stored, int order, const int64_t *dims)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", RLRA_TEST_DATA, spec);
    check_values(p, path, stored, order, dims);
}

static void test_layouts_of_all_versions_are_read(void **state)
{
    place *const p = *state;
    check(p, "sets_v18.h5:/contiguous", "float64", 2, SHAPE(3, 4));
    check(p, "sets_v18.h5:/compact", "int16", 2, SHAPE(3, 4));
    check(p, "sets_v18.h5:/big", "uint16", 1, SHAPE(5));
    check(p, "sets_v18.h5:/half", "float16", 1, SHAPE(5));
    check(p, "sets_v18.h5:/scalar", "float64", 1, SHAPE(1));
    check(p, "sets_v18.h5:/empty", "float64", 2, SHAPE(0, 3));
}

static void test_chunks_in_btrees_are_read(void **state)
{
    place *const p = *state;
    check(p, "sets_v18.h5:/chunked", "float64", 2, SHAPE(7, 5));
    check(p, "sets_v18.h5:/gzip", "float32", 2, SHAPE(7, 5));
    check(p, "sets_v18.h5:/gzip_rows", "float64", 2, SHAPE(6, 5));
    check(p, "sets_v18.h5:/lzf", "int32", 2, SHAPE(40, 5));
    check(p, "sets_v18.h5:/cube", "float32", 3, SHAPE(3, 4, 5));
    check(p, "sets_v18.h5:/fifth", "int64", 5, SHAPE(2, 3, 2, 3, 2));
    check(p, "sets_v18.h5:/bool", "bool", 2, SHAPE(3, 3));
    check(p, "sets_v110.h5:/tree", "float64", 2, SHAPE(5, 4));
    check(p, "sets_v110.h5:/tree_gzip", "int16", 2, SHAPE(30, 40));
    check(p, "sets_v200.h5:/tree_gzip", "float64", 2, SHAPE(5, 4));
}

static void test_chunks_in_arrays_are_read(void **state)
{
    place *const p = *state;
    check(p, "sets_v110.h5:/single", "float64", 2, SHAPE(3, 4));
    check(p, "sets_v110.h5:/single_gzip", "float64", 2, SHAPE(3, 4));
    check(p, "sets_v110.h5:/implicit", "float64", 2, SHAPE(5, 4));
    check(p, "sets_v110.h5:/fixed", "float64", 2, SHAPE(5, 4));
    check(p, "sets_v110.h5:/fixed_gzip", "float64", 2, SHAPE(5, 4));
    check(p, "sets_v110.h5:/fixed_edges", "float64", 2, SHAPE(5, 4));
    check(p, "sets_v110.h5:/grows", "uint8", 1, SHAPE(300));
    check(p, "sets_v110.h5:/grows_second", "float32", 2, SHAPE(3, 7));
    check(p, "sets_v110.h5:/grows_gzip", "float32", 2, SHAPE(7, 3));
    check(p, "sets_v200.h5:/single_gzip", "float64", 2, SHAPE(3, 4));
    check(p, "sets_v200.h5:/fixed_gzip", "float64", 2, SHAPE(5, 4));
}

/* Entries before `written` or behind it are as in the formula, the others are `fill`. */
static void check_part(place *p, const char *spec, const char *stored, int64_t begin, int64_t end, double fill)
{
    for (rlra_read_dtype dtype = RLRA_READ_F32; dtype <= RLRA_READ_F64; dtype++) {
        rlra_dataset *const dataset = must_read(p, spec, dtype);
        const rlra_array *const array = rlra_dataset_array(dataset);
        for (int64_t i = 0; i < rlra_array_count(array); i++)
            assert_true(entry_of(array, i) == (i >= begin && i < end ? value_of(stored, i) : fill));
        rlra_dataset_destroy(dataset);
    }
}

static void test_entries_that_were_never_written_are_the_fill_value(void **state)
{
    place *const p = *state;
    check_part(p, DATA("sets_v18.h5:/part"), "float64", 0, 10, -3);
    check_part(p, DATA("sets_v18.h5:/unwritten"), "int32", 0, 0, -3);
    check_part(p, DATA("sets_v110.h5:/fixed_paged"), "uint8", 2040, 2100, 0);
}

static void test_numbers_of_odd_widths_are_what_they_mean(void **state)
{
    place *const p = *state;
    check(p, "sets_odd.h5:/low12", "int16", 2, SHAPE(4, 5));
    check(p, "sets_odd.h5:/high12", "int16", 2, SHAPE(4, 5));
    check(p, "sets_odd.h5:/middle", "uint32", 2, SHAPE(4, 5));
    check(p, "sets_odd.h5:/bfloat16", "float16", 2, SHAPE(4, 5));
}

static void test_strings_are_read_with_any_padding(void **state)
{
    static const char words[] = "tree\n\ncaf\xc3\xa9\nwater";
    place *const p = *state;
    check_text(p, DATA("sets_text.h5:/variable"), words);
    check_text(p, DATA("sets_text.h5:/packed"), words);
    check_text(p, DATA("sets_text.h5:/zeros"), words);
    check_text(p, DATA("sets_text.h5:/blanks"), words);
}

static void test_what_is_no_number_is_refused_by_its_kind(void **state)
{
    place *const p = *state;
    check_refused(p, DATA("sets_v18.h5:/null"), RLRA_ERR_FORMAT, "holds empty, expected real numbers");
    check_refused(p, DATA("sets_text.h5:/refs"), RLRA_ERR_FORMAT, "holds reference, expected real numbers");
}

/* A copy of a sample with one byte changed. */
static void change(place *p, const char *sample, const unsigned char *bytes, size_t size, size_t where)
{
    unsigned char *const changed = malloc(size);
    memcpy(changed, bytes, size);
    changed[where] ^= 0xff;
    put_file(at(p, sample), changed, size);
    free(changed);
}

static void count_variable(void *user, const rlra_variable *variable)
{
    (void)variable;
    ++*(int *)user;
}

/* Every byte of a small file in turn is another one: each data set is read, or refused with a sentence. */
static void test_no_byte_that_is_wrong_does_harm(void **state)
{
    static const char *const names[] = {"/single_gzip", "/fixed_gzip", "/tree_gzip"};
    place *const p = *state;
    unsigned char bytes[8192];
    char spec[400];
    int reported = 0, refused = 0;
    FILE *const file = fopen(DATA("sets_v200.h5"), "rb");
    assert_non_null(file);
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_in_range(size, 1000, sizeof bytes - 1);
    for (size_t where = 0; where < size; where++) {
        change(p, "changed.h5", bytes, size, where);
        rlra_file_list(p->context, p->path, NULL, count_variable, &reported);
        for (int k = 0; k < 3; k++) {
            rlra_dataset *dataset = NULL;
            snprintf(spec, sizeof spec, "%s:%s", p->path, names[k]);
            const rlra_status status = rlra_dataset_read(p->context, spec, NULL, &dataset);
            assert_true(status == RLRA_OK || rlra_context_message(p->context)[0] != '\0');
            refused += status != RLRA_OK;
            rlra_dataset_destroy(dataset);
        }
    }
    assert_true(reported > 0 && refused > 0);
}

/* What checksums cover is refused wherever it is wrong: here the array of chunks and their unpacked bytes. */
static void test_damage_under_a_checksum_is_reported(void **state)
{
    static const char *const marks[] = {"FAHD", "FADB", "BTHD", "BTLF"};
    place *const p = *state;
    unsigned char bytes[8192];
    char spec[400];
    FILE *const file = fopen(DATA("sets_v200.h5"), "rb");
    assert_non_null(file);
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (int k = 0; k < 4; k++) {
        size_t where = 0;
        while (where + 4 < size && memcmp(bytes + where, marks[k], 4) != 0)
            where++;
        assert_true(where + 20 < size);
        change(p, "changed.h5", bytes, size, where + 12);
        snprintf(spec, sizeof spec, "%s:%s", p->path, k < 2 ? "/fixed_gzip" : "/tree_gzip");
        check_refused(p, spec, RLRA_ERR_FORMAT, "is damaged: ");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(test_layouts_of_all_versions_are_read),
        WITH_PLACE(test_chunks_in_btrees_are_read),
        WITH_PLACE(test_chunks_in_arrays_are_read),
        WITH_PLACE(test_entries_that_were_never_written_are_the_fill_value),
        WITH_PLACE(test_numbers_of_odd_widths_are_what_they_mean),
        WITH_PLACE(test_strings_are_read_with_any_padding),
        WITH_PLACE(test_what_is_no_number_is_refused_by_its_kind),
        WITH_PLACE(test_no_byte_that_is_wrong_does_harm),
        WITH_PLACE(test_damage_under_a_checksum_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
