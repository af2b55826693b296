/* unit/io/tables_numbers.c: how the numbers of a table are written: decimal commas, groups, words for missing values. */
#include "found.h"

static void test_decimal_commas_are_read(void **state)
{
    const rlra_read_options comma = {.decimal = ','};
    const char *const reported = "commas are read as decimal signs";
    const expected e = {2, 2, VALUES(1.5, 2.25, -0.125, 1e3), .names = "a|b|", .note = reported};
    check(*state, "a;b\n1,5;2,25\n-0,125;1,0e3\n", e);
    check(*state, "a\tb\n1,5\t2,25\n-0,125\t1000\n", e);
    check(*state, "a b\n1,5 2,25\n-0,125 1000\n", e);
    check(*state, "\"a\",\"b\"\n\"1,5\",\"2,25\"\n\"-0,125\",1000\n", e);
    check_with(*state, "1,5\n2,5\n", comma, (expected){2, 1, VALUES(1.5, 2.5), .note = NULL});
    check(*state, "1,5\n2,5\n", (expected){2, 2, VALUES(1, 5, 2, 5), .note = NULL});
    const char *const doubtful = "commas are read as decimal signs, though all of them may separate thousands";
    const expected thirds = {2, 2, VALUES(-1.234, 5, 2.5, 3.125), .names = "a|b|", .note = doubtful};
    check(*state, "a;b\n-1,234;5\n2,500;3,125\n", thirds);
    check(*state, "a\tb\n-1,234\t5\n2,500\t3,125\n", thirds);
    check(*state, "a b\n-1,234 5\n2,500 3,125\n", thirds);
    refuse(*state, "\"1,234\",\"5,678\"\n", "give `decimal=comma` or `grouping=,`");
    check_with(*state, "1,234;5,678\n", comma, (expected){1, 2, VALUES(1.234, 5.678), .note = NULL});
    check_with(*state, "1,234;5,678\n", (rlra_read_options){.grouping = ','},
               (expected){1, 2, VALUES(1234, 5678), .note = NULL});
    check_with(*state, "\"1,234.5\",2\n", (rlra_read_options){.grouping = ','},
               (expected){1, 2, VALUES(1234.5, 2), .note = NULL});
    check_with(*state, "1.234.567,5;2\n", (rlra_read_options){.decimal = ',', .grouping = '.'},
               (expected){1, 2, VALUES(1234567.5, 2), .note = NULL});
    check_with(*state,
               "1 234,5;2\n1\xe2\x80\xaf"
               "234,5;2\n1\xc2\xa0"
               "234,5;3\n",
               (rlra_read_options){.decimal = ',', .grouping = ' '},
               (expected){3, 2, VALUES(1234.5, 2, 1234.5, 2, 1234.5, 3), .note = NULL});
    check_with(*state, "1'234.5;2\n", (rlra_read_options){.grouping = '\''},
               (expected){1, 2, VALUES(1234.5, 2), .note = NULL});
    refuse_with(*state, "12,34;2\n", (rlra_read_options){.grouping = ','}, "got '12,34'");
    refuse(*state, "1.234,5;2\n", "give `decimal=comma`");
    refuse_with(*state, "1.5;2\n", comma, "line 1, column 1: expected a number, got '1.5'");
    check(*state, "sep=;\na;b\n1;2\n", (expected){1, 2, VALUES(1, 2), .names = "a|b|"});
}

static void test_what_may_be_read_in_two_ways_is_asked(void **state)
{
    const rlra_read_options comma = {.decimal = ','}, point = {.decimal = '.'};
    refuse(*state, "1,5\n2,05\n", "line 2: these may be two numbers, or one with a decimal comma");
    refuse(*state, "1,5\n-0,5\n", "line 2: these may be two numbers");
    refuse(*state, "c0\n43,0\n12,0\n", "line 2: these may be two numbers");
    check_with(*state, "c0\n43,0\n12,0\n", comma, (expected){2, 1, VALUES(43, 12), .names = "c0|"});
    check_with(*state, "c0\n43,0\n12,0\n", point,
               (expected){2, 2, VALUES(43, 0, 12, 0), .note = "line 1 before the table is left out"});
    refuse(*state, "sample,400\nrow 1,5\nrow 2,6\n", "line 1: this may be the first row or name the columns");
    refuse(*state, "1,1234567890\n2,5\n", "line 1: these may be two numbers");
    check(*state, "a,b\n1,5\n2,05\n", (expected){2, 2, VALUES(1, 5, 2, 5), .names = "a|b|"});
    check_with(*state, "1,5\n2,05\n", comma, (expected){2, 1, VALUES(1.5, 2.05), .note = NULL});
    check_with(*state, "1,5\n2,05\n", point, (expected){2, 2, VALUES(1, 5, 2, 5), .note = NULL});
    refuse(*state, "s 1,5\ns 2,6\n", "commas or blanks may separate");
    check_with(*state, "s 1,5\ns 2,6\n", comma, (expected){2, 1, VALUES(1.5, 2.6), .row_names = "s|s|"});
    check_with(*state, "s 1,5\ns 2,6\n", point, (expected){2, 1, VALUES(5, 6), .row_names = "s 1|s 2|"});
    check(*state, "name,a\ns 1,5\ns 2,6\n", (expected){2, 1, VALUES(5, 6), .row_names = "s 1|s 2|", .names = "a|"});
    check(*state, "name a\ns1 1,5\ns2 2,6\n", (expected){2, 1, VALUES(1.5, 2.6), .row_names = "s1|s2|", .names = "a|"});
    refuse(*state, "Element,Na\nx,5\ny,6\n", "this may be the first row or name the columns");
    check(*state, "Element,Na\ns1,5\ns2,6\n", (expected){2, 1, VALUES(5, 6), .row_names = "s1|s2|", .names = "Na|"});
}

static void test_words_for_missing_values_are_nan_where_asked(void **state)
{
    static const char *const words[] = {"NA", "n/a", "null", "None",    "-",    "?",
                                        ".",  "",    "#N/A", "#VALUE!", "<NA>", "1.#QNAN"};
    const rlra_read_options missing = {.missing_words = 1};
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
        for (int column = 0; column < 2; column++) {
            char text[128], part[64];
            snprintf(text, sizeof text, "x;y;z\n1;2;3\n%s;%s;4\n5;6;7\n", column ? "8" : words[k],
                     column ? words[k] : "8");
            snprintf(part, sizeof part, "line 3, column %d: a value is missing ('%s'); give `missing=nan`", column + 1,
                     words[k]);
            refuse(*state, text, part);
            const double a = column ? 8 : NAN, b = column ? NAN : 8;
            check_with(*state, text, missing, (expected){3, 3, VALUES(1, 2, 3, a, b, 4, 5, 6, 7), .names = "x|y|z|"});
        }
    check_with(*state, "1,2\n,\n3,4\n,\n", missing,
               (expected){3, 2, VALUES(1, 2, NAN, NAN, 3, 4), .note = "line 4 behind the table"});
    check_with(*state, "1\t2\n\t\n3\t4\n", missing, (expected){3, 2, VALUES(1, 2, NAN, NAN, 3, 4), .note = NULL});
    refuse(*state, "1\t2\n\t\n3\t4\n", "line 2, column 1: a value is missing");
    check_with(*state, "n,a,b\ns1,1,2\ns2,NA,-\ns3,,\ns4,3,4\n", missing,
               (expected){4, 2, VALUES(1, 2, NAN, NAN, NAN, NAN, 3, 4), .row_names = "s1|s2|s3|s4|", .names = "a|b|"});
    check_with(*state, "s1,NA,NA\ns2,1,2\ns3,3,4\n", missing,
               (expected){3, 2, VALUES(NAN, NAN, 1, 2, 3, 4), .row_names = "s1|s2|s3|"});
    refuse_with(*state, "n,a,b\ns1,,\ns2,1,2\n", missing, "line 2: expected a row of numbers, got a name alone");
    check_with(*state, "x\n1\n\"\"\n\"\"\n", missing, (expected){3, 1, VALUES(1, NAN, NAN), .names = "x|"});
    check_with(*state, "1\nNA\n3\n", missing, (expected){3, 1, VALUES(1, NAN, 3), .note = NULL});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(test_decimal_commas_are_read),
        WITH_PLACE(test_what_may_be_read_in_two_ways_is_asked),
        WITH_PLACE(test_words_for_missing_values_are_nan_where_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
