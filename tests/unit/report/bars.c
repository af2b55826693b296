/* unit/report/bars.c: bars are as long as their values, labels are text, and a page without bars has no such section. */
#include "report/bars.h"
#include "support/meter.h"

static rlra_context *context;

/* The section as a string, which is the caller's. */
static char *section(const rlra_page *page)
{
    html out;
    rlra_html_init(&out, context);
    rlra_bars_write(&out, page);
    assert_int_equal(rlra_html_status(&out), RLRA_OK);
    rlra_html_bytes(&out, "", 1);
    char *const text = malloc(out.used);
    memcpy(text, out.bytes, out.used);
    rlra_html_clear(&out);
    return text;
}

static int occurs(const char *text, const char *part)
{
    int count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        count++;
    return count;
}

static void test_bars_are_parts_of_the_longest(void **state)
{
    (void)state;
    static const char *const labels[] = {"<b>", "ünï", "none", "below", "lost"};
    const double values[] = {0.5, 0.125, 0, -1, NAN};
    const rlra_page_bars bars = {"A & B", "as <told>", 5, labels, values};
    char *const text = section(&(rlra_page){.bars_title = "Topics", .bars_count = 1, .bars = &bars});
    assert_int_equal(occurs(text, "width:100%"), 1);
    assert_int_equal(occurs(text, "width:25%"), 1);
    assert_int_equal(occurs(text, "width:0%"), 3);
    assert_int_equal(occurs(text, "<dt>&lt;b&gt;</dt>"), 1);
    assert_int_equal(occurs(text, "<dt>ünï</dt>"), 1);
    assert_int_equal(occurs(text, "A &amp; B"), 1);
    assert_int_equal(occurs(text, "as &lt;told&gt;"), 1);
    assert_int_equal(occurs(text, "grid-row:span 1\""), 1);
    free(text);
}

static void test_a_long_chart_takes_several_rows(void **state)
{
    (void)state;
    static const char *const labels[25] = {"a"};
    const double values[25] = {1};
    const rlra_page_bars bars[] = {{"sizes", NULL, 25, labels, values}, {"one", NULL, 10, labels, values}};
    char *const text = section(&(rlra_page){.bars_count = 2, .bars = bars});
    assert_int_equal(occurs(text, "grid-row:span 3\""), 1);
    assert_int_equal(occurs(text, "grid-row:span 1\""), 1);
    assert_int_equal(occurs(text, "<figcaption>"), 0);
    free(text);
}

static void test_a_page_without_bars_has_no_section(void **state)
{
    (void)state;
    char *const text = section(&(rlra_page){.bars_title = "Topics"});
    assert_string_equal(text, "");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bars_are_parts_of_the_longest),
        cmocka_unit_test(test_a_long_chart_takes_several_rows),
        cmocka_unit_test(test_a_page_without_bars_has_no_section),
    };
    if (rlra_context_create(NULL, &context) != RLRA_OK)
        return 1;
    const int failures = cmocka_run_group_tests_name("bars", tests, NULL, NULL);
    rlra_context_destroy(context);
    return failures;
}
