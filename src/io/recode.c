/* io/recode.c: recognise text in UTF-16 and UTF-32, such as Excel's "Unicode text", and convert it to UTF-8. */
#include <string.h>

#include "io/text.h"
#include "io/unpack.h"

/* A multiple of all widths. */
#define BLOCK 32768

typedef struct encoding {
    const char *name;
    int width, big;
} encoding;

/* The wider ones first, as the mark of UTF-32 begins with that of UTF-16. */
static const encoding encodings[] = {
    {"UTF-32", 4, 0}, {"UTF-32, high byte first", 4, 1}, {"UTF-16", 2, 0}, {"UTF-16, high byte first", 2, 1}};

static uint32_t unit(const encoding *e, const unsigned char *at)
{
    uint32_t value = 0;
    for (int k = 0; k < e->width; k++)
        value = value << 8 | at[e->big ? k : e->width - 1 - k];
    return value;
}

static int is_high(uint32_t code)
{
    return code >= 0xD800 && code < 0xDC00;
}

static int is_low(uint32_t code)
{
    return code >= 0xDC00 && code < 0xE000;
}

/* Whether the beginning is text in this encoding. So that pixels of an image are not taken for text, it must have a digit and a
 * line end unless it begins with the mark. */
static int fits(const input *in, const encoding *e)
{
    const size_t units = in->head_bytes / (size_t)e->width;
    int marked = 0, digits = 0, lines = 0;
    uint32_t before = 0;
    if (in->size % e->width != 0 || units < 2)
        return 0;
    for (size_t k = 0; k < units; k++) {
        const uint32_t code = unit(e, in->head + k * (size_t)e->width);
        if (k == 0 && code == 0xFEFF) {
            marked = 1;
            continue;
        }
        if (code > 0x10FFFF || code == 0xFFFE || code == 0xFFFF || code == 127 || is_low(code) != is_high(before) ||
            (code < 32 && (code == 0 || strchr("\t\n\r\f", (int)code) == NULL)))
            return 0;
        digits |= code >= '0' && code <= '9';
        lines |= code == '\n' || code == '\r';
        if (!marked && code > 0x24F)
            return 0;
        before = code;
    }
    return marked || (digits && lines);
}

static rlra_status convert_block(scratch *to, const encoding *e, const unsigned char *bytes, size_t count,
                                 uint32_t *high, text_buffer *text)
{
    rlra_status status = RLRA_OK;
    text->used = 0;
    for (size_t at = 0; at < count; at += (size_t)e->width) {
        uint32_t code = unit(e, bytes + at);
        if (code == 0xFEFF)
            continue;
        if (is_high(code)) {
            *high = code;
            continue;
        }
        if (is_low(code) && *high != 0)
            code = 0x10000 + ((*high - 0xD800) << 10) + (code - 0xDC00);
        *high = 0;
        TRY(rlra_text_add_code(text, code));
    }
    TRY(rlra_scratch_write(to, text->at, text->used));
cleanup:
    return status;
}

static rlra_status convert(input *in, const encoding *e)
{
    rlra_status status = RLRA_OK;
    scratch to = {.fd = -1};
    text_buffer text = {.context = in->context};
    uint32_t high = 0;
    unsigned char *const bytes = rlra_alloc(in->context, BLOCK, 1);
    REQUIRE(bytes != NULL, rlra_fail_memory(in->context, BLOCK, 1, "a buffer for reading"));
    TRY(rlra_scratch_open(in, &to));
    for (int64_t at = 0; at < in->size; at += BLOCK) {
        const size_t part = in->size - at < BLOCK ? (size_t)(in->size - at) : BLOCK;
        TRY(rlra_input_read(in, at, bytes, part));
        TRY(convert_block(&to, e, bytes, part, &high, &text));
    }
    TRY(rlra_scratch_adopt(&to, in));
    TRY(rlra_input_note(in, "it is text in %s, and is read as such", e->name));
cleanup:
    rlra_scratch_close(&to);
    rlra_text_clear(&text);
    rlra_free(in->context, bytes);
    return status;
}

rlra_status rlra_recode(input *in)
{
    for (size_t k = 0; k < sizeof encodings / sizeof encodings[0]; k++)
        if (fits(in, &encodings[k]))
            return convert(in, &encodings[k]);
    return RLRA_OK;
}
