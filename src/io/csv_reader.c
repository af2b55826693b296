/* io/csv_reader.c: read records and fields of separated text through a buffer. */
#include "io/csv_reader.h"

#include <string.h>

#define END (-1)

/* The next character, or END; it stays. */
static rlra_status peek(csv_reader *r, int *c)
{
    if (r->used == r->filled) {
        const int64_t left = r->in->size - r->at;
        const size_t part = left < (int64_t)sizeof r->buffer ? (size_t)left : sizeof r->buffer;
        if (part == 0) {
            *c = END;
            return RLRA_OK;
        }
        const rlra_status status = rlra_input_read(r->in, r->at, r->buffer, part);
        if (status != RLRA_OK)
            return status;
        r->at += (int64_t)part;
        r->used = 0;
        r->filled = part;
    }
    *c = (unsigned char)r->buffer[r->used];
    return RLRA_OK;
}

static void take(csv_reader *r)
{
    r->line += r->buffer[r->used] == '\n';
    r->used++;
}

void rlra_csv_restart(csv_reader *reader)
{
    static const unsigned char mark[] = {0xEF, 0xBB, 0xBF}; /* some programs begin UTF-8 with it */
    const input *const in = reader->in;
    reader->at = in->head_bytes >= sizeof mark && memcmp(in->head, mark, sizeof mark) == 0 ? (int64_t)sizeof mark : 0;
    reader->used = reader->filled = 0;
    reader->line = 1;
    reader->column = 0;
}

void rlra_csv_clear(csv_reader *reader)
{
    rlra_text_clear(&reader->field);
}

/* Whether a character is a blank that may be dropped. */
static int is_blank(const csv_reader *r, int c)
{
    return c == ' ' || c == '\r' || (c == '\t' && r->separator != '\t');
}

rlra_status rlra_csv_next_record(csv_reader *r, int *found)
{
    rlra_status status = RLRA_OK;
    int c, comment = 0;
    r->column = 0;
    TRY(peek(r, &c));
    while (c != END && (comment || is_blank(r, c) || c == '\n' || c == '#')) {
        comment = c != '\n' && (comment || c == '#');
        take(r);
        TRY(peek(r, &c));
    }
    r->record_line = r->line;
    *found = c != END;
cleanup:
    return status;
}

static rlra_status add(csv_reader *r, int c)
{
    const char byte = (char)c;
    return rlra_text_add(&r->field, &byte, 1);
}

/* What stands between quotes; doubled quotes are one. The first quote has been taken. */
static rlra_status take_quoted(csv_reader *r)
{
    const int64_t begin = r->line;
    rlra_status status = RLRA_OK;
    int c;
    for (;;) {
        TRY(peek(r, &c));
        REQUIRE(c != END,
                rlra_fail(r->in->context, RLRA_ERR_FORMAT, "'%s', line %lld, column %d: the quote is never closed",
                          r->in->path, (long long)begin, r->column));
        take(r);
        if (c == '"') {
            TRY(peek(r, &c));
            if (c != '"')
                break;
            take(r);
        }
        TRY(add(r, c));
    }
cleanup:
    return status;
}

/* Blanks at the end of a field that was not quoted do not belong to it. */
static void trim_end(csv_reader *r, size_t least)
{
    while (r->field.used > least && is_blank(r, (unsigned char)r->field.at[r->field.used - 1]))
        r->field.used--;
    if (r->field.at != NULL)
        r->field.at[r->field.used] = '\0';
}

static rlra_status skip_blanks(csv_reader *r, int *c)
{
    rlra_status status = peek(r, c);
    while (status == RLRA_OK && *c != END && is_blank(r, *c)) {
        take(r);
        status = peek(r, c);
    }
    return status;
}

static int is_separator(const csv_reader *r, int c)
{
    return c == r->separator || (r->separator == ' ' && c == '\t');
}

/* How many bytes of the buffer belong to the field. */
static size_t plain_length(const csv_reader *r)
{
    size_t end = r->used;
    while (end < r->filled && r->buffer[end] != '\n' && !is_separator(r, r->buffer[end]))
        end++;
    return end - r->used;
}

rlra_status rlra_csv_next_field(csv_reader *r, csv_end *end)
{
    rlra_status status = RLRA_OK;
    size_t quoted = 0;
    int c;
    r->field.used = 0;
    r->column++;
    TRY(rlra_text_add(&r->field, "", 0));
    TRY(skip_blanks(r, &c));
    if (c == '"') {
        take(r);
        TRY(take_quoted(r));
        quoted = r->field.used;
        TRY(peek(r, &c));
    }
    while (c != END && c != '\n' && !is_separator(r, c)) {
        const size_t length = plain_length(r);
        TRY(rlra_text_add(&r->field, r->buffer + r->used, length));
        r->used += length;
        TRY(peek(r, &c));
    }
    trim_end(r, quoted);
    if (r->separator == ' ')
        TRY(skip_blanks(r, &c));
    *end = c == END ? CSV_FILE : c == '\n' ? CSV_RECORD : CSV_FIELD;
    if (c == '\n' || (r->separator != ' ' && *end == CSV_FIELD))
        take(r);
cleanup:
    return status;
}

/* What separates the fields of the first record: a tab, a semicolon or a comma outside of quotes, else blanks. */
static rlra_status find_separator(csv_reader *r)
{
    rlra_status status = RLRA_OK;
    int found, c, quoted = 0, tabs = 0, semicolons = 0, commas = 0, blanks = 0;
    r->separator = ',';
    TRY(rlra_csv_next_record(r, &found));
    TRY(peek(r, &c));
    while (c != END && (c != '\n' || quoted)) {
        quoted ^= c == '"';
        tabs += !quoted && c == '\t';
        semicolons += !quoted && c == ';';
        commas += !quoted && c == ',';
        blanks += !quoted && c == ' ';
        take(r);
        TRY(peek(r, &c));
    }
    r->separator = tabs > 0 ? '\t' : semicolons > 0 ? ';' : commas > 0 || blanks == 0 ? ',' : ' ';
cleanup:
    return status;
}

rlra_status rlra_csv_start(const input *in, csv_reader *reader)
{
    reader->in = in;
    reader->field = (text_buffer){.context = in->context};
    rlra_csv_restart(reader);
    const rlra_status status = find_separator(reader);
    rlra_csv_restart(reader);
    return status;
}
