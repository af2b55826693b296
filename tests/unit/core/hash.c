/* unit/core/hash.c: hashes are those of the specification, however bytes are cut. */
#include "core/hash.h"

#include "support/support.h"

static uint64_t hash_of(const void *bytes, size_t size)
{
    hash h;
    rlra_hash_begin(&h);
    rlra_hash_add(&h, bytes, size);
    return rlra_hash_end(&h);
}

/* From the reference library, version 0.8.1. */
static void test_hashes_are_those_of_the_reference_program(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t wanted;
    } known[] = {
        {"", UINT64_C(0xef46db3751d8e999)},
        {"a", UINT64_C(0xd24ec4f1a98c6e5b)},
        {"abc", UINT64_C(0x44bc2cf5ad770999)},
        {"0123456789abcdefghijklmnopqrstuvwxyz", UINT64_C(0x69196c1b3af0bff9)},
        {"The quick brown fox jumps over the lazy dog", UINT64_C(0xb242d361fda71bc)},
        {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", UINT64_C(0xe2df261fc2ec30eb)},
    };
    for (int i = 0; i < COUNT_OF(known); i++)
        CHECK(hash_of(known[i].text, strlen(known[i].text)) == known[i].wanted, "'%s'", known[i].text);
}

static void test_a_hash_does_not_depend_on_how_bytes_are_cut(void **state)
{
    (void)state;
    unsigned char bytes[300];
    numbers from = {1, 0};
    for (int i = 0; i < COUNT_OF(bytes); i++)
        bytes[i] = (unsigned char)below(&from, 256);
    for (size_t size = 0; size <= sizeof bytes; size += 7)
        for (size_t step = 1; step < 70; step += 3) {
            hash h;
            rlra_hash_begin(&h);
            for (size_t at = 0; at < size; at += step)
                rlra_hash_add(&h, bytes + at, size - at < step ? size - at : step);
            CHECK(rlra_hash_end(&h) == hash_of(bytes, size), "%zu bytes, %zu at once", size, step);
        }
}

static void test_every_changed_bit_changes_the_hash(void **state)
{
    (void)state;
    unsigned char bytes[100] = {0};
    const uint64_t before = hash_of(bytes, sizeof bytes);
    for (int bit = 0; bit < 800; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        CHECK(hash_of(bytes, sizeof bytes) != before, "bit %d", bit);
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hashes_are_those_of_the_reference_program),
        cmocka_unit_test(test_a_hash_does_not_depend_on_how_bytes_are_cut),
        cmocka_unit_test(test_every_changed_bit_changes_the_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
