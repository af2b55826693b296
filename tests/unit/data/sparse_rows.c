/* unit/data/sparse_rows.c: rows of sparse matrices hold what the view holds, whatever its storage and order. */
#include "data/sparse/rows.h"
#include "support/meter.h"
#include "support/sparse.h"

static void check_rows(const sparse_matrix *m, int mode, const sparse_rows *rows, const char *name)
{
    const ptrdiff_t length = (ptrdiff_t)m->dims[1 - mode];
    assert_int_equal(rows->rows, m->dims[mode]);
    assert_int_equal(rows->length, length);
    assert_int_equal(rows->starts[0], 0);
    assert_int_equal(rows->starts[rows->rows], rows->count);
    double *const dense = sparse_to_dense(m);
    for (ptrdiff_t i = 0; i < rows->rows; i++)
        for (int64_t e = rows->starts[i]; e < rows->starts[i + 1]; e++) {
            const ptrdiff_t j = rows->indices[e];
            CHECK(j >= 0 && j < length && (e == rows->starts[i] || j > rows->indices[e - 1]), "%s: row %td", name, i);
            double *const expected = mode == 0 ? &dense[i * length + j] : &dense[j * rows->rows + i];
            CHECK((double)rows->values[e] == (double)(real)*expected && *expected != 0, "%s: entry [%td, %td]", name, i,
                  j);
            *expected = 0;
        }
    for (int64_t e = 0; e < m->dims[0] * m->dims[1]; e++)
        CHECK((real)dense[e] == 0, "%s: an entry is missing", name);
    free(dense);
}

static void test_rows_hold_the_sums_of_any_view_along_both_modes(void **state)
{
    (void)state;
    static const int64_t dims[][2] = {{1, 1}, {7, 13}, {13, 7}, {1, 40}, {40, 1}, {60, 61}, {3, 500}};
    static const double fills[] = {0, 0.05, 0.5, 3};
    rlra_context *context;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    for (int shape = 0; shape < COUNT_OF(dims); shape++)
        for (int fill = 0; fill < COUNT_OF(fills); fill++)
            for (int storage = 0; storage < STORAGES; storage++)
                for (int mode = 0; mode < 2; mode++) {
                    sparse_matrix m = make_sparse(dims[shape], fills[fill], storage, (uint64_t)(10 * shape + fill));
                    char name[80];
                    sparse_rows rows;
                    snprintf(name, sizeof name, "shape %d, fill %d, storage %d, mode %d", shape, fill, storage, mode);
                    assert_int_equal(RLRA(sparse_rows_create)(context, &m.view, mode, &rows), RLRA_OK);
                    check_rows(&m, mode, &rows, name);
                    CHECK(rows.count + rows.duplicates + rows.zeros == m.view.count, "%s", name);
                    RLRA(sparse_rows_destroy)(context, &rows);
                    free_sparse(&m);
                }
    rlra_context_destroy(context);
}

static void test_duplicates_and_zeros_are_counted(void **state)
{
    (void)state;
    const int64_t i[] = {0, 1, 0, 1, 1, 0}, j[] = {2, 1, 2, 1, 0, 2};
    const real values[] = {1, 3, 4, -3, 0, 2};
    const rlra_sparse view = {.dtype = REAL_DTYPE,
                              .order = 2,
                              .dims = {2, 3},
                              .count = 6,
                              .compressed = -1,
                              .indices = {i, j},
                              .values = values};
    rlra_context *context;
    sparse_rows rows;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    assert_int_equal(RLRA(sparse_rows_create)(context, &view, 0, &rows), RLRA_OK);
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.duplicates, 3);
    assert_int_equal(rows.zeros, 2);
    assert_true(rows.values[0] == 7 && rows.indices[0] == 2);
    const sparse_range range = RLRA(sparse_rows_range)(&rows);
    assert_true(range.norm2 == 49 && range.least == 0 && range.scale == 7);
    RLRA(sparse_rows_destroy)(context, &rows);
    rlra_context_destroy(context);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    meter counted;
    rlra_context *const context = metered_context(&counted);
    const long own = counted.alive;
    sparse_matrix m = make_sparse((const int64_t[]){9, 8}, 0.5, STORAGE_SHUFFLED, 5);
    sparse_rows rows;
    rlra_status status = RLRA_ERR_MEMORY;
    long tries = 0;
    for (; status != RLRA_OK; tries++) {
        counted.made = 0;
        counted.refuse = tries;
        status = RLRA(sparse_rows_create)(context, &m.view, 1, &rows);
        assert_true(status == RLRA_OK || status == RLRA_ERR_MEMORY);
        assert_true(status == RLRA_OK || (counted.alive == own && rows.starts == NULL));
    }
    assert_int_equal(tries, 5);
    RLRA(sparse_rows_destroy)(context, &rows);
    assert_int_equal(counted.alive, own);
    free_sparse(&m);
    rlra_context_destroy(context);
}

/* A view of 2 x 3 that a test breaks. */
static void expect_refusal(const rlra_sparse *view, rlra_status expected, const char *part)
{
    rlra_context *context;
    sparse_rows rows;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    expect(context, RLRA(sparse_rows_create)(context, view, 0, &rows), expected, part);
    assert_null(rows.values);
    rlra_context_destroy(context);
}

static void test_what_is_wrong_with_a_view_is_reported(void **state)
{
    (void)state;
    int64_t i[] = {0, 1}, j[] = {2, 1}, starts[] = {0, 1, 2};
    real values[] = {1, 2};
    const rlra_sparse good = {.dtype = REAL_DTYPE,
                              .order = 2,
                              .dims = {2, 3},
                              .count = 2,
                              .compressed = -1,
                              .indices = {i, j},
                              .values = values};
    rlra_sparse v = good;
    v.dims[1] = 0;
    expect_refusal(&v, RLRA_ERR_SHAPE, "mode 1 of the sparse array has length 0");
    v = good;
    v.count = -1;
    expect_refusal(&v, RLRA_ERR_ARGUMENT, "0 or more stored entries, got -1");
    v = good;
    v.compressed = 2;
    expect_refusal(&v, RLRA_ERR_ARGUMENT, "along a mode 0 to 1, or -1 for none, got 2");
    v.compressed = 0;
    expect_refusal(&v, RLRA_ERR_ARGUMENT, "compressed along mode 0, but 'starts' is NULL");
    v.starts = starts;
    starts[1] = 3;
    expect_refusal(&v, RLRA_ERR_ARGUMENT, "starts[1] is 3 and starts[2] is 2");
    starts[1] = 1;
    starts[2] = 1;
    expect_refusal(&v, RLRA_ERR_ARGUMENT, "number of stored entries, 2, got 1");
    starts[0] = 1;
    expect_refusal(&v, RLRA_ERR_ARGUMENT, "starts[0] of a sparse array is 0, got 1");
    v = good;
    v.indices[1] = NULL;
    expect_refusal(&v, RLRA_ERR_ARGUMENT, "indices[1] is NULL");
    v = good;
    v.values = NULL;
    expect_refusal(&v, RLRA_ERR_ARGUMENT, "'values' is NULL");
    j[1] = 3;
    expect_refusal(&good, RLRA_ERR_ARGUMENT, "entry 1 of the sparse array has index 3 along mode 1, expected 0 to 2");
    j[1] = -1;
    expect_refusal(&good, RLRA_ERR_ARGUMENT, "has index -1 along mode 1");
    j[1] = 1;
    values[1] = (real)NAN;
    expect_refusal(&good, RLRA_ERR_DATA, "1 entries that are NaN or infinite; the first, nan, is entry 1, at [1, 1]");
    values[0] = values[1] = (real)(sizeof(real) == 4 ? 3e38 : 1.5e308);
    i[0] = 1;
    j[0] = 1;
    expect_refusal(&good, RLRA_ERR_DATA, "the entries at [1, 1] sum to");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_hold_the_sums_of_any_view_along_both_modes),
        cmocka_unit_test(test_duplicates_and_zeros_are_counted),
        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_what_is_wrong_with_a_view_is_reported),
    };
    return cmocka_run_group_tests_name("sparse rows", tests, NULL, NULL);
}
