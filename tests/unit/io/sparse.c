/* unit/io/sparse.c: readers of sparse arrays: Matrix Market, FROSTT, SciPy, MATLAB; and what they refuse. */
#include "unit/io/matrices.h"

#include "core/print.h"

static void test_samples_of_every_format_hold_the_same_matrix(void **state)
{
    place *const p = *state;
    double expected[30], flags[30];
    for (int e = 0; e < 30; e++) {
        expected[e] = e % 3 == 0 ? value_of("float64", e) : 0;
        flags[e] = expected[e] != 0;
    }
    check_matrix(p, DATA("sparse.mtx"), "sparse real", 6, 5, expected);
    check_matrix(p, DATA("sparse.tns"), "sparse real", 6, 5, expected);
    check_matrix(p, DATA("sparse_csr.npz"), "sparse float64", 6, 5, expected);
    check_matrix(p, DATA("sparse_csc.npz"), "sparse float64", 6, 5, expected);
    check_matrix(p, DATA("sparse_coo.npz"), "sparse float32", 6, 5, expected);
    check_matrix(p, DATA("sparse.mat:Y"), "sparse float64", 6, 5, expected);
    check_matrix(p, DATA("sparse_deflated.mat:Y"), "sparse float64", 6, 5, expected);
    check_matrix(p, DATA("sparse.mat:flags"), "sparse bool", 6, 5, flags);
    check_refused(p, DATA("sparse.mat:complex"), RLRA_ERR_FORMAT, "holds complex, expected real numbers");
    check_matrix(p, DATA("sparse_bsr.npz"), "sparse float64", 6, 5, expected);
    rlra_dataset *const dense = must_read(p, DATA("sparse.mat:dense"), RLRA_READ_AUTO);
    assert_null(rlra_dataset_sparse(dense));
    assert_non_null(rlra_dataset_array(dense));
    rlra_dataset_destroy(dense);
}

static void test_mtx_fields_and_symmetries(void **state)
{
    place *const p = *state;
    check_matrix(p,
                 put_text(p, "a.mtx",
                          "%%MatrixMarket MATRIX Coordinate Integer General\r\n2 3 3\r\n1 1 2\r\n2 3 -4\r\n2 3 1\r\n"),
                 "sparse integer", 2, 3, (const double[]){2, 0, 0, 0, 0, -3});
    check_matrix(p, put_text(p, "b.mtx", "%%MatrixMarket matrix coordinate pattern general\n%c\n2 2 2\n\n2 1\n1 2"),
                 "sparse pattern", 2, 2, (const double[]){0, 1, 1, 0});
    check_matrix(p, put_text(p, "c.mtx", "%%MatrixMarket matrix coordinate real symmetric\n2 2 2\n1 1 1e1\n2 1 .5\n"),
                 "sparse real", 2, 2, (const double[]){10, 0.5, 0.5, 0});
    check_matrix(p, put_text(p, "d.mtx", "%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n2 1 3\n"),
                 "sparse real", 2, 2, (const double[]){0, -3, 3, 0});
    check_matrix(p, put_text(p, "e.mtx", "%%MatrixMarket matrix coordinate real general\n2 1 0\n"), "sparse real", 2, 1,
                 (const double[]){0, 0});
}

static void test_mtx_arrays_are_dense(void **state)
{
    place *const p = *state;
    static const struct {
        const char *text;
        double entries[6];
        int64_t columns;
    } cases[] = {
        {"%%MatrixMarket matrix array real general\n2 3\n1\n2\n3\n4\n5\n6\n", {1, 3, 5, 2, 4, 6}, 3},
        {"%%MatrixMarket matrix array integer symmetric\n2 2\n1\n2\n3\n", {1, 2, 2, 3}, 2},
        {"%%MatrixMarket matrix array real skew-symmetric\n2 2\n7\n", {0, -7, 7, 0}, 2},
    };
    for (int k = 0; k < 3; k++) {
        rlra_dataset *const dataset = must_read(p, put_text(p, "a.mtx", cases[k].text), RLRA_READ_AUTO);
        const rlra_array *const array = rlra_dataset_array(dataset);
        assert_non_null(array);
        assert_null(rlra_dataset_sparse(dataset));
        assert_true(array->dims[0] == 2 && array->dims[1] == cases[k].columns);
        for (int64_t e = 0; e < 2 * cases[k].columns; e++)
            assert_true(entry_of(array, e) == cases[k].entries[e]);
        rlra_dataset_destroy(dataset);
    }
}

/* A file and what its refusal must hold. */
typedef struct bad {
    const char *text, *part;
} bad;

static void check_bad(place *p, const char *name, const bad *cases, size_t count)
{
    for (size_t k = 0; k < count; k++)
        check_refused(p, put_text(p, name, cases[k].text), RLRA_ERR_FORMAT, cases[k].part);
}

#define GENERAL "%%MatrixMarket matrix coordinate real general\n"

static void test_what_is_wrong_with_an_mtx_is_reported(void **state)
{
    static const bad cases[] = {
        {"%%MatrixMarket vector coordinate real general\n", "expected 'matrix coordinate' or 'matrix array'"},
        {"%%MatrixMarket matrix coordinate complex general\n", "entries 'complex', expected real, integer or pattern"},
        {"%%MatrixMarket matrix array pattern general\n", "entries 'pattern'"},
        {"%%MatrixMarket matrix coordinate real\n", "expected general, symmetric or skew-symmetric"},
        {GENERAL, "expected the sizes ROWS COLUMNS ENTRIES"},
        {GENERAL "2 2\n", "line 2: expected the sizes"},
        {GENERAL "2 x 1\n", "line 2: expected the sizes"},
        {GENERAL "0 2 0\n", "expected at least one row and column"},
        {GENERAL "2 2 1000000000000\n1 1 1\n", "announces 1000000000000 entries, but has"},
        {GENERAL "2 2 99999999999999999999\n1 1 1\n", "expected the sizes"},
        {"%%MatrixMarket matrix array real general\n4000000000 4000000000\n1\n", "announces 4000000000 x 4000000000"},
        {"%%MatrixMarket matrix coordinate real symmetric\n2 3 1\n1 1 1\n", "symmetric, but is 2 x 3"},
        {GENERAL "2 2 2\n1 1 1\n\n\n\n\n\n", "ends after 1 of them"},
        {GENERAL "2 2 1\n1 1 1\n2 2 2\n", "line 4: expected the end after 1 entries"},
        {GENERAL "2 2 1\n3 1 1.0\n", "line 3: row 3, expected 1 to 2"},
        {GENERAL "2 2 1\n1 0 1.0\n", "line 3: column 0, expected 1 to 2"},
        {GENERAL "2 2 1\n1 -1 1.0\n", "line 3: expected ROW COLUMN VALUE"},
        {GENERAL "2 2 1\n1 1 one\n", "line 3: expected ROW COLUMN VALUE"},
        {GENERAL "2 2 1\n1 1 1 1\n", "line 3: expected ROW COLUMN VALUE"},
        {GENERAL "2 2 1\n1 1     \n", "line 3: expected ROW COLUMN VALUE"},
    };
    check_bad(*state, "a.mtx", cases, sizeof cases / sizeof cases[0]);
}

static void test_tns_headers_and_orders(void **state)
{
    place *const p = *state;
    static const char *const texts[] = {"1 1 2 5\n3 2 1 -1\n", "3\n3 2 2\n1 1 2 5\n3 2 1 -1\n",
                                        "# c\n3 2\n3\t2 2\n1 1 2 5\n\n3 2 1 -1"};
    for (int k = 0; k < 3; k++) {
        rlra_dataset *const dataset = must_read(p, put_text(p, "a.tns", texts[k]), RLRA_READ_AUTO);
        const rlra_sparse *const s = rlra_dataset_sparse(dataset);
        assert_true(s->order == 3 && s->count == 2 && s->dims[0] == 3 && s->dims[1] == 2 && s->dims[2] == 2);
        assert_true(s->indices[0][1] == 2 && s->indices[1][1] == 1 && s->indices[2][1] == 0);
        assert_true(((const double *)s->values)[0] == 5 && ((const double *)s->values)[1] == -1);
        rlra_dataset_destroy(dataset);
    }
}

static void test_what_is_wrong_with_a_tns_is_reported(void **state)
{
    static const bad cases[] = {
        {"# nothing\n", "holds no entry"},
        {"1 2 3 4 5 6 7 8 9 1.0\n", "order 9, expected 2 to 8"},
        {"1\n5\n", "order 1, expected 2 to 8"},
        {"x y\n", "line 1: expected indices and a value, or the order"},
        {"2\n3\n", "line 2: expected the lengths of all modes"},
        {"2\n3 4 5\n", "line 2: expected no more lengths"},
        {"2\n3 4\n1 5 1\n", "line 3: index 5 of mode 1, expected 1 to 4"},
        {"1 1 1\n0 1 1\n", "line 2: index 0 of mode 0"},
        {"1 1 1\n1 x 1\n", "line 2: expected 2 indices and a value"},
        {"1 1 1\n1 1 x\n", "line 2: expected a number and the end of the line"},
        {"1 1 1\n1 1 1 1\n", "line 2: expected a number and the end of the line"},
        {"1 1 1\n1\n", "line 2: expected 2 indices and a value"},
    };
    check_bad(*state, "a.tns", cases, sizeof cases / sizeof cases[0]);
}

/* Longer than the buffer of the reader, so that lines lie across its ends. */
static void test_long_files_are_read_to_the_last_line(void **state)
{
    place *const p = *state;
    const int count = 60000;
    const char *const path = at(p, "long.mtx");
    FILE *const file = fopen(path, "wb");
    fputs(GENERAL, file);
    fprintf(file, "%d 7 %d\n", count, count);
    for (int e = 0; e < count; e++) {
        char line[80];
        rlra_print(line, sizeof line, "%d %d %.17g\n", e + 1, e % 7 + 1, 1.0 / (e + 1));
        fputs(line, file);
    }
    fclose(file);
    rlra_dataset *const dataset = must_read(p, path, RLRA_READ_F64);
    const rlra_sparse *const s = rlra_dataset_sparse(dataset);
    assert_int_equal(s->count, count);
    for (int e = 0; e < count; e++) {
        assert_true(s->indices[0][e] == e && s->indices[1][e] == e % 7);
        assert_true(((const double *)s->values)[e] == 1.0 / (e + 1));
    }
    rlra_dataset_destroy(dataset);
}

static void test_lines_of_any_length_are_read(void **state)
{
    place *const p = *state;
    static const char entries[] = "\n2 2 1\n2 1 7\n";
    const size_t size = 1 << 20;
    char *const text = malloc(size);
    memset(text, '%', size);
    memcpy(text, GENERAL, strlen(GENERAL));
    memcpy(text + size - strlen(entries), entries, strlen(entries));
    put_file(at(p, "a.mtx"), text, size);
    free(text);
    check_matrix(p, p->path, "sparse real", 2, 2, (const double[]){0, 0, 7, 0});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(test_samples_of_every_format_hold_the_same_matrix),
        WITH_PLACE(test_mtx_fields_and_symmetries),
        WITH_PLACE(test_mtx_arrays_are_dense),
        WITH_PLACE(test_what_is_wrong_with_an_mtx_is_reported),
        WITH_PLACE(test_tns_headers_and_orders),
        WITH_PLACE(test_what_is_wrong_with_a_tns_is_reported),
        WITH_PLACE(test_long_files_are_read_to_the_last_line),
        WITH_PLACE(test_lines_of_any_length_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
