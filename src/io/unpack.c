/* io/unpack.c: unpack gzip files into an unnamed file. */
#include "io/unpack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <zlib.h>

#include "io/disk.h"

#define BLOCK 16384
#define WATCH ((int64_t)1 << 26) /* bytes after which the free space on the disk is checked again */

int rlra_is_gzip(const input *in)
{
    /* The mark, deflate, and no reserved flag: RFC 1952. */
    return in->head_bytes >= 18 && memcmp(in->head, "\x1f\x8b\x08", 3) == 0 && (in->head[3] & 0xE0) == 0;
}

rlra_status rlra_scratch_open(const input *in, scratch *s)
{
    const char *const asked = getenv("TMPDIR");
    *s = (scratch){.in = in, .folder = asked == NULL || asked[0] == '\0' ? "/tmp" : asked, .fd = -1};
    s->fd = rlra_disk_create_nameless(s->folder);
    if (s->fd < 0)
        return rlra_fail(in->context, RLRA_ERR_FILE,
                         "cannot make a file in %s for the plain content of '%s': %s; TMPDIR names another folder",
                         s->folder, in->path, strerror(errno));
    return RLRA_OK;
}

/* Check the free space: as a small file may unpack to a very large one, it gets at most half of the initial free space. */
static rlra_status require_room(const scratch *s, size_t count)
{
    struct statvfs disk;
    if (s->size / WATCH == (s->size + (int64_t)count) / WATCH || fstatvfs(s->fd, &disk) != 0)
        return RLRA_OK;
    const double room = (double)disk.f_bavail * (double)disk.f_frsize;
    if ((double)s->size <= room)
        return RLRA_OK;
    return rlra_fail(
        s->in->context, RLRA_ERR_FILE,
        "the plain content of '%s' is more than half of what was free in %s: %.3g GB, and not the end; TMPDIR "
        "names another folder",
        s->in->path, s->folder, (double)s->size / 1e9);
}

rlra_status rlra_scratch_write(scratch *s, const void *bytes, size_t count)
{
    const rlra_status status = require_room(s, count);
    if (status != RLRA_OK)
        return status;
    if (rlra_disk_write(s->fd, bytes, count) != 0)
        return rlra_fail(s->in->context, RLRA_ERR_FILE,
                         "cannot write the plain content of '%s' to %s: %s; TMPDIR names another folder", s->in->path,
                         s->folder, strerror(errno));
    s->size += (int64_t)count;
    return RLRA_OK;
}

rlra_status rlra_scratch_adopt(scratch *s, input *in)
{
    if (s->size == 0)
        return rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s' holds nothing once it is unpacked", in->path);
    close(in->fd);
    in->fd = s->fd;
    s->fd = -1;
    return rlra_input_measure(in, s->size);
}

void rlra_scratch_close(scratch *s)
{
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}

static void *inflate_allocate(void *context, uInt count, uInt size)
{
    return rlra_alloc(context, count, size);
}

static void inflate_release(void *context, void *memory)
{
    rlra_free(context, memory);
}

/* The state of unpacking. */
typedef struct gunzip {
    z_stream z;
    int64_t at; /* position of the next compressed bytes */
    scratch to;
    unsigned char packed[BLOCK], plain[BLOCK];
} gunzip;

static rlra_status feed(const input *in, gunzip *g)
{
    const int64_t left = in->size - g->at;
    const size_t part = left < BLOCK ? (size_t)left : BLOCK;
    if (part == 0)
        return rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s' is packed by gzip and ends too early", in->path);
    const rlra_status status = rlra_input_read(in, g->at, g->packed, part);
    g->at += (int64_t)part;
    g->z.next_in = g->packed;
    g->z.avail_in = (uInt)part;
    return status;
}

/* Unpack one member to its end, and compare its checksum. */
static rlra_status unpack_member(const input *in, gunzip *g)
{
    rlra_status status = RLRA_OK;
    int answer = Z_OK;
    while (answer != Z_STREAM_END) {
        if (g->z.avail_in == 0)
            TRY(feed(in, g));
        g->z.next_out = g->plain;
        g->z.avail_out = BLOCK;
        answer = inflate(&g->z, Z_NO_FLUSH);
        REQUIRE(answer != Z_MEM_ERROR,
                rlra_fail(in->context, RLRA_ERR_MEMORY, "out of memory: unpacking '%s'", in->path));
        REQUIRE(answer == Z_OK || answer == Z_STREAM_END || answer == Z_BUF_ERROR,
                rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s' is packed by gzip and damaged: %s", in->path,
                          g->z.msg == NULL ? "it cannot be unpacked" : g->z.msg));
        TRY(rlra_scratch_write(&g->to, g->plain, BLOCK - g->z.avail_out));
    }
cleanup:
    return status;
}

/* Unpack all members, which follow each other; bytes after the last are padding if zero, else they are reported. */
static rlra_status unpack_members(const input *in, gunzip *g)
{
    rlra_status status = RLRA_OK;
    unsigned char mark[2];
    for (;;) {
        TRY(unpack_member(in, g));
        const int64_t next = g->at - g->z.avail_in;
        if (in->size - next < 2)
            break;
        TRY(rlra_input_read(in, next, mark, 2));
        if (mark[0] != 0x1f || mark[1] != 0x8b) {
            if (mark[0] != 0)
                TRY(rlra_input_note(in, "%lld bytes behind the packed data are left out",
                                    (long long)(in->size - next)));
            break;
        }
        inflateReset(&g->z);
    }
cleanup:
    return status;
}

static rlra_status unpack_gzip(input *in)
{
    rlra_status status = RLRA_OK;
    gunzip *const g = rlra_alloc_zero(in->context, 1, sizeof *g);
    int begun = 0;
    REQUIRE(g != NULL, rlra_fail_memory(in->context, 1, sizeof *g, "a buffer for unpacking"));
    g->to.fd = -1;
    g->z = (z_stream){.zalloc = inflate_allocate, .zfree = inflate_release, .opaque = in->context};
    begun = inflateInit2(&g->z, 16 + MAX_WBITS) == Z_OK;
    REQUIRE(begun, rlra_fail(in->context, RLRA_ERR_MEMORY, "out of memory: unpacking '%s'", in->path));
    TRY(rlra_scratch_open(in, &g->to));
    TRY(unpack_members(in, g));
    TRY(rlra_scratch_adopt(&g->to, in));
cleanup:
    if (begun)
        inflateEnd(&g->z);
    if (g != NULL)
        rlra_scratch_close(&g->to);
    rlra_free(in->context, g);
    return status;
}

rlra_status rlra_unpack(input *in)
{
    rlra_status status = RLRA_OK;
    /* Without a context only the beginning is read. */
    if (in->context == NULL)
        return RLRA_OK;
    if (rlra_is_gzip(in))
        TRY(unpack_gzip(in));
    TRY(rlra_recode(in));
cleanup:
    return status;
}
