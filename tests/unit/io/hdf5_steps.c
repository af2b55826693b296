/* unit/io/hdf5_steps.c: the filters of HDF5 one by one, and the conversion of its numbers, against values worked out by hand or by
 * plain loops. */
#include "support.h"

#include <zlib.h>

#include "core/random.h"
#include "io/hdf5/data.h"
#include "io/hdf5/links.h"

static uint32_t draw(uint32_t stream, uint64_t *element, uint32_t below)
{
    return (uint32_t)(rlra_random_uniform(11, stream, (*element)++) * below);
}

static void test_lzf_copies_and_repeats(void **state)
{
    /* "abc", then five bytes from three back, then "d", then twelve times the last: lengths of both forms. */
    static const unsigned char packed[] = {2, 'a', 'b', 'c', 3 << 5, 2, 0, 'd', 7 << 5, 3, 0};
    unsigned char to[64];
    (void)state;
    assert_int_equal(rlra_h5_unlzf(packed, sizeof packed, to, sizeof to), 21);
    assert_memory_equal(to, "abcabcabdddddddddddddd", 21);
}

static void test_lzf_that_is_damaged_is_refused(void **state)
{
    static const unsigned char beyond[] = {2, 'a', 'b'}, before[] = {0, 'a', 1 << 5, 1}, cut[] = {0, 'a', 1 << 5},
                               cut_length[] = {0, 'a', 7 << 5};
    unsigned char to[8];
    (void)state;
    assert_int_equal(rlra_h5_unlzf(beyond, sizeof beyond, to, sizeof to), -1);
    assert_int_equal(rlra_h5_unlzf(before, sizeof before, to, sizeof to), -1);
    assert_int_equal(rlra_h5_unlzf(cut, sizeof cut, to, sizeof to), -1);
    assert_int_equal(rlra_h5_unlzf(cut_length, sizeof cut_length, to, sizeof to), -1);
    static const unsigned char long_run[] = {0, 'a', 6 << 5, 0};
    assert_int_equal(rlra_h5_unlzf(long_run, sizeof long_run, to, sizeof to), -1);
}

static void test_shuffle_is_undone_for_every_width(void **state)
{
    unsigned char plain[129], stored[129], back[129];
    (void)state;
    for (size_t k = 0; k < sizeof plain; k++)
        plain[k] = (unsigned char)(k * 37);
    for (size_t width = 0; width <= 20; width++) {
        const size_t count = width < 2 ? 0 : sizeof plain / width;
        memcpy(stored, plain, sizeof plain);
        for (size_t k = 0; k < count; k++)
            for (size_t b = 0; b < width; b++)
                stored[b * count + k] = plain[k * width + b];
        memset(back, 0xa5, sizeof back);
        rlra_h5_unshuffle(stored, sizeof stored, width, back);
        assert_memory_equal(back, plain, sizeof plain);
    }
}

/* By the definition, in 64 bits and with a remainder at each step. */
static uint32_t slow_fletcher(const unsigned char *bytes, size_t count)
{
    uint64_t low = 0, high = 0;
    for (size_t k = 0; k < count; k += 2) {
        low = (low + ((uint64_t)bytes[k] << 8 | (k + 1 < count ? bytes[k + 1] : 0))) % 65535;
        high = (high + low) % 65535;
    }
    return (uint32_t)(high << 16 | low);
}

static void test_fletcher32_is_its_definition(void **state)
{
    unsigned char bytes[3001];
    uint64_t element = 0;
    (void)state;
    for (size_t k = 0; k < sizeof bytes; k++)
        bytes[k] = (unsigned char)draw(1, &element, 256);
    for (size_t count = 1; count <= sizeof bytes; count += count < 40 ? 1 : 247)
        assert_int_equal(rlra_h5_fletcher32(bytes, count), slow_fletcher(bytes, count));
}

static void put_little(unsigned char *to, uint32_t value)
{
    for (int k = 0; k < 4; k++)
        to[k] = (unsigned char)(value >> 8 * k);
}

/* A chunk through shuffle, deflate and fletcher32; returns its length. */
static size_t pack(const unsigned char *plain, size_t bytes, size_t width, unsigned char *stored, size_t room)
{
    unsigned char shuffled[4096];
    uLongf length = (uLongf)room;
    for (size_t k = 0; k < bytes / width; k++)
        for (size_t b = 0; b < width; b++)
            shuffled[b * (bytes / width) + k] = plain[k * width + b];
    assert_int_equal(compress(stored, &length, shuffled, (uLong)bytes), Z_OK);
    put_little(stored + length, rlra_h5_fletcher32(stored, length));
    return length + 4;
}

static const h5_filters three = {3, {{H5_FILTER_SHUFFLE, 4}, {H5_FILTER_DEFLATE, 6}, {H5_FILTER_FLETCHER32, 0}}};

static void test_filters_are_undone_from_the_last_to_the_first(void **state)
{
    place *const p = *state;
    unsigned char plain[4000], stored[8192], to[4000];
    const char *failure;
    h5_undo undo = {.filters = &three, .context = p->context, .plain = sizeof plain};
    for (size_t k = 0; k < sizeof plain; k++)
        plain[k] = (unsigned char)(k / 16 * 7);
    const size_t length = pack(plain, sizeof plain, 4, stored, sizeof stored);
    for (int round = 0; round < 3; round++) {
        memset(to, 0xa5, sizeof to);
        assert_int_equal(rlra_h5_undo(&undo, 0, stored, length, to, &failure), RLRA_OK);
        assert_null(failure);
        assert_memory_equal(to, plain, sizeof plain);
    }
    /* All of them were left out. */
    assert_int_equal(rlra_h5_undo(&undo, 7, plain, sizeof plain, to, &failure), RLRA_OK);
    assert_null(failure);
    assert_memory_equal(to, plain, sizeof plain);
    /* The older writers turned the checksum round. */
    const uint32_t sum = rlra_h5_fletcher32(stored, length - 4);
    put_little(stored + length - 4, (sum & 0x00ff00ff) << 8 | (sum >> 8 & 0x00ff00ff));
    assert_int_equal(rlra_h5_undo(&undo, 0, stored, length, to, &failure), RLRA_OK);
    assert_null(failure);
    rlra_h5_undo_clear(&undo);
}

static void test_chunks_that_are_damaged_are_named(void **state)
{
    place *const p = *state;
    unsigned char plain[4000] = {1, 2, 3}, stored[8192], to[4000];
    const char *failure;
    h5_undo undo = {.filters = &three, .context = p->context, .plain = sizeof plain};
    const size_t length = pack(plain, sizeof plain, 4, stored, sizeof stored);
    for (size_t where = 0; where < length; where++) {
        stored[where] ^= 0x10;
        assert_int_equal(rlra_h5_undo(&undo, 0, stored, length, to, &failure), RLRA_OK);
        assert_non_null(strstr(failure, "fletcher32"));
        /* Without the checksum, gzip has one of its own. */
        assert_int_equal(rlra_h5_undo(&undo, 4, stored, length - 4, to, &failure), RLRA_OK);
        assert_true(failure != NULL || memcmp(to, plain, sizeof plain) == 0);
        stored[where] ^= 0x10;
    }
    for (size_t cut = 0; cut < length; cut++) {
        assert_int_equal(rlra_h5_undo(&undo, 0, stored, cut, to, &failure), RLRA_OK);
        assert_non_null(failure);
    }
    rlra_h5_undo_clear(&undo);
    /* One that becomes longer, and one that becomes shorter. */
    for (int more = -4; more <= 4; more += 8) {
        h5_undo other = {.filters = &three, .context = p->context, .plain = (size_t)(3992 + more)};
        const size_t packed = pack(plain, 3992, 4, stored, sizeof stored);
        assert_int_equal(rlra_h5_undo(&other, 0, stored, packed, to, &failure), RLRA_OK);
        assert_non_null(failure);
        rlra_h5_undo_clear(&other);
    }
}

/* Integers of any width within their bytes, either order: a bit pattern is put where the type has it, with noise around it. */
static void test_integers_of_any_precision_are_converted(void **state)
{
    uint64_t element = 0;
    (void)state;
    for (int round = 0; round < 4000; round++) {
        const int size = 1 << draw(2, &element, 4), bits = 8 * size;
        h5_type type = {.class = H5_INTEGER, .size = (size_t)size, .is_big = (int)draw(2, &element, 2)};
        type.precision = 1 + (int)draw(2, &element, (uint32_t)bits);
        type.offset = (int)draw(2, &element, (uint32_t)(bits - type.precision + 1));
        type.is_signed = (int)draw(2, &element, 2);
        type.number = (scalar){type.is_signed ? SCALAR_INT : SCALAR_UINT, size, 0};
        uint64_t pattern = 0, all = 0;
        for (int k = 0; k < 4; k++)
            all = all << 16 | draw(2, &element, 65536);
        for (int k = 0; k < type.precision; k++)
            pattern |= (all >> (type.offset + k) & 1) << k;
        unsigned char bytes[8];
        for (int k = 0; k < size; k++)
            bytes[type.is_big ? size - 1 - k : k] = (unsigned char)(all >> 8 * k);
        const int negative = type.is_signed && pattern >> (type.precision - 1) & 1;
        const long double expected = negative
                                         ? (long double)pattern - 2 * (long double)(UINT64_C(1) << (type.precision - 1))
                                         : (long double)pattern;
        double f64;
        float f32;
        int64_t i64;
        rlra_h5_convert(&type, 1, bytes, RLRA_DTYPE_F64, &f64);
        rlra_h5_convert(&type, 1, bytes, RLRA_DTYPE_F32, &f32);
        rlra_h5_convert(&type, 1, bytes, RLRA_DTYPE_I64, &i64);
        assert_true(f64 == (double)expected);
        assert_true(f32 == (float)(double)expected);
        assert_true((long double)i64 == (expected > (long double)INT64_MAX ? (long double)INT64_MAX : expected));
    }
}

/* The fields of float and double, of a type that is not declared to be plain: every bit pattern is read as the machine reads it. */
static void test_floats_are_decoded_field_by_field(void **state)
{
    const h5_type single = {.class = H5_FLOAT,
                            .size = 4,
                            .number = {SCALAR_FLOAT, 4, 0},
                            .sign_at = 31,
                            .exponent_at = 23,
                            .exponent_bits = 8,
                            .mantissa_bits = 23,
                            .is_implied = 1,
                            .bias = 127};
    const h5_type twice = {.class = H5_FLOAT,
                           .size = 8,
                           .number = {SCALAR_FLOAT, 8, 0},
                           .sign_at = 63,
                           .exponent_at = 52,
                           .exponent_bits = 11,
                           .mantissa_bits = 52,
                           .is_implied = 1,
                           .bias = 1023};
    static const uint32_t edges[] = {0, 0x80000000, 1, 0x007fffff, 0x00800000, 0x7f7fffff, 0x7f800000, 0xff800000};
    uint64_t element = 0;
    (void)state;
    for (int round = 0; round < 5000; round++) {
        const uint32_t high = round < 8 ? edges[round] : draw(3, &element, 65536) << 16 | draw(3, &element, 65536);
        const uint64_t wide = (uint64_t)high << 32 | draw(3, &element, 65536);
        float f32;
        double f64, got;
        memcpy(&f32, &high, 4);
        memcpy(&f64, &wide, 8);
        rlra_h5_convert(&single, 1, &high, RLRA_DTYPE_F64, &got);
        assert_true(isnan(f32) ? isnan(got) : got == (double)f32 && !signbit(got) == !signbit(f32));
        rlra_h5_convert(&twice, 1, &wide, RLRA_DTYPE_F64, &got);
        assert_true(isnan(f64) ? isnan(got) : got == f64 && !signbit(got) == !signbit(f64));
    }
}

/* A data set of a sample, opened from the inside. */
typedef struct opened {
    input in;
    h5_file file;
    h5_object object;
    h5_set set;
} opened;

static void open_set(place *p, const char *path, const char *name, opened *o)
{
    uint64_t address = H5_NOWHERE;
    memset(o, 0, sizeof *o);
    assert_int_equal(rlra_input_open(p->context, path, NULL, NULL, &o->in), RLRA_OK);
    o->file.context = p->context;
    assert_int_equal(rlra_h5_open(&o->in, &o->file), RLRA_OK);
    assert_int_equal(rlra_h5_find(&o->file, o->file.root, name, &address), RLRA_OK);
    assert_int_equal(rlra_h5_object_open(&o->file, address, &o->object), RLRA_OK);
    assert_int_equal(rlra_h5_set_open(&o->file, &o->object, &o->set), RLRA_OK);
}

static void close_set(opened *o)
{
    rlra_h5_object_close(&o->file, &o->object);
    rlra_h5_close(&o->file);
    rlra_input_close(&o->in);
}

static void test_what_a_file_unpacks_to_has_a_limit(void **state)
{
    place *const p = *state;
    opened o;
    double to[30];
    open_set(p, DATA("sets_v18.h5"), "/gzip_rows", &o);
    const int64_t most = o.in.size * 1032 + (256 << 20);
    /* Three chunks of 80 bytes. */
    o.in.container->unpacked = most - 240;
    assert_int_equal(rlra_h5_set_numbers(&o.file, "/gzip_rows", &o.set, RLRA_DTYPE_F64, to), RLRA_OK);
    assert_int_equal(o.in.container->unpacked, most);
    o.in.container->unpacked = most - 239;
    assert_int_equal(rlra_h5_set_numbers(&o.file, "/gzip_rows", &o.set, RLRA_DTYPE_F64, to), RLRA_ERR_FORMAT);
    assert_non_null(strstr(rlra_context_message(p->context), "unpacks to more than"));
    close_set(&o);
}

static void test_entries_that_all_name_one_string_are_refused(void **state)
{
    enum { MANY = 400000 };
    place *const p = *state;
    text_buffer lines = {.context = p->context};
    unsigned char stored[4 * 16], *const many = malloc(MANY * 16);
    opened o;
    open_set(p, DATA("sets_text.h5"), "/variable", &o);
    assert_int_equal(o.set.type.size, 16);
    assert_int_equal(rlra_h5_set_read(&o.file, "/variable", &o.set, stored), RLRA_OK);
    for (int k = 0; k < MANY; k++)
        memcpy(many + 16 * k, stored, 16);
    assert_int_equal(rlra_h5_add_strings(&o.file, "/variable", &o.set.type, 1000, many, &lines), RLRA_OK);
    assert_int_equal(lines.used, 5000);
    assert_int_equal(rlra_h5_add_strings(&o.file, "/variable", &o.set.type, MANY, many, &lines), RLRA_ERR_FORMAT);
    assert_non_null(strstr(rlra_context_message(p->context), "again and again"));
    free(many);
    rlra_text_clear(&lines);
    close_set(&o);
}

/* The number of a filter in the list is made another: it is named, unless every chunk does without it. */
static void test_filters_of_plugins_are_refused_by_their_name(void **state)
{
    place *const p = *state;
    opened o;
    float to[35];
    open_set(p, DATA("sets_v18.h5"), "/gzip", &o);
    assert_int_equal(o.set.filters.count, 3);
    o.set.filters.filter[1].id = 32001;
    assert_int_equal(rlra_h5_set_numbers(&o.file, "/gzip", &o.set, RLRA_DTYPE_F32, to), RLRA_ERR_UNSUPPORTED);
    assert_non_null(strstr(rlra_context_message(p->context), "the filter blosc (number 32001"));
    assert_non_null(strstr(rlra_context_message(p->context), "h5repack -f GZIP=4 IN OUT"));
    o.set.filters.filter[1].id = 511;
    assert_int_equal(rlra_h5_set_numbers(&o.file, "/gzip", &o.set, RLRA_DTYPE_F32, to), RLRA_ERR_UNSUPPORTED);
    assert_non_null(strstr(rlra_context_message(p->context), "the filter of a plugin (number 511"));
    assert_int_equal(rlra_h5_filters_check(&o.file, "/gzip", &o.set.filters, 2), RLRA_OK);
    close_set(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lzf_copies_and_repeats),
        cmocka_unit_test(test_lzf_that_is_damaged_is_refused),
        cmocka_unit_test(test_shuffle_is_undone_for_every_width),
        cmocka_unit_test(test_fletcher32_is_its_definition),
        WITH_PLACE(test_filters_are_undone_from_the_last_to_the_first),
        WITH_PLACE(test_chunks_that_are_damaged_are_named),
        cmocka_unit_test(test_integers_of_any_precision_are_converted),
        cmocka_unit_test(test_floats_are_decoded_field_by_field),
        WITH_PLACE(test_what_a_file_unpacks_to_has_a_limit),
        WITH_PLACE(test_entries_that_all_name_one_string_are_refused),
        WITH_PLACE(test_filters_of_plugins_are_refused_by_their_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
