/* io/csv/reader.c: cut text into records and fields through a buffer that holds a complete record. */
#include "io/csv/reader.h"

#include <string.h>

#define ROOM_LEAST ((size_t)1 << 18)
/* A quoted field with line breaks must be closed within this many bytes; otherwise the quote is an ordinary character. */
#define QUOTE_MOST ((size_t)1 << 20)

enum { FEED, TURN, QUOTE };
static const char marks[CSV_MARKS] = {'\n', '\r', '"'};

static size_t place_of(const csv_reader *r, int mark, size_t from)
{
    const char *const found = memchr(r->buffer + from, marks[mark], r->filled - from);
    return found == NULL ? r->filled : (size_t)(found - r->buffer);
}

static int is_all(const csv_reader *r)
{
    return r->next == r->size;
}

/* Move the rest of the buffer to its beginning, enlarge the buffer if it is full, and fill it. */
static rlra_status refill(csv_reader *r)
{
    const size_t left = r->filled - r->used;
    rlra_status status = RLRA_OK;
    if (r->used == 0 && left == r->room) {
        const size_t room = 2 * r->room;
        char *const grown = rlra_alloc(r->in->context, room + 1, 1);
        REQUIRE(grown != NULL, rlra_fail_memory(r->in->context, room + 1, 1, "a line of text"));
        memcpy(grown, r->buffer, left);
        rlra_free(r->in->context, r->buffer);
        r->buffer = grown;
        r->room = room;
    } else
        memmove(r->buffer, r->buffer + r->used, left);
    const int64_t behind = r->size - r->next;
    const size_t part = behind < (int64_t)(r->room - left) ? (size_t)behind : r->room - left;
    TRY(rlra_input_read(r->in, r->next, r->buffer + left, part));
    r->next += (int64_t)part;
    r->used = 0;
    r->filled = left + part;
    r->buffer[r->filled] = '\0';
    for (int k = 0; k < CSV_MARKS; k++)
        r->mark[k] = place_of(r, k, 0);
cleanup:
    return status;
}

void rlra_csv_seek(csv_reader *reader, int64_t offset, int64_t line)
{
    reader->next = offset;
    reader->line = line;
    reader->used = reader->filled = 0;
    for (int k = 0; k < CSV_MARKS; k++)
        reader->mark[k] = 0;
}

rlra_status rlra_csv_start(const input *in, csv_reader *reader)
{
    static const unsigned char mark[] = {0xEF, 0xBB, 0xBF}; /* the byte order mark of UTF-8 */
    *reader = (csv_reader){.in = in, .separator = ','};
    reader->room = in->size < (int64_t)ROOM_LEAST ? (size_t)in->size : ROOM_LEAST;
    reader->buffer = rlra_alloc(in->context, reader->room + 1, 1);
    if (reader->buffer == NULL)
        return rlra_fail_memory(in->context, reader->room + 1, 1, "a buffer for reading");
    const int marked = in->head_bytes >= sizeof mark && memcmp(in->head, mark, sizeof mark) == 0;
    rlra_csv_seek(reader, marked ? (int64_t)sizeof mark : 0, 1);
    /* Old programs end a text with this. */
    char last;
    const rlra_status status = rlra_input_read(in, in->size - 1, &last, 1);
    reader->size = in->size - (status == RLRA_OK && last == 0x1a);
    return status;
}

void rlra_csv_clear(csv_reader *reader)
{
    if (reader->in != NULL)
        rlra_free(reader->in->context, reader->buffer);
    reader->buffer = NULL;
}

static size_t line_end(const csv_reader *r, size_t from)
{
    const size_t feed = r->mark[FEED] >= from ? r->mark[FEED] : place_of(r, FEED, from);
    const size_t turn = r->mark[TURN] >= from ? r->mark[TURN] : place_of(r, TURN, from);
    return feed < turn ? feed : turn;
}

/* The closing quote of a field opened before `at`, skipping doubled quotes; NULL if there is none before `end`. */
static const char *closing(const char *at, const char *end)
{
    while (at < end && (at = memchr(at, '"', (size_t)(end - at))) != NULL) {
        if (at + 1 == end || at[1] != '"')
            return at;
        at += 2;
    }
    return NULL;
}

static const char *skip_blanks(const char *at, const char *end, char separator)
{
    while (at < end && rlra_csv_blank(separator, *at))
        at++;
    return at;
}

/* Whether the line has an odd number of quotes, so that a quoted field may be open at its end. */
static int has_odd_quotes(const csv_reader *r, size_t end)
{
    size_t quotes = 0;
    for (size_t k = r->mark[QUOTE]; k < end; k++)
        quotes += r->buffer[k] == '"';
    return quotes % 2 == 1;
}

/* The quote within the line that opens a field and is not closed in it, or NULL. */
static const char *open_quote(const csv_reader *r, size_t from, size_t end)
{
    csv_cursor c = {r->buffer + from, r->buffer + end, r->separator, 1};
    csv_field f;
    while (rlra_csv_take(&c, &f))
        if (f.quote == CSV_UNCLOSED)
            return f.at;
    return NULL;
}

static int ends_field(const csv_reader *r, size_t at)
{
    const char c = r->buffer[at];
    return at == r->filled || c == '\n' || c == '\r' || rlra_csv_separates(r->separator, c);
}

/* The end of the record whose first line ends at `end`, as quoted fields may have line breaks; `filled` if more must be read
 * first. */
static size_t quoted_end(csv_reader *r, size_t end, int64_t *breaks)
{
    size_t from = r->used;
    for (;;) {
        const char *const open = open_quote(r, from, end);
        if (open == NULL)
            return end;
        const size_t begin = (size_t)(open - r->buffer) + 1, known = r->filled - begin;
        const size_t most = known < QUOTE_MOST ? known : QUOTE_MOST;
        const char *const close = closing(r->buffer + begin, r->buffer + begin + most);
        if (close == NULL)
            return known < QUOTE_MOST && !is_all(r) ? r->filled : end;
        const char *const behind = skip_blanks(close + 1, r->buffer + r->filled, r->separator);
        from = (size_t)(behind - r->buffer);
        if (from == r->filled && !is_all(r))
            return r->filled;
        if (!ends_field(r, from))
            return end;
        for (const char *c = r->buffer + begin; c < close; c++)
            *breaks += *c == '\n' || (*c == '\r' && c[1] != '\n');
        end = line_end(r, from);
    }
}

/* Cut the next line, of any kind. */
static rlra_status cut(csv_reader *r, int *found)
{
    rlra_status status = RLRA_OK;
    size_t end;
    int64_t breaks;
    for (;;) {
        breaks = 0;
        end = line_end(r, r->used);
        if (has_odd_quotes(r, end))
            end = quoted_end(r, end, &breaks);
        /* One byte more, to see a \n after \r. */
        if (end + 1 < r->filled || is_all(r))
            break;
        TRY(refill(r));
    }
    *found = r->used < r->filled;
    r->record_line = r->line;
    r->record_offset = r->next - (int64_t)(r->filled - r->used);
    r->at = r->buffer + r->used;
    r->end = r->buffer + end;
    r->line += breaks + 1;
    if (end < r->filled)
        end += r->buffer[end] == '\r' && r->buffer[end + 1] == '\n' ? 2 : 1;
    r->used = end;
    for (int k = 0; k < CSV_MARKS; k++)
        if (r->mark[k] < end)
            r->mark[k] = place_of(r, k, end);
cleanup:
    return status;
}

rlra_status rlra_csv_next(csv_reader *reader, int *found)
{
    rlra_status status;
    int blank = 1;
    do {
        status = cut(reader, found);
        if (status != RLRA_OK || !*found)
            return status;
        const char *at = reader->at;
        while (at < reader->end && rlra_csv_blank(reader->separator, *at))
            at++;
        blank = at == reader->end;
    } while (blank);
    return status;
}

csv_cursor rlra_csv_fields(const csv_reader *reader)
{
    return (csv_cursor){reader->at, reader->end, reader->separator, 1};
}

/* Take the text in quotes if it is the whole field; returns the position after it, or NULL. */
static const char *take_quoted(const csv_cursor *c, const char *at, csv_field *field)
{
    if (at == c->end || *at != '"')
        return NULL;
    const char *const close = closing(at + 1, c->end);
    if (close == NULL) {
        field->quote = CSV_UNCLOSED;
        return NULL;
    }
    const char *const behind = skip_blanks(close + 1, c->end, c->separator);
    if (behind < c->end && !rlra_csv_separates(c->separator, *behind) && !(c->separator == ' ' && behind > close + 1))
        return NULL;
    *field = (csv_field){at + 1, (size_t)(close - at) - 1, CSV_QUOTED};
    return behind;
}

int rlra_csv_take(csv_cursor *c, csv_field *field)
{
    const char *const at = skip_blanks(c->at, c->end, c->separator);
    if (!c->more || (c->separator == ' ' && at == c->end))
        return 0;
    *field = (csv_field){.at = at, .quote = CSV_PLAIN};
    const char *stop = take_quoted(c, at, field);
    if (stop == NULL) {
        for (stop = at; stop < c->end && !rlra_csv_separates(c->separator, *stop);)
            stop++;
        const char *last = stop;
        while (last > at && rlra_csv_blank(c->separator, last[-1]))
            last--;
        field->length = (size_t)(last - at);
    }
    c->more = stop < c->end;
    /* A blank may separate nothing, so a field may end where the next begins. */
    c->at = c->more && c->separator != ' ' ? stop + 1 : stop;
    return 1;
}
