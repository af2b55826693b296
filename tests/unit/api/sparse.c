/* unit/api/sparse.c: views of sparse arrays and their summaries. */
#include "support/sparse.h"
#include "support/meter.h"

/* Entries of a matrix with the same indices as an earlier one, by plain search. */
static int64_t duplicates_plain(const sparse_matrix *m)
{
    int64_t found = 0;
    for (int64_t e = 0; e < m->view.count; e++)
        for (int64_t before = 0; before < e; before++)
            if (m->i[e] == m->i[before] && m->j[e] == m->j[before]) {
                found++;
                break;
            }
    return found;
}

static void test_summary_counts_what_is_stored_in_every_storage(void **state)
{
    (void)state;
    rlra_context *context;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    static const int64_t dims[][2] = {{1, 1}, {30, 20}, {5, 300}};
    for (int shape = 0; shape < COUNT_OF(dims); shape++)
        for (int storage = 0; storage < STORAGES; storage++)
            for (int fill = 0; fill < 3; fill++) {
                sparse_matrix m = make_sparse(dims[shape], 0.4 * fill, storage, (uint64_t)fill);
                rlra_sparse_summary s;
                int64_t zeros = 0, negatives = 0;
                double sum = 0;
                for (int64_t e = 0; e < m.view.count; e++) {
                    zeros += m.values[e] == 0;
                    negatives += m.values[e] < 0;
                    sum += (double)m.values[e];
                }
                assert_int_equal(rlra_sparse_summarise(context, &m.view, &s), RLRA_OK);
                assert_int_equal(s.stored, m.view.count);
                assert_int_equal(s.zeros, zeros);
                assert_int_equal(s.negatives, negatives);
                assert_int_equal(s.duplicates, duplicates_plain(&m));
                assert_true(s.stored == 0 ? isnan(s.mean) && isnan(s.least) : s.mean == sum / (double)s.stored);
                assert_true(fabs(s.density * (double)(dims[shape][0] * dims[shape][1]) - (double)s.stored) < 1e-9);
                free_sparse(&m);
            }
    rlra_context_destroy(context);
}

static void test_summary_counts_nan_and_duplicates_of_order_3(void **state)
{
    (void)state;
    meter counted;
    rlra_context *const context = metered_context(&counted);
    const int64_t i[] = {4, 0, 4, 4, 0}, j[] = {1, 1, 1, 1, 1}, k[] = {2, 0, 2, 1, 0}, dims[] = {5, 2, 3};
    const real values[] = {1, (real)NAN, 3, (real)-INFINITY, -2};
    const rlra_sparse s = rlra_sparse_coo(REAL_DTYPE, 3, dims, 5, (const int64_t *const[]){i, j, k}, values);
    rlra_sparse_summary summary;
    assert_int_equal(rlra_sparse_summarise(context, &s, &summary), RLRA_OK);
    assert_true(summary.duplicates == 2 && summary.nans == 1 && summary.infinities == 1 && summary.negatives == 1);
    assert_true(summary.least == -2 && summary.most == 3);
    expect(context, rlra_sparse_check(context, &s), RLRA_ERR_DATA,
           "2 entries that are NaN or infinite; the first, nan, is entry 1, at [0, 1, 0]");
    counted.refuse = counted.made;
    assert_int_equal(rlra_sparse_summarise(context, &s, &summary), RLRA_ERR_MEMORY);
    assert_int_equal(counted.alive, 1);
    rlra_context_destroy(context);
}

static void test_views_of_rows_and_columns_are_the_same_matrix(void **state)
{
    (void)state;
    rlra_context *context;
    const int64_t row_starts[] = {0, 2, 3}, columns[] = {0, 2, 1}, column_starts[] = {0, 1, 2, 3}, rows[] = {0, 1, 0};
    const real by_row[] = {1, 2, 3}, by_column[] = {1, 3, 2};
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    const rlra_sparse csr = rlra_sparse_csr(REAL_DTYPE, 2, 3, row_starts, columns, by_row);
    const rlra_sparse csc = rlra_sparse_csc(REAL_DTYPE, 2, 3, column_starts, rows, by_column);
    assert_int_equal(rlra_sparse_check(context, &csr), RLRA_OK);
    assert_int_equal(rlra_sparse_check(context, &csc), RLRA_OK);
    assert_true(csr.count == 3 && csc.count == 3 && csr.compressed == 0 && csc.compressed == 1);
    assert_true(csr.dims[0] == 2 && csc.dims[1] == 3);
    rlra_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summary_counts_what_is_stored_in_every_storage),
        cmocka_unit_test(test_summary_counts_nan_and_duplicates_of_order_3),
        cmocka_unit_test(test_views_of_rows_and_columns_are_the_same_matrix),
    };
    return cmocka_run_group_tests_name("sparse views", tests, NULL, NULL);
}
