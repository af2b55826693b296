/* io/envi.c: the format ENVI: a raw cube beside a text header, as remote sensing exchanges it. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "io/cursor.h"
#include "io/envi_header.h"
#include "io/format.h"

#define HEADER_MOST (16 << 20)
#define PATH_BYTES  PATH_ROOM

/* Where the part of a path before its ending ends; the length of the path if its name has no ending. */
static size_t stem_length(const char *path)
{
    const char *const slash = strrchr(path, '/'), *const name = slash == NULL ? path : slash + 1;
    const char *const dot = strrchr(name, '.');
    return dot == NULL || dot == name ? strlen(path) : (size_t)(dot - path);
}

static int is_file(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISREG(about.st_mode);
}

/* "scene.img" has "scene.img.hdr" or "scene.hdr". */
static int find_header(const char *path, char *found)
{
    static const char *const endings[] = {".hdr", ".HDR"};
    for (int k = 0; k < 4; k++) {
        const size_t length = k < 2 ? strlen(path) : stem_length(path);
        if (length + 5 >= PATH_BYTES)
            return 0;
        snprintf(found, PATH_BYTES, "%.*s%s", (int)length, path, endings[k % 2]);
        if (strcmp(found, path) != 0 && is_file(found))
            return 1;
    }
    return 0;
}

/* "scene.hdr" has "scene.bsq" (as its interleave says), "scene" or a name with one of the usual endings. */
static int find_data(const char *path, const envi_header *parsed, char *found)
{
    static const char *const endings[] = {"",      ".img", ".dat", ".raw", ".bin", ".cube",
                                          ".envi", ".sli", ".bsq", ".bil", ".bip"};
    static const char *const interleaves[] = {".bil", ".bsq", ".bip"};
    const int bip = parsed->shape.memory[2] == 2, bsq = parsed->shape.memory[0] == 2;
    const size_t stem = stem_length(path);
    if (stem + 6 >= PATH_BYTES)
        return 0;
    snprintf(found, PATH_BYTES, "%.*s%s", (int)stem, path, interleaves[bip ? 2 : bsq]);
    if (is_file(found))
        return 1;
    for (size_t k = 0; k < sizeof endings / sizeof endings[0]; k++) {
        snprintf(found, PATH_BYTES, "%.*s%s", (int)stem, path, endings[k]);
        if (strcmp(found, path) != 0 && is_file(found))
            return 1;
    }
    return 0;
}

static int detect(const input *in)
{
    char path[PATH_BYTES];
    input header;
    if (rlra_envi_mark(in->head, in->head_bytes))
        return 1;
    /* Without a context: that the header cannot be read is no failure here. */
    if (!find_header(in->path, path) || rlra_input_open(NULL, path, NULL, NULL, &header) != RLRA_OK)
        return 0;
    const int marked = rlra_envi_mark(header.head, header.head_bytes);
    rlra_input_close(&header);
    return marked;
}

/* Both files, whichever the user named. */
typedef struct pair {
    input header, data;
    char header_path[PATH_BYTES], data_path[PATH_BYTES];
    char *text;
    envi_header parsed;
} pair;

static rlra_status open_pair(const input *in, pair *p)
{
    rlra_status status = RLRA_OK;
    const int from_header = rlra_envi_mark(in->head, in->head_bytes);
    p->header.fd = p->data.fd = -1;
    p->text = NULL;
    if (from_header)
        snprintf(p->header_path, PATH_BYTES, "%s", in->path);
    else
        REQUIRE(find_header(in->path, p->header_path),
                rlra_fail(in->context, RLRA_ERR_FILE, "'%s' has no header beside it", in->path));
    TRY(rlra_input_open(in->context, p->header_path, in->options, in->notes, &p->header));
    TRY(rlra_input_read_text(&p->header, HEADER_MOST, &p->text));
    TRY(rlra_envi_parse(&p->header, p->text, &p->parsed));
    if (from_header)
        REQUIRE(
            find_data(in->path, &p->parsed, p->data_path),
            rlra_fail(in->context, RLRA_ERR_FILE,
                      "'%s' is an ENVI header, but no data file (.bsq, .bil, .bip, .img, .dat, .raw, ..) is beside it",
                      in->path));
    else
        snprintf(p->data_path, PATH_BYTES, "%s", in->path);
    TRY(rlra_input_open(in->context, p->data_path, in->options, in->notes, &p->data));
cleanup:
    return status;
}

static void close_pair(const input *in, pair *p)
{
    rlra_free(in->context, p->text);
    rlra_input_close(&p->header);
    rlra_input_close(&p->data);
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    pair p;
    const rlra_status status = open_pair(in, &p);
    if (status == RLRA_OK) {
        const rlra_variable told = {"", rlra_scalar_name(p.parsed.type), 3, p.parsed.shape.dims, 1};
        callback(user, &told);
    }
    close_pair(in, &p);
    return status;
}

/* Every field of the header becomes an attribute; line ends in lists become blanks. */
static rlra_status keep_fields(pair *p, rlra_dataset *dataset)
{
    rlra_status status = RLRA_OK;
    const char *at = p->text;
    envi_field field;
    for (char *c = p->text; *c != '\0'; c++)
        if (*c == '\r')
            *c = ' ';
    while (rlra_envi_next(&at, &field)) {
        if (rlra_dataset_attribute(dataset, field.key) != NULL)
            continue;
        TRY(rlra_dataset_set_attribute(dataset, field.key, field.value, field.length));
        for (char *c = dataset->attributes->text; *c != '\0'; c++)
            if (*c == '\n')
                *c = ' ';
    }
cleanup:
    return status;
}

static rlra_status read_array(const input *in, const char *name, rlra_read_dtype dtype, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    rlra_dataset *made = NULL;
    pair p;
    int64_t count;
    TRY(open_pair(in, &p));
    TRY(rlra_shape_check(&p.data, name, &p.parsed.shape, p.parsed.type.bytes, p.data.size - p.parsed.offset, &count));
    file_source source = rlra_file_source(&p.data, p.parsed.offset);
    TRY(rlra_dataset_stream(in, "envi", name, &p.parsed.shape, p.parsed.type, dtype, &source.base, &made));
    TRY(keep_fields(&p, made));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_dataset_destroy(made);
    close_pair(in, &p);
    return status;
}

static rlra_status locate(const input *in, const char *name, located *where)
{
    rlra_status status = RLRA_OK;
    pair p;
    int64_t count;
    TRY(open_pair(in, &p));
    TRY(rlra_shape_check(&p.data, name, &p.parsed.shape, p.parsed.type.bytes, p.data.size - p.parsed.offset, &count));
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
    char path[PATH_BYTES];
    const size_t stem = stem_length(out->path);
    (void)count;
    REQUIRE(array->order == 2 || array->order == 3,
            rlra_fail(out->context, RLRA_ERR_ARGUMENT,
                      "cannot write '%s': ENVI holds lines x samples x bands or lines x samples, got order %d",
                      out->path, array->order));
    REQUIRE(stem + 5 < PATH_BYTES, rlra_fail(out->context, RLRA_ERR_ARGUMENT, "the name '%s' is too long", out->path));
    snprintf(path, sizeof path, "%.*s.bsq", (int)stem, out->path);
    const int printed = fprintf(
        out->stream,
        "ENVI\ndescription = { written by rlra }\nsamples = %lld\nlines = %lld\nbands = %lld\nheader offset = 0\n"
        "file type = ENVI Standard\ndata type = %d\ninterleave = bsq\nbyte order = 0\n",
        (long long)array->dims[1], (long long)array->dims[0], (long long)(array->order == 3 ? array->dims[2] : 1),
        array->dtype == RLRA_DTYPE_F32 ? 4 : 5);
    REQUIRE(printed > 0 && fflush(out->stream) == 0,
            rlra_fail(out->context, RLRA_ERR_FILE, "cannot write '%s'", out->path));
    const int bands_first[] = {2, 0, 1};
    const rlra_array planes = array->order == 3 ? rlra_array_permuted(array, bands_first) : *array;
    TRY(rlra_output_open(out->context, path, &data));
    TRY(rlra_cursor_write(&data, &planes));
    TRY(rlra_output_commit(&data));
cleanup:
    rlra_output_discard(&data);
    return status;
}

const format_ops rlra_format_envi = {
    .about = {"envi", "raster cubes of remote sensing: a header and a data file", "read write",
              "ENVI Header Files, NV5 Geospatial"},
    .endings = ".hdr",
    .detect = detect,
    .list = list,
    .read = read_array,
    .locate = locate,
    .write = write_arrays,
};
