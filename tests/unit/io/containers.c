/* unit/io/containers.c: sparse arrays in parts, fields of structs, and matrices of old versions of MATLAB and of Octave. */
#include "unit/io/matrices.h"

/* Count the variables of a file, and find whether one is reported with this type. */
typedef struct reported {
    const char *name, *dtype;
    int count, found;
} reported;

static void find_variable(void *user, const rlra_variable *variable)
{
    reported *const t = user;
    t->count++;
    t->found |= strcmp(variable->name, t->name) == 0 && strcmp(variable->dtype, t->dtype) == 0;
}

static void check_listed(place *p, const char *path, int count, const char *name, const char *dtype)
{
    reported t = {name, dtype, 0, 0};
    assert_int_equal(rlra_file_list(p->context, path, NULL, find_variable, &t), RLRA_OK);
    assert_int_equal(t.count, count);
    assert_true(t.found);
}

static void test_storages_of_scipy_and_pydata_are_read(void **state)
{
    place *const p = *state;
    check_sample(p, DATA("parts_dia.npz"), "sparse float64", 1);
    check_sample(p, DATA("sparse_bsr.npz"), "sparse float64", 1);
    check_sample(p, DATA("pydata_gcxs.npz"), "sparse float64", 1);
    check_tensor(p, DATA("parts_coo3.npz"), "sparse float64", NULL);
    check_tensor(p, DATA("pydata_coo.npz"), "sparse float64", NULL);
}

static void test_storages_that_are_not_read_are_refused_by_name(void **state)
{
    place *const p = *state;
    check_refused(p, DATA("pydata_fill.npz"), RLRA_ERR_FORMAT, "entries that are not stored are 1 (fill_value)");
    check_refused(p, DATA("pydata_gcxs3.npz"), RLRA_ERR_FORMAT, "in format 'GCXS'");
    check_refused(p, DATA("parts_lil.npz"), RLRA_ERR_FORMAT, "in format 'lil', expected csr, csc, coo, dia or bsr");
    check_refused(p, DATA("parts_alone.npz"), RLRA_ERR_FORMAT, "but not its shape");
    check_refused(p, DATA("parts_vector.npz"), RLRA_ERR_FORMAT, "has 1 lengths, expected 2 to 8");
}

static void test_parts_beside_other_arrays_are_one_array(void **state)
{
    place *const p = *state;
    check_sample(p, DATA("parts_graph.npz:adj"), "sparse float64", 1);
    check_sample(p, DATA("parts_graph.npz:attr"), "sparse float64", 1);
    check_listed(p, DATA("parts_graph.npz"), 3, "labels", "int64");
    check_refused(p, DATA("parts_graph.npz"), RLRA_ERR_ARGUMENT, "several variables fit");
    check_refused(p, DATA("parts_graph.npz:adj_data"), RLRA_ERR_ARGUMENT, "no variable 'adj_data'");
    check_sample(p, DATA("parts_hand.npz:sparse"), "sparse float64", 1);
    check_values(p, DATA("parts_hand.npz:Z"), "float64", 2, SHAPE(3, 4));
    check_listed(p, DATA("parts_hand.npz"), 2, "sparse", "sparse float64");
}

static void test_groups_of_hdf5_are_sparse_matrices(void **state)
{
    place *const p = *state;
    double square[25];
    for (int e = 0; e < 25; e++)
        square[e] = e % 3 == 0 ? value_of("float64", e) : 0;
    check_sample(p, DATA("groups.h5:/matrix"), "sparse int32", 2);
    check_sample(p, DATA("groups.h5:X"), "sparse float32", 1);
    check_sample(p, DATA("groups.h5:/layers/counts"), "sparse float32", 1);
    check_matrix(p, DATA("groups.h5:/old"), "sparse float64", 5, 5, square);
    check_matrix(p, DATA("groups.h5:/guessed"), "sparse float64", 5, 5, square);
    check_note(p, DATA("groups.h5:/guessed"), 0, "whether its sparse matrix is stored by rows or columns");
    check_note(p, DATA("groups.h5:/old"), 0, NULL);
    check_note(p, DATA("groups.h5:/matrix"), 0, NULL);
    check_refused(p, DATA("groups.h5:/shapeless"), RLRA_ERR_FORMAT, "no sound shape of two lengths");
    check_listed(p, DATA("groups.h5"), 9, "/shapeless", "damaged sparse");
    check_text(p, DATA("groups.h5:/matrix/barcodes"), "CELL0-1\nCELL1-1\nCELL2-1\nCELL3-1\nCELL4-1");
}

static void test_names_of_genes_and_cells_are_labels(void **state)
{
    place *const p = *state;
    rlra_dataset *const dataset = must_read(p, DATA("groups.h5:/matrix"), RLRA_READ_AUTO);
    assert_string_equal(rlra_dataset_label(dataset, 0, 0), "GENE0");
    assert_string_equal(rlra_dataset_label(dataset, 0, 5), "GENE5");
    assert_null(rlra_dataset_label(dataset, 0, 6));
    assert_string_equal(rlra_dataset_label(dataset, 1, 4), "CELL4-1");
    rlra_dataset_destroy(dataset);
}

static void test_fields_of_structs_are_read(void **state)
{
    place *const p = *state;
    static const char *const files[] = {DATA("structs.mat"), DATA("structs_deflated.mat"), DATA("structs73.mat")};
    char spec[600];
    for (int k = 0; k < 3; k++) {
        snprintf(spec, sizeof spec, "%s:data.X", files[k]);
        check_values(p, spec, "int16", 2, SHAPE(3, 4));
        snprintf(spec, sizeof spec, "%s:data.sub.T", files[k]);
        check_values(p, spec, "float32", 3, SHAPE(3, 4, 2));
        snprintf(spec, sizeof spec, "%s:data.sub.S", files[k]);
        check_sample(p, spec, "sparse float64", 1);
        snprintf(spec, sizeof spec, "%s:data.note", files[k]);
        check_text(p, spec, "one line");
        snprintf(spec, sizeof spec, "%s:data.X.Y", files[k]);
        check_refused(p, spec, RLRA_ERR_ARGUMENT, "no variable 'data.X.Y'");
        snprintf(spec, sizeof spec, "%s:data", files[k]);
        check_refused(p, spec, RLRA_ERR_ARGUMENT, "'data' holds 3 variables that fit");
    }
    check_text(p, DATA("structs.mat:data.sub.names"), "tree\nwater");
    check_listed(p, DATA("structs.mat"), 7, "many", "struct");
}

static void test_a_struct_with_one_array_means_that_array(void **state)
{
    place *const p = *state;
    rlra_dataset *const dataset = must_read(p, DATA("octave.mat:data.sub"), RLRA_READ_AUTO);
    assert_string_equal(rlra_dataset_name(dataset), "data.sub.S");
    rlra_dataset_destroy(dataset);
}

static void test_sparse_matrices_of_mat73_are_read(void **state)
{
    place *const p = *state;
    double flags[30];
    for (int e = 0; e < 30; e++)
        flags[e] = e % 3 == 0 && value_of("float64", e) != 0;
    check_sample(p, DATA("structs73.mat:S"), "sparse float64", 1);
    check_matrix(p, DATA("structs73.mat:flags"), "sparse bool", 6, 5, flags);
    check_matrix(p, DATA("structs73.mat:none"), "sparse float64", 3, 2, (const double[6]){0});
}

static void test_dimensions_of_any_integers_are_read(void **state)
{
    place *const p = *state;
    check_values(p, DATA("dimensions.mat:u"), "float64", 2, SHAPE(3, 4));
    check_values(p, DATA("dimensions.mat:s"), "float64", 2, SHAPE(3, 4));
    check_values(p, DATA("dimensions.mat:l"), "float64", 2, SHAPE(3, 4));
}

static void test_mat_of_version_4_is_read(void **state)
{
    place *const p = *state;
    static const char *const types[][2] = {{"f8", "float64"}, {"f4", "float32"}, {"i4", "int32"},
                                           {"i2", "int16"},   {"u2", "uint16"},  {"u1", "uint8"}};
    char spec[600];
    for (int k = 0; k < 6; k++) {
        snprintf(spec, sizeof spec, "%s:%s", DATA("v4.mat"), types[k][0]);
        check_values(p, spec, types[k][1], 2, SHAPE(3, 4));
    }
    check_values(p, DATA("v4_big_endian.mat:X"), "float64", 2, SHAPE(3, 4));
    check_values(p, DATA("v4_big_endian.mat:i"), "int16", 2, SHAPE(3, 4));
    check_values(p, DATA("v4_octave.mat:X"), "float64", 2, SHAPE(3, 4));
    check_sample(p, DATA("v4.mat:S"), "sparse float64", 1);
    check_sample(p, DATA("v4_octave.mat:S"), "sparse float64", 1);
    check_text(p, DATA("v4.mat:title"), "one line");
    check_text(p, DATA("v4.mat:rows"), "ab\ncde");
    check_text(p, DATA("v4_octave.mat:rows"), "ab\ncde");
    check_refused(p, DATA("v4.mat:z"), RLRA_ERR_FORMAT, "holds complex, expected real numbers");
    check_refused(p, DATA("v4.mat:SZ"), RLRA_ERR_FORMAT, "holds complex, expected real numbers");
    check_refused(p, DATA("v4.mat:title"), RLRA_ERR_FORMAT, "holds text, expected real numbers");
}

static void test_text_of_octave_is_read(void **state)
{
    place *const p = *state;
    check_values(p, DATA("octave.mat:X"), "float64", 2, SHAPE(3, 4));
    check_values(p, DATA("octave.mat:T"), "float64", 3, SHAPE(3, 4, 2));
    check_values(p, DATA("octave.mat:f"), "float32", 2, SHAPE(3, 4));
    check_values(p, DATA("octave.mat:i8"), "int8", 2, SHAPE(3, 4));
    check_values(p, DATA("octave.mat:u16"), "uint16", 3, SHAPE(3, 4, 2));
    check_values(p, DATA("octave.mat:flags"), "bool", 2, SHAPE(3, 4));
    check_values(p, DATA("octave.mat:data.X"), "float64", 2, SHAPE(3, 4));
    check_values(p, DATA("octave.mat:empty"), "float64", 2, SHAPE(0, 3));
    check_sample(p, DATA("octave.mat:S"), "sparse float64", 1);
    check_sample(p, DATA("octave.mat:data.sub.S"), "sparse float64", 1);
    check_matrix(p, DATA("octave.mat:D"), "sparse float64", 2, 3, (const double[]){5, 0, 0, 0, 5, 0});
    check_text(p, DATA("octave.mat:name"), "one line of two");
    check_text(p, DATA("octave.mat:rows"), "ab\ncde");
    check_text(p, DATA("octave.mat:names"), "tree\n\nwater");
    check_text(p, DATA("octave.mat:data.note"), "text");
    check_refused(p, DATA("octave.mat:z"), RLRA_ERR_FORMAT, "holds complex matrix, expected real numbers");
    check_refused(p, DATA("octave.mat:many"), RLRA_ERR_FORMAT, "holds struct");
    check_refused(p, DATA("octave.mat"), RLRA_ERR_ARGUMENT, "several variables fit");
    check_listed(p, DATA("octave.mat"), 24, "handle", "function handle");
    check_listed(p, DATA("octave.mat"), 24, "mixed", "cell");
    check_note(p, DATA("octave.mat:X"), 0, NULL);
}

/* Its first mode is the fastest there, too. */
static void test_hdf5_of_octave_has_the_shape_that_octave_shows(void **state)
{
    place *const p = *state;
    check_values(p, DATA("octave.h5:X"), "float64", 2, SHAPE(3, 4));
    check_values(p, DATA("octave.h5:/X/value"), "float64", 2, SHAPE(3, 4));
    check_values(p, DATA("octave.h5:/T/value"), "float64", 3, SHAPE(3, 4, 2));
}

static void test_octave_words_and_ranges_are_numbers(void **state)
{
    place *const p = *state;
    rlra_dataset *const words = must_read(p, DATA("octave.mat:words"), RLRA_READ_F64);
    const rlra_array *const w = rlra_dataset_array(words);
    assert_true(isnan(entry_of(w, 0)) && isnan(entry_of(w, 1)));
    assert_true(entry_of(w, 2) == INFINITY && entry_of(w, 3) == -INFINITY);
    rlra_dataset_destroy(words);
    rlra_dataset *const range = must_read(p, DATA("octave.mat:range"), RLRA_READ_F64);
    const rlra_array *const r = rlra_dataset_array(range);
    assert_true(r->order == 2 && r->dims[0] == 1 && r->dims[1] == 7);
    for (int k = 0; k < 7; k++)
        assert_true(entry_of(r, k) == 0.5 * k);
    rlra_dataset_destroy(range);
}

static void test_what_is_wrong_with_octave_text_is_reported(void **state)
{
    place *const p = *state;
    static const char *const bad[][2] = {
        {"# name: x\n# type: matrix\n# rows: 2\n# columns: 2\n 1 2\n 3\n", "expected one more number"},
        {"# name: x\n# type: matrix\n# rows: 2\n# columns: 2\n 1 2\n 3 x\n", "line 6, in 'x': expected a number"},
        {"# name: x\n# type: matrix\n# rows: 900000000\n# columns: 900000000\n 1\n", "announces 900000000 x 900000000"},
        {"# name: x\n# type: sparse matrix\n# nnz: 90000000\n# rows: 2\n# columns: 2\n1 1 1\n", "announces 90000000"},
        {"# name: x\n# type: sparse matrix\n# nnz: 1\n# rows: 2\n# columns: 2\n0 1 1\n",
         "index 0 of mode 0, expected 1"},
        {"# name: x\n# rows: 2\n", "expected '# type: ..'"},
        {"# name: x\n# type: matrix\n# rows: 2\n 1 2\n", "expected '# columns: NUMBER'"},
    };
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++)
        check_refused(p, put_text(p, "x.mat", bad[k][0]), RLRA_ERR_FORMAT, bad[k][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(test_storages_of_scipy_and_pydata_are_read),
        WITH_PLACE(test_storages_that_are_not_read_are_refused_by_name),
        WITH_PLACE(test_parts_beside_other_arrays_are_one_array),
        WITH_PLACE(test_groups_of_hdf5_are_sparse_matrices),
        WITH_PLACE(test_names_of_genes_and_cells_are_labels),
        WITH_PLACE(test_fields_of_structs_are_read),
        WITH_PLACE(test_a_struct_with_one_array_means_that_array),
        WITH_PLACE(test_sparse_matrices_of_mat73_are_read),
        WITH_PLACE(test_dimensions_of_any_integers_are_read),
        WITH_PLACE(test_mat_of_version_4_is_read),
        WITH_PLACE(test_text_of_octave_is_read),
        WITH_PLACE(test_hdf5_of_octave_has_the_shape_that_octave_shows),
        WITH_PLACE(test_octave_words_and_ranges_are_numbers),
        WITH_PLACE(test_what_is_wrong_with_octave_text_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
