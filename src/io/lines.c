/* io/lines.c: read lines through a buffer and cut numbers from them. */
#include "io/lines.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/number.h"

static rlra_status make_room(lines *l, size_t room)
{
    char *const grown = rlra_alloc(l->in->context, room + 1, 1);
    if (grown == NULL)
        return rlra_fail_memory(l->in->context, room + 1, 1, "a buffer for reading");
    if (l->filled > l->used)
        memcpy(grown, l->buffer + l->used, l->filled - l->used);
    rlra_free(l->in->context, l->buffer);
    l->buffer = grown;
    l->room = room;
    l->filled -= l->used;
    l->used = 0;
    return RLRA_OK;
}

static rlra_status create(const input *in, int64_t room, lines **made)
{
    rlra_status status = RLRA_OK;
    lines *l = rlra_alloc_zero(in->context, 1, sizeof *l);
    REQUIRE(l != NULL, rlra_fail_memory(in->context, 1, sizeof *l, "a buffer for reading"));
    l->in = in;
    l->ending =
        memchr(in->head, '\n', in->head_bytes) == NULL && memchr(in->head, '\r', in->head_bytes) != NULL ? '\r' : '\n';
    TRY(make_room(l, (size_t)(in->size < room ? in->size : room)));
    rlra_lines_restart(l);
    *made = l;
    l = NULL;
cleanup:
    rlra_lines_destroy(l);
    return status;
}

rlra_status rlra_lines_create(const input *in, lines **made)
{
    return create(in, LINES_ROOM, made);
}

rlra_status rlra_lines_create_at(const input *in, int64_t at, int64_t number, lines **made)
{
    const rlra_status status = create(in, LINES_PART, made);
    if (status != RLRA_OK)
        return status;
    (*made)->next = at;
    (*made)->number = number - 1;
    return RLRA_OK;
}

int64_t rlra_lines_at(const lines *l)
{
    return l->next - (int64_t)l->filled + (l->at - l->buffer);
}

void rlra_lines_destroy(lines *l)
{
    if (l == NULL)
        return;
    rlra_free(l->in->context, l->buffer);
    rlra_free(l->in->context, l);
}

void rlra_lines_restart(lines *l)
{
    const input *const in = l->in;
    l->next = in->head_bytes >= 3 && memcmp(in->head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    l->number = 0;
    l->used = l->filled = 0;
    l->at = l->end = l->buffer;
}

/* Move the rest of the buffer to its beginning and fill it; enlarge it for a line that fills it. */
static rlra_status refill(lines *l)
{
    rlra_status status = RLRA_OK;
    const size_t left = l->filled - l->used;
    const int64_t behind = l->in->size - l->next;
    if (left == l->room)
        TRY(make_room(l, behind < (int64_t)l->room ? l->room + (size_t)behind : 2 * l->room));
    const size_t room = l->room - left, part = behind < (int64_t)room ? (size_t)behind : room;
    memmove(l->buffer, l->buffer + l->used, left);
    l->used = 0;
    l->filled = left;
    TRY(rlra_input_read(l->in, l->next, l->buffer + left, part));
    l->next += (int64_t)part;
    l->filled += part;
cleanup:
    return status;
}

rlra_status rlra_lines_cut(lines *l, int *found)
{
    rlra_status status = RLRA_OK;
    char *end = memchr(l->buffer + l->used, l->ending, l->filled - l->used);
    while (end == NULL && l->next < l->in->size) {
        const size_t seen = l->filled - l->used;
        TRY(refill(l));
        end = memchr(l->buffer + seen, l->ending, l->filled - seen);
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
        status = rlra_lines_cut(l, found);
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

rlra_status rlra_line_index(const lines *l, const char *what, const char *of, int64_t length, int64_t *index)
{
    const int zero_based = l->in->options->zero_based;
    char most[32] = "";
    *index -= !zero_based;
    if (*index >= 0 && *index < length)
        return RLRA_OK;
    if (length < INT64_MAX)
        snprintf(most, sizeof most, " to %" PRId64, length - zero_based);
    return rlra_fail(l->in->context, RLRA_ERR_FORMAT, "'%s', line %lld: %s %" PRId64 "%s, expected %d%s%s", l->in->path,
                     (long long)l->number, what, *index + !zero_based, of, !zero_based, most,
                     zero_based     ? ": indices were said to count from 0 (`index_base=0`)"
                     : *index == -1 ? "; indices count from 1, if those of this file count from 0 give `index_base=0`"
                                    : "");
}

int rlra_line_words(const lines *l)
{
    int words = 0;
    for (const char *at = l->at; *at != '\0'; at += strcspn(at, " \t")) {
        at += strspn(at, " \t");
        words += *at != '\0';
    }
    return words;
}

int rlra_lines_begin_with(const input *in, const char *word)
{
    static const char blanks[] = " \t\r\n", digits[] = "0123456789";
    char head[INPUT_HEAD_BYTES + 1];
    memcpy(head, in->head, in->head_bytes);
    head[in->head_bytes] = '\0';
    const char *at = head + (strncmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
    at += strspn(at, blanks);
    if (strncasecmp(at, word, strlen(word)) != 0)
        return 0;
    at += strlen(word);
    /* A line with the order only, followed by a line with as many lengths. */
    const size_t between = strspn(at, blanks), length = strspn(at + between, digits);
    int order = 0, lengths = 0;
    if (strcspn(at, "\r\n") >= between || length < 1 || length > 2)
        return 0;
    for (at += between; *at >= '0' && *at <= '9'; at++)
        order = 10 * order + (*at - '0');
    const size_t behind = strspn(at, blanks);
    if (strcspn(at, "\r\n") >= behind)
        return 0;
    for (at += behind; strspn(at, digits) > 0; at += strspn(at, " \t")) {
        at += strspn(at, digits);
        lengths++;
    }
    return lengths == order && (*at == '\r' || *at == '\n' || *at == '\0');
}
