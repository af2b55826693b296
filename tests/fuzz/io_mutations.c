/* fuzz/io_mutations.c: thousands of deterministic mutations of the sample files go through every reader.
 *
 * What must hold: no crash, no leak, no request for memory beyond what the file could hold. RLRA_TEST_EFFORT multiplies
 * the rounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "core/random.h"
#include "fuzz/io_try.h"

#define FILE_MOST 30000

/* A sample and how many mutations of it are tried. */
typedef struct sample {
    const char *name;
    int rounds;
} sample;

static uint32_t draw(uint32_t stream, uint64_t *element, uint32_t below)
{
    return (uint32_t)(rlra_random_uniform(7, stream, (*element)++) * below);
}

static size_t load(const char *name, uint8_t *bytes)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", RLRA_TEST_DATA, name);
    FILE *const file = fopen(path, "rb");
    assert_non_null(file);
    const size_t size = fread(bytes, 1, FILE_MOST, file);
    fclose(file);
    return size;
}

/* Flip bits, set bytes and words to extreme values, copy parts about, cut the end. */
static size_t mutate(uint8_t *bytes, size_t size, uint32_t stream)
{
    static const uint8_t extremes[] = {0x00, 0x7f, 0x80, 0xff, '9', '{', '\n', '"'};
    uint64_t element = 0;
    const uint32_t changes = 1 + draw(stream, &element, 4);
    for (uint32_t k = 0; k < changes; k++) {
        /* Headers are at the beginning: they are changed twice as often. */
        const uint32_t reach = draw(stream, &element, 2) == 0 && size > 256 ? 256 : (uint32_t)size;
        const uint32_t where = draw(stream, &element, reach);
        const uint32_t left = (uint32_t)size - where, run = 1 + draw(stream, &element, left < 8 ? left : 8);
        switch (draw(stream, &element, 4)) {
        case 0:
            bytes[where] ^= (uint8_t)(1u << draw(stream, &element, 8));
            break;
        case 1:
            memset(bytes + where, extremes[draw(stream, &element, sizeof extremes)], run);
            break;
        case 2:
            bytes[where] = (uint8_t)draw(stream, &element, 256);
            break;
        default:
            memmove(bytes + where, bytes + draw(stream, &element, (uint32_t)size - run + 1), run);
        }
    }
    return draw(stream, &element, 8) == 0 ? 1 + draw(stream, &element, (uint32_t)size) : size;
}

static int effort(void)
{
    const char *const text = getenv("RLRA_TEST_EFFORT");
    const int asked = text == NULL ? 1 : atoi(text);
    return asked < 1 ? 1 : asked;
}

static void check_samples(const sample *samples, size_t count)
{
    uint8_t original[FILE_MOST], changed[FILE_MOST];
    for (size_t k = 0; k < count; k++) {
        trial t;
        const size_t size = load(samples[k].name, original);
        assert_true(trial_open(&t, strrchr(samples[k].name, '.')));
        t.plain = 1;
        trial_run(&t, original, size);
        t.plain = 0;
        assert_true(t.read > 0);
        for (int round = 0; round < samples[k].rounds * effort(); round++) {
            memcpy(changed, original, size);
            const size_t length = mutate(changed, size, (uint32_t)round);
            trial_run(&t, changed, length);
            if (t.live != 0 || t.largest > TRIAL_MOST(length))
                fail_msg("%s, mutation %d: asked for %zu bytes, %d blocks not freed", samples[k].name, round, t.largest,
                         (int)t.live);
        }
        assert_true(t.refused > 0);
        trial_close(&t);
    }
}

static void test_mutations_of_npy_do_no_harm(void **state)
{
    static const sample samples[] = {{"plain.npy", 250}, {"fortran.npy", 250}, {"version2.npy", 250}};
    (void)state;
    check_samples(samples, 3);
}

static void test_mutations_of_npz_do_no_harm(void **state)
{
    static const sample samples[] = {{"deflated.npz", 250}, {"types.npz", 50}};
    (void)state;
    check_samples(samples, 2);
}

static void test_mutations_of_mat_do_no_harm(void **state)
{
    static const sample samples[] = {{"plain.mat", 250}, {"deflated.mat", 250}, {"big_endian.mat", 250}};
    (void)state;
    check_samples(samples, 3);
}

static void test_mutations_of_text_do_no_harm(void **state)
{
    static const sample samples[] = {
        {"table.csv", 250}, {"blanks.txt", 200}, {"instrument.csv", 250}, {"cube_bsq.hdr", 250}, {"scaled.hdr", 600},
    };
    (void)state;
    check_samples(samples, 5);
}

static void test_mutations_of_hdf5_do_no_harm(void **state)
{
    static const sample samples[] = {{"plain.h5", 100}, {"v73.mat", 100}, {"groups.h5", 100}, {"structs73.mat", 100}};
    (void)state;
    check_samples(samples, 4);
}

static void test_mutations_of_archives_of_parts_do_no_harm(void **state)
{
    static const sample samples[] = {{"parts_dia.npz", 250},   {"sparse_bsr.npz", 250},  {"parts_hand.npz", 250},
                                     {"parts_coo3.npz", 250},  {"parts_graph.npz", 100}, {"pydata_coo.npz", 250},
                                     {"pydata_gcxs.npz", 250}, {"structs.mat", 250},     {"structs_deflated.mat", 250},
                                     {"dimensions.mat", 250}};
    (void)state;
    check_samples(samples, sizeof samples / sizeof samples[0]);
}

static void test_mutations_of_old_formats_do_no_harm(void **state)
{
    static const sample samples[] = {
        {"v4.mat", 250}, {"v4_big_endian.mat", 250}, {"v4_octave.mat", 250}, {"octave.mat", 250}};
    (void)state;
    check_samples(samples, sizeof samples / sizeof samples[0]);
}

static void test_mutations_of_packed_files_do_no_harm(void **state)
{
    static const sample samples[] = {
        {"table.csv.gz", 250}, {"sparse.mtx.gz", 250}, {"plain.npy.gz", 250}, {"octave.mat.gz", 200}};
    (void)state;
    check_samples(samples, sizeof samples / sizeof samples[0]);
}

static void test_mutations_of_sparse_files_do_no_harm(void **state)
{
    static const sample samples[] = {{"sparse.mtx", 250},         {"sparse.tns", 250},     {"sparse_csr.npz", 250},
                                     {"sparse_csc.npz", 250},     {"sparse_coo.npz", 250}, {"sparse.mat", 250},
                                     {"sparse_deflated.mat", 250}};
    (void)state;
    check_samples(samples, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mutations_of_npy_do_no_harm),
        cmocka_unit_test(test_mutations_of_npz_do_no_harm),
        cmocka_unit_test(test_mutations_of_mat_do_no_harm),
        cmocka_unit_test(test_mutations_of_text_do_no_harm),
        cmocka_unit_test(test_mutations_of_hdf5_do_no_harm),
        cmocka_unit_test(test_mutations_of_sparse_files_do_no_harm),
        cmocka_unit_test(test_mutations_of_archives_of_parts_do_no_harm),
        cmocka_unit_test(test_mutations_of_old_formats_do_no_harm),
        cmocka_unit_test(test_mutations_of_packed_files_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
