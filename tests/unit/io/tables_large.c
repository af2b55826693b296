/* unit/io/tables_large.c: tables, lines and fields larger than the buffer; mistakes far from the beginning. */
#include "support.h"

#define ROWS 60000

/* Rows of five numbers under a heading; `wrong` stands in place of row `where`. */
static size_t write_rows(char *text, const char *end, int64_t where, const char *wrong)
{
    size_t used = (size_t)sprintf(text, "a heading%sa,b,c,d,e%s", end, end);
    for (int64_t i = 0; i < ROWS; i++) {
        if (i == where)
            used += (size_t)sprintf(text + used, "%s%s", wrong, end);
        else
            used += (size_t)sprintf(text + used, "%d,%d.25,-%de-3,%d,7%s", (int)i, (int)i, (int)i, (int)(3 * i), end);
    }
    return used;
}

static void check_rows(place *p, int64_t rows)
{
    rlra_dataset *const dataset = must_read(p, p->path, RLRA_READ_F64);
    const rlra_array *const array = rlra_dataset_array(dataset);
    assert_int_equal(array->dims[0], rows);
    assert_int_equal(array->dims[1], 5);
    const double *const values = array->data;
    for (int64_t i = 0; i < rows; i++) {
        const double k = (double)i, row[5] = {k, k + 0.25, -k / 1000, 3 * k, 7};
        for (int j = 0; j < 5; j++)
            assert_true(values[5 * i + j] == row[j]);
    }
    check_labels(dataset, 1, "a|b|c|d|e|");
    rlra_dataset_destroy(dataset);
}

static void test_all_ends_of_lines_are_read_in_large_files(void **state)
{
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    place *const p = *state;
    char *const text = malloc((size_t)ROWS * 64);
    for (int k = 0; k < 3; k++) {
        put_file(at(p, "t.csv"), text, write_rows(text, ends[k], -1, ""));
        check_rows(p, ROWS);
    }
    free(text);
}

static void test_one_wrong_line_among_many_is_named(void **state)
{
    static const char *const wrong[] = {"1,2,3,4", "1,2,3,4,5,6", "1,2,x,4,5",  "x,2,3,4,5", "x",
                                        "1,2",     "1-2,2,3,4,5", "1,2,3,4,5e", "x,y,z,u,v", "\"a,b"};
    static const int64_t places[] = {0, 1, 30, ROWS / 2, ROWS - 2};
    place *const p = *state;
    char *const text = malloc((size_t)ROWS * 64);
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++)
        for (size_t n = 0; n < sizeof places / sizeof places[0]; n++) {
            char part[32];
            /* Text before the first row is a heading or names. */
            if (places[n] == 0 && strchr("x\"", wrong[k][0]) != NULL)
                continue;
            put_file(at(p, "t.csv"), text, write_rows(text, "\n", places[n], wrong[k]));
            snprintf(part, sizeof part, "line %d", (int)places[n] + 3);
            check_refused(p, p->path, RLRA_ERR_FORMAT, part);
        }
    free(text);
}

static void test_lines_and_fields_may_be_larger_than_the_buffer(void **state)
{
    place *const p = *state;
    const int columns = 200000;
    const size_t name = 700000;
    char *const text = malloc((size_t)columns * 20 + name);
    size_t used = 0;
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < columns; j++)
            used += (size_t)sprintf(text + used, "%d%c", i + j, j + 1 < columns ? '\t' : '\n');
    put_file(at(p, "t.tsv"), text, used);
    rlra_dataset *dataset = must_read(p, p->path, RLRA_READ_F64);
    assert_int_equal(rlra_dataset_array(dataset)->dims[1], columns);
    for (int64_t j = 0; j < columns; j++)
        assert_true(entry_of(rlra_dataset_array(dataset), columns + j) == (double)j + 1);
    rlra_dataset_destroy(dataset);

    used = 0;
    text[used++] = '"';
    for (size_t k = 0; k < name; k++)
        text[used++] = k % 100 == 99 ? '\n' : 'n';
    used += (size_t)sprintf(text + used, "\",b\n1,2\n3,4\n");
    put_file(at(p, "t.csv"), text, used);
    dataset = must_read(p, p->path, RLRA_READ_F64);
    assert_int_equal(strlen(rlra_dataset_label(dataset, 1, 0)), name);
    assert_true(entry_of(rlra_dataset_array(dataset), 3) == 4);
    rlra_dataset_destroy(dataset);
    free(text);
}

/* What decides about the separator may stand far below. */
static void test_long_headings_are_left_out(void **state)
{
    place *const p = *state;
    char *const text = malloc(1 << 20);
    size_t used = 0;
    for (int k = 0; k < 9000; k++)
        used += (size_t)sprintf(text + used, "Setting %d: on, off, and more\n", k);
    used += (size_t)sprintf(text + used, "x;y\n1,5;2\n3;4\n");
    put_file(at(p, "t.csv"), text, used);
    free(text);
    rlra_dataset *const dataset = must_read(p, p->path, RLRA_READ_F64);
    assert_true(entry_of(rlra_dataset_array(dataset), 0) == 1.5 && entry_of(rlra_dataset_array(dataset), 3) == 4);
    assert_non_null(strstr(rlra_dataset_note(dataset, 0), "9000 lines before the table are left out"));
    rlra_dataset_destroy(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(test_all_ends_of_lines_are_read_in_large_files),
        WITH_PLACE(test_one_wrong_line_among_many_is_named),
        WITH_PLACE(test_lines_and_fields_may_be_larger_than_the_buffer),
        WITH_PLACE(test_long_headings_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
