/* unit/io/envi.c: scenes of ENVI: which files belong together, what headers must hold, what numbers mean. */
#include "io/stream.h"
#include "rlra/stream.h"
#include "unit/io/support.h"

/* A header of 3 lines, 4 samples, 2 bands of a type; `more` are further lines. */
static void put_header(place *p, const char *name, int type, const char *interleave, const char *more)
{
    char text[2000];
    snprintf(text, sizeof text,
             "ENVI\nsamples = 4\nlines = 3\nbands = 2\ndata type = %d\ninterleave = %s\nbyte order = 0\n%s", type,
             interleave, more);
    put_file(at(p, name), text, strlen(text));
}

/* 24 numbers of 16 bits, number i being 10 i. */
static void put_shorts(place *p, const char *name, size_t bytes)
{
    int16_t numbers[64];
    for (int i = 0; i < 64; i++)
        numbers[i] = (int16_t)(10 * i);
    put_file(at(p, name), numbers, bytes);
}

static const char *note_of(const rlra_dataset *dataset, const char *part)
{
    for (int k = 0; rlra_dataset_note(dataset, k) != NULL; k++)
        if (strstr(rlra_dataset_note(dataset, k), part) != NULL)
            return rlra_dataset_note(dataset, k);
    return NULL;
}

static int count_notes(const rlra_dataset *dataset)
{
    int count = 0;
    while (rlra_dataset_note(dataset, count) != NULL)
        count++;
    return count;
}

static void test_pairs_are_found_by_stem_and_size(void **state)
{
    static const char *const pairs[][2] = {
        {"scene.hdr", "scene.img"},     {"SCENE.HDR", "SCENE.BSQ"}, {"scene.HDR", "scene.dat"},
        {"Scene.Hdr", "Scene.Raw"},     {"scene.hdr", "SCENE.IMG"}, {"scene.img.hdr", "scene.img"},
        {"scene.dat.HDR", "scene.dat"}, {"scene.hdr", "scene"},     {"v1.2.hdr", "v1.2.bil"},
        {"scene.hdr", "scene.refl"},    {"a.rfl.hdr", "a.rfl"},
    };
    place *const p = *state;
    for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++)
        for (int data_named = 0; data_named < 2; data_named++) {
            put_header(p, pairs[k][0], 2, "bip", "");
            put_shorts(p, pairs[k][1], 48);
            put_shorts(p, "scene.csv", 20);
            put_shorts(p, "scene.img.aux.xml", 48);
            rlra_dataset *const dataset = must_read(p, at(p, pairs[k][data_named]), RLRA_READ_AUTO);
            assert_string_equal(rlra_dataset_format(dataset), "envi");
            assert_int_equal(rlra_dataset_array(dataset)->dims[2], 2);
            assert_true(entry_of(rlra_dataset_array(dataset), 23) == 230);
            assert_int_equal(count_notes(dataset), 0);
            rlra_dataset_destroy(dataset);
            empty_folder(p);
        }
}

static void test_the_size_decides_between_files_of_one_stem(void **state)
{
    place *const p = *state;
    put_header(p, "scene.hdr", 2, "bsq", "");
    put_shorts(p, "scene.bsq", 40);
    put_shorts(p, "scene.dat", 48);
    put_shorts(p, "scene.quick", 48);
    rlra_dataset_destroy(must_read(p, at(p, "scene.hdr"), RLRA_READ_AUTO));
    put_shorts(p, "scene.img", 48);
    check_refused(p, at(p, "scene.hdr"), RLRA_ERR_FILE, "several beside it have the 48 bytes that it announces");
    rlra_dataset_destroy(must_read(p, at(p, "scene.img"), RLRA_READ_AUTO));
}

static void test_other_files_beside_a_header_are_what_they_are(void **state)
{
    static const struct {
        const char *name, *text, *format;
    } files[] = {
        {"scene.csv", "1,2\n3,4\n", "csv"},
        {"scene.txt", "1 2\n3 4\n", "csv"},
        {"scene.tsv", "1\t2\n3\t4\n", "csv"},
        {"scene.dat", "1,2\n3,4\n", "csv"},
        {"scene", "1,2\n3,4\n", "csv"},
        {"scene.CSV", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,191\n",
         "csv"}, /* 48 bytes, as the header announces */
        {"scene.mtx", "%%MatrixMarket matrix array real general\n1 1\n5\n", "mtx"},
        {"scene.tns", "1 1 5\n2 2 1\n", "tns"},
    };
    place *const p = *state;
    put_header(p, "scene.hdr", 2, "bsq", "");
    put_shorts(p, "scene.img", 48);
    for (size_t k = 0; k < sizeof files / sizeof files[0]; k++) {
        put_file(at(p, files[k].name), files[k].text, strlen(files[k].text));
        rlra_dataset *const dataset = must_read(p, p->path, RLRA_READ_AUTO);
        assert_string_equal(rlra_dataset_format(dataset), files[k].format);
        rlra_dataset_destroy(dataset);
    }
    rlra_dataset_destroy(must_read(p, at(p, "scene.hdr"), RLRA_READ_AUTO));
}

static void test_a_wrong_size_is_reported_with_both_numbers(void **state)
{
    place *const p = *state;
    put_header(p, "scene.hdr", 2, "bsq", "header offset = 4\n");
    put_shorts(p, "scene.img", 50);
    check_refused(p, at(p, "scene.hdr"), RLRA_ERR_FORMAT,
                  "announces 3 x 4 x 2 entries of 2 bytes, 52 with its offset of 4, but");
    check_refused(p, at(p, "scene.img"), RLRA_ERR_FORMAT, "scene.img' has 50 bytes");
    put_shorts(p, "scene.img", 60);
    check_refused(p, at(p, "scene.img"), RLRA_ERR_FORMAT, "has 60 bytes");
    rlra_dataset *const dataset = must_read(p, at(p, "scene.hdr"), RLRA_READ_AUTO);
    assert_non_null(note_of(dataset, "8 bytes at the end of"));
    assert_true(entry_of(rlra_dataset_array(dataset), 0) == 20);
    rlra_dataset_destroy(dataset);
}

static void test_fields_that_lack_are_named(void **state)
{
    static const char *const lines[] = {"samples = 4\n", "lines = 3\n", "bands = 2\n", "data type = 2\n",
                                        "interleave = bil\n"};
    static const char *const fields[] = {"samples", "lines", "bands", "data type", "interleave"};
    place *const p = *state;
    char text[200], expected[60];
    put_shorts(p, "scene.img", 48);
    for (int left_out = 0; left_out < 5; left_out++) {
        size_t used = (size_t)snprintf(text, sizeof text, "ENVI\n");
        for (int k = 0; k < 5; k++)
            if (k != left_out)
                used += (size_t)snprintf(text + used, sizeof text - used, "%s", lines[k]);
        snprintf(expected, sizeof expected, "lacks the field '%s'", fields[left_out]);
        put_file(at(p, "scene.hdr"), text, used);
        check_refused(p, p->path, RLRA_ERR_FORMAT, expected);
    }
    static const char one[] = "\xef\xbb\xbf"
                              "ENVI\r\nsamples = 6\r\nlines = 4\r\nbands = 1\r\ndata type = 2\r\n";
    put_file(at(p, "scene.hdr"), one, sizeof one - 1);
    rlra_dataset *const dataset = must_read(p, p->path, RLRA_READ_AUTO);
    assert_non_null(note_of(dataset, "lacks 'byte order'"));
    assert_int_equal(rlra_dataset_array(dataset)->dims[1], 6);
    rlra_dataset_destroy(dataset);
    put_header(p, "scene.hdr", 6, "bsq", "");
    check_refused(p, p->path, RLRA_ERR_UNSUPPORTED, "data type 6 is complex numbers of two float32");
    put_header(p, "scene.hdr", 9, "bsq", "");
    check_refused(p, p->path, RLRA_ERR_UNSUPPORTED, "data type 9 is complex numbers of two float64");
    put_header(p, "scene.hdr", 2, "bsq", "bands = 0\n");
    check_refused(p, p->path, RLRA_ERR_FORMAT, "line 8: bands is '0', expected a count of at least 1");
}

/* The stored number at line i, sample j, band b of the scene that put_shorts() wrote. */
static int stored_at(const char *interleave, int i, int j, int b)
{
    if (strcmp(interleave, "bsq") == 0)
        return 10 * ((b * 3 + i) * 4 + j);
    return strcmp(interleave, "bil") == 0 ? 10 * ((i * 2 + b) * 4 + j) : 10 * ((i * 4 + j) * 2 + b);
}

/* The stream gives the same bits; pieces begin anywhere. */
static void check_stream(place *p, const rlra_dataset *dataset, rlra_read_dtype dtype)
{
    rlra_stream *stream;
    const rlra_array *const array = rlra_dataset_array(dataset);
    const size_t bytes = (size_t)rlra_dtype_bytes(array->dtype);
    const rlra_read_options options = {.dtype = dtype};
    assert_int_equal(rlra_stream_open(p->context, p->path, &options, &stream), RLRA_OK);
    entry_source *const source = rlra_stream_source(stream);
    for (int64_t first = 0; first < 24; first++) {
        double room[24];
        assert_int_equal(source->read(source, 0, first, 24 - first, room), RLRA_OK);
        assert_memory_equal(room, (const char *)array->data + (size_t)first * bytes, (size_t)(24 - first) * bytes);
    }
    rlra_stream_close(stream);
}

static void test_numbers_mean_what_the_header_declares(void **state)
{
    static const char *const interleaves[] = {"bsq", "bil", "bip"};
    static const struct {
        const char *fields;
        double gains[2], offsets[2], divisor, ignored;
        const char *note;
    } cases[] = {
        {"data ignore value = 50\n", {1, 1}, {0, 0}, 1, 50, "1 of 24 entries are 'data ignore value' 50"},
        {"data ignore value = {5e1}\n", {1, 1}, {0, 0}, 1, 50, "'data ignore value' 50"},
        {"data ignore value = none\n", {1, 1}, {0, 0}, 1, -1, NULL},
        {"data ignore value = 50.5\n", {1, 1}, {0, 0}, 1, -1, NULL},
        {"data gain values = {0.5, 3}\n", {0.5, 3}, {0, 0}, 1, -1, "multiplied by 'data gain values'"},
        {"data offset values = {7,\n -1.25}\n",
         {1, 1},
         {7, -1.25},
         1,
         -1,
         "'data offset values' of the header were added"},
        {"data gain values = {0.1}\ndata ignore value = 0\n", {0.1, 0.1}, {0, 0}, 1, 0, "multiplied"},
        {"reflectance scale factor = 10000\n",
         {1, 1},
         {0, 0},
         10000,
         -1,
         "divided by 'reflectance scale factor', 10000"},
        {"reflectance scale factor = 1.0\n", {1, 1}, {0, 0}, 1, -1, NULL},
        {"data gain values = {1, 1}\ndata offset values = {0, 0}\nreflectance scale factor = 7\n",
         {1, 1},
         {0, 0},
         7,
         -1,
         "divided"},
        {"data gain values = {2, 3}\nreflectance scale factor = 100\n",
         {2, 3},
         {0, 0},
         1,
         -1,
         "'reflectance scale factor' (100) was left out"},
    };
    place *const p = *state;
    put_shorts(p, "scene.img", 48);
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++)
        for (int way = 0; way < 3; way++)
            for (rlra_read_dtype dtype = RLRA_READ_AUTO; dtype <= RLRA_READ_F64; dtype++) {
                put_header(p, "scene.hdr", 2, interleaves[way], cases[k].fields);
                rlra_dataset *const dataset = must_read(p, p->path, dtype);
                const rlra_array *const array = rlra_dataset_array(dataset);
                for (int e = 0; e < 24; e++) {
                    const int b = e % 2, stored = stored_at(interleaves[way], e / 8, e / 2 % 4, b);
                    const double exact = (cases[k].gains[b] * stored + cases[k].offsets[b]) / cases[k].divisor;
                    const double value = dtype == RLRA_READ_F32 ? (double)(float)exact : exact;
                    const double came = entry_of(array, e);
                    assert_true(stored == cases[k].ignored ? isnan(came) : came == value);
                }
                assert_true(cases[k].note == NULL ? count_notes(dataset) == 0
                                                  : note_of(dataset, cases[k].note) != NULL);
                check_stream(p, dataset, dtype);
                rlra_dataset_destroy(dataset);
            }
}

static void test_ignored_floats_are_compared_as_they_are_stored(void **state)
{
    static const struct {
        const char *text;
        float stored;
    } cases[] = {{"-9999", -9999.0F},
                 {"1e-34", 1e-34F},
                 {"0.1", 0.1F},
                 {"-3.40282e+38", -3.4028234663852886e38F},
                 {"-3.4028235e+38", -3.4028234663852886e38F},
                 {"1e20", 1e20F}};
    place *const p = *state;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        float numbers[24] = {0};
        char field[80];
        for (int i = 0; i < 24; i++)
            numbers[i] = i % 5 == 3 ? cases[k].stored : (float)(i + 1);
        put_file(at(p, "scene.img"), numbers, sizeof numbers);
        snprintf(field, sizeof field, "data ignore value = %s\n", cases[k].text);
        put_header(p, "scene.hdr", 4, "bip", field);
        for (rlra_read_dtype dtype = RLRA_READ_AUTO; dtype <= RLRA_READ_F64; dtype++) {
            rlra_dataset *const dataset = must_read(p, p->path, dtype);
            for (int i = 0; i < 24; i++)
                assert_true(isnan(entry_of(rlra_dataset_array(dataset), i)) == (i % 5 == 3));
            check_stream(p, dataset, dtype);
            rlra_dataset_destroy(dataset);
        }
    }
}

static void test_fields_that_cannot_be_meant_are_refused_or_reported(void **state)
{
    place *const p = *state;
    put_shorts(p, "scene.img", 48);
    put_header(p, "scene.hdr", 2, "bsq", "data ignore value = -1.#IND\n");
    check_refused(p, p->path, RLRA_ERR_FORMAT, "line 8: data ignore value is '-1.#IND', expected one number");
    put_header(p, "scene.hdr", 2, "bsq", "data gain values = {1, 2, 3}\n");
    check_refused(p, p->path, RLRA_ERR_FORMAT, "data gain values is '1, 2, 3', expected 2 numbers, one for each band");
    put_header(p, "scene.hdr", 2, "bsq", "reflectance scale factor = 0\n");
    check_refused(p, p->path, RLRA_ERR_FORMAT, "expected one number above 0");
    put_header(p, "scene.hdr", 2, "bsq",
               "wavelength = {1, 2, 3}\nbbl = {1}\nband names = {a, b, c}\ndata reflectance gain values = {1, 2}\n");
    rlra_dataset *const dataset = must_read(p, p->path, RLRA_READ_AUTO);
    assert_non_null(note_of(dataset, "'wavelength' of the header holds 3 numbers for 2 bands: it was left out"));
    assert_non_null(note_of(dataset, "'bbl' of the header does not hold 2 numbers"));
    assert_non_null(note_of(dataset, "'band names' of the header holds 3 names for 2"));
    assert_non_null(note_of(dataset, "'data reflectance gain values' of the header was not applied"));
    rlra_dataset_destroy(dataset);
}

static void test_axis_names_and_bad_bands_come_along(void **state)
{
    place *const p = *state;
    put_shorts(p, "scene.img", 48);
    put_header(p, "scene.hdr", 2, "bil",
               "wavelength = {\n 450.5,\n 0.55e3 }\nband names = { blue, far red }\nbbl = { 1, 0 }\n");
    rlra_dataset *const dataset = must_read(p, p->path, RLRA_READ_AUTO);
    assert_true(rlra_dataset_axis(dataset, 2)[0] == 450.5 && rlra_dataset_axis(dataset, 2)[1] == 550);
    assert_string_equal(rlra_dataset_label(dataset, 2, 1), "far red");
    assert_null(rlra_dataset_axis(dataset, 0));
    assert_non_null(note_of(dataset, "'bbl' of the header marks 1 of 2 bands as bad: 2"));
    rlra_dataset_destroy(dataset);
}

static void test_spectral_libraries_are_spectra_by_bands(void **state)
{
    static const char header[] =
        "ENVI\nsamples = 8\nlines = 3\nbands = 1\nfile type = ENVI Spectral Library\ndata type = 2\n"
        "interleave = bsq\nbyte order = 0\nspectra names = {grass, lake water , }\n"
        "wavelength = {1, 2, 3, 4, 5, 6, 7, 8}\nreflectance scale factor = 10\n";
    place *const p = *state;
    put_shorts(p, "library.sli", 48);
    put_file(at(p, "library.hdr"), header, sizeof header - 1);
    rlra_dataset *dataset = must_read(p, p->path, RLRA_READ_AUTO);
    assert_int_equal(rlra_dataset_array(dataset)->order, 2);
    assert_int_equal(rlra_dataset_array(dataset)->dims[0], 3);
    assert_int_equal(rlra_dataset_array(dataset)->dims[1], 8);
    assert_true(entry_of(rlra_dataset_array(dataset), 9) == 9);
    assert_true(rlra_dataset_axis(dataset, 1)[7] == 8);
    assert_null(rlra_dataset_label(dataset, 0, 1));
    assert_non_null(note_of(dataset, "'spectra names' of the header holds 2 names for 3"));
    rlra_dataset_destroy(dataset);
    char *const named = strdup(header);
    memcpy(strstr(named, ", }"), ",z}", 3);
    put_file(at(p, "library.hdr"), named, sizeof header - 1);
    free(named);
    dataset = must_read(p, p->path, RLRA_READ_AUTO);
    assert_string_equal(rlra_dataset_label(dataset, 0, 1), "lake water");
    assert_string_equal(rlra_dataset_label(dataset, 0, 2), "z");
    rlra_dataset_destroy(dataset);
}

static void test_the_other_half_of_an_image_is_named(void **state)
{
    place *const p = *state;
    static const struct {
        const char *path, *other;
    } cases[] = {{DATA("cube_bsq.hdr"), DATA("cube_bsq.img")},
                 {DATA("cube_bsq.img"), DATA("cube_bsq.hdr")},
                 {DATA("scaled.bil"), DATA("scaled.hdr")},
                 {DATA("plain.npy"), NULL},
                 {DATA("none such"), NULL},
                 {DATA("plain.npy.gz"), NULL}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char *other;
        assert_int_equal(rlra_file_beside(p->context, cases[k].path, &other), RLRA_OK);
        assert_int_equal(other == NULL, cases[k].other == NULL);
        if (other != NULL)
            assert_string_equal(other, cases[k].other);
        rlra_text_free(p->context, other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(test_the_other_half_of_an_image_is_named),
        WITH_PLACE(test_pairs_are_found_by_stem_and_size),
        WITH_PLACE(test_the_size_decides_between_files_of_one_stem),
        WITH_PLACE(test_other_files_beside_a_header_are_what_they_are),
        WITH_PLACE(test_a_wrong_size_is_reported_with_both_numbers),
        WITH_PLACE(test_fields_that_lack_are_named),
        WITH_PLACE(test_numbers_mean_what_the_header_declares),
        WITH_PLACE(test_ignored_floats_are_compared_as_they_are_stored),
        WITH_PLACE(test_fields_that_cannot_be_meant_are_refused_or_reported),
        WITH_PLACE(test_axis_names_and_bad_bands_come_along),
        WITH_PLACE(test_spectral_libraries_are_spectra_by_bands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
