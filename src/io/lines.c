/* io/lines.c: read lines through a buffer and cut numbers from them. */
#include "io/lines.h"

#include <string.h>

#include "io/number.h"

rlra_status rlra_lines_create(const input *in, lines **made)
{
    *made = rlra_alloc(in->context, 1, sizeof **made);
    if (*made == NULL)
        return rlra_fail_memory(in->context, 1, sizeof **made, "a buffer for reading");
    (*made)->in = in;
    rlra_lines_restart(*made);
    return RLRA_OK;
}

void rlra_lines_restart(lines *l)
{
    l->next = 0;
    l->number = 0;
    l->used = l->filled = 0;
    l->at = l->end = l->buffer;
}

/* Move what is left of the buffer to its beginning and fill it up. */
static rlra_status refill(lines *l)
{
    const size_t left = l->filled - l->used;
    const int64_t behind = l->in->size - l->next;
    const size_t room = LINES_ROOM - left, part = behind < (int64_t)room ? (size_t)behind : room;
    memmove(l->buffer, l->buffer + l->used, left);
    l->used = 0;
    l->filled = left;
    const rlra_status status = rlra_input_read(l->in, l->next, l->buffer + left, part);
    if (status == RLRA_OK) {
        l->next += (int64_t)part;
        l->filled += part;
    }
    return status;
}

/* Cut the next line, whatever it is. */
static rlra_status cut(lines *l, int *found)
{
    rlra_status status = RLRA_OK;
    char *end = memchr(l->buffer + l->used, '\n', l->filled - l->used);
    if (end == NULL && l->next < l->in->size) {
        TRY(refill(l));
        end = memchr(l->buffer, '\n', l->filled);
        REQUIRE(end != NULL || l->next == l->in->size,
                rlra_fail(l->in->context, RLRA_ERR_FORMAT, "'%s', line %lld is longer than %d bytes", l->in->path,
                          (long long)l->number + 1, LINES_ROOM));
    }
    *found = l->used < l->filled;
    l->at = l->buffer + l->used;
    l->end = end == NULL ? l->buffer + l->filled : end;
    l->used = (size_t)(l->end - l->buffer) + (end != NULL);
    *l->end = '\0';
    l->number++;
    if (l->end > l->at && l->end[-1] == '\r')
        *--l->end = '\0';
    REQUIRE(strlen(l->at) == (size_t)(l->end - l->at),
            rlra_fail(l->in->context, RLRA_ERR_FORMAT, "'%s', line %lld holds a zero byte, expected text", l->in->path,
                      (long long)l->number));
cleanup:
    return status;
}

rlra_status rlra_lines_next(lines *l, char comment, int *found)
{
    rlra_status status;
    do
        status = cut(l, found);
    while (status == RLRA_OK && *found && (*l->at == comment || rlra_line_ends(l)));
    return status;
}

int64_t rlra_lines_left(const lines *l)
{
    return l->in->size - l->next + (int64_t)(l->filled - l->used);
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

int rlra_line_ends(lines *l)
{
    while (is_blank(*l->at))
        l->at++;
    return l->at == l->end;
}

int rlra_line_integer(lines *l, int64_t *value)
{
    const char *at = l->at;
    int64_t number = 0;
    while (is_blank(*at))
        at++;
    const char *const begin = at;
    for (; *at >= '0' && *at <= '9'; at++) {
        if (number > (INT64_MAX - 9) / 10)
            return 0;
        number = 10 * number + (*at - '0');
    }
    if (at == begin || (*at != '\0' && !is_blank(*at)))
        return 0;
    l->at += at - l->at;
    *value = number;
    return 1;
}

char *rlra_line_word(lines *l)
{
    if (rlra_line_ends(l))
        return NULL;
    char *const word = l->at;
    while (l->at < l->end && !is_blank(*l->at))
        l->at++;
    if (l->at < l->end)
        *l->at++ = '\0';
    return word;
}

int rlra_line_number(lines *l, double *value)
{
    char *const before = l->at, *const word = rlra_line_word(l);
    if (word == NULL)
        return 0;
    char *const end = word + strlen(word);
    const int found = rlra_number_parse(word, value);
    if (!found) {
        if (l->at > end)
            *end = ' ';
        l->at = before;
    }
    return found;
}
