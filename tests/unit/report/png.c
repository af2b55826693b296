/* Pictures come back from their data URI bit by bit; the decoder here is written apart from the encoder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "report/png.h"

static const char prefix[] = "data:image/png;base64,";

static size_t decode_base64(const char *text, size_t count, unsigned char *out)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t used = 0;
    unsigned word = 0;
    int bits = 0;
    for (size_t i = 0; i < count && text[i] != '='; i++) {
        const char *const letter = strchr(letters, text[i]);
        assert_non_null(letter);
        word = word << 6 | (unsigned)(letter - letters);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[used++] = (unsigned char)(word >> bits);
        }
    }
    return used;
}

static uint32_t read_u32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The content of a chunk, its checksum checked. */
static const unsigned char *find_chunk(const unsigned char *file, size_t bytes, const char *type, uint32_t *count)
{
    for (size_t at = 8; at + 12 <= bytes; at += 12 + (size_t)*count) {
        *count = read_u32(file + at);
        assert_true(at + 12 + *count <= bytes);
        assert_int_equal(read_u32(file + at + 8 + *count), crc32(0, file + at + 4, *count + 4));
        if (memcmp(file + at + 4, type, 4) == 0)
            return file + at + 8;
    }
    return NULL;
}

static void check_round_trip(int64_t height, int64_t width, const unsigned char *palette)
{
    const size_t depth = palette == NULL ? 3 : 1, row = (size_t)width * depth;
    unsigned char *const pixels = malloc((size_t)height * row);
    for (size_t i = 0; i < (size_t)height * row; i++)
        pixels[i] = (unsigned char)(i * i % 251 + i / 17);
    rlra_context *context = NULL;
    html page;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    rlra_html_init(&page, context);
    rlra_png_write(&page, &(picture){height, width, pixels, palette});
    assert_int_equal(rlra_html_status(&page), RLRA_OK);
    assert_memory_equal(page.bytes, prefix, strlen(prefix));

    unsigned char *const file = malloc(page.used);
    const size_t bytes = decode_base64(page.bytes + strlen(prefix), page.used - strlen(prefix), file);
    uint32_t count = 0;
    assert_memory_equal(file, "\x89PNG\r\n\x1a\n", 8);
    const unsigned char *const header = find_chunk(file, bytes, "IHDR", &count);
    assert_int_equal(read_u32(header), width);
    assert_int_equal(read_u32(header + 4), height);
    assert_int_equal(header[9], palette == NULL ? 2 : 3);
    assert_non_null(find_chunk(file, bytes, "IEND", &count));
    const unsigned char *const data = find_chunk(file, bytes, "IDAT", &count);
    uLongf size = (uLongf)((size_t)height * (row + 1));
    unsigned char *const rows = malloc(size + 1);
    assert_int_equal(uncompress(rows, &size, data, count), Z_OK);
    assert_int_equal(size, (size_t)height * (row + 1));
    for (int64_t i = 0; i < height; i++) {
        assert_int_equal(rows[(size_t)i * (row + 1)], 0);
        assert_memory_equal(rows + (size_t)i * (row + 1) + 1, pixels + (size_t)i * row, row);
    }
    free(rows);
    free(file);
    free(pixels);
    rlra_html_clear(&page);
    rlra_context_destroy(context);
}

static void test_png_with_palette_comes_back(void **state)
{
    (void)state;
    unsigned char palette[768];
    for (size_t i = 0; i < sizeof palette; i++)
        palette[i] = (unsigned char)i;
    check_round_trip(1, 1, palette);
    check_round_trip(145, 145, palette);
    check_round_trip(1, 40000, palette);
}

static void test_png_in_colour_comes_back(void **state)
{
    (void)state;
    check_round_trip(1, 1, NULL);
    check_round_trip(31, 7, NULL);
    check_round_trip(400, 1, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_png_with_palette_comes_back),
        cmocka_unit_test(test_png_in_colour_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
