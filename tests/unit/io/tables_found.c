/* unit/io/tables_found.c: which lines of a text are its table, and what its names are. */
#include "found.h"

static void test_a_hash_within_the_table_is_no_comment(void **state)
{
    const rlra_read_options missing = {.missing_words = 1};
    refuse(*state, "x,y\n1,2\n#N/A,3\n4,5\n", "line 3, column 1: a value is missing ('#N/A')");
    check_with(*state, "x,y\n1,2\n#N/A,3\n4,5\n", missing,
               (expected){3, 2, VALUES(1, 2, NAN, 3, 4, 5), .names = "x|y|"});
    check_with(*state, "1;#DIV/0!\n#REF!;3\n#NAME?;#NUM!\n", missing,
               (expected){3, 2, VALUES(1, NAN, NAN, 3, NAN, NAN), .note = NULL});
    check(*state, "id,a,b\n#1,2,3\n#2,4,5\n",
          (expected){2, 2, VALUES(2, 3, 4, 5), .row_names = "#1|#2|", .names = "a|b|", .note = "names of the rows"});
    refuse(*state, "1,2\n#2,3\n4,5\n", "line 2, column 1: expected a number, got '#2'");
    check(*state, "# by, hand, 1\n1,2\n# a note\n3,4\n#\n",
          (expected){2, 2, VALUES(1, 2, 3, 4), .note = "line 1 before the table is left out: '# by, hand, 1'"});
    /* A comment, or the name of a row. */
    refuse(*state, "#1,2\n3,4\n5,6\n", "line 1, column 1: expected a number, got '#1'");
    refuse(*state, "x,y\n#2,3\n4,5\n6,7\n", "line 2, column 1: expected a number, got '#2'");
    refuse(*state, "x\ty\n1\t2\n#2\t3\n", "line 3, column 1: expected a number, got '#2'");
    check(*state, "# 1,2\n3,4\n5,6\n", (expected){2, 2, VALUES(3, 4, 5, 6), .note = "'# 1,2'"});
    check(*state, "1\n# note\n2\n", (expected){2, 1, VALUES(1, 2), .note = "of comments within"});
}

static void test_a_row_that_begins_with_a_number_is_data(void **state)
{
    static const char *const wrong[] = {"n.d.",  "<0.05", "5%",    "2020-01-31", "1.2.3",
                                        "12:30", "text",  "12abc", ">3",         "$5"};
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++)
        for (int line = 1; line <= 3; line++)
            for (int column = 1; column <= 3; column++) {
                char text[256], part[64];
                size_t used = 0;
                /* Text at the beginning of the first row is a name; what can be read as a number never is. */
                if (column == 1 && line == 1 && strcmp(wrong[k], "text") == 0)
                    continue;
                for (int i = 1; i <= 3; i++)
                    for (int j = 1; j <= 3; j++)
                        used += (size_t)sprintf(text + used, "%s%c", i == line && j == column ? wrong[k] : "7",
                                                j < 3 ? ',' : '\n');
                snprintf(part, sizeof part, "line %d, column %d: expected a number", line, column);
                refuse(*state, text, part);
            }
    refuse(*state, "x,<0.05,3\n4,5,6\n7,8,9\n", "line 1, column 2");
    refuse(*state, "x,y,z\ntext,2,3\n4,5,6\n7,8,9\n", "line 2, column 1: expected a number, got 'text'");
    refuse(*state, "x,y,z\ntext,2,text\n4,5,6\n7,8,9\n", "line 2, column 1: expected a number, got 'text'");
    refuse(*state, "s1,1,x,3\ns2,4,5,6\ns3,7,8,9\n", "line 1, column 3: expected a number, got 'x'");
    check(*state, "1,2,3\n4,5,6\n", (expected){2, 3, VALUES(1, 2, 3, 4, 5, 6), .note = NULL});
    check(*state, "260nm,280nm\n1,2\n", (expected){1, 2, VALUES(1, 2), .names = "260nm|280nm|"});
    check(*state, "a,2,b\n3,4,5\n", (expected){1, 3, VALUES(3, 4, 5), .names = "a|2|b|", .note = "line 1 names"});
    check(*state, "Na,K\n3,4\n1,2\n", (expected){2, 2, VALUES(3, 4, 1, 2), .names = "Na|K|"});
}

static void test_a_first_column_without_a_name_holds_places(void **state)
{
    const expected index = {3,
                            2,
                            VALUES(1.5, 2, 3, 4, 5, 7),
                            .names = "a|b|",
                            .row_places = VALUES(0, 1, 2),
                            .note = "the first column holds the places"};
    const expected eem = {2,
                          2,
                          VALUES(1, 2, 3, 4),
                          .names = "400|410.5|",
                          .row_places = VALUES(250, 260),
                          .places = VALUES(400, 410.5),
                          .note = "the places of the rows, from '250' on"};
    check(*state, ",a,b\n0,1.5,2\n1,3,4\n2,5,7\n", index);
    check(*state, "\"\";\"a\";\"b\"\n0;1.5;2\n1;3;4\n2;5;7\n", index);
    check(*state, "Unnamed: 0,a,b\n0,1.5,2\n1,3,4\n2,5,7\n",
          (expected){3, 2, index.values, .names = "a|b|", .row_places = index.row_places, .note = "'Unnamed: 0'"});
    check_separators(*state, "nm,400,410.5\n250,1,2\n260,3,4\n", eem);
    check(*state, ",400,410.5\n250,1,2\n260,3,4\n", eem);
    check(*state, "id,a\n0,1.5\n1,3\n", (expected){2, 2, VALUES(0, 1.5, 1, 3), .names = "id|a|"});
    check_with(*state, ",a\n0,1.5\n1,3\n", (rlra_read_options){.first_column = RLRA_FIRST_DATA},
               (expected){2, 2, VALUES(0, 1.5, 1, 3), .names = "|a|"});
    check_with(*state, "id,a\n0,1.5\n1,3\n", (rlra_read_options){.first_column = RLRA_FIRST_AXIS},
               (expected){2, 1, VALUES(1.5, 3), .names = "a|", .row_places = VALUES(0, 1), .note = NULL});
    check_with(*state, "id,a\n0,1.5\n1,3\n", (rlra_read_options){.first_column = RLRA_FIRST_NAMES},
               (expected){2, 1, VALUES(1.5, 3), .row_names = "0|1|", .names = "a|"});
    check(*state, "\"a\" \"b\"\n\"1\" 5 6\n\"2\" 7 8\n",
          (expected){2, 2, VALUES(5, 6, 7, 8), .names = "a|b|", .row_places = VALUES(1, 2), .note = NULL});
}

static void test_names_of_rows_are_kept(void **state)
{
    const expected e = {2, 2, VALUES(1, 2, 3, 4), .row_names = "s1|s2|", .names = "a|b|"};
    check_separators(*state, "\"\",\"a\",\"b\"\n\"s1\",1,2\n\"s2\",3,4\n", e);
    check_separators(*state, "name,a,b\ns1,1,2\ns2,3,4\n", e);
    check(*state, "\"a\" \"b\"\n\"s1\" 1 2\n\"s2\" 3 4\n", e);
    check(*state, "s1,1,2\ns2,3,4\n", (expected){2, 2, e.values, .row_names = "s1|s2|", .note = "from 's1' on"});
    check(*state, "sample,400,410\ns1,1,2\ns2,3,4\n",
          (expected){2, 2, e.values, .row_names = "s1|s2|", .names = "400|410|", .places = VALUES(400, 410),
                     .note = NULL});
    for (const char *sign = ",;\t"; *sign != '\0'; sign++) {
        char text[64];
        snprintf(text, sizeof text, "%ca%cb\nrow 1%c1%c2\nrow 2%c3%c4\n", *sign, *sign, *sign, *sign, *sign, *sign);
        check(*state, text, (expected){2, 2, e.values, .row_names = "row 1|row 2|", .names = "a|b|"});
        check(*state, strchr(text, '\n') + 1,
              (expected){2, 2, e.values, .row_names = "row 1|row 2|", .note = "from 'row 1' on"});
    }
    check(*state, "1\t 2\n3 \t4\n", (expected){2, 2, e.values, .note = NULL});
    check(*state, "1\t2\n3 4\n", (expected){2, 2, e.values, .note = NULL});
    check(*state, "date;a\n2020-01-01;1\n2020-01-02;2\n",
          (expected){2, 1, VALUES(1, 2), .row_names = "2020-01-01|2020-01-02|", .names = "a|"});
    check(*state, "n,a\n\"x, \"\"1\"\"\",5\ny,6\n",
          (expected){2, 1, VALUES(5, 6), .row_names = "x, \"1\"|y|", .names = "a|"});
    check_with(*state, "chr,a\n1,5\nX,6\n", (rlra_read_options){.first_column = RLRA_FIRST_NAMES},
               (expected){2, 1, VALUES(5, 6), .row_names = "1|X|", .names = "a|"});
    refuse(*state, "chr,a\n1,5\nX,6\n",
           "line 3, column 1: expected a number, got 'X'; if the first column names the rows");
    refuse(*state, "n,a\ns1,5\ns2,6\n3,7\ns4,8\n", "line 4, column 1: expected the name of a row");
    refuse(*state, "alpha,1,2\nbeta,3,4\n", "give `names=1` or `names=none`");
    check_with(*state, "alpha,1,2\nbeta,3,4\n", (rlra_read_options){.names_line = -1},
               (expected){2, 2, e.values, .row_names = "alpha|beta|"});
    refuse_with(*state, "s1,5,6\ns2,6,7\n", (rlra_read_options){.first_column = RLRA_FIRST_DATA}, "line 1, column 1");
}

static void test_ends_of_lines_may_be_mixed(void **state)
{
    check(*state, "1,2\n3,4\n5,7", (expected){3, 2, VALUES(1, 2, 3, 4, 5, 7), .note = NULL});
    check(*state, "1,2\r3,4\n5,7\r\n8,9", (expected){4, 2, VALUES(1, 2, 3, 4, 5, 7, 8, 9), .note = NULL});
    check(*state, "1,2\n3,4\n5,7\n\x1a", (expected){3, 2, VALUES(1, 2, 3, 4, 5, 7), .note = NULL});
    refuse(*state, "1,2\r3,x\r", "line 2, column 2");
}

static void test_what_stands_around_the_table_is_left_out(void **state)
{
    const expected e = {2, 2, VALUES(400, 0.1, 410, 0.2), .names = "nm|abs|"};
    check_separators(*state, "nm,abs\n(nm),[a]\n400,0.1\n410,0.2\n", e);
    check(*state, "nm;abs\nnm;AU\n400;0.1\n410;0.2\n",
          (expected){2, 2, e.values, .names = "nm|abs|", .note = "line 2 holds units and is left out: nm, AU"});
    check(*state, "Instrument: X\nOperator: A, B, C\nGain: 5\n\nnm,abs\n400,0.1\n410,0.2\nEND\n",
          (expected){2, 2, e.values, .names = "nm|abs|", .note = "3 lines before the table are left out"});
    check(*state, "Instrument,X\nGain,5\nDate,2020-01-31\nnm,abs\n400,0.1\n410,0.2\n\"END\"\n",
          (expected){2, 2, e.values, .names = "nm|abs|", .note = "line 7 behind the table is left out"});
    check(*state, "% one\n// two, 2, 3\n! three\n; four\n\" five\nnm,abs\n400,0.1\n410,0.2\n",
          (expected){2, 2, e.values, .names = "nm|abs|", .note = "5 lines before"});
    check(*state, "178,13,class_0,class_1,class_2\n1,2,3\n4,5,6\n",
          (expected){2, 3, VALUES(1, 2, 3, 4, 5, 6), .note = "'178,13,class_0,class_1,class_2'"});
    check(*state, "nm,abs\n# unit,unit\n400,0.1\n410,0.2\n",
          (expected){2, 2, e.values, .names = "nm|abs|", .note = "line 2 before the table is left out: '# unit,unit'"});
    check(*state, "\f400,0.1\n410,0.2\n", (expected){2, 2, e.values, .note = NULL});
    check(*state, "2024\nnm,abs\n400,0.1\n410,0.2\n",
          (expected){2, 2, e.values, .names = "nm|abs|", .note = "line 1 before"});
    check_with(*state, "1,2,3\nnm,abs\n400,0.1\n", (rlra_read_options){.first_line = 2},
               (expected){1, 2, e.values, .names = "nm|abs|"});
    check_with(*state, "5,6\nnm,abs\n400,0.1\n410,0.2\n", (rlra_read_options){.names_line = 1, .first_line = 3},
               (expected){2, 2, e.values, .names = "5|6|", .places = VALUES(5, 6), .note = NULL});
    check_with(*state, "5,6\n400,0.1\n410,0.2\n", (rlra_read_options){.names_line = 1},
               (expected){2, 2, e.values, .names = "5|6|", .places = VALUES(5, 6), .note = NULL});
    check_with(*state, "nm,abs\n400,0.1\n410,0.2\n", (rlra_read_options){.names_line = -1},
               (expected){2, 2, e.values, .note = NULL});
    refuse_with(*state, "1,2\n", (rlra_read_options){.first_line = 9}, "has no line 9");
    refuse_with(*state, "1,2\n", (rlra_read_options){.names_line = 9}, "nothing in line 9");
    refuse_with(*state, "a,b,c,d\n1,2\n", (rlra_read_options){.names_line = 1}, "line 1 has 4 fields");
}

static void test_no_row_is_dropped_without_a_word(void **state)
{
    refuse(*state, "150,4,setosa,versicolor,virginica\n1,2,3,4,0\n1,3,3,4,0\n", "line 1, column 3");
    refuse(*state, "5.1,3.5,setosa\n4.9,3,setosa\n", "line 1, column 3: expected a number, got 'setosa'");
    refuse(*state, "5.1,3.5,setosa\n4.9,3,setosa\n", "no column but the first may hold text");
    refuse(*state, "Gene\tDesc\tA\tB\nx\tfoo\t1\t2\ny\tbar\t3\t4\n",
           "line 2, column 2: expected a number, got 'foo'; no column but the first may hold text");
    refuse(*state, "#1.2\n2\t2\nName\tDescription\tA\tB\nx\tfoo\t1\t2\ny\tbar\t3\t4\n",
           "line 4, column 2: expected a number, got 'foo'");
    refuse(*state, "a,b\n5%,1\n2,3\n", "line 2, column 1: expected a number, got '5%'");
    refuse(*state, "1,2\n3,4\ntree\n6,7\n", "line 3 has 1 columns, expected 2");
    refuse(*state, "1,2\n3,4\ntree,x\n6,7\n", "line 3, column 1: expected a number, got 'tree'");
    refuse(*state, "1,2\n3,4\n5,6,7\n6,7\n8,9\n8,9\n", "line 3 has 3 columns");
    refuse(*state, "1,2\n3,4\n5,x,7\n6,7\n8,9\n8,9\n", "line 3 has 3 columns");
    refuse(*state, "1,2\n1,2,3\n1,2,3\n", "line 1 has 2 columns, expected 3 as in line 2");
    refuse(*state, "1,2,3\n4,5,6\n\n7,8\n", "line 4 has 2 columns");
    refuse(*state, "1,2,3\n4,5,6\nend\n7,8\n", "line 4 has 2 columns");
    refuse(*state, "1,2,3\n4,5,6\nTotal,5,7\n", "line 3, column 1");
    refuse(*state, "1,2,3\n4,5,6\nend\n1,2\n3,4\n5,6\n", "holds two tables");
    check(*state, "1,2,3\n4,5,6\nTotal: 11\n",
          (expected){2, 3, VALUES(1, 2, 3, 4, 5, 6), .note = "line 3 behind the table is left out: 'Total: 11'"});
    check(*state, "1,2,3\n4,5,6\nmean 5,7\n",
          (expected){2, 3, VALUES(1, 2, 3, 4, 5, 6), .note = "line 3 behind the table is left out: 'mean 5,7'"});
    check(*state, "1,2,3\n4,5,6\nmean,7\nsd,8\nend\n",
          (expected){2, 3, VALUES(1, 2, 3, 4, 5, 6),
                     .note = "3 lines behind the table are left out, the first is line 3"});
    check(*state, "1,2,3\n4,5,6\nend\nmean,7\n",
          (expected){2, 3, VALUES(1, 2, 3, 4, 5, 6),
                     .note = "2 lines behind the table are left out, the first is line 3"});
    refuse(*state, "a,b\n1,2\n3,4\n\nc,d,e\n1,2,3\n4,5,6\n7,8,9\n", "give `skip=4`");
    check_with(*state, "a,b\n1,2\n3,4\n\nc,d,e\n1,2,3\n4,5,6\n7,8,9\n", (rlra_read_options){.first_line = 5},
               (expected){3, 3, VALUES(1, 2, 3, 4, 5, 6, 7, 8, 9), .names = "c|d|e|"});
}

static void test_separators_at_the_end_are_no_column(void **state)
{
    const expected e = {2, 3, VALUES(1, 2, 3, 4, 5, 6), .names = "a|b|c|",
                        .note = "1 empty column at the end is left out"};
    const expected bare = {2, 3, e.values, .note = e.note};
    check(*state, "a,b,c,\n1,2,3,\n4,5,6,\n", e);
    check(*state, "a;b;c\n1;2;3;\n4;5;6;\n", e);
    check(*state, "a\tb\tc\t\n1\t2\t3\t\n4\t5\t6\t\n", e);
    check(*state, "a,b,c,\n1,2,3\n4,5,6\n", (expected){2, 3, e.values, .names = "a|b|c|"});
    check(*state, "1,2,3, \n4,5,6, \n", bare);
    check(*state, "\"1\",\"2\",\"3\",\"\"\n\"4\",\"5\",\"6\",\"\"\n", bare);
    refuse(*state, "\"1\",\"2\",\"3\"\n\"4\",\"5\",\"6\"\n\"7,8\",9\n", "line 3 has 2 columns, expected 3");
    check(*state, "1,2,3,,\n4,5,6,,\n", (expected){2, 3, e.values, .note = "2 empty columns at the end are"});
    check(*state, "n,a,\ns1,1,\ns2,2,\n",
          (expected){2, 1, VALUES(1, 2), .row_names = "s1|s2|", .names = "a|", .note = e.note});
    refuse(*state, "a,b,c\n1,2,\n3,4,5\n", "line 2, column 3: a value is missing");
    refuse(*state, "a,b,\n1,2,\n3,4,5\n", "line 2, column 3: a value is missing");
    refuse(*state, "1,2,\n3,4\n", "line 2 has 2 columns, expected 3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(test_a_hash_within_the_table_is_no_comment),
        WITH_PLACE(test_a_row_that_begins_with_a_number_is_data),
        WITH_PLACE(test_a_first_column_without_a_name_holds_places),
        WITH_PLACE(test_names_of_rows_are_kept),
        WITH_PLACE(test_ends_of_lines_may_be_mixed),
        WITH_PLACE(test_what_stands_around_the_table_is_left_out),
        WITH_PLACE(test_no_row_is_dropped_without_a_word),
        WITH_PLACE(test_separators_at_the_end_are_no_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
