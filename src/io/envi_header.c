/* io/envi_header.c: parse ENVI headers. */
#include "io/envi_header.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

int rlra_envi_mark(const unsigned char *head, size_t bytes)
{
    return bytes > 4 && memcmp(head, "ENVI", 4) == 0 && isspace(head[4]);
}

/* "Data  Type " becomes "data type". */
static void copy_key(const char *begin, const char *end, char *key)
{
    size_t used = 0;
    for (const char *c = begin; c < end && used < ENVI_KEY_BYTES - 1; c++) {
        if (!isspace((unsigned char)*c))
            key[used++] = (char)tolower((unsigned char)*c);
        else if (used > 0 && key[used - 1] != ' ')
            key[used++] = ' ';
    }
    while (used > 0 && key[used - 1] == ' ')
        used--;
    key[used] = '\0';
}

static void trim(envi_field *field)
{
    while (field->length > 0 && isspace((unsigned char)field->value[0])) {
        field->value++;
        field->length--;
    }
    while (field->length > 0 && isspace((unsigned char)field->value[field->length - 1]))
        field->length--;
}

int rlra_envi_next(const char **at, envi_field *field)
{
    while (**at != '\0') {
        const char *const line = *at, *const line_end = line + strcspn(line, "\n");
        const char *const equals = memchr(line, '=', (size_t)(line_end - line));
        *at = line_end + (*line_end == '\n');
        if (equals == NULL || line[0] == ';')
            continue;
        copy_key(line, equals, field->key);
        field->value = equals + 1;
        field->length = (size_t)(line_end - field->value);
        trim(field);
        if (field->length > 0 && field->value[0] == '{') {
            field->value++;
            field->length = strcspn(field->value, "}");
            const char *const after = field->value + field->length;
            *at = after + strcspn(after, "\n");
            *at += **at == '\n';
            trim(field);
        }
        return 1;
    }
    return 0;
}

/* A count in a field, digits only; -1 if it is none. */
static int64_t count_of(const envi_field *field)
{
    int64_t count = 0;
    if (field->length == 0 || field->length > 17)
        return -1;
    for (size_t k = 0; k < field->length; k++) {
        if (!isdigit((unsigned char)field->value[k]))
            return -1;
        count = 10 * count + (field->value[k] - '0');
    }
    return count;
}

static int is_word(const envi_field *field, const char *word)
{
    return field->length == strlen(word) && strncasecmp(field->value, word, field->length) == 0;
}

/* The codes of data types; 6 and 9 are complex. */
static scalar type_of(int64_t code)
{
    static const scalar types[] = {
        [1] = {SCALAR_UINT, 1, 0},  [2] = {SCALAR_INT, 2, 0},   [3] = {SCALAR_INT, 4, 0},
        [4] = {SCALAR_FLOAT, 4, 0}, [5] = {SCALAR_FLOAT, 8, 0}, [12] = {SCALAR_UINT, 2, 0},
        [13] = {SCALAR_UINT, 4, 0}, [14] = {SCALAR_INT, 8, 0},  [15] = {SCALAR_UINT, 8, 0},
    };
    if (code < 1 || code >= (int64_t)(sizeof types / sizeof types[0]))
        return (scalar){SCALAR_NONE, 0, 0};
    return types[code];
}

/* Modes lines (0), samples (1), bands (2), from the slowest to the fastest in memory. */
static const struct {
    const char *name;
    int memory[3];
} interleaves[] = {{"bsq", {2, 0, 1}}, {"bil", {0, 2, 1}}, {"bip", {0, 1, 2}}};

static int set_interleave(const envi_field *field, shape *s)
{
    for (size_t k = 0; k < sizeof interleaves / sizeof interleaves[0]; k++)
        if (is_word(field, interleaves[k].name)) {
            for (int mode = 0; mode < 3; mode++)
                s->memory[mode] = interleaves[k].memory[mode];
            return 1;
        }
    return 0;
}

/* The fields that are counts, in the order of `counts` below. */
enum { LINES, SAMPLES, BANDS, OFFSET, TYPE, ORDER, COMPRESSION, COUNTS };
static const char *const count_keys[COUNTS] = {"lines",     "samples",    "bands",           "header offset",
                                               "data type", "byte order", "file compression"};

static rlra_status fail_field(const input *header, const envi_field *field, const char *expected)
{
    return rlra_fail(header->context, RLRA_ERR_FORMAT, "'%s': %s is '%.*s', expected %s", header->path, field->key,
                     (int)(field->length < 60 ? field->length : 60), field->value, expected);
}

rlra_status rlra_envi_parse(const input *header, const char *text, envi_header *parsed)
{
    int64_t counts[COUNTS] = {-1, -1, 1, 0, -1, 0, 0};
    rlra_status status = RLRA_OK;
    const char *at = text;
    envi_field field;
    *parsed = (envi_header){.shape = {.order = 3, .memory = {2, 0, 1}}};
    while (rlra_envi_next(&at, &field)) {
        for (int k = 0; k < COUNTS; k++)
            if (strcmp(field.key, count_keys[k]) == 0) {
                counts[k] = count_of(&field);
                REQUIRE(counts[k] >= 0, fail_field(header, &field, "a count"));
            }
        REQUIRE(strcmp(field.key, "interleave") != 0 || set_interleave(&field, &parsed->shape),
                fail_field(header, &field, "bsq, bil or bip"));
    }
    for (int k = LINES; k <= TYPE; k++)
        REQUIRE(counts[k] >= 0,
                rlra_fail(header->context, RLRA_ERR_FORMAT, "'%s' lacks the field '%s'", header->path, count_keys[k]));
    REQUIRE(counts[COMPRESSION] == 0, rlra_fail(header->context, RLRA_ERR_UNSUPPORTED,
                                                "'%s' is of a compressed file, expected a plain one", header->path));
    parsed->type = type_of(counts[TYPE]);
    REQUIRE(parsed->type.kind != SCALAR_NONE, rlra_fail(header->context, RLRA_ERR_UNSUPPORTED,
                                                        "'%s': data type %lld is not one of 1-5, 12-15 (real numbers)",
                                                        header->path, (long long)counts[TYPE]));
    REQUIRE(counts[ORDER] <= 1, rlra_fail(header->context, RLRA_ERR_FORMAT, "'%s': byte order is %lld, expected 0 or 1",
                                          header->path, (long long)counts[ORDER]));
    parsed->type.swap = (counts[ORDER] == 0) != rlra_machine_is_little();
    parsed->offset = counts[OFFSET];
    for (int mode = 0; mode < 3; mode++)
        parsed->shape.dims[mode] = counts[mode];
cleanup:
    return status;
}
