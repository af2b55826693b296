/* io/text.c: strings that grow. */
#include "io/text.h"

#include <string.h>

static rlra_status reserve(text_buffer *t, size_t more)
{
    if (t->used + more + 1 <= t->room)
        return RLRA_OK;
    const size_t room = 2 * t->room + more + 64;
    char *const grown = rlra_alloc(t->context, room, 1);
    if (grown == NULL)
        return rlra_fail_memory(t->context, room, 1, "the text read from a file");
    if (t->used > 0)
        memcpy(grown, t->at, t->used);
    grown[t->used] = '\0';
    rlra_free(t->context, t->at);
    t->at = grown;
    t->room = room;
    return RLRA_OK;
}

rlra_status rlra_text_add(text_buffer *t, const char *bytes, size_t length)
{
    const rlra_status status = reserve(t, length);
    if (status != RLRA_OK)
        return status;
    memcpy(t->at + t->used, bytes, length);
    t->used += length;
    t->at[t->used] = '\0';
    return RLRA_OK;
}

rlra_status rlra_text_add_code(text_buffer *t, uint32_t code)
{
    char bytes[4];
    if (code < 0x80) {
        bytes[0] = (char)code;
        return rlra_text_add(t, bytes, 1);
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
        code = 0xFFFD;
    const int trailing = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    bytes[0] = (char)(lead[trailing] | code >> (6 * trailing));
    for (int k = 1; k <= trailing; k++)
        bytes[k] = (char)(0x80 | (code >> (6 * (trailing - k)) & 0x3F));
    return rlra_text_add(t, bytes, (size_t)trailing + 1);
}

rlra_status rlra_text_end_line(text_buffer *t, size_t line_begin)
{
    while (t->used > line_begin && strchr(" \t\r\n", t->at[t->used - 1]) != NULL)
        t->used--;
    return rlra_text_add(t, "\n", 1);
}

rlra_status rlra_text_finish(text_buffer *t, char **string)
{
    if (t->used > 0 && t->at[t->used - 1] == '\n')
        t->used--;
    const rlra_status status = reserve(t, 0);
    if (status != RLRA_OK)
        return status;
    t->at[t->used] = '\0';
    *string = t->at;
    *t = (text_buffer){.context = t->context};
    return RLRA_OK;
}

void rlra_text_clear(text_buffer *t)
{
    rlra_free(t->context, t->at);
    *t = (text_buffer){.context = t->context};
}
