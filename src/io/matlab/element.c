/* io/matlab/element.c: read the elements of MATLAB .mat files of version 5 one after the other. */
#include "io/matlab/element.h"

#include <string.h>

#define FLAG_COMPLEX 0x0800
#define FLAG_LOGICAL 0x0200

static rlra_status fail(const mat_walk *walk, const char *what)
{
    return rlra_fail(walk->in->context, RLRA_ERR_FORMAT, "'%s', in the array that ends at byte %lld: %s",
                     walk->in->path, (long long)walk->next, what);
}

static void *inflate_allocate(void *context, uInt count, uInt size)
{
    return rlra_alloc(context, count, size);
}

static void inflate_release(void *context, void *memory)
{
    rlra_free(context, memory);
}

static rlra_status inflate_some(mat_walk *walk, unsigned char *to, size_t bytes)
{
    z_stream *const z = &walk->inflater;
    z->next_out = to;
    while (bytes > 0) {
        const uInt step = bytes < (1u << 30) ? (uInt)bytes : 1u << 30;
        if (z->avail_in == 0) {
            const int64_t more = walk->next - walk->file.at;
            const size_t part = more < (int64_t)sizeof walk->buffer ? (size_t)more : sizeof walk->buffer;
            if (part == 0)
                return fail(walk, "the compressed data end too early");
            const rlra_status status = walk->file.base.read(&walk->file.base, walk->buffer, part);
            if (status != RLRA_OK)
                return status;
            z->next_in = walk->buffer;
            z->avail_in = (uInt)part;
        }
        z->avail_out = step;
        const int answer = inflate(z, Z_NO_FLUSH);
        const size_t got = step - z->avail_out;
        bytes -= got;
        if (answer == Z_MEM_ERROR)
            return rlra_fail(walk->in->context, RLRA_ERR_MEMORY, "out of memory: decompressing '%s'", walk->in->path);
        if ((answer != Z_OK && answer != Z_STREAM_END && answer != Z_BUF_ERROR) ||
            (answer == Z_STREAM_END && bytes > 0))
            return fail(walk, answer == Z_STREAM_END ? "the compressed data end too early"
                                                     : "the compressed data are damaged");
    }
    return RLRA_OK;
}

/* Take bytes of the element being read. */
static rlra_status take(byte_source *base, void *buffer, size_t bytes)
{
    mat_walk *const walk = (mat_walk *)base;
    unsigned char *to = buffer;
    const size_t small = bytes < walk->small_left ? bytes : walk->small_left;
    memcpy(to, walk->small + sizeof walk->small - walk->small_left, small);
    walk->small_left -= small;
    to += small;
    bytes -= small;
    if (bytes == 0)
        return RLRA_OK;
    if ((uint64_t)walk->left < bytes)
        return fail(walk, "a part of it is longer than the whole");
    walk->left -= (int64_t)bytes;
    walk->taken += (int64_t)bytes;
    if (walk->inflating)
        return inflate_some(walk, to, bytes);
    return walk->file.base.read(&walk->file.base, to, bytes);
}

mat_walk rlra_mat_walk(const input *in)
{
    mat_walk walk = {.base = {take}, .in = in, .next = MAT_HEADER_BYTES};
    /* Written as the 16-bit number "MI": bytes "IM" mean little-endian. */
    walk.swap = (in->head[126] == 'I') != rlra_machine_is_little();
    return walk;
}

rlra_status rlra_mat_skip(mat_walk *walk, int64_t bytes)
{
    const int64_t small = bytes < (int64_t)walk->small_left ? bytes : (int64_t)walk->small_left;
    if (walk->inflating)
        return rlra_source_skip(&walk->base, bytes);
    walk->small_left -= (size_t)small;
    bytes -= small;
    if (bytes > walk->left)
        return fail(walk, "a part of it is longer than the whole");
    walk->left -= bytes;
    walk->taken += bytes;
    walk->file.at += bytes;
    return RLRA_OK;
}

void rlra_mat_end(mat_walk *walk)
{
    if (walk->inflating)
        inflateEnd(&walk->inflater);
    walk->inflating = 0;
}

static uint32_t number(const mat_walk *walk, const unsigned char *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, 4);
    if (walk->swap)
        rlra_bytes_swap(4, 1, &value);
    return value;
}

rlra_status rlra_mat_tag(mat_walk *walk, mat_tag *tag)
{
    unsigned char bytes[8];
    walk->small_left = 0;
    const rlra_status status = take(&walk->base, bytes, sizeof bytes);
    if (status != RLRA_OK)
        return status;
    tag->type = number(walk, bytes);
    if (tag->type >> 16 != 0) {
        tag->bytes = tag->type >> 16;
        tag->type &= 0xFFFF;
        tag->padded = 4;
        memcpy(walk->small, bytes + 4, 4);
        walk->small_left = 4;
        return tag->bytes <= 4 ? RLRA_OK : fail(walk, "a small element has more than 4 bytes");
    }
    tag->bytes = number(walk, bytes + 4);
    tag->padded = (tag->bytes + 7) / 8 * 8;
    return tag->bytes <= walk->left ? RLRA_OK : fail(walk, "a part of it is longer than the whole");
}

scalar rlra_mat_scalar(uint32_t type, int swap)
{
    static const scalar types[] = {
        [MAT_INT8] = {SCALAR_INT, 1, 0},     [MAT_UINT8] = {SCALAR_UINT, 1, 0},   [MAT_INT16] = {SCALAR_INT, 2, 0},
        [MAT_UINT16] = {SCALAR_UINT, 2, 0},  [MAT_INT32] = {SCALAR_INT, 4, 0},    [MAT_UINT32] = {SCALAR_UINT, 4, 0},
        [MAT_SINGLE] = {SCALAR_FLOAT, 4, 0}, [MAT_DOUBLE] = {SCALAR_FLOAT, 8, 0}, [MAT_INT64] = {SCALAR_INT, 8, 0},
        [MAT_UINT64] = {SCALAR_UINT, 8, 0},
    };
    if (type >= sizeof types / sizeof types[0])
        return (scalar){SCALAR_NONE, 0, 0};
    return (scalar){types[type].kind, types[type].bytes, swap};
}

/* Set the kind of numbers and its name from the class of an array. */
static void set_class(mat_array *array, unsigned flags)
{
    static const struct {
        const char *name;
        scalar type;
    } classes[] = {
        {"unknown", {0}},
        {"cell", {0}},
        {"struct", {0}},
        {"object", {0}},
        {"text", {0}},
        {"sparse float64", {SCALAR_FLOAT, 8, 0}},
        {NULL, {SCALAR_FLOAT, 8, 0}},
        {NULL, {SCALAR_FLOAT, 4, 0}},
        {NULL, {SCALAR_INT, 1, 0}},
        {NULL, {SCALAR_UINT, 1, 0}},
        {NULL, {SCALAR_INT, 2, 0}},
        {NULL, {SCALAR_UINT, 2, 0}},
        {NULL, {SCALAR_INT, 4, 0}},
        {NULL, {SCALAR_UINT, 4, 0}},
        {NULL, {SCALAR_INT, 8, 0}},
        {NULL, {SCALAR_UINT, 8, 0}},
        {"function", {0}},
        {"opaque", {0}},
    };
    const unsigned class = flags & 0xFF;
    array->class = class < sizeof classes / sizeof classes[0] ? (int)class : 0;
    array->complex = (flags & FLAG_COMPLEX) != 0;
    array->type = classes[array->class].type;
    if (array->type.kind != SCALAR_NONE && (flags & FLAG_LOGICAL) != 0)
        array->type = (scalar){SCALAR_BOOL, 1, 0};
    array->stored = classes[array->class].name != NULL ? classes[array->class].name : rlra_scalar_name(array->type);
    if (array->class == MAT_CLASS_SPARSE && array->type.kind == SCALAR_BOOL)
        array->stored = "sparse bool";
    if (array->type.kind != SCALAR_NONE && array->complex) {
        array->type = (scalar){SCALAR_NONE, 0, 0};
        array->stored = "complex";
    }
}

/* Read the dims, which MATLAB writes as signed 32-bit integers, and other programs as other types. */
static rlra_status read_dims(mat_walk *walk, const mat_tag *tag, mat_array *array)
{
    rlra_status status = RLRA_OK;
    const scalar type = rlra_mat_scalar(tag->type, walk->swap);
    if ((type.kind != SCALAR_INT && type.kind != SCALAR_UINT) || tag->bytes % type.bytes != 0 ||
        tag->bytes < 2 * type.bytes)
        return fail(walk, "the dimensions are no list of integers");
    if (tag->bytes > (int64_t)type.bytes * RLRA_MAX_ORDER) {
        array->order = 0;
        array->type = (scalar){SCALAR_NONE, 0, 0};
        array->stored = "order above 8";
        return rlra_source_skip(&walk->base, tag->padded);
    }
    array->order = (int)(tag->bytes / type.bytes);
    TRY(rlra_integers_read(walk->in, "dimensions", &walk->base, type, array->order, array->dims));
    TRY(rlra_source_skip(&walk->base, tag->padded - tag->bytes));
    for (int mode = 0; mode < array->order; mode++)
        REQUIRE(array->dims[mode] >= 0, fail(walk, "a dimension is negative"));
cleanup:
    return status;
}

rlra_status rlra_mat_array(mat_walk *walk, mat_array *array)
{
    rlra_status status = RLRA_OK;
    mat_tag tag;
    unsigned char flags[8];
    *array = (mat_array){.stored = "unknown"};
    TRY(rlra_mat_tag(walk, &tag));
    REQUIRE(tag.type == MAT_UINT32 && tag.bytes == 8, fail(walk, "it does not begin with its flags"));
    TRY(take(&walk->base, flags, sizeof flags));
    set_class(array, number(walk, flags));
    /* Function handles and opaque objects have no dimensions. */
    if (array->class > 15 || array->class == 0)
        goto cleanup;
    TRY(rlra_mat_tag(walk, &tag));
    TRY(read_dims(walk, &tag, array));
    TRY(rlra_mat_tag(walk, &tag));
    REQUIRE(tag.bytes < MAT_NAME_BYTES, fail(walk, "its name has more than 63 characters"));
    TRY(take(&walk->base, array->name, (size_t)tag.bytes));
    TRY(rlra_source_skip(&walk->base, tag.padded - tag.bytes));
cleanup:
    return status;
}

static rlra_status start_inflating(mat_walk *walk, int64_t compressed)
{
    walk->inflater = (z_stream){.zalloc = inflate_allocate, .zfree = inflate_release, .opaque = walk->in->context};
    if (inflateInit(&walk->inflater) != Z_OK)
        return rlra_fail(walk->in->context, RLRA_ERR_MEMORY, "out of memory: decompressing '%s'", walk->in->path);
    walk->inflating = 1;
    walk->left = compressed * DEFLATE_MOST;
    return RLRA_OK;
}

rlra_status rlra_mat_next(mat_walk *walk, mat_array *array, int *found)
{
    rlra_status status = RLRA_OK;
    mat_tag tag = {.type = 0};
    *found = 0;
    while (!*found && walk->next + 8 <= walk->in->size) {
        rlra_mat_end(walk);
        walk->here = (place){walk->next, 0};
        walk->file = rlra_file_source(walk->in, walk->next);
        walk->left = walk->in->size - walk->next;
        TRY(rlra_mat_tag(walk, &tag));
        walk->next = walk->file.at + (walk->small_left > 0 ? 0 : tag.bytes);
        walk->left = tag.bytes;
        if (tag.type == MAT_COMPRESSED) {
            TRY(start_inflating(walk, tag.bytes));
            TRY(rlra_mat_tag(walk, &tag));
            walk->left = tag.bytes < walk->left ? tag.bytes : walk->left;
        }
        walk->whole = walk->left;
        walk->taken = 0;
        *found = tag.type == MAT_MATRIX && tag.bytes > 0;
    }
    if (*found)
        TRY(rlra_mat_array(walk, array));
cleanup:
    return status;
}

rlra_status rlra_mat_go(mat_walk *walk, place where, mat_array *array)
{
    rlra_status status = RLRA_OK;
    mat_tag tag;
    int found;
    if (walk->here.at != where.at || walk->taken > where.within) {
        walk->next = where.at;
        TRY(rlra_mat_next(walk, array, &found));
        REQUIRE(found && walk->here.at == where.at, fail(walk, "it is not what it was"));
    }
    walk->here = where;
    if (where.within == 0)
        goto cleanup;
    walk->small_left = 0;
    walk->left = walk->whole - walk->taken;
    TRY(rlra_mat_skip(walk, where.within - walk->taken));
    TRY(rlra_mat_tag(walk, &tag));
    REQUIRE(tag.type == MAT_MATRIX, fail(walk, "it is not what it was"));
    walk->left = tag.bytes;
    TRY(rlra_mat_array(walk, array));
cleanup:
    return status;
}
