/* What goes into a page is escaped, numbers read well, and running out of memory is kept until the end. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/html.h"

static rlra_context *context;

static int make_context(void **state)
{
    (void)state;
    return rlra_context_create(NULL, &context);
}

static int free_context(void **state)
{
    (void)state;
    rlra_context_destroy(context);
    return 0;
}

static void check_page(html *page, const char *expected)
{
    rlra_html_bytes(page, "", 1);
    assert_int_equal(rlra_html_status(page), RLRA_OK);
    assert_string_equal(page->bytes, expected);
    rlra_html_clear(page);
}

static void test_html_text_escapes_markup(void **state)
{
    (void)state;
    html page;
    rlra_html_init(&page, context);
    rlra_html_text(&page, "<b a='1' c=\"2\">&amp;</b>\xc2\xb5");
    rlra_html_text(&page, NULL);
    check_page(&page, "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp;&lt;/b&gt;\xc2\xb5");
}

static void test_html_string_cannot_close_a_script(void **state)
{
    (void)state;
    html page;
    rlra_html_init(&page, context);
    rlra_html_string(&page, "</script><!--\"\\\n\x01");
    check_page(&page, "\"\\u003c/script\\u003e\\u003c!--\\u0022\\u005c\\u000a\\u0001\"");
}

static void test_html_real_shows_what_is_missing(void **state)
{
    (void)state;
    html page;
    rlra_html_init(&page, context);
    rlra_html_real(&page, 0.1, 5, "null");
    rlra_html_raw(&page, " ");
    rlra_html_real(&page, -1.5e300, 5, "null");
    rlra_html_raw(&page, " ");
    rlra_html_real(&page, NAN, 5, "null");
    rlra_html_real(&page, -INFINITY, 5, "!");
    check_page(&page, "0.1 -1.5e+300 null!");
}

static void test_html_label_reads_well(void **state)
{
    (void)state;
    static const struct {
        double number;
        int digits;
        const char *text;
    } rows[] = {
        {0.0, 3, "0"},
        {1797.0, 3, "1800"},
        {1234567.0, 3, "1230000"},
        {9999.6, 3, "10000"},
        {0.00123456, 3, "0.00123"},
        {-42.0, 3, "-42"},
        {1.2109e9, 3, "1.21e9"},
        {3.2e-7, 3, "3.2e-7"},
        {1.0, 3, "1"},
        {0.0001, 4, "0.0001"},
        {99.96, 3, "100"},
        {119.0, 9, "119"},
        {1.21110833e9, 9, "1.21110833e9"},
        {2600.0, 4, "2600"},
        {-1e-300, 3, "-1e-300"},
        {NAN, 3, "\xe2\x80\x93"},
        {INFINITY, 3, "\xe2\x80\x93"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        html page;
        rlra_html_init(&page, context);
        rlra_html_label(&page, rows[i].number, rows[i].digits);
        check_page(&page, rows[i].text);
    }
}

/* The examples of RFC 4648, section 10. */
static void test_html_base64_agrees_with_its_standard(void **state)
{
    (void)state;
    static const char *const rows[][2] = {{"", ""},
                                          {"f", "Zg=="},
                                          {"fo", "Zm8="},
                                          {"foo", "Zm9v"},
                                          {"foob", "Zm9vYg=="},
                                          {"fooba", "Zm9vYmE="},
                                          {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        html page;
        rlra_html_init(&page, context);
        rlra_html_base64(&page, (const unsigned char *)rows[i][0], strlen(rows[i][0]));
        check_page(&page, rows[i][1]);
    }
}

static void test_html_grows_without_losing_bytes(void **state)
{
    (void)state;
    html page;
    rlra_html_init(&page, context);
    for (int i = 0; i < 3000000; i++)
        rlra_html_integer(&page, i % 10);
    assert_int_equal(rlra_html_status(&page), RLRA_OK);
    assert_int_equal(page.used, 3000000);
    for (size_t i = 0; i < page.used; i++)
        assert_int_equal(page.bytes[i], '0' + (int)(i % 10));
    rlra_html_clear(&page);
}

static void *never(void *user, size_t bytes)
{
    int *const allowed = user;
    return (*allowed)-- > 0 ? malloc(bytes) : NULL;
}

static void give_back(void *user, void *memory)
{
    (void)user;
    free(memory);
}

static void test_html_keeps_a_failure(void **state)
{
    (void)state;
    int allowed = 2;
    const rlra_allocator stingy = {never, give_back, &allowed};
    rlra_context *poor = NULL;
    html page;
    assert_int_equal(rlra_context_create(&stingy, &poor), RLRA_OK);
    rlra_html_init(&page, poor);
    for (int i = 0; i < 1100000; i++)
        rlra_html_raw(&page, "x");
    rlra_html_text(&page, "more");
    assert_int_equal(rlra_html_status(&page), RLRA_ERR_MEMORY);
    assert_non_null(strstr(rlra_context_message(poor), "HTML"));
    rlra_html_clear(&page);
    rlra_context_destroy(poor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_html_text_escapes_markup),
        cmocka_unit_test(test_html_string_cannot_close_a_script),
        cmocka_unit_test(test_html_real_shows_what_is_missing),
        cmocka_unit_test(test_html_label_reads_well),
        cmocka_unit_test(test_html_base64_agrees_with_its_standard),
        cmocka_unit_test(test_html_grows_without_losing_bytes),
        cmocka_unit_test(test_html_keeps_a_failure),
    };
    return cmocka_run_group_tests(tests, make_context, free_context);
}
