/* report/png.c: encode a picture as PNG through zlib and append it as a data URI. */
#include "report/png.h"

#include <string.h>
#include <zlib.h>

#define PALETTE_BYTES 768

/* zlib allocates from the context, too. */
static voidpf take(voidpf user, uInt count, uInt size)
{
    html *const page = user;
    return rlra_alloc(page->context, count, size);
}

static void give_back(voidpf user, voidpf memory)
{
    html *const page = user;
    rlra_free(page->context, memory);
}

static void put_u32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* Length, type, content, CRC-32 of type and content (PNG specification, section 5.3). */
static void add_chunk(html *file, const char *type, const unsigned char *content, size_t count)
{
    unsigned char word[4];
    put_u32(word, (uint32_t)count);
    rlra_html_bytes(file, word, 4);
    rlra_html_bytes(file, type, 4);
    rlra_html_bytes(file, content, count);
    uLong crc = crc32(0, (const Bytef *)type, 4);
    if (count > 0)
        crc = crc32(crc, content, (uInt)count);
    put_u32(word, (uint32_t)crc);
    rlra_html_bytes(file, word, 4);
}

/* Deflate the rows, each after a filter byte of 0: neighbouring colour numbers do not predict each other. */
static void deflate_rows(html *compressed, const picture *image)
{
    const size_t row_bytes = (size_t)image->width * (image->palette == NULL ? 3 : 1);
    unsigned char block[16384];
    z_stream stream = {.zalloc = take, .zfree = give_back, .opaque = compressed};
    if (deflateInit(&stream, Z_BEST_COMPRESSION) != Z_OK) {
        compressed->failed = 1;
        return;
    }
    static const unsigned char no_filter = 0;
    for (int64_t part = 0; part <= 2 * image->height && !compressed->failed; part++) {
        const int last = part == 2 * image->height;
        const unsigned char *const row = part % 2 ? image->pixels + (size_t)(part / 2) * row_bytes : &no_filter;
        stream.next_in = (z_const Bytef *)(uintptr_t)row;
        stream.avail_in = last ? 0 : (uInt)(part % 2 ? row_bytes : 1);
        do {
            stream.next_out = block;
            stream.avail_out = sizeof block;
            deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH);
            rlra_html_bytes(compressed, block, sizeof block - stream.avail_out);
        } while (stream.avail_out == 0);
    }
    deflateEnd(&stream);
}

static void encode(html *file, html *compressed, const picture *image)
{
    static const unsigned char signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    static const unsigned char transparent = 0;
    unsigned char header[13] = {[8] = 8, [9] = (unsigned char)(image->palette == NULL ? 2 : 3)};
    put_u32(header, (uint32_t)image->width);
    put_u32(header + 4, (uint32_t)image->height);
    rlra_html_bytes(file, signature, sizeof signature);
    add_chunk(file, "IHDR", header, sizeof header);
    if (image->palette != NULL) {
        add_chunk(file, "PLTE", image->palette, PALETTE_BYTES);
        add_chunk(file, "tRNS", &transparent, 1);
    }
    deflate_rows(compressed, image);
    add_chunk(file, "IDAT", (const unsigned char *)compressed->bytes, compressed->used);
    add_chunk(file, "IEND", NULL, 0);
}

void rlra_png_write(html *page, const picture *image)
{
    html file, compressed;
    rlra_html_init(&file, page->context);
    rlra_html_init(&compressed, page->context);
    encode(&file, &compressed, image);
    rlra_html_raw(page, "data:image/png;base64,");
    rlra_html_base64(page, (const unsigned char *)file.bytes, file.used);
    page->failed |= file.failed | compressed.failed;
    rlra_html_clear(&file);
    rlra_html_clear(&compressed);
}
