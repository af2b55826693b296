/* unit/io/others.c: files whose name contradicts their content, files of other programs, marks that are missing or
 * stand behind other bytes, and indices that count from 0. */
#include "unit/io/matrices.h"

#include "core/print.h"

#define GENERAL "%%MatrixMarket matrix coordinate real general\n"

static const double two[] = {0, 5, 7, 0};

static void test_mark_of_matrix_market_is_found_behind_other_bytes(void **state)
{
    place *const p = *state;
    static const char body[] = "2 2 2\n1 2 5\n2 1 7\n";
    static const char *const heads[] = {
        GENERAL,
        "\xef\xbb\xbf" GENERAL,
        "\n \t\r\n" GENERAL,
        "% from elsewhere\n" GENERAL,
        "\xef\xbb\xbf\n# from elsewhere\n%\n" GENERAL,
        "%matrixmarket MATRIX Coordinate REAL General\r\n",
        "%% MatrixMarket matrix coordinate real general\n",
    };
    static const char *const names[] = {"a.mtx", "a.MTX", "a.txt", "a"};
    for (size_t k = 0; k < sizeof heads / sizeof heads[0]; k++)
        for (int n = 0; n < 4; n++) {
            char text[300];
            snprintf(text, sizeof text, "%s%s", heads[k], body);
            check_matrix(p, put_text(p, names[n], text), "sparse real", 2, 2, two);
            check_note(p, p->path, 0, NULL);
        }
}

static void test_matrix_market_without_its_mark_is_read_if_all_fits(void **state)
{
    place *const p = *state;
    check_matrix(p, put_text(p, "a.mtx", "2 2 2\n1 2 5\n2 1 7\n"), "sparse real", 2, 2, two);
    check_note(p, p->path, 0, "lacks the line '%%MatrixMarket matrix coordinate real general'");
    check_matrix(p, put_text(p, "A.MTX", "% made by hand\n2 2 2\n1 2 5\n2 1 7\n"), "sparse real", 2, 2, two);
    check_note(p, p->path, 0, "lacks the line");
}

static void test_matrix_market_without_its_mark_is_refused_else(void **state)
{
    place *const p = *state;
    static const char *const bad[] = {
        "3 3 4\n1 1 5\n2 2 1\n3 1 2\n",    /* an entry too few */
        "2 2 1\n1 2 5\n2 1 7\n",           /* one too many */
        "2 2 2\n1 2 5\n3 1 7\n",           /* out of range */
        "2 2 2\n1 2 5\n0 1 7\n",           /* from 0 */
        "2 2 2\n1 2\n2 1\n",               /* no values */
        "2 2 90000000000\n1 2 5\n2 1 7\n", /* a lie */
        "1.5 2\n3 4\n",                    /* a table */
        "2 2\n1\n2\n3\n4\n",               /* perhaps a dense matrix */
        "1,2,3\n",                         /* not even that */
        "% a comment\n",                   /* nothing */
    };
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++)
        check_refused(p, put_text(p, "a.mtx", bad[k]), RLRA_ERR_FORMAT,
                      "the line '%%MatrixMarket matrix coordinate real general'");
}

static void test_kinds_of_matrix_market_that_are_not_read_are_named(void **state)
{
    place *const p = *state;
    check_refused(p, put_text(p, "a.mtx", "%%MatrixMarket matrix coordinate complex general\n1 1 1\n1 1 2 3\n"),
                  RLRA_ERR_FORMAT, "'complex'");
    check_refused(p, put_text(p, "a.mtx", "%%MatrixMarket matrix coordinate real hermitian\n1 1 1\n1 1 2\n"),
                  RLRA_ERR_FORMAT, "'hermitian'");
}

static void check_zero_based(place *p, const char *path, const char *expected)
{
    const rlra_read_options options = {.zero_based = 1};
    rlra_dataset *dataset = NULL;
    check_refused(p, path, RLRA_ERR_FORMAT, expected);
    assert_non_null(strstr(rlra_context_message(p->context), "give `index_base=0`"));
    assert_int_equal(rlra_dataset_read(p->context, path, &options, &dataset), RLRA_OK);
    const rlra_sparse *const s = rlra_dataset_sparse(dataset);
    assert_true(s->count == 2 && s->dims[0] == 3 && s->dims[1] == 2);
    assert_true(s->indices[0][0] == 0 && s->indices[1][0] == 0 && s->indices[0][1] == 2 && s->indices[1][1] == 1);
    rlra_dataset_destroy(dataset);
}

static void test_indices_from_zero_are_reported_and_read(void **state)
{
    place *const p = *state;
    check_zero_based(p, put_text(p, "a.mtx", GENERAL "3 2 2\n0 0 5\n2 1 7\n"), "line 3: row 0, expected 1 to 3");
    check_zero_based(p, put_text(p, "a.mtx", GENERAL "3 2 2\n0 0 5\n2 1 7\n"), "indices count from 1");
    check_zero_based(p, put_text(p, "a.tns", "0 0 5\n2 1 7\n"), "line 1: index 0 of mode 0, expected 1; indices count");
    check_zero_based(p, put_text(p, "a.tns", "2\n3 2\n0 0 5\n2 1 7\n"), "line 3: index 0 of mode 0, expected 1 to 3");
    check_zero_based(p, put_text(p, "a.txt", "sptensor\n2\n3 2\n2\n0 0 5\n2 1 7\n"), "line 5: index 0 of mode 0");
    const rlra_read_options options = {.zero_based = 1};
    rlra_dataset *dataset = NULL;
    put_text(p, "a.mtx", GENERAL "3 2 1\n3 1 5\n");
    assert_int_equal(rlra_dataset_read(p->context, p->path, &options, &dataset), RLRA_ERR_FORMAT);
    assert_non_null(strstr(rlra_context_message(p->context), "row 3, expected 0 to 2"));
}

static void test_sptensor_is_read(void **state)
{
    place *const p = *state;
    char text[4000] = "sptensor\n3\n3 4 2\n8\n";
    for (int e = 0; e < 24; e += 3) {
        const size_t used = strlen(text);
        rlra_print(text + used, sizeof text - used, "%d %d %d %.16e\n", e / 8 + 1, e / 2 % 4 + 1, e % 2 + 1,
                   value_of("float64", e));
    }
    static const char *const names[] = {"a.tns", "a.sptensor", "a.txt", "a"};
    for (int k = 0; k < 4; k++) {
        check_tensor(p, put_text(p, names[k], text), "sparse real", NULL);
        check_note(p, p->path, 0, NULL);
    }
    check_refused(p, put_text(p, "a", "sptensor\n3\n3 4 2\n2\n1 1 1 5\n"), RLRA_ERR_FORMAT,
                  "announces 2 entries, but has 1");
    check_refused(p, put_text(p, "a", "sptensor\n3\n3 4 0\n1\n1 1 1 5\n"), RLRA_ERR_FORMAT,
                  "line 3: expected the lengths");
    check_refused(p, put_text(p, "a", "sptensor\n2\n3 4\n1\n1 5 5\n"), RLRA_ERR_FORMAT,
                  "index 5 of mode 1, expected 1 to 4");
}

static void test_dense_arrays_of_the_tensor_toolbox_are_read(void **state)
{
    place *const p = *state;
    char tensor[2000] = "tensor\n3\n3 4 2\n", lines[1000] = "MATRIX\r\n2 \r\n3 4 \r\n", rows[1000] = "matrix\n2\n3 4\n";
    char pyttb[1000] = "matrix\n2\n3 4\n";
    for (int k = 0; k < 2; k++)
        for (int j = 0; j < 4; j++)
            for (int i = 0; i < 3; i++)
                rlra_print(tensor + strlen(tensor), 40, "%.16e\n", value_of("float64", (i * 4 + j) * 2 + k));
    for (int e = 0; e < 12; e++) {
        rlra_print(lines + strlen(lines), 40, "%g\r\n", value_of("float64", e % 3 * 4 + e / 3));
        rlra_print(pyttb + strlen(pyttb), 40, "%.16e\n", value_of("float64", e));
        rlra_print(rows + strlen(rows), 40, "%g%s", value_of("float64", e), e % 4 == 3 ? "\n" : " ");
    }
    check_values(p, put_text(p, "a.tensor", tensor), "decimal", 3, SHAPE(3, 4, 2));
    check_note(p, p->path, 0, NULL);
    check_values(p, put_text(p, "a.tns", tensor), "decimal", 3, SHAPE(3, 4, 2));
    check_values(p, put_text(p, "a.txt", lines), "decimal", 2, SHAPE(3, 4));
    check_note(p, p->path, 0, "run down the columns");
    check_values(p, put_text(p, "a.txt", pyttb), "decimal", 2, SHAPE(3, 4));
    check_note(p, p->path, 0, "run along the rows");
    check_values(p, put_text(p, "a.txt", rows), "decimal", 2, SHAPE(3, 4));
    check_note(p, p->path, 0, NULL);
}

static void test_what_is_wrong_with_the_tensor_toolbox_is_reported(void **state)
{
    place *const p = *state;
    check_refused(p, put_text(p, "a", "ktensor\n3\n3 4 2\n1\n1\nmatrix\n"), RLRA_ERR_UNSUPPORTED,
                  "holds a ktensor, a model");
    check_refused(p, put_text(p, "a", "tensor\n2\n2 2\n10\n20\n30\n"), RLRA_ERR_FORMAT,
                  "announces 4 values, but ends after 3");
    check_refused(p, put_text(p, "a", "tensor\n2\n2 2\n1\n2\n3\n4\n5\n"), RLRA_ERR_FORMAT, "line 8: expected the end");
    check_refused(p, put_text(p, "a", "tensor\n2\n2 2\n1\nx\n3\n4\n"), RLRA_ERR_FORMAT, "line 5: expected a number");
    check_refused(p, put_text(p, "a", "tensor\n2\n90000000 90000000\n1\n"), RLRA_ERR_FORMAT,
                  "announces 90000000 x 90000000");
    check_refused(p, put_text(p, "a", "tensor\n9\n1 1 1 1 1 1 1 1 1\n1\n"), RLRA_ERR_FORMAT,
                  "order 9, expected 1 to 8");
}

static void test_a_column_of_that_name_is_a_table(void **state)
{
    place *const p = *state;
    static const char *const texts[] = {"tensor\n3.5\n2\n", "matrix\n5\n7\n", "sptensor\n3\n7\n",
                                        "tensor,matrix\n1,2\n3,4\n"};
    for (int k = 0; k < 4; k++) {
        rlra_dataset *const dataset = must_read(p, put_text(p, "a.csv", texts[k]), RLRA_READ_AUTO);
        assert_string_equal(rlra_dataset_format(dataset), "csv");
        assert_int_equal(rlra_dataset_array(dataset)->dims[0], 2);
        rlra_dataset_destroy(dataset);
    }
}

static void copy_sample(place *p, const char *sample, const char *name)
{
    unsigned char bytes[20000];
    FILE *const file = fopen(sample, "rb");
    assert_non_null(file);
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    put_file(at(p, name), bytes, size);
}

/* Content wins, and that the name contradicts it is reported. */
static void test_names_that_contradict_the_content_are_reported(void **state)
{
    place *const p = *state;
    static const char *const cases[][4] = {
        {DATA("plain.npy"), "a.csv", "", "it is read as npy"},
        {DATA("plain.npy"), "a.mtx", "", "it is read as npy"},
        {DATA("single.mat"), "a.npz", ":Y", "it is read as mat"},
        {DATA("sparse_csr.npz"), "a.h5", "", "it is read as scipy"},
        {DATA("plain.h5"), "a.mat", ":x", "it is read as hdf5"},
        {DATA("v73.mat"), "a.h5", ":Y", "it is read as mat73"},
        {DATA("sparse.mtx"), "a.tns", "", "it is read as mtx"},
        {DATA("octave.mat"), "a.csv", ":X", "it is read as octave"},
        {DATA("v4.mat"), "a.npy", ":f8", "it is read as mat4"},
        {DATA("plain.npy.gz"), "a.csv.gz", "", "it is read as npy"},
        {DATA("octave.mat"), "a.txt", ":X", NULL},
        {DATA("plain.npy"), "a.dat", "", NULL},
        {DATA("plain.h5"), "a.hdf5", ":x", NULL},
        {DATA("sparse_csr.npz"), "a.NPZ", "", NULL},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char spec[400];
        copy_sample(p, cases[k][0], cases[k][1]);
        snprintf(spec, sizeof spec, "%s%s", p->path, cases[k][2]);
        check_note(p, spec, 0, cases[k][3]);
    }
}

static void test_text_under_the_name_of_a_binary_file(void **state)
{
    place *const p = *state;
    static const char *const binary[] = {"a.npy", "a.npz", "a.h5", "a.hdf5", "a.NPY"};
    for (int k = 0; k < 5; k++)
        check_refused(p, put_text(p, binary[k], "1,2\n3,4\n"), RLRA_ERR_FORMAT,
                      "is text, although its name ends as those of");
    static const char *const headers[] = {"samples = 3\nlines = 2\n", "envi\nsamples = 3\n", "1,2\n3,4\n", "\nENVI\n"};
    for (int k = 0; k < 4; k++)
        check_refused(p, put_text(p, k % 2 == 0 ? "a.hdr" : "A.HDR", headers[k]), RLRA_ERR_FORMAT,
                      "does not begin with the line 'ENVI'");
    /* `save -ascii x.mat` of MATLAB writes a table. */
    check_note(p, put_text(p, "a.mat", "1 2\n3 4\n"), 0, "it is read as csv");
}

/* The first bytes of a file, and what the message must hold. */
typedef struct foreign {
    const char *bytes;
    size_t size;
    const char *part;
} foreign;

#define FOREIGN(bytes, part)                                                                                           \
    {                                                                                                                  \
        bytes, sizeof bytes - 1, part                                                                                  \
    }

static void test_files_of_other_programs_are_named(void **state)
{
    place *const p = *state;
    static const foreign files[] = {
        FOREIGN("BZh91AY&SY", "packed by bzip2: unpack it"),
        FOREIGN("\xfd"
                "7zXZ\0\0\4",
                "packed by xz: unpack it"),
        FOREIGN("\x28\xb5\x2f\xfd\4\0", "packed by zstd: unpack it"),
        FOREIGN("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "(.xls, .doc): save the sheet as CSV"),
        FOREIGN("II*\0\10\0\0\0", "a TIFF image"),
        FOREIGN("MM\0*\0\0\0\10", "a TIFF image"),
        FOREIGN("\x89PNG\r\n\x1a\n\0\0", "a PNG image"),
        FOREIGN("\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG image"),
        FOREIGN("%PDF-1.4\n1 0 obj\n", "a PDF document"),
        FOREIGN("\x80\x04\x95\x0b\0\0\0\0\0\0\0]\x94.", "a pickle of Python"),
        FOREIGN("PAR1\x15\4", "a Parquet table"),
        FOREIGN("ARROW1\0\0", "an Arrow or Feather table"),
        FOREIGN("RDX3\nX\n\0\0\0\3", "R's .RData: in R, save matrices by write.csv()"),
        FOREIGN("X\n\0\0\0\3\0\4", "R's .rds"),
        FOREIGN("A\n3\n262657\n197888\n5\nUTF-8\n14\n3\n1\n2\n3\n", "R's .rds"),
        FOREIGN("<table border=\"1\">\n<tr><td>1</td></tr>\n</table>\n", "a table in HTML"),
        FOREIGN("CDF\1\0\0\0\0", "NetCDF of version 3: nccopy"),
        FOREIGN("SIMPLE  =                    T / conforms\nBITPIX = 8\n", "a FITS image"),
        FOREIGN("Octave-1-L\0\1\0\0\0X", "Octave's binary format: save it by save -v7"),
        FOREIGN("{\"x\": [1, 2]}\n", "JSON"),
        FOREIGN(" [ [1, 2],\n [3, 4] ]\n", "JSON"),
        FOREIGN("\xef\xbb\xbf<!DOCTYPE html>\n<html>", "a page in HTML"),
        FOREIGN("<?xml version=\"1.0\"?>\n<a/>\n", "XML"),
        FOREIGN("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
        FOREIGN("\x1f\x8b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
                "gzip more than once, or damaged"),
        FOREIGN("\xff\xfe"
                "1\0,\0002\0\n",
                "like text in UTF-16, but cut or damaged"),
        FOREIGN("\1\2\3\4", "unknown, its first bytes are 01 02 03 04 '....'"),
    };
    static const char *const names[] = {"a", "a.csv", "a.npy", "a.mat", "a.dat"};
    for (size_t k = 0; k < sizeof files / sizeof files[0]; k++)
        for (int n = 0; n < 5; n++) {
            put_file(at(p, names[n]), files[k].bytes, files[k].size);
            check_refused(p, p->path, RLRA_ERR_FORMAT, files[k].part);
            assert_non_null(strstr(rlra_context_message(p->context), "none of the known formats"));
        }
}

/* A zip archive of empty members, stored. */
static const char *put_zip(place *p, const char *name, const char *const *members, int count)
{
    FILE *const file = fopen(at(p, name), "wb");
    long begins[4];
    for (int k = 0; k < count; k++) {
        begins[k] = ftell(file);
        fwrite("PK\3\4\24\0\0\0\0\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0", 1, 26, file);
        fputc((int)strlen(members[k]), file);
        fwrite("\0\0\0", 1, 3, file);
        fputs(members[k], file);
    }
    const long directory = ftell(file);
    for (int k = 0; k < count; k++) {
        fwrite("PK\1\2\24\0\24\0\0\0\0\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0", 1, 28, file);
        fputc((int)strlen(members[k]), file);
        fwrite("\0\0\0\0\0\0\0\0\0\0\0\0\0", 1, 13, file);
        fputc((int)begins[k], file);
        fwrite("\0\0\0", 1, 3, file);
        fputs(members[k], file);
    }
    const long size = ftell(file) - directory;
    const unsigned char end[] = {'P',
                                 'K',
                                 5,
                                 6,
                                 0,
                                 0,
                                 0,
                                 0,
                                 (unsigned char)count,
                                 0,
                                 (unsigned char)count,
                                 0,
                                 (unsigned char)size,
                                 (unsigned char)(size >> 8),
                                 0,
                                 0,
                                 (unsigned char)directory,
                                 (unsigned char)(directory >> 8),
                                 0,
                                 0,
                                 0,
                                 0};
    fwrite(end, 1, sizeof end, file);
    fclose(file);
    return p->path;
}

static void test_workbooks_and_other_archives_are_named(void **state)
{
    place *const p = *state;
    static const char *const excel[] = {"[Content_Types].xml", "xl/workbook.xml"};
    static const char *const ods[] = {"mimetype", "content.xml"};
    static const char *const torch[] = {"model/data.pkl", "model/data/0"};
    static const char *const any[] = {"photo.jpg"};
    check_refused(p, put_zip(p, "a.xlsx", excel, 2), RLRA_ERR_FORMAT, "is an Excel workbook: save the sheet as CSV");
    check_refused(p, put_zip(p, "a.npz", excel, 2), RLRA_ERR_FORMAT, "is an Excel workbook: save the sheet as CSV");
    check_refused(p, put_zip(p, "a.ods", ods, 2), RLRA_ERR_FORMAT, "is an OpenDocument file");
    check_refused(p, put_zip(p, "a.pt", torch, 2), RLRA_ERR_FORMAT, "is a PyTorch file");
    check_refused(p, put_zip(p, "a.zip", any, 1), RLRA_ERR_FORMAT,
                  "a zip archive without arrays of NumPy (it begins with 'photo.jpg')");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(test_mark_of_matrix_market_is_found_behind_other_bytes),
        WITH_PLACE(test_matrix_market_without_its_mark_is_read_if_all_fits),
        WITH_PLACE(test_matrix_market_without_its_mark_is_refused_else),
        WITH_PLACE(test_kinds_of_matrix_market_that_are_not_read_are_named),
        WITH_PLACE(test_indices_from_zero_are_reported_and_read),
        WITH_PLACE(test_sptensor_is_read),
        WITH_PLACE(test_dense_arrays_of_the_tensor_toolbox_are_read),
        WITH_PLACE(test_what_is_wrong_with_the_tensor_toolbox_is_reported),
        WITH_PLACE(test_a_column_of_that_name_is_a_table),
        WITH_PLACE(test_names_that_contradict_the_content_are_reported),
        WITH_PLACE(test_text_under_the_name_of_a_binary_file),
        WITH_PLACE(test_files_of_other_programs_are_named),
        WITH_PLACE(test_workbooks_and_other_archives_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
