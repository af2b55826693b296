/* unit/io/tables.c: numbers and tables in text: every kind of separator, header, quote and mistake. */
#include "support.h"

#include <float.h>
#include <locale.h>

#include "core/number.h"

static void put_text(place *p, const char *name, const char *text)
{
    put_file(at(p, name), text, strlen(text));
}

static void check_table(place *p, const char *text, const char *names, int64_t rows, int64_t columns,
                        const double *expected)
{
    put_text(p, "t.csv", text);
    rlra_dataset *const dataset = must_read(p, p->path, RLRA_READ_F64);
    const rlra_array *const array = rlra_dataset_array(dataset);
    assert_int_equal(array->dims[0], rows);
    assert_int_equal(array->dims[1], columns);
    for (int64_t i = 0; i < rows * columns; i++)
        assert_true(entry_of(array, i) == expected[i]);
    check_labels(dataset, 1, names);
    rlra_dataset_destroy(dataset);
}

static void check_table_refused(place *p, const char *text, const char *part)
{
    put_text(p, "t.csv", text);
    check_refused(p, p->path, RLRA_ERR_FORMAT, part);
}

#define VALUES(...)                                                                                                    \
    (const double[])                                                                                                   \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }

static void test_separators_are_found(void **state)
{
    check_table(*state, "1,2\n3,4\n", NULL, 2, 2, VALUES(1, 2, 3, 4));
    check_table(*state, "1;2\n3;4", NULL, 2, 2, VALUES(1, 2, 3, 4));
    check_table(*state, "1\t2\n3\t4\n", NULL, 2, 2, VALUES(1, 2, 3, 4));
    check_table(*state, "  1   2 \n\t3 \t 4\n", NULL, 2, 2, VALUES(1, 2, 3, 4));
    check_table(*state, "1\n2\n3\n", NULL, 3, 1, VALUES(1, 2, 3));
    check_table(*state, "7", NULL, 1, 1, VALUES(7));
}

static void test_line_ends_blank_lines_comments_and_marks_do_not_matter(void **state)
{
    check_table(*state, "1,2\r\n3,4\r\n", NULL, 2, 2, VALUES(1, 2, 3, 4));
    check_table(*state, "\n\n1,2\n  \n3,4\n\n", NULL, 2, 2, VALUES(1, 2, 3, 4));
    check_table(*state, "# a, b\n1,2\n# c\n3,4\n#", NULL, 2, 2, VALUES(1, 2, 3, 4));
    check_table(*state,
                "\xef\xbb\xbf"
                "1,2\n3,4\n",
                NULL, 2, 2, VALUES(1, 2, 3, 4));
}

static void test_headers_are_found(void **state)
{
    check_table(*state, "x,y\n3,4\n", "x|y|", 1, 2, VALUES(3, 4));
    check_table(*state, "x,,z\n3,4,5\n", "x||z|", 1, 3, VALUES(3, 4, 5));
    check_table(*state, "\"x \"\"1\"\"\",\" y\nz\"\n3,4\n", "x \"1\"| y\nz|", 1, 2, VALUES(3, 4));
}

static void test_quoted_numbers_are_numbers(void **state)
{
    check_table(*state, "\"1\",\"2\"\n 3 , \"4\" \n", NULL, 2, 2, VALUES(1, 2, 3, 4));
}

static void test_missing_values_are_reported_by_line_and_column(void **state)
{
    check_table_refused(*state, "x,y\n1,2\n3,\n", "line 3, column 2: a value is missing");
    check_table_refused(*state, "x,y\n\n1,2\n,4\n", "line 4, column 1: a value is missing");
    check_table_refused(*state, "1,2\n3,NA\n", "line 2, column 2: a value is missing ('NA')");
    check_table_refused(*state, "1\t2\n\t4\n", "line 2, column 1: a value is missing");
    check_table_refused(*state, "1,\n3,4\n", "line 1, column 2: a value is missing");
    check_table_refused(*state, "1,NA\n", "give `missing=nan`");
}

static void test_words_and_ragged_lines_are_refused(void **state)
{
    check_table_refused(*state, "x,y\n1,2\n3,tree\n", "line 3, column 2: expected a number, got 'tree'");
    check_table_refused(*state, "1,2\n3,0x10\n", "expected a number, got '0x10'");
    check_table_refused(*state, "1,2\n3,4,5\n", "line 2 has 3 columns, expected 2");
    check_table_refused(*state, "1,2\n3\n", "line 2 has 1 columns, expected 2");
    check_table_refused(*state, "1,\"2\n3,4\n", "line 1, column 2: the quote is never closed");
    check_table_refused(*state, "# nothing\n\n", "holds no values");
    check_table_refused(*state, "x,y\n", "holds no values");
    check_table_refused(*state, "\n \n\r\n", "holds no values");
    check_table_refused(*state, "1.5;2\n3;2,5\n", "line 2, column 2: expected a number, got '2,5'");
}

static void test_nan_and_infinity_are_values(void **state)
{
    place *const p = *state;
    put_text(p, "t.csv", "nan,-inf\nInfinity,NaN\n");
    rlra_dataset *const dataset = must_read(p, p->path, RLRA_READ_F64);
    const rlra_array *const array = rlra_dataset_array(dataset);
    assert_true(isnan(entry_of(array, 0)) && isnan(entry_of(array, 3)));
    assert_true(entry_of(array, 1) == -INFINITY && entry_of(array, 2) == INFINITY);
    rlra_dataset_destroy(dataset);
}

static void test_fields_across_buffers_are_whole(void **state)
{
    place *const p = *state;
    const size_t rows = 30000;
    char *const text = malloc(rows * 16 + 1);
    size_t used = 0;
    for (size_t i = 0; i < rows; i++)
        used += (size_t)sprintf(text + used, "%zu.5,%zu\n", i, 2 * i);
    put_file(at(p, "t.csv"), text, used);
    free(text);
    rlra_dataset *const dataset = must_read(p, p->path, RLRA_READ_F64);
    const rlra_array *const array = rlra_dataset_array(dataset);
    assert_int_equal(array->dims[0], rows);
    for (int64_t i = 0; i < (int64_t)rows; i++) {
        assert_true(entry_of(array, 2 * i) == (double)i + 0.5);
        assert_true(entry_of(array, 2 * i + 1) == 2.0 * (double)i);
    }
    rlra_dataset_destroy(dataset);
}

/* strtod() with a point, whatever the locale of this program is. */
static double as_c_reads(const char *text)
{
    const locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    const locale_t before = uselocale(c);
    const double value = strtod(text, NULL);
    uselocale(before);
    freelocale(c);
    return value;
}

static void test_numbers_are_those_of_strtod(void **state)
{
    static const char *const texts[] = {"0",
                                        "-0",
                                        "1",
                                        "+1.5",
                                        ".5",
                                        "5.",
                                        "1e3",
                                        "1E-3",
                                        "1e+22",
                                        "1e23",
                                        "1e-22",
                                        "1e-23",
                                        "0.1",
                                        "123456789012345678",
                                        "9007199254740993",
                                        "1e308",
                                        "1e309",
                                        "4.9e-324",
                                        "1e-400",
                                        "2.2250738585072011e-308",
                                        "179769313486231570000000000000000000000",
                                        "0.30000000000000004",
                                        "1e-99999999999",
                                        "0.00000000000000000000000000012345678901234567",
                                        "12345678901234567890123456789012345",
                                        "1.7976931348623157e308"};
    (void)state;
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        double value;
        assert_true(rlra_number_parse(texts[k], &value));
        const double expected = as_c_reads(texts[k]);
        assert_true(value == expected && signbit(value) == signbit(expected));
    }
}

static void test_random_numbers_are_printed_and_parsed_exactly(void **state)
{
    uint64_t bits = 88172645463325252u;
    (void)state;
    for (int k = 0; k < 200000; k++) {
        double value, back;
        char text[NUMBER_BYTES];
        bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
        memcpy(&value, &bits, sizeof value);
        if (isnan(value))
            continue;
        rlra_number_format(value, 0, text);
        assert_true(rlra_number_parse(text, &back) && back == value);
        rlra_number_format((float)value, 1, text);
        assert_true(rlra_number_parse(text, &back) && (float)back == (float)value);
    }
}

static void test_what_is_no_number_is_refused(void **state)
{
    static const char *const texts[] = {"",    "-",   ".",     "e5",   "1e",  "1e+", "1 2",
                                        "1,5", "0x1", "1.2.3", "nano", "--1", "1f"};
    double value;
    (void)state;
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
        assert_false(rlra_number_parse(texts[k], &value));
}

/* Passes idly where no such locale is installed. */
static void test_locales_with_a_comma_change_nothing(void **state)
{
    static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8"};
    char text[NUMBER_BYTES];
    double value;
    (void)state;
    for (size_t k = 0; k < sizeof locales / sizeof locales[0]; k++) {
        char *const before = strdup(setlocale(LC_NUMERIC, NULL));
        assert_non_null(before);
        if (setlocale(LC_NUMERIC, locales[k]) == NULL) {
            free(before);
            continue;
        }
        rlra_number_format(1.5, 0, text);
        assert_string_equal(text, "1.5");
        assert_true(rlra_number_parse("1.2345678901234567890123", &value) && value > 1.2);
        setlocale(LC_NUMERIC, before);
        free(before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(test_separators_are_found),
        WITH_PLACE(test_line_ends_blank_lines_comments_and_marks_do_not_matter),
        WITH_PLACE(test_headers_are_found),
        WITH_PLACE(test_quoted_numbers_are_numbers),
        WITH_PLACE(test_missing_values_are_reported_by_line_and_column),
        WITH_PLACE(test_words_and_ragged_lines_are_refused),
        WITH_PLACE(test_nan_and_infinity_are_values),
        WITH_PLACE(test_fields_across_buffers_are_whole),
        cmocka_unit_test(test_numbers_are_those_of_strtod),
        cmocka_unit_test(test_random_numbers_are_printed_and_parsed_exactly),
        cmocka_unit_test(test_what_is_no_number_is_refused),
        cmocka_unit_test(test_locales_with_a_comma_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
