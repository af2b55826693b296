/* io/zip/write.c: write a zip archive of stored members (APPNOTE.TXT of PKWARE, 6.3.10). */
#include "io/zip/write.h"

#include <string.h>

#include "io/zip/format.h"

#define PLAIN_VERSION 20
#define ZIP64_VERSION 45

/* The first date of zip, so that equal arrays give equal bytes. */
#define FIRST_DAY 0x21

/* A record of little-endian numbers. */
typedef struct record {
    unsigned char bytes[96];
    size_t used;
} record;

static void put(record *r, int bytes, uint64_t value)
{
    for (int b = 0; b < bytes; b++)
        r->bytes[r->used++] = (unsigned char)(value >> (8 * b));
}

static int is_large(uint64_t value)
{
    return value >= ZIP_MOST_BYTES;
}

static uint64_t short_form(uint64_t value)
{
    return is_large(value) ? ZIP_MOST_BYTES : value;
}

/* Put the fields that both headers of a member share, from the required version on. */
static void put_member(record *r, const zip_entry *e, int is_long, size_t extra)
{
    put(r, 2, is_long ? ZIP64_VERSION : PLAIN_VERSION);
    put(r, 2, ZIP_UTF8_NAMES);
    put(r, 2, 0); /* stored */
    put(r, 2, 0);
    put(r, 2, FIRST_DAY);
    put(r, 4, e->crc);
    put(r, 4, short_form(e->size));
    put(r, 4, short_form(e->size));
    put(r, 2, strlen(e->name));
    put(r, 2, extra);
}

rlra_status rlra_zip_begin_member(output *out, zip_entry *entry)
{
    rlra_status status = RLRA_OK;
    record header = {.used = 0}, extra = {.used = 0};
    entry->offset = (uint64_t)out->written;
    if (is_large(entry->size)) {
        put(&extra, 2, ZIP64_FIELD);
        put(&extra, 2, 16);
        put(&extra, 8, entry->size);
        put(&extra, 8, entry->size);
    }
    put(&header, 4, ZIP_LOCAL_HEADER);
    put_member(&header, entry, is_large(entry->size), extra.used);
    TRY(rlra_output_write(out, header.bytes, header.used));
    TRY(rlra_output_write(out, entry->name, strlen(entry->name)));
    TRY(rlra_output_write(out, extra.bytes, extra.used));
cleanup:
    return status;
}

static rlra_status write_central(output *out, const zip_entry *e)
{
    rlra_status status = RLRA_OK;
    record header = {.used = 0}, extra = {.used = 0};
    const int long_size = is_large(e->size), long_offset = is_large(e->offset), is_long = long_size || long_offset;
    if (is_long) {
        put(&extra, 2, ZIP64_FIELD);
        put(&extra, 2, (uint64_t)(16 * long_size + 8 * long_offset));
    }
    for (int twice = 0; twice < 2 * long_size; twice++)
        put(&extra, 8, e->size);
    if (long_offset)
        put(&extra, 8, e->offset);
    put(&header, 4, ZIP_CENTRAL_HEADER);
    put(&header, 2, is_long ? ZIP64_VERSION : PLAIN_VERSION); /* made by */
    put_member(&header, e, is_long, extra.used);
    put(&header, 2, 0); /* comment */
    put(&header, 2, 0); /* disk */
    put(&header, 2, 0); /* attributes within, outside */
    put(&header, 4, 0);
    put(&header, 4, short_form(e->offset));
    TRY(rlra_output_write(out, header.bytes, header.used));
    TRY(rlra_output_write(out, e->name, strlen(e->name)));
    TRY(rlra_output_write(out, extra.bytes, extra.used));
cleanup:
    return status;
}

static void put_zip64_end(record *r, uint64_t count, uint64_t begin, uint64_t end)
{
    put(r, 4, ZIP64_RECORD);
    put(r, 8, 44);
    put(r, 2, ZIP64_VERSION);
    put(r, 2, ZIP64_VERSION);
    put(r, 4, 0);
    put(r, 4, 0);
    put(r, 8, count);
    put(r, 8, count);
    put(r, 8, end - begin);
    put(r, 8, begin);
    put(r, 4, ZIP64_LOCATOR);
    put(r, 4, 0);
    put(r, 8, end);
    put(r, 4, 1);
}

rlra_status rlra_zip_end(output *out, size_t count, const zip_entry *entries)
{
    rlra_status status = RLRA_OK;
    record end = {.used = 0};
    const uint64_t begin = (uint64_t)out->written;
    for (size_t k = 0; k < count; k++)
        TRY(write_central(out, &entries[k]));
    const uint64_t behind = (uint64_t)out->written, short_count = count < ZIP_MOST_MEMBERS ? count : ZIP_MOST_MEMBERS;
    if (is_large(begin) || is_large(behind - begin) || count >= ZIP_MOST_MEMBERS) {
        put_zip64_end(&end, count, begin, behind);
        TRY(rlra_output_write(out, end.bytes, end.used));
        end.used = 0;
    }
    put(&end, 4, ZIP_END_RECORD);
    put(&end, 2, 0); /* this disk, that of the directory */
    put(&end, 2, 0);
    put(&end, 2, short_count);
    put(&end, 2, short_count);
    put(&end, 4, short_form(behind - begin));
    put(&end, 4, short_form(begin));
    put(&end, 2, 0); /* comment */
    TRY(rlra_output_write(out, end.bytes, end.used));
cleanup:
    return status;
}
