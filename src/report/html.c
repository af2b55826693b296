/* report/html.c: append to a page: markup, escaped text, JSON strings, numbers, base64. */
#include "report/html.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/number.h"
#include "core/print.h"

/* Pages of small fits need no more; what is not written to costs nothing. */
#define FIRST_ROOM (1 << 20)

void rlra_html_init(html *page, rlra_context *context)
{
    *page = (html){.context = context};
}

void rlra_html_clear(html *page)
{
    rlra_free(page->context, page->bytes);
    *page = (html){.context = page->context};
}

rlra_status rlra_html_status(const html *page)
{
    if (!page->failed)
        return RLRA_OK;
    return rlra_fail_memory(page->context, page->room, 2, "the HTML page");
}

static int make_room(html *page, size_t count)
{
    if (page->failed)
        return 0;
    if (count <= page->room - page->used)
        return 1;
    size_t room = page->room == 0 ? FIRST_ROOM : page->room;
    while (room - page->used < count && room <= SIZE_MAX / 2)
        room *= 2;
    char *bytes = room - page->used < count ? NULL : rlra_alloc(page->context, room, 1);
    if (bytes == NULL) {
        page->failed = 1;
        return 0;
    }
    if (page->used > 0)
        memcpy(bytes, page->bytes, page->used);
    rlra_free(page->context, page->bytes);
    page->bytes = bytes;
    page->room = room;
    return 1;
}

void rlra_html_bytes(html *page, const void *bytes, size_t count)
{
    if (count == 0 || !make_room(page, count))
        return;
    memcpy(page->bytes + page->used, bytes, count);
    page->used += count;
}

void rlra_html_raw(html *page, const char *markup)
{
    rlra_html_bytes(page, markup, strlen(markup));
}

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void rlra_html_text(html *page, const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        const char *const escaped = entity(*text);
        if (escaped != NULL)
            rlra_html_raw(page, escaped);
        else
            rlra_html_bytes(page, text, 1);
    }
}

/* '<', '>' and '&' are escaped, too, so that no name can close the script element that holds the string. */
void rlra_html_string(html *page, const char *text)
{
    rlra_html_raw(page, "\"");
    for (; text != NULL && *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;
        char escape[8];
        if (c >= 0x20 && strchr("\"\\<>&", c) == NULL) {
            rlra_html_bytes(page, text, 1);
            continue;
        }
        snprintf(escape, sizeof escape, "\\u%04x", c);
        rlra_html_raw(page, escape);
    }
    rlra_html_raw(page, "\"");
}

void rlra_html_integer(html *page, int64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, number);
    rlra_html_raw(page, digits);
}

void rlra_html_real(html *page, double number, int digits, const char *missing)
{
    if (!isfinite(number)) {
        rlra_html_raw(page, missing);
        return;
    }
    char text[RLRA_REAL_ROOM];
    rlra_html_bytes(page, text, (size_t)rlra_print_real(text, number, digits));
}

void rlra_html_label(html *page, double number, int digits)
{
    char text[64];
    if (!isfinite(number)) {
        rlra_html_raw(page, "\xe2\x80\x93");
        return;
    }
    double rounded;
    rlra_print(text, sizeof text, "%.*e", digits - 1, number);
    char *const exponent = strchr(text, 'e');
    const int power = atoi(exponent + 1);
    const int is_plain = power >= -4 && power < 7;
    *exponent = is_plain ? 'e' : '\0';
    rlra_number_parse(text, &rounded);
    rlra_html_real(page, rounded, is_plain ? DBL_DIG : digits, "");
    if (is_plain)
        return;
    rlra_html_raw(page, "e");
    rlra_html_integer(page, power);
}

void rlra_html_base64(html *page, const unsigned char *bytes, size_t count)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < count; i += 3) {
        const size_t left = count - i;
        const unsigned b = left > 1 ? bytes[i + 1] : 0, c = left > 2 ? bytes[i + 2] : 0;
        const unsigned word = (unsigned)bytes[i] << 16 | b << 8 | c;
        const char quad[4] = {letters[word >> 18], letters[word >> 12 & 63], left > 1 ? letters[word >> 6 & 63] : '=',
                              left > 2 ? letters[word & 63] : '='};
        rlra_html_bytes(page, quad, sizeof quad);
    }
}
