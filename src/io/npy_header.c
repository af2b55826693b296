/* io/npy_header.c: parse and compose the headers of .npy files. */
#include "io/npy_header.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* numpy itself refuses longer ones; only structured types come close. */
#define HEADER_MOST 65536

/* The position in a Python dict literal. */
typedef struct scan {
    const char *at;
    int ok;
} scan;

static void skip_blanks(scan *s)
{
    while (isspace((unsigned char)*s->at))
        s->at++;
}

static int take(scan *s, char wanted)
{
    skip_blanks(s);
    if (*s->at != wanted)
        return 0;
    s->at++;
    return 1;
}

/* Take a quoted string without escapes; returns the part between the quotes. */
static int take_string(scan *s, const char **begin, size_t *length)
{
    skip_blanks(s);
    const char quote = *s->at;
    if (quote != '\'' && quote != '"')
        return 0;
    const char *const end = strchr(s->at + 1, quote);
    if (end == NULL)
        return 0;
    *begin = s->at + 1;
    *length = (size_t)(end - *begin);
    s->at = end + 1;
    return 1;
}

static int take_word(scan *s, const char *word)
{
    skip_blanks(s);
    const size_t length = strlen(word);
    if (strncmp(s->at, word, length) != 0)
        return 0;
    s->at += length;
    return 1;
}

/* Take a length: digits only, without sign and overflow. */
static int take_length(scan *s, int64_t *length)
{
    skip_blanks(s);
    if (!isdigit((unsigned char)*s->at))
        return 0;
    *length = 0;
    for (; isdigit((unsigned char)*s->at); s->at++) {
        if (*length > (INT64_MAX - 9) / 10)
            return 0;
        *length = 10 * *length + (*s->at - '0');
    }
    (void)(*s->at == 'L' && s->at++); /* Python 2 wrote 3L */
    return 1;
}

/* Take a shape: (), (3,), (3, 4). Returns the order, -1 if it is no shape, RLRA_MAX_ORDER + 1 for too many modes. */
static int take_shape(scan *s, int64_t *dims)
{
    int order = 0;
    if (!take(s, '('))
        return -1;
    while (!take(s, ')')) {
        int64_t length;
        if (order > 0 && !take(s, ','))
            return -1;
        if (order > 0 && take(s, ')'))
            return order;
        if (!take_length(s, &length))
            return -1;
        if (order == RLRA_MAX_ORDER)
            return RLRA_MAX_ORDER + 1;
        dims[order++] = length;
    }
    return order;
}

/* Skip a list or tuple, as in the descr of structured types. */
static int skip_nested(scan *s)
{
    int depth = 0;
    skip_blanks(s);
    do {
        const char *begin;
        size_t length;
        if (*s->at == '\'' || *s->at == '"') {
            if (!take_string(s, &begin, &length))
                return 0;
            continue;
        }
        depth += (*s->at == '[' || *s->at == '(') - (*s->at == ']' || *s->at == ')');
        if (*s->at++ == '\0')
            return 0;
    } while (depth > 0);
    return 1;
}

/* Parse a type: "<f8", "|u1", ">U12", .. */
static void parse_descr(const char *descr, size_t length, npy_header *header)
{
    static const struct {
        char letter;
        scalar_kind kind;
    } kinds[] = {{'b', SCALAR_BOOL}, {'i', SCALAR_INT}, {'u', SCALAR_UINT}, {'f', SCALAR_FLOAT}};
    const int shown = length < 20 ? (int)length : 20;
    snprintf(header->stored, sizeof header->stored, "'%.*s'", shown, descr);
    if (length < 3 || length > 12 || strchr("<>|=", descr[0]) == NULL || !isdigit((unsigned char)descr[2]))
        return;
    const int bytes = atoi(descr + 2), little = rlra_machine_is_little();
    header->swap = (descr[0] == '<' && !little) || (descr[0] == '>' && little);
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        if (kinds[k].letter == descr[1])
            header->type = (scalar){kinds[k].kind, bytes, header->swap};
    if (rlra_scalar_valid(header->type)) {
        snprintf(header->stored, sizeof header->stored, "%s", rlra_scalar_name(header->type));
        return;
    }
    header->type = (scalar){SCALAR_NONE, 0, 0};
    if ((descr[1] == 'U' || descr[1] == 'S') && bytes < 1 << 20) {
        header->text_bytes = descr[1] == 'U' ? 4 : 1;
        header->text_length = bytes;
        snprintf(header->stored, sizeof header->stored, "text");
    }
}

/* Parse the three keys, which may be in any order and must all be present. */
static const char *parse_dict(const char *dict, npy_header *header)
{
    scan s = {dict, 1};
    int fortran = 0, seen = 0;
    int64_t dims[RLRA_MAX_ORDER];
    const char *key, *descr;
    size_t length;
    header->order = 0;
    if (!take(&s, '{'))
        return "does not begin with '{'";
    while (!take(&s, '}')) {
        if (!take_string(&s, &key, &length) || !take(&s, ':'))
            return "is no list of keys and values";
        if (length == 5 && memcmp(key, "descr", 5) == 0) {
            seen |= 1;
            if (take_string(&s, &descr, &length))
                parse_descr(descr, length, header);
            else if (skip_nested(&s))
                snprintf(header->stored, sizeof header->stored, "structured");
            else
                return "has no type in 'descr'";
        } else if (length == 13 && memcmp(key, "fortran_order", 13) == 0) {
            seen |= 2;
            fortran = take_word(&s, "True");
            if (!fortran && !take_word(&s, "False"))
                return "has neither True nor False in 'fortran_order'";
        } else if (length == 5 && memcmp(key, "shape", 5) == 0) {
            seen |= 4;
            header->order = take_shape(&s, dims);
            if (header->order < 0)
                return "has no shape in 'shape'";
            if (header->order > RLRA_MAX_ORDER)
                return "has more than 8 modes";
        } else
            return "has an unknown key";
        take(&s, ',');
    }
    if (seen != 7)
        return "lacks 'descr', 'fortran_order' or 'shape'";
    header->shape = rlra_shape(header->order, dims, fortran);
    return NULL;
}

rlra_status rlra_npy_header_read(const input *in, const char *label, byte_source *source, int64_t available,
                                 npy_header *header)
{
    rlra_status status = RLRA_OK;
    unsigned char start[12] = {0};
    char *dict = NULL;
    *header = (npy_header){.bytes = 0};
    REQUIRE(available >= 10, rlra_fail(in->context, RLRA_ERR_FORMAT, "%s is too short for a .npy header", label));
    TRY(source->read(source, start, 8));
    REQUIRE(memcmp(start, NPY_MAGIC, NPY_MAGIC_BYTES) == 0,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "%s does not begin as a .npy file", label));
    const int version = start[6];
    REQUIRE(version >= 1 && version <= 3,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "%s has .npy version %d, expected 1, 2 or 3", label, version));
    const size_t count_bytes = version == 1 ? 2 : 4;
    TRY(source->read(source, start + 8, count_bytes));
    const size_t length = (size_t)start[8] | (size_t)start[9] << 8 | (size_t)start[10] << 16 | (size_t)start[11] << 24;
    header->bytes = (int64_t)(8 + count_bytes + length);
    REQUIRE(length <= HEADER_MOST && header->bytes <= available,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "%s announces a header of %zu bytes, expected at most %lld", label,
                      length, (long long)(available < HEADER_MOST ? available : HEADER_MOST)));
    dict = rlra_alloc_zero(in->context, length + 1, 1);
    REQUIRE(dict != NULL, rlra_fail_memory(in->context, length + 1, 1, "a .npy header"));
    TRY(source->read(source, dict, length));
    const char *const wrong = parse_dict(dict, header);
    REQUIRE(wrong == NULL, rlra_fail(in->context, RLRA_ERR_FORMAT, "the header of %s %s", label, wrong));
cleanup:
    rlra_free(in->context, dict);
    return status;
}

void rlra_npy_report(const char *name, const npy_header *header, rlra_variable_callback callback, void *user)
{
    const rlra_variable reported = {name, header->stored, header->order, header->shape.dims,
                                    header->type.kind != SCALAR_NONE};
    callback(user, &reported);
}

size_t rlra_npy_header_compose(const rlra_array *array, char *buffer)
{
    const int bytes = (int)rlra_dtype_bytes(array->dtype);
    char *const dict = buffer + 10;
    int used = snprintf(dict, NPY_HEADER_ROOM - 10, "{'descr': '<%c%d', 'fortran_order': False, 'shape': (",
                        array->dtype == RLRA_DTYPE_I64 ? 'i' : 'f', bytes);
    for (int mode = 0; mode < array->order; mode++)
        used += snprintf(dict + used, (size_t)(NPY_HEADER_ROOM - 10 - used), "%lld,%s", (long long)array->dims[mode],
                         mode + 1 < array->order ? " " : "");
    used += snprintf(dict + used, (size_t)(NPY_HEADER_ROOM - 10 - used), "), }");
    /* Entries begin at a multiple of 64 bytes, so that they can be mapped into memory. */
    const size_t total = ((size_t)used + 11 + 63) / 64 * 64, length = total - 10;
    memset(dict + used, ' ', length - (size_t)used);
    dict[length - 1] = '\n';
    memcpy(buffer, NPY_MAGIC "\x01\x00", 8);
    buffer[8] = (char)(length & 255);
    buffer[9] = (char)(length >> 8);
    return total;
}
