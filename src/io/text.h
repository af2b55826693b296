/* io/text.h: a growing string, for the text variables of files. */
#ifndef RLRA_IO_TEXT_H
#define RLRA_IO_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "core/check.h"
#include "core/context.h"

/* A growing string; starts as {.context = context}. `at` is NULL or ends with a zero. */
typedef struct text_buffer {
    rlra_context *context;
    char *at;
    size_t used, room;
} text_buffer;

rlra_status rlra_text_add(text_buffer *t, const char *bytes, size_t length);

/* Append a Unicode code point as UTF-8; invalid ones become U+FFFD. */
rlra_status rlra_text_add_code(text_buffer *t, uint32_t code);

/* End a line: blanks and zeros before the end are padding, and are dropped back to `line_begin`. */
rlra_status rlra_text_end_line(text_buffer *t, size_t line_begin);

/* Return the string, owned by the caller; never NULL on success. The last end of line is dropped. */
rlra_status rlra_text_finish(text_buffer *t, char **string);

void rlra_text_clear(text_buffer *t);

#endif
