/* io/zip/directory.c: find the directory of a zip archive, and check it before members are read. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "io/zip/format.h"
#include "io/zip/read.h"

/* Most bytes of a comment after the end record. */
#define COMMENT_MOST 65535
#define TAIL_MOST    (ZIP64_FINDER + ZIP_END_BYTES + COMMENT_MOST)

int rlra_zip_is_archive(const input *in)
{
    return in->head_bytes >= 4 && (memcmp(in->head, "PK\3\4", 4) == 0 || memcmp(in->head, "PK\5\6", 4) == 0);
}

static rlra_status damaged(const input *in, const char *what)
{
    return rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s' is no sound zip archive: %s", in->path, what);
}

/* Position and size of the directory. */
typedef struct ending {
    uint64_t at;              /* position of the end record */
    uint64_t behind;          /* position after the directory: the end record, or that of 64 bits */
    uint64_t count, bytes;    /* members and bytes of the directory */
    uint64_t offset, shift;   /* stated offset of the directory; bytes before the archive */
    uint64_t here, disk, all; /* this disk, that of the directory, members on all disks */
} ending;

static uint64_t get(const unsigned char *at, int bytes)
{
    uint64_t value = 0;
    for (int b = bytes; b-- > 0;)
        value = value << 8 | at[b];
    return value;
}

static void parse_end(const unsigned char *r, ending *e)
{
    e->here = get(r + 4, 2);
    e->disk = get(r + 6, 2);
    e->count = get(r + 8, 2);
    e->all = get(r + 10, 2);
    e->bytes = get(r + 12, 4);
    e->offset = get(r + 16, 4);
}

/* Find the last end record whose comment extends to the end of the file, or else the last whose comment fits. An end record of
 * an empty archive after other bytes is part of a comment. */
static rlra_status find_end(const input *in, ending *e)
{
    rlra_status status = RLRA_OK;
    const size_t room = in->size < TAIL_MOST ? (size_t)in->size : TAIL_MOST;
    const uint64_t begin = (uint64_t)in->size - room;
    size_t found = room, behind = 0;
    unsigned char *const tail = rlra_alloc(in->container->context, room, 1);
    REQUIRE(tail != NULL, rlra_fail_memory(in->context, room, 1, "the end of a zip archive"));
    TRY(rlra_input_read(in, (int64_t)begin, tail, room));
    for (size_t at = room < ZIP_END_BYTES ? 0 : room - ZIP_END_BYTES + 1; at-- > 0 && (found == room || behind > 0);) {
        const size_t comment = get(tail + at + 20, 2);
        if (get(tail + at, 4) != ZIP_END_RECORD || comment > room - at - ZIP_END_BYTES ||
            (get(tail + at + 10, 2) == 0 && begin + at > 0))
            continue;
        const size_t left = room - at - ZIP_END_BYTES - comment;
        if (found < room && left > 0)
            continue;
        found = at;
        behind = left;
    }
    REQUIRE(found < room, damaged(in, "its end is missing, as in a file that was cut or not fetched to the end"));
    *e = (ending){.at = begin + found, .behind = begin + found};
    parse_end(tail + found, e);
    if (behind > 0)
        TRY(rlra_input_note(in, "%zu bytes behind the zip archive are left out", behind));
cleanup:
    rlra_free(in->container->context, tail);
    return status;
}

/* Whether a value of the end record equals that of 64 bits, or refers to it. */
static int agrees(uint64_t plain, uint64_t most, uint64_t wide)
{
    return plain == wide || plain == most;
}

/* Read the record of the locator: at its offset, or directly before the locator if other bytes precede the archive. */
static rlra_status read_wide_record(const input *in, uint64_t locator, uint64_t reported, unsigned char *r,
                                    uint64_t *at)
{
    rlra_status status = RLRA_OK;
    const uint64_t places[] = {reported, locator < ZIP64_END_BYTES ? 0 : locator - ZIP64_END_BYTES};
    for (int k = 0; k < 2; k++) {
        if (places[k] > locator || locator - places[k] < ZIP64_END_BYTES)
            continue;
        TRY(rlra_input_read(in, (int64_t)places[k], r, ZIP64_END_BYTES));
        *at = places[k];
        if (get(r, 4) == ZIP64_RECORD && get(r + 4, 8) == locator - *at - 12)
            return RLRA_OK;
    }
    return damaged(in, "its record of 64-bit sizes is not where it should be");
cleanup:
    return status;
}

/* Read the numbers of archives with more than 4 GB or 65 534 members, which are in a record before the end record. */
static rlra_status widen(const input *in, ending *e)
{
    rlra_status status = RLRA_OK;
    unsigned char finder[ZIP64_FINDER], r[ZIP64_END_BYTES];
    if (e->at < ZIP64_FINDER)
        return RLRA_OK;
    const uint64_t locator = e->at - ZIP64_FINDER;
    TRY(rlra_input_read(in, (int64_t)locator, finder, sizeof finder));
    if (get(finder, 4) != ZIP64_LOCATOR)
        return RLRA_OK;
    TRY(read_wide_record(in, locator, get(finder + 8, 8), r, &e->behind));
    const ending wide = {.at = e->at,
                         .behind = e->behind,
                         .here = get(r + 16, 4),
                         .disk = get(r + 20, 4),
                         .count = get(r + 24, 8),
                         .all = get(r + 32, 8),
                         .bytes = get(r + 40, 8),
                         .offset = get(r + 48, 8)};
    REQUIRE(agrees(e->count, ZIP_MOST_MEMBERS, wide.count) && agrees(e->bytes, ZIP_MOST_BYTES, wide.bytes) &&
                agrees(e->offset, ZIP_MOST_BYTES, wide.offset),
            damaged(in, "its end states two different sizes"));
    *e = wide;
cleanup:
    return status;
}

/* Place the directory directly before the end record, or at its stated position. */
static rlra_status place(const input *in, ending *e)
{
    rlra_status status = RLRA_OK;
    unsigned char mark[4];
    REQUIRE((e->here == 0 || e->here == ZIP_MOST_MEMBERS) && (e->disk == 0 || e->disk == ZIP_MOST_MEMBERS) &&
                e->count == e->all,
            damaged(in, "it is one of several files of an archive that was split: join them first"));
    REQUIRE(e->bytes <= e->behind && e->offset <= e->behind - e->bytes,
            damaged(in, "its directory does not fit into the file"));
    REQUIRE(e->count <= e->bytes / ZIP_CENTRAL_BYTES, damaged(in, "its directory is too short for its members"));
    e->shift = e->behind - e->bytes - e->offset;
    if (e->count == 0 || e->shift == 0)
        return RLRA_OK;
    TRY(rlra_input_read(in, (int64_t)(e->offset + e->shift), mark, sizeof mark));
    if (get(mark, 4) != ZIP_CENTRAL_HEADER)
        e->shift = 0;
    else
        TRY(rlra_input_note(in, "%" PRIu64 " bytes before the zip archive are left out", e->shift));
cleanup:
    return status;
}

/* Read values that do not fit into 32 bits from a separate field, which has only these, in this order. */
static int widen_member(const unsigned char *extra, size_t bytes, zip_member *m, uint64_t *disk)
{
    uint64_t *const values[] = {&m->size, &m->packed, &m->at, disk};
    static const uint64_t most[] = {ZIP_MOST_BYTES, ZIP_MOST_BYTES, ZIP_MOST_BYTES, ZIP_MOST_MEMBERS};
    while (bytes >= 4 && get(extra, 2) != ZIP64_FIELD) {
        const size_t step = 4 + get(extra + 2, 2);
        if (step > bytes)
            return 1; /* an unknown field, or padding */
        extra += step;
        bytes -= step;
    }
    if (bytes < 4)
        return 1;
    size_t left = get(extra + 2, 2);
    if (left > bytes - 4)
        return 0;
    extra += 4;
    for (int k = 0; k < 4; k++) {
        const size_t width = k < 3 ? 8 : 4;
        if (*values[k] != most[k])
            continue;
        if (left < width)
            return k == 3;
        *values[k] = get(extra, (int)width);
        extra += width;
        left -= width;
    }
    return 1;
}

/* One member of the directory, which has `left` bytes at `at`; *took gets the bytes of the member, 0 if they are invalid. */
static rlra_status parse_member(const input *in, const ending *e, const unsigned char *at, uint64_t left, char *name,
                                zip_member *m, uint64_t *took)
{
    rlra_status status = RLRA_OK;
    *took = 0;
    if (left < ZIP_CENTRAL_BYTES || get(at, 4) != ZIP_CENTRAL_HEADER)
        return RLRA_OK;
    const size_t length = get(at + 28, 2), extra = get(at + 30, 2), comment = get(at + 32, 2);
    uint64_t disk = get(at + 34, 2);
    const uint64_t all = ZIP_CENTRAL_BYTES + length + extra + comment;
    *m = (zip_member){.name = name,
                      .flags = (uint16_t)get(at + 8, 2),
                      .method = (uint16_t)get(at + 10, 2),
                      .crc = (uint32_t)get(at + 16, 4),
                      .packed = get(at + 20, 4),
                      .size = get(at + 24, 4),
                      .at = get(at + 42, 4)};
    if (all > left || memchr(at + ZIP_CENTRAL_BYTES, 0, length) != NULL ||
        !widen_member(at + ZIP_CENTRAL_BYTES + length, extra, m, &disk))
        return RLRA_OK;
    memcpy(name, at + ZIP_CENTRAL_BYTES, length);
    name[length] = '\0';
    REQUIRE(disk == 0 || disk == ZIP_MOST_MEMBERS,
            damaged(in, "it is one of several files of an archive that was split: join them first"));
    /* Avoid overflow of the sum: positions beyond the file are invalid. */
    m->at = m->at > (uint64_t)in->size ? UINT64_MAX / 2 : m->at + e->shift;
    REQUIRE(m->at + ZIP_LOCAL_BYTES + length <= e->offset + e->shift && m->packed <= (uint64_t)in->size,
            rlra_fail(in->context, RLRA_ERR_FORMAT,
                      "'%s' is no sound zip archive: its member '%s' lies outside, or in the directory", in->path,
                      name));
    *took = all;
cleanup:
    return status;
}

static rlra_status parse_directory(const input *in, const ending *e, const unsigned char *bytes, zip_archive *archive)
{
    rlra_status status = RLRA_OK;
    char *name = archive->names;
    uint64_t at = 0;
    for (uint64_t k = 0; k < e->count; k++) {
        uint64_t took;
        TRY(parse_member(in, e, bytes + at, e->bytes - at, name, &archive->members[k], &took));
        REQUIRE(took > 0, rlra_fail(in->context, RLRA_ERR_FORMAT,
                                    "'%s' is no sound zip archive: entry %" PRIu64 " of its directory is damaged",
                                    in->path, k + 1));
        at += took;
        name += strlen(name) + 1;
        archive->count++;
    }
    /* A signature of the directory may follow. */
    REQUIRE(at == e->bytes || (e->bytes - at >= 6 && get(bytes + at, 4) == ZIP_SIGNATURE),
            damaged(in, "its directory has more in it than its members"));
cleanup:
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const zip_member *const *)a)->name, (*(const zip_member *const *)b)->name);
}

static int by_place(const void *a, const void *b)
{
    const zip_member *const x = *(const zip_member *const *)a, *const y = *(const zip_member *const *)b;
    return (x->at > y->at) - (x->at < y->at);
}

/* Check that every member ends before the next begins. */
static rlra_status check_places(const input *in, const ending *e, zip_archive *archive, zip_member **by)
{
    rlra_status status = RLRA_OK;
    qsort(by, archive->count, sizeof(zip_member *), by_place);
    for (size_t k = 0; k < archive->count; k++) {
        zip_member *const m = by[k];
        const int is_last = k + 1 == archive->count;
        m->limit = is_last ? e->offset + e->shift : by[k + 1]->at;
        const uint64_t least = m->at + ZIP_LOCAL_BYTES + strlen(m->name);
        REQUIRE(least <= m->limit && m->packed <= m->limit - least,
                rlra_fail(in->context, RLRA_ERR_FORMAT,
                          "'%s' is no sound zip archive: its member '%.200s' overlaps %s%.200s%s", in->path, m->name,
                          is_last ? "the directory" : "'", is_last ? "" : by[k + 1]->name, is_last ? "" : "'"));
    }
cleanup:
    return status;
}

static rlra_status sort_names(const input *in, zip_archive *archive)
{
    rlra_status status = RLRA_OK;
    qsort(archive->sorted, archive->count, sizeof(zip_member *), by_name);
    for (size_t k = 1; k < archive->count; k++)
        REQUIRE(by_name(&archive->sorted[k - 1], &archive->sorted[k]) != 0,
                rlra_fail(in->context, RLRA_ERR_FORMAT,
                          "'%s' holds two members called '%.200s': it is not clear which is meant", in->path,
                          archive->sorted[k]->name));
cleanup:
    return status;
}

rlra_status rlra_zip_open(const input *in, zip_archive *archive)
{
    rlra_status status = RLRA_OK;
    rlra_context *const context = in->container->context;
    ending e = {.at = 0};
    unsigned char *bytes = NULL;
    *archive = (zip_archive){.count = 0};
    TRY(find_end(in, &e));
    TRY(widen(in, &e));
    TRY(place(in, &e));
    const size_t count = (size_t)e.count, room = (size_t)e.bytes;
    bytes = rlra_alloc(context, room, 1);
    archive->names = rlra_alloc(context, room, 1);
    archive->members = rlra_alloc(context, count, sizeof *archive->members);
    archive->sorted = rlra_alloc(context, count, sizeof *archive->sorted);
    REQUIRE(bytes != NULL && archive->names != NULL && archive->members != NULL && archive->sorted != NULL,
            rlra_fail_memory(in->context, room, 4, "the directory of a zip archive"));
    TRY(rlra_input_read(in, (int64_t)(e.offset + e.shift), bytes, room));
    TRY(parse_directory(in, &e, bytes, archive));
    for (size_t k = 0; k < count; k++)
        archive->sorted[k] = &archive->members[k];
    if (count > 0) {
        TRY(check_places(in, &e, archive, archive->sorted));
        TRY(sort_names(in, archive));
    }
cleanup:
    rlra_free(context, bytes);
    if (status != RLRA_OK)
        rlra_zip_close(context, archive);
    return status;
}

void rlra_zip_close(rlra_context *context, zip_archive *archive)
{
    rlra_free(context, archive->names);
    rlra_free(context, archive->members);
    rlra_free(context, archive->sorted);
    *archive = (zip_archive){.count = 0};
}

const zip_member *rlra_zip_find(const zip_archive *archive, const char *name)
{
    size_t begin = 0, end = archive->count;
    while (begin < end) {
        const size_t middle = begin + (end - begin) / 2;
        const int order = strcmp(archive->sorted[middle]->name, name);
        if (order == 0)
            return archive->sorted[middle];
        if (order < 0)
            begin = middle + 1;
        else
            end = middle;
    }
    return NULL;
}
