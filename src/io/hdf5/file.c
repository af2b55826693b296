/* io/hdf5/file.c: open HDF5 files, classify and read their data sets. */
#include "io/hdf5/file.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* The filters in use do not compress more: deflate has a bound of 1032, see RFC 1951. */
#define COMPRESSION_MOST 1032
/* Data sets that were never written have no storage; small ones are fine. */
#define UNSTORED_MOST 65536
/* Enum entries that are moved together while they are widened in place. */
#define BLOCK 4096

static pthread_mutex_t library = PTHREAD_MUTEX_INITIALIZER;

hdf5_session rlra_hdf5_begin(void)
{
    hdf5_session session = {NULL, NULL};
    pthread_mutex_lock(&library);
    H5Eget_auto2(H5E_DEFAULT, &session.printer, &session.printer_data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return session;
}

void rlra_hdf5_end(const hdf5_session *session, rlra_status status)
{
    H5Eclear2(H5E_DEFAULT);
    if (status != RLRA_ERR_FORMAT && status != RLRA_ERR_FILE)
        H5Eset_auto2(H5E_DEFAULT, session->printer, session->printer_data);
    pthread_mutex_unlock(&library);
}

int rlra_hdf5_detect(const input *in)
{
    static const char mark[] = "\x89HDF\r\n\x1a\n";
    unsigned char found[8];
    for (int64_t at = 0; at + 8 <= in->size; at = at == 0 ? 512 : 2 * at)
        if (rlra_input_read(in, at, found, sizeof found) == RLRA_OK && memcmp(found, mark, sizeof found) == 0)
            return 1;
    return 0;
}

/* The library opens no file without a name: that of an unpacked one it gets in memory. */
static rlra_status open_image(const input *in, hid_t *file)
{
    rlra_status status = RLRA_OK;
    char name[PATH_ROOM + 16]; /* the library wants one that no file can have */
    char *const image = rlra_alloc(in->context, (size_t)in->size, 1);
    const hid_t plan = H5Pcreate(H5P_FILE_ACCESS);
    REQUIRE(image != NULL, rlra_fail_memory(in->context, (size_t)in->size, 1, "an unpacked file"));
    TRY(rlra_input_read(in, 0, image, (size_t)in->size));
    snprintf(name, sizeof name, "%s/unpacked", in->path);
    if (plan >= 0 && H5Pset_fapl_core(plan, 1 << 16, 0) >= 0 && H5Pset_file_image(plan, image, (size_t)in->size) >= 0)
        *file = H5Fopen(name, H5F_ACC_RDONLY, plan);
cleanup:
    if (plan >= 0)
        H5Pclose(plan);
    rlra_free(in->context, image);
    return status;
}

rlra_status rlra_hdf5_open(const input *in, hid_t *file)
{
    rlra_status status = RLRA_OK;
    *file = H5I_INVALID_HID;
    if (rlra_input_content(in) != in->path)
        TRY(open_image(in, file));
    else
        *file = H5Fopen(in->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    REQUIRE(*file >= 0, rlra_fail(in->context, RLRA_ERR_FORMAT,
                                  "'%s' is no sound HDF5 file: its library cannot open it", in->path));
cleanup:
    return status;
}

hid_t rlra_hdf5_open_object(hid_t from, const char *path)
{
    hid_t at = H5Oopen(from, path[0] == '/' || path[0] == '\0' ? "/" : ".", H5P_DEFAULT);
    while (at >= 0) {
        char name[PATH_ROOM];
        H5L_info_t link;
        path += strspn(path, "/");
        const size_t length = strcspn(path, "/");
        if (length == 0)
            return at;
        const int known = length < sizeof name;
        snprintf(name, sizeof name, "%.*s", (int)length, path);
        path += length;
        const int is_hard = known && H5Iget_type(at) == H5I_GROUP && H5Lget_info(at, name, &link, H5P_DEFAULT) >= 0 &&
                            link.type == H5L_TYPE_HARD;
        const hid_t next = is_hard ? H5Oopen(at, name, H5P_DEFAULT) : H5I_INVALID_HID;
        H5Oclose(at);
        at = next;
    }
    return at;
}

/* Data whose entries are in other files: what they are is not for this file to say. */
static const char *elsewhere(hid_t set)
{
    const hid_t plan = H5Dget_create_plist(set);
    const char *found = "damaged";
    if (plan >= 0)
        found = H5Pget_layout(plan) == H5D_VIRTUAL ? "virtual data of other files"
                : H5Pget_external_count(plan) != 0 ? "data of other files"
                                                   : NULL;
    if (plan >= 0)
        H5Pclose(plan);
    return found;
}

static void classify(hid_t type, hdf5_about *about)
{
    const size_t bytes = H5Tget_size(type);
    about->class = H5Tget_class(type);
    snprintf(about->stored, sizeof about->stored, "unknown");
    if (about->class == H5T_STRING)
        snprintf(about->stored, sizeof about->stored, "text");
    if (about->class == H5T_COMPOUND)
        snprintf(about->stored, sizeof about->stored, "compound");
    if (about->class == H5T_REFERENCE)
        snprintf(about->stored, sizeof about->stored, "reference");
    if (bytes == 0 || bytes > 8)
        return;
    if (about->class == H5T_FLOAT)
        about->type = (scalar){SCALAR_FLOAT, (int)bytes, 0};
    if (about->class == H5T_INTEGER)
        about->type = (scalar){H5Tget_sign(type) == H5T_SGN_NONE ? SCALAR_UINT : SCALAR_INT, (int)bytes, 0};
    if (about->class == H5T_ENUM && bytes == 1) {
        about->type = (scalar){SCALAR_BOOL, 1, 0};
        about->is_enum = 1;
    }
    if (!rlra_scalar_valid(about->type))
        about->type = (scalar){SCALAR_NONE, 0, 0};
    else
        snprintf(about->stored, sizeof about->stored, "%s", rlra_scalar_name(about->type));
}

rlra_status rlra_hdf5_about(const input *in, const char *name, hid_t set, hdf5_about *about)
{
    const hid_t space = H5Dget_space(set), type = H5Dget_type(set);
    rlra_status status = RLRA_OK;
    hsize_t sizes[H5S_MAX_RANK];
    int64_t dims[RLRA_MAX_ORDER] = {0};
    *about = (hdf5_about){.order = 0};
    REQUIRE(space >= 0 && type >= 0,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' has no sound type or shape", in->path, name));
    classify(type, about);
    const char *const outside = elsewhere(set);
    if (outside != NULL) {
        about->type = (scalar){SCALAR_NONE, 0, 0};
        about->class = H5T_NO_CLASS;
        snprintf(about->stored, sizeof about->stored, "%s", outside);
    }
    const H5S_class_t kind = H5Sget_simple_extent_type(space);
    about->order = kind == H5S_SIMPLE ? H5Sget_simple_extent_ndims(space) : 0;
    REQUIRE(about->order >= 0 && about->order <= H5S_MAX_RANK,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' has no sound shape", in->path, name));
    if (kind == H5S_NULL || kind == H5S_NO_CLASS || about->order > RLRA_MAX_ORDER) {
        about->type = (scalar){SCALAR_NONE, 0, 0};
        snprintf(about->stored, sizeof about->stored, "%s", about->order > 0 ? "order above 8" : "empty");
        about->class = H5T_NO_CLASS;
        about->order = 0;
    }
    REQUIRE(about->order == 0 || H5Sget_simple_extent_dims(space, sizes, NULL) == about->order,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' has no sound shape", in->path, name));
    for (int mode = 0; mode < about->order; mode++) {
        REQUIRE(sizes[mode] <= INT64_MAX,
                rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s': mode %d is too long", in->path, name, mode));
        dims[mode] = (int64_t)sizes[mode];
    }
    about->shape = rlra_shape(about->order, dims, 0);
cleanup:
    if (type >= 0)
        H5Tclose(type);
    if (space >= 0)
        H5Sclose(space);
    return status;
}

void rlra_hdf5_reverse(hdf5_about *about)
{
    shape reversed = about->shape;
    for (int mode = 0; mode < about->shape.order; mode++) {
        reversed.dims[mode] = about->shape.dims[about->shape.order - 1 - mode];
        reversed.memory[mode] = about->shape.order - 1 - mode;
    }
    about->shape = reversed;
}

rlra_status rlra_hdf5_check(const input *in, const char *name, hid_t set, const hdf5_about *about, size_t entry_bytes,
                            int64_t *count)
{
    const hsize_t stored = H5Dget_storage_size(set);
    const int64_t held = stored < (hsize_t)in->size ? (int64_t)stored : in->size;
    const hid_t plan = H5Dget_create_plist(set);
    const int chunked = plan >= 0 && H5Pget_layout(plan) == H5D_CHUNKED;
    if (plan >= 0)
        H5Pclose(plan);
    const int64_t most = (chunked ? held * COMPRESSION_MOST : held) + UNSTORED_MOST;
    return rlra_shape_check(in, name, &about->shape, (int)entry_bytes, most, count);
}

/* Entries of one byte were read into the end of the array's memory: widen them to its beginning. A block is moved aside
 * before it is overwritten. */
static void widen(rlra_dataset *dataset, scalar type, int64_t count)
{
    const int64_t bytes = rlra_dtype_bytes(dataset->array.dtype);
    char *const to = dataset->array.data, *const from = to + (bytes - 1) * count;
    for (int64_t begin = 0; begin < count; begin += BLOCK) {
        char block[BLOCK];
        const int64_t entries = count - begin < BLOCK ? count - begin : BLOCK;
        memcpy(block, from + begin, (size_t)entries);
        rlra_scalar_convert(type, (size_t)entries, block, dataset->array.dtype, to + begin * bytes);
    }
}

rlra_status rlra_hdf5_read(const input *in, const char *format, const char *name, hid_t set, const hdf5_about *about,
                           const shape *s, rlra_read_dtype asked, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    rlra_dataset *made = NULL;
    hid_t type = H5I_INVALID_HID;
    int64_t count;
    REQUIRE(about->type.kind != SCALAR_NONE,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' holds %s, expected real numbers", in->path, name,
                      about->stored));
    TRY(rlra_hdf5_check(in, name, set, about, (size_t)about->type.bytes, &count));
    const rlra_dtype dtype = rlra_scalar_target(about->type, asked);
    TRY(rlra_dataset_create(in->context, format, name, about->stored, dtype, s, &made));
    type = about->is_enum ? H5Dget_type(set) : H5Tcopy(dtype == RLRA_DTYPE_F32 ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE);
    char *const at = made->array.data;
    const int64_t offset = about->is_enum ? (rlra_dtype_bytes(dtype) - 1) * count : 0;
    /* The library converts in a buffer of its own, block by block. */
    REQUIRE(count == 0 || H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, at + offset) >= 0,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' cannot be read: damaged, truncated or an unknown filter",
                      in->path, name));
    if (about->is_enum)
        widen(made, about->type, count);
    *dataset = made;
    made = NULL;
cleanup:
    if (type >= 0)
        H5Tclose(type);
    rlra_dataset_destroy(made);
    return status;
}

/* Strings of variable length are pointers into memory of the library. */
static rlra_status add_variable(const input *in, const char *name, hid_t set, hid_t type, int64_t count,
                                text_buffer *lines)
{
    rlra_status status = RLRA_OK;
    const hid_t space = H5Dget_space(set);
    char **const strings = rlra_alloc_zero(in->context, (size_t)count, sizeof *strings);
    REQUIRE(strings != NULL, rlra_fail_memory(in->context, (size_t)count, sizeof *strings, "strings of a file"));
    REQUIRE(H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, strings) >= 0,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' cannot be read", in->path, name));
    for (int64_t k = 0; k < count; k++) {
        const size_t begin = lines->used;
        if (strings[k] != NULL)
            TRY(rlra_text_add(lines, strings[k], strlen(strings[k])));
        TRY(rlra_text_end_line(lines, begin));
    }
cleanup:
    if (strings != NULL)
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, strings);
    rlra_free(in->context, strings);
    H5Sclose(space);
    return status;
}

static rlra_status add_fixed(const input *in, const char *name, hid_t set, hid_t type, int64_t count,
                             text_buffer *lines)
{
    rlra_status status = RLRA_OK;
    const size_t width = H5Tget_size(type);
    char *const strings = rlra_alloc_zero(in->context, (size_t)count, width);
    REQUIRE(strings != NULL, rlra_fail_memory(in->context, (size_t)count, width, "strings of a file"));
    REQUIRE(H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, strings) >= 0,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' cannot be read", in->path, name));
    for (int64_t k = 0; k < count; k++) {
        const char *const string = strings + (size_t)k * width;
        const size_t begin = lines->used;
        TRY(rlra_text_add(lines, string, strnlen(string, width)));
        TRY(rlra_text_end_line(lines, begin));
    }
cleanup:
    rlra_free(in->context, strings);
    return status;
}

rlra_status rlra_hdf5_add_strings(const input *in, const char *name, hid_t set, const hdf5_about *about,
                                  text_buffer *lines)
{
    rlra_status status = RLRA_OK;
    int64_t count;
    const hid_t type = H5Dget_type(set);
    const size_t width = type >= 0 ? H5Tget_size(type) : 0;
    REQUIRE(
        about->class == H5T_STRING && width > 0 && width < INT32_MAX,
        rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s:%s' holds %s, expected text", in->path, name, about->stored));
    TRY(rlra_hdf5_check(in, name, set, about, width, &count));
    if (count > 0)
        TRY(H5Tis_variable_str(type) > 0 ? add_variable(in, name, set, type, count, lines)
                                         : add_fixed(in, name, set, type, count, lines));
cleanup:
    if (type >= 0)
        H5Tclose(type);
    return status;
}

void rlra_hdf5_close(hid_t file, hid_t set)
{
    if (set >= 0)
        H5Oclose(set);
    if (file >= 0)
        H5Fclose(file);
}
