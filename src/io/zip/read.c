/* io/zip/read.c: read the bytes of a member of a zip archive, stored or deflated, and verify them by its checksum. */
#include "io/zip/read.h"

#include <inttypes.h>
#include <string.h>
#include <zlib.h>

#include "io/zip/format.h"

/* Compressed bytes that are read at once, and plain ones that are verified while in the cache. */
#define BLOCK (1 << 16)
#define PROOF (1 << 18)

enum { STORED = 0, DEFLATED = 8 };

typedef struct zip_inflater {
    z_stream z;
    int ended;
    unsigned char packed[BLOCK];
} zip_inflater;

static rlra_status damaged(const zip_stream *s, const char *what)
{
    return rlra_fail(s->in->context, RLRA_ERR_FORMAT, "'%s:%s' is damaged: %s", s->in->path, s->member->name, what);
}

static const char *method_name(int method)
{
    static const struct {
        int method;
        const char *name;
    } names[] = {{1, "shrink"}, {6, "implode"}, {9, "deflate64"}, {12, "bzip2"}, {14, "lzma"},
                 {93, "zstd"},  {95, "xz"},     {98, "ppmd"},     {99, "AES"}};
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        if (names[k].method == method)
            return names[k].name;
    return "unknown";
}

/* Check by the directory alone that a member can be read. */
static rlra_status check_member(const input *in, const zip_member *m)
{
    rlra_status status = RLRA_OK;
    REQUIRE((m->flags & ZIP_ENCRYPTED) == 0 && m->method != 99,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' is encrypted: unpack and save it without a password",
                      in->path, m->name));
    REQUIRE(m->method == STORED || m->method == DEFLATED,
            rlra_fail(in->context, RLRA_ERR_FORMAT,
                      "'%s:%s' is compressed by method %d (%s), expected stored or deflated: numpy.savez and "
                      "numpy.savez_compressed write these",
                      in->path, m->name, m->method, method_name(m->method)));
    REQUIRE(m->method == DEFLATED ? m->size / DEFLATE_MOST <= m->packed : m->size == m->packed,
            rlra_fail(in->context, RLRA_ERR_FORMAT,
                      "'%s:%s' is damaged: %" PRIu64 " bytes cannot be packed in %" PRIu64, in->path, m->name, m->size,
                      m->packed));
cleanup:
    return status;
}

static uint64_t get(const unsigned char *at, int bytes)
{
    uint64_t value = 0;
    for (int b = bytes; b-- > 0;)
        value = value << 8 | at[b];
    return value;
}

/* Whether sizes and checksum of a local header are those of the directory, or are after the member, or in a field of 64 bits. */
static int sizes_agree(const unsigned char *header, const zip_member *m)
{
    const uint64_t crc = get(header + 14, 4), packed = get(header + 18, 4), size = get(header + 22, 4);
    if ((get(header + 6, 2) & ZIP_SIZES_LATE) != 0 && crc == 0)
        return 1;
    return crc == m->crc && (packed == m->packed || packed == ZIP_MOST_BYTES) &&
           (size == m->size || size == ZIP_MOST_BYTES);
}

/* Read the local header, and check that it agrees with the directory. */
static rlra_status read_header(zip_stream *s)
{
    rlra_status status = RLRA_OK;
    const zip_member *const m = s->member;
    unsigned char header[ZIP_LOCAL_BYTES];
    char part[256];
    TRY(rlra_input_read(s->in, (int64_t)m->at, header, sizeof header));
    const size_t length = get(header + 26, 2), name_length = strlen(m->name);
    REQUIRE(get(header, 4) == ZIP_LOCAL_HEADER, damaged(s, "it does not begin where the directory says"));
    int same = length == name_length && get(header + 8, 2) == m->method &&
               ((get(header + 6, 2) ^ m->flags) & ZIP_ENCRYPTED) == 0 && sizes_agree(header, m);
    for (size_t at = 0; same && at < length; at += sizeof part) {
        const size_t step = length - at < sizeof part ? length - at : sizeof part;
        TRY(rlra_input_read(s->in, (int64_t)(m->at + ZIP_LOCAL_BYTES + at), part, step));
        same = memcmp(part, m->name + at, step) == 0;
    }
    REQUIRE(same, damaged(s, "its own header and the directory of the archive do not agree"));
    s->next = m->at + ZIP_LOCAL_BYTES + length + get(header + 28, 2);
    REQUIRE(s->next <= m->limit && m->packed <= m->limit - s->next,
            damaged(s, "it overlaps the member that follows, or the directory"));
cleanup:
    return status;
}

static void *inflate_allocate(void *context, uInt count, uInt size)
{
    return rlra_alloc(context, count, size);
}

static void inflate_release(void *context, void *memory)
{
    rlra_free(context, memory);
}

static rlra_status begin_inflating(zip_stream *s)
{
    rlra_context *const context = s->in->container->context;
    zip_inflater *const made = rlra_alloc(context, 1, sizeof *made);
    if (made == NULL)
        return rlra_fail_memory(s->in->context, 1, sizeof *made, "a buffer for unpacking");
    made->z = (z_stream){.zalloc = inflate_allocate, .zfree = inflate_release, .opaque = context};
    made->ended = 0;
    if (inflateInit2(&made->z, -MAX_WBITS) == Z_OK) {
        s->inflater = made;
        return RLRA_OK;
    }
    rlra_free(context, made);
    return rlra_fail(s->in->context, RLRA_ERR_MEMORY, "out of memory: unpacking '%s'", s->in->path);
}

static rlra_status feed(zip_stream *s)
{
    zip_inflater *const i = s->inflater;
    const size_t part = s->packed_left < BLOCK ? (size_t)s->packed_left : BLOCK;
    if (part == 0)
        return damaged(s, "its packed bytes end too early");
    const rlra_status status = rlra_input_read(s->in, (int64_t)s->next, i->packed, part);
    s->next += part;
    s->packed_left -= part;
    i->z.next_in = i->packed;
    i->z.avail_in = (uInt)part;
    return status;
}

/* Inflate bytes of a member; a request for none checks that nothing follows the last. */
static rlra_status inflate_some(zip_stream *s, unsigned char *to, size_t bytes)
{
    rlra_status status = RLRA_OK;
    zip_inflater *const i = s->inflater;
    unsigned char beyond;
    const int at_end = bytes == 0;
    i->z.next_out = at_end ? &beyond : to;
    i->z.avail_out = at_end ? 1 : (uInt)bytes;
    while (!i->ended && i->z.avail_out > 0) {
        if (i->z.avail_in == 0)
            TRY(feed(s));
        const int answer = inflate(&i->z, Z_NO_FLUSH);
        i->ended = answer == Z_STREAM_END;
        REQUIRE(answer != Z_MEM_ERROR,
                rlra_fail(s->in->context, RLRA_ERR_MEMORY, "out of memory: unpacking '%s'", s->in->path));
        REQUIRE(answer == Z_OK || i->ended || answer == Z_BUF_ERROR,
                damaged(s, i->z.msg == NULL ? "it cannot be unpacked" : i->z.msg));
    }
    REQUIRE(at_end || i->z.avail_out == 0, damaged(s, "it unpacks to fewer bytes than the directory says"));
    REQUIRE(!at_end || i->z.avail_out == 1, damaged(s, "it unpacks to more bytes than the directory says"));
    REQUIRE(!at_end || (s->packed_left == 0 && i->z.avail_in == 0), damaged(s, "not all of its packed bytes are its"));
cleanup:
    return status;
}

/* Read in blocks, whose checksum is updated while they are in the cache. */
static rlra_status read_member(byte_source *base, void *buffer, size_t bytes)
{
    rlra_status status = RLRA_OK;
    zip_stream *const s = (zip_stream *)base;
    unsigned char *to = buffer;
    REQUIRE(bytes <= s->left, damaged(s, "it is shorter than what it holds"));
    while (bytes > 0) {
        const size_t step = bytes < PROOF ? bytes : PROOF;
        if (s->inflater != NULL)
            TRY(inflate_some(s, to, step));
        else
            TRY(rlra_input_read(s->in, (int64_t)s->next, to, step));
        s->next += s->inflater == NULL ? step : 0;
        s->crc = (uint32_t)crc32(s->crc, to, (uInt)step);
        s->left -= step;
        to += step;
        bytes -= step;
    }
    if (s->left > 0)
        return RLRA_OK;
    if (s->inflater != NULL)
        TRY(inflate_some(s, NULL, 0));
    REQUIRE(s->crc == s->member->crc, damaged(s, "its checksum is not that of its bytes"));
cleanup:
    return status;
}

rlra_status rlra_zip_begin_reading(const input *in, const zip_member *member, zip_stream *stream)
{
    rlra_status status = RLRA_OK;
    *stream = (zip_stream){
        .base = {read_member}, .in = in, .member = member, .packed_left = member->packed, .left = member->size};
    TRY(check_member(in, member));
    TRY(read_header(stream));
    if (member->method == DEFLATED)
        TRY(begin_inflating(stream));
cleanup:
    return status;
}

rlra_status rlra_zip_finish(zip_stream *stream)
{
    return rlra_source_skip(&stream->base, (int64_t)stream->left);
}

void rlra_zip_end_reading(zip_stream *stream)
{
    if (stream->member != NULL && stream->inflater != NULL) {
        inflateEnd(&stream->inflater->z);
        rlra_free(stream->in->container->context, stream->inflater);
    }
    *stream = (zip_stream){.member = NULL};
}
