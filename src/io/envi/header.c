/* io/envi/header.c: parse ENVI headers. */
#include "io/envi/header.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

int rlra_envi_mark(const unsigned char *head, size_t bytes)
{
    if (bytes > 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0) {
        head += 3;
        bytes -= 3;
    }
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

static void go_to(envi_place *place, const char *to)
{
    for (; place->at < to; place->at++)
        place->line += *place->at == '\n';
}

int rlra_envi_next(envi_place *place, envi_field *field)
{
    while (*place->at != '\0') {
        const char *const line = place->at, *const line_end = line + strcspn(line, "\n");
        const char *const equals = memchr(line, '=', (size_t)(line_end - line));
        field->line = place->line;
        field->open = 0;
        go_to(place, line_end + (*line_end == '\n'));
        if (equals == NULL || line[0] == ';')
            continue;
        copy_key(line, equals, field->key);
        field->value = equals + 1;
        field->length = (size_t)(line_end - field->value);
        trim(field);
        if (field->length > 0 && field->value[0] == '{') {
            field->value++;
            field->length = strcspn(field->value, "}");
            const char *const after = field->value + field->length, *const end = after + strcspn(after, "\n");
            field->open = *after == '\0';
            go_to(place, end + (*end == '\n'));
            trim(field);
        }
        return 1;
    }
    return 0;
}

int rlra_envi_find(const char *text, const char *key, envi_field *field)
{
    envi_place place = {text, 1};
    while (rlra_envi_next(&place, field))
        if (strcmp(field->key, key) == 0)
            return 1;
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

/* The codes of data types. */
static const struct {
    const char *unread; /* name of a type that is not supported */
    scalar type;
} types[] = {
    [1] = {NULL, {SCALAR_UINT, 1, 0}},
    [2] = {NULL, {SCALAR_INT, 2, 0}},
    [3] = {NULL, {SCALAR_INT, 4, 0}},
    [4] = {NULL, {SCALAR_FLOAT, 4, 0}},
    [5] = {NULL, {SCALAR_FLOAT, 8, 0}},
    [6] = {"complex numbers of two float32", {0}},
    [7] = {"text", {0}},
    [8] = {"structures", {0}},
    [9] = {"complex numbers of two float64", {0}},
    [10] = {"pointers", {0}},
    [11] = {"objects", {0}},
    [12] = {NULL, {SCALAR_UINT, 2, 0}},
    [13] = {NULL, {SCALAR_UINT, 4, 0}},
    [14] = {NULL, {SCALAR_INT, 8, 0}},
    [15] = {NULL, {SCALAR_UINT, 8, 0}},
};

static rlra_status set_type(const input *header, int64_t code, scalar *type)
{
    const int known = code >= 1 && code < (int64_t)(sizeof types / sizeof types[0]);
    const char *const unread = known ? types[code].unread : "not a type of ENVI";
    if (unread != NULL)
        return rlra_fail(header->context, RLRA_ERR_UNSUPPORTED,
                         "'%s': data type %lld is %s; 1-5 and 12-15, real numbers, can be read", header->path,
                         (long long)code, unread);
    *type = types[code].type;
    return RLRA_OK;
}

/* The modes lines (0), samples (1) and bands (2), from the slowest to the fastest in memory. */
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

rlra_status rlra_envi_fail(const input *header, const envi_field *field, const char *expected)
{
    return rlra_fail(header->context, RLRA_ERR_FORMAT, "'%s', line %d: %s is '%.*s', expected %s", header->path,
                     field->line, field->key, (int)(field->length < 60 ? field->length : 60), field->value, expected);
}

/* The result of the walk over the fields. */
typedef struct findings {
    int64_t counts[COUNTS];
    int interleave;
} findings;

static rlra_status read_fields(const input *header, const char *text, findings *found, envi_header *parsed)
{
    rlra_status status = RLRA_OK;
    envi_place place = {text, 1};
    envi_field field;
    while (rlra_envi_next(&place, &field)) {
        REQUIRE(!field.open, rlra_fail(header->context, RLRA_ERR_FORMAT, "'%s', line %d: the brace of %s is not closed",
                                       header->path, field.line, field.key));
        for (int k = 0; k < COUNTS; k++)
            if (strcmp(field.key, count_keys[k]) == 0) {
                found->counts[k] = count_of(&field);
                REQUIRE(found->counts[k] >= (k <= BANDS),
                        rlra_envi_fail(header, &field, k <= BANDS ? "a count of at least 1" : "a count"));
            }
        if (strcmp(field.key, "interleave") == 0) {
            found->interleave = set_interleave(&field, &parsed->shape);
            REQUIRE(found->interleave, rlra_envi_fail(header, &field, "bsq, bil or bip"));
        }
        if (strcmp(field.key, "file type") == 0)
            parsed->is_library = is_word(&field, "ENVI Spectral Library");
    }
cleanup:
    return status;
}

/* Set shape and size, after all required fields are found. */
static rlra_status lay_out(const input *header, const int64_t counts[], envi_header *parsed)
{
    shape *const s = &parsed->shape;
    int64_t count;
    for (int mode = 0; mode < 3; mode++)
        s->dims[mode] = counts[mode];
    parsed->is_library = parsed->is_library && counts[BANDS] == 1;
    parsed->offset = counts[OFFSET];
    const rlra_status status = rlra_shape_check(header, "", s, parsed->type.bytes, INT64_MAX - counts[OFFSET], &count);
    if (status != RLRA_OK)
        return status;
    parsed->bytes = parsed->offset + count * parsed->type.bytes;
    if (parsed->is_library)
        *s = rlra_shape(2, s->dims, 0);
    parsed->bands = s->dims[s->order - 1];
    parsed->inner = 1;
    for (int k = s->order - 1; s->memory[k] != s->order - 1; k--)
        parsed->inner *= s->dims[s->memory[k]];
    return RLRA_OK;
}

rlra_status rlra_envi_parse(const input *header, const char *text, envi_header *parsed)
{
    findings found = {.counts = {-1, -1, -1, 0, -1, -1, 0}};
    const int64_t *const counts = found.counts;
    rlra_status status = RLRA_OK;
    *parsed = (envi_header){.shape = {.order = 3, .memory = {2, 0, 1}}};
    TRY(read_fields(header, text, &found, parsed));
    for (int k = LINES; k <= TYPE; k++)
        REQUIRE(counts[k] >= 0,
                rlra_fail(header->context, RLRA_ERR_FORMAT, "'%s' lacks the field '%s'", header->path, count_keys[k]));
    REQUIRE(found.interleave || counts[BANDS] == 1,
            rlra_fail(header->context, RLRA_ERR_FORMAT, "'%s' lacks the field 'interleave': bsq, bil or bip",
                      header->path));
    REQUIRE(counts[COMPRESSION] == 0,
            rlra_fail(header->context, RLRA_ERR_UNSUPPORTED,
                      "'%s' says 'file compression = %lld': unpack the data file, and write 0 there", header->path,
                      (long long)counts[COMPRESSION]));
    TRY(set_type(header, counts[TYPE], &parsed->type));
    REQUIRE(counts[ORDER] <= 1, rlra_fail(header->context, RLRA_ERR_FORMAT, "'%s': byte order is %lld, expected 0 or 1",
                                          header->path, (long long)counts[ORDER]));
    if (counts[ORDER] < 0 && parsed->type.bytes > 1)
        TRY(rlra_input_note(header, "the header lacks 'byte order': low bytes first were taken"));
    parsed->type.swap = (counts[ORDER] != 1) != rlra_machine_is_little();
    TRY(lay_out(header, counts, parsed));
cleanup:
    return status;
}
