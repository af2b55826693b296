/* io/envi/envi.c: the format ENVI: a raw cube with a text header in another file, as used in remote sensing. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "io/cursor.h"
#include "io/envi/fields.h"
#include "io/envi/files.h"
#include "io/format.h"

#define HEADER_MOST  (16 << 20)
#define HEADER_BYTES 512 /* bytes of a header that is written */

/* Bytes of a header that are read to find out whether a file is its data; sizes are at the top. */
#define DETECT_BYTES 24576

/* Header and data file, either of which the user may name. */
typedef struct pair {
    input header, data;
    char header_path[PATH_ROOM], data_path[PATH_ROOM];
    char *text;
    envi_header parsed;
} pair;

/* Replace the line ends "\r\n" and "\r" by "\n". */
static void plain_lines(char *text)
{
    char *to = text;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\r' && at[1] == '\n')
            continue;
        *to++ = *at == '\r' ? '\n' : *at;
    }
    *to = '\0';
}

static rlra_status open_header(const input *in, pair *p)
{
    rlra_status status = RLRA_OK;
    p->header = p->data = (input){.fd = -1};
    p->text = NULL;
    if (rlra_envi_mark(in->head, in->head_bytes))
        snprintf(p->header_path, sizeof p->header_path, "%s", in->path);
    else {
        const int found = rlra_envi_find_header(in->path, p->header_path);
        REQUIRE(found >= 0, rlra_fail(in->context, RLRA_ERR_FILE,
                                      "cannot look for a header of ENVI beside '%s', whose content does not say its "
                                      "format: %s",
                                      in->path, strerror(errno)));
        REQUIRE(found > 0, rlra_fail(in->context, RLRA_ERR_FILE, "'%s' has no header beside it", in->path));
    }
    TRY(rlra_input_open(in->context, p->header_path, in->options, in->notes, &p->header));
    REQUIRE(
        rlra_envi_mark(p->header.head, p->header.head_bytes),
        rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s' is no ENVI header: it does not begin with ENVI", p->header_path));
    TRY(rlra_input_read_text(&p->header, HEADER_MOST, &p->text));
    plain_lines(p->text);
    TRY(rlra_envi_parse(&p->header, p->text, &p->parsed));
cleanup:
    return status;
}

static void close_pair(const input *in, pair *p)
{
    rlra_free(in->context, p->text);
    rlra_input_close(&p->header);
    rlra_input_close(&p->data);
}

/* Drop an incomplete field at the end of a text. */
static void drop_cut_field(char *text)
{
    envi_place place = {text, 1};
    envi_field field;
    const char *begin = place.at;
    while (rlra_envi_next(&place, &field) && !field.open)
        begin = place.at;
    text[begin - text] = '\0';
}

/* Whether the header of a file states its size; `marked` is set if it is a header, or cannot be opened, which is reported when
 * it is read. Does not allocate, as it is called for every file. */
static int fits_header(const input *in, const char *path, int *marked)
{
    char text[DETECT_BYTES + 1];
    envi_header parsed;
    input header;
    /* Without a context, as an unreadable header is no failure here. */
    const rlra_status opened = rlra_input_open(NULL, path, NULL, NULL, &header);
    *marked = opened == RLRA_ERR_FILE;
    if (opened != RLRA_OK)
        return 0;
    const size_t bytes = header.size < DETECT_BYTES ? (size_t)header.size : DETECT_BYTES;
    int fits = 0;
    *marked = rlra_envi_mark(header.head, header.head_bytes);
    if (*marked && rlra_input_read(&header, 0, text, bytes) == RLRA_OK) {
        text[bytes] = '\0';
        plain_lines(text);
        if (header.size > DETECT_BYTES)
            drop_cut_field(text);
        fits = rlra_envi_parse(&header, text, &parsed) == RLRA_OK && parsed.bytes == in->size;
    }
    rlra_input_close(&header);
    return fits;
}

/* By content: a file with a header is ENVI data if it has the size that the header states, or can be nothing else. */
static int detect(const input *in)
{
    char path[PATH_ROOM];
    int marked;
    if (rlra_envi_mark(in->head, in->head_bytes))
        return 1;
    if (rlra_envi_is_foreign(in->path))
        return 0;
    const int found = rlra_envi_find_header(in->path, path);
    if (found <= 0)
        return found < 0 && rlra_envi_claims(in);
    return fits_header(in, path, &marked) || (marked && rlra_envi_claims(in));
}

/* Check that the data file has the bytes that the header states; additional ones are reported if the user named the header. */
static rlra_status check_size(const pair *p, int data_named)
{
    const shape *const s = &p->parsed.shape;
    const long long has = (long long)p->data.size, announced = (long long)p->parsed.bytes;
    char dims[SHAPE_TEXT];
    if (has == announced)
        return RLRA_OK;
    if (has < announced || data_named)
        return rlra_fail(p->header.context, RLRA_ERR_FORMAT,
                         "'%s' announces %s entries of %d bytes, %lld with its offset of %lld, but '%s' has %lld bytes",
                         p->header_path, rlra_shape_text(s->order, s->dims, dims), p->parsed.type.bytes, announced,
                         (long long)p->parsed.offset, p->data_path, has);
    return rlra_input_note(
        &p->header,
        "%lld bytes at the end of '%s' were left out, the header announces %lld of %lld: the sign of "
        "a wrong size or data type",
        has - announced, p->data_path, announced, has);
}

static rlra_status open_pair(const input *in, pair *p)
{
    rlra_status status = RLRA_OK;
    TRY(open_header(in, p));
    const int data_named = strcmp(p->header_path, in->path) != 0;
    if (data_named)
        snprintf(p->data_path, sizeof p->data_path, "%s", in->path);
    else
        TRY(rlra_envi_find_data(&p->header, &p->parsed, p->data_path));
    TRY(rlra_input_open(in->context, p->data_path, in->options, in->notes, &p->data));
    TRY(check_size(p, data_named));
cleanup:
    return status;
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    pair p;
    const rlra_status status = open_pair(in, &p);
    if (status == RLRA_OK) {
        const shape *const s = &p.parsed.shape;
        const rlra_variable reported = {"", rlra_scalar_name(p.parsed.type), s->order, s->dims, 1};
        callback(user, &reported);
    }
    close_pair(in, &p);
    return status;
}

static rlra_status read_array(const input *in, const char *name, rlra_read_dtype dtype, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    rlra_dataset *made = NULL;
    calibration *how = NULL;
    int64_t missing = 0;
    pair p;
    TRY(open_pair(in, &p));
    TRY(rlra_envi_calibrate(&p.header, p.text, &p.parsed, &how));
    const envi_header *const h = &p.parsed;
    TRY(rlra_dataset_create(in->context, "envi", name, rlra_scalar_name(h->type), rlra_scalar_target(h->type, dtype),
                            &h->shape, &made));
    file_source source = rlra_file_source(&p.data, h->offset);
    TRY(rlra_dataset_fill_calibrated(made, &source.base, h->type, how, &missing));
    if (missing > 0)
        TRY(rlra_input_note(&p.header, "%lld of %lld entries are 'data ignore value' %g of the header: missing, NaN",
                            (long long)missing, (long long)rlra_array_count(&made->array), how->ignored));
    TRY(rlra_envi_keep(&p.header, p.text, h, made));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_free(in->context, how);
    rlra_dataset_destroy(made);
    close_pair(in, &p);
    return status;
}

static rlra_status locate(const input *in, const char *name, located *where)
{
    rlra_status status = RLRA_OK;
    pair p;
    (void)name;
    TRY(open_pair(in, &p));
    TRY(rlra_envi_calibrate(&p.header, p.text, &p.parsed, &where->calibration));
    if (where->calibration != NULL && where->calibration->has_ignored)
        TRY(rlra_input_note(&p.header, "entries of 'data ignore value' %g of the header are missing, NaN",
                            where->calibration->ignored));
    TRY(rlra_envi_report_bad_bands(&p.header, p.text, p.parsed.bands));
    snprintf(where->path, sizeof where->path, "%s", p.data_path);
    where->shape = p.parsed.shape;
    where->type = p.parsed.type;
    where->offset = p.parsed.offset;
cleanup:
    close_pair(in, &p);
    return status;
}

static rlra_status write_arrays(output *out, int count, const rlra_named_array *arrays)
{
    const rlra_array *const array = arrays->array;
    rlra_status status = RLRA_OK;
    output data = {.context = out->context};
    char path[PATH_ROOM];
    const size_t stem = strlen(out->path) - strlen(".hdr"); /* by which the writer was chosen */
    (void)count;
    REQUIRE(array->order == 2 || array->order == 3,
            rlra_fail(out->context, RLRA_ERR_ARGUMENT,
                      "cannot write '%s': ENVI holds lines x samples x bands or lines x samples, got order %d",
                      out->path, array->order));
    REQUIRE(stem + 5 < PATH_ROOM, rlra_fail(out->context, RLRA_ERR_ARGUMENT, "the name '%s' is too long", out->path));
    snprintf(path, sizeof path, "%.*s.bsq", (int)stem, out->path);
    char header[HEADER_BYTES];
    const int length = snprintf(
        header, sizeof header,
        "ENVI\ndescription = { written by rlra }\nsamples = %lld\nlines = %lld\nbands = %lld\nheader offset = 0\n"
        "file type = ENVI Standard\ndata type = %d\ninterleave = bsq\nbyte order = 0\n",
        (long long)array->dims[1], (long long)array->dims[0], (long long)(array->order == 3 ? array->dims[2] : 1),
        array->dtype == RLRA_DTYPE_I64   ? 14
        : array->dtype == RLRA_DTYPE_F32 ? 4
                                         : 5);
    TRY(rlra_output_write(out, header, (size_t)length));
    const int bands_first[] = {2, 0, 1};
    const rlra_array planes = array->order == 3 ? rlra_array_permuted(array, bands_first) : *array;
    TRY(rlra_output_open(out->context, path, &data));
    TRY(rlra_cursor_write(&data, &planes));
    TRY(rlra_output_settle(out));
    TRY(rlra_output_commit(&data));
cleanup:
    rlra_output_discard(&data);
    return status;
}

static rlra_status find_beside(const input *in, char *found)
{
    pair p;
    const rlra_status status = open_pair(in, &p);
    if (status == RLRA_OK)
        snprintf(found, PATH_ROOM, "%s", strcmp(p.header_path, in->path) == 0 ? p.data_path : p.header_path);
    close_pair(in, &p);
    return status;
}

const format_ops rlra_format_envi = {
    .about = {"envi", "raster cubes of remote sensing: a header and a data file", "read write",
              "ENVI Header Files, NV5 Geospatial"},
    .endings = ".hdr",
    .claims = ".hdr",
    .detect = detect,
    .list = list,
    .read = read_array,
    .locate = locate,
    .beside = find_beside,
    .write = write_arrays,
};
