/* report/html.h: a growing page of text that escapes its input; failures are kept until the end. */
#ifndef RLRA_REPORT_HTML_H
#define RLRA_REPORT_HTML_H

#include <stddef.h>
#include <stdint.h>

#include "core/context.h"

/* After a failed allocation the functions below do nothing, so that callers need not check every call. */
typedef struct html {
    rlra_context *context;
    char *bytes;
    size_t used, room;
    int failed;
} html;

void rlra_html_init(html *page, rlra_context *context);
void rlra_html_clear(html *page);

/* RLRA_OK, or RLRA_ERR_MEMORY with a message, if anything could not be added. */
rlra_status rlra_html_status(const html *page);

void rlra_html_bytes(html *page, const void *bytes, size_t count);

/* Add markup, without escaping. */
void rlra_html_raw(html *page, const char *markup);

/* Add text of the user, escaped for elements and quoted attributes; NULL is "". */
void rlra_html_text(html *page, const char *text);

/* Add a quoted JSON string that is also safe inside a script element. */
void rlra_html_string(html *page, const char *text);

void rlra_html_integer(html *page, int64_t number);

/* Add a number with at most `digits` significant digits, and a decimal point in any locale; `missing` replaces NaN and Inf. */
void rlra_html_real(html *page, double number, int digits, const char *missing);

/* Add a number for people: 1800 and 0.0021 rather than 1.8e+03 and 2.1e-3, powers of ten only far from one. */
void rlra_html_label(html *page, double number, int digits);

void rlra_html_base64(html *page, const unsigned char *bytes, size_t count);

#endif
