/* unit/core/context.c: contexts, messages, the arena, statuses and random numbers. */
#include "core/arena.h"
#include "core/threads.h"
#include "support/meter.h"

static void test_a_context_needs_both_functions_of_an_allocator(void **state)
{
    (void)state;
    meter m = {.refuse = -1};
    const rlra_allocator broken[] = {{NULL, meter_release, &m}, {meter_allocate, NULL, &m}};
    for (int b = 0; b < 2; b++) {
        rlra_context *context = (rlra_context *)&m;
        assert_int_equal(rlra_context_create(&broken[b], &context), RLRA_ERR_ARGUMENT);
        assert_null(context);
    }
    assert_int_equal(rlra_context_create(NULL, NULL), RLRA_ERR_ARGUMENT);
    rlra_context_destroy(NULL);
    assert_string_equal(rlra_context_message(NULL), "");
}

static void test_a_context_that_has_no_memory_is_not_made(void **state)
{
    (void)state;
    meter m = {.refuse = 0};
    const rlra_allocator allocator = {meter_allocate, meter_release, &m};
    rlra_context *context = (rlra_context *)&m;
    assert_int_equal(rlra_context_create(&allocator, &context), RLRA_ERR_MEMORY);
    assert_null(context);
    assert_int_equal(m.alive, 0);
}

static void test_messages_are_kept_and_cut_at_their_room(void **state)
{
    (void)state;
    char longer[2 * RLRA_MESSAGE_BYTES];
    meter m;
    rlra_context *const context = metered_context(&m);
    assert_string_equal(rlra_context_message(context), "");
    assert_int_equal(rlra_fail(context, RLRA_ERR_SHAPE, "%d rows", 7), RLRA_ERR_SHAPE);
    assert_string_equal(rlra_context_message(context), "7 rows");
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    rlra_fail(context, RLRA_ERR_DATA, "%s", longer);
    assert_int_equal(strlen(rlra_context_message(context)), RLRA_MESSAGE_BYTES - 1);
    expect(context, rlra_fail_memory(context, 3, 1 << 20, "a test"), RLRA_ERR_MEMORY, "a test needs 3 MiB");
    assert_int_equal(rlra_fail(NULL, RLRA_ERR_FILE, "lost"), RLRA_ERR_FILE);
    rlra_context_destroy(context);
    assert_int_equal(m.alive, 0);
}

static void test_sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    meter m;
    rlra_context *const context = metered_context(&m);
    assert_null(rlra_alloc(context, SIZE_MAX, 2));
    assert_null(rlra_alloc_zero(context, SIZE_MAX / 4 + 1, 8));
    assert_int_equal(m.made, 1);
    void *const nothing = rlra_alloc(context, 0, 8);
    assert_non_null(nothing);
    char *const zeros = rlra_alloc_zero(context, 3, 1);
    assert_true(zeros[0] == 0 && zeros[2] == 0);
    rlra_free(context, nothing);
    rlra_free(context, zeros);
    rlra_free(context, NULL);
    rlra_context_destroy(context);
    assert_int_equal(m.alive, 0);
}

static void test_an_interruption_stays_until_resumed(void **state)
{
    (void)state;
    meter m;
    rlra_context *const context = metered_context(&m);
    assert_false(rlra_context_interrupted(context));
    rlra_context_interrupt(context);
    assert_true(rlra_context_interrupted(context));
    rlra_context_resume(context);
    assert_false(rlra_context_interrupted(context));
    rlra_context_destroy(context);
}

/* Takes the same parts from a measuring and a real arena. */
static void take_parts(arena *a, void **parts)
{
    parts[0] = rlra_arena_take(a, 3, 8);
    parts[1] = rlra_arena_take(a, 0, 8);
    parts[2] = rlra_arena_take(a, 1000, 4);
    parts[3] = rlra_arena_take(a, 1, 1);
}

static void test_an_arena_gives_what_it_measured_aligned_and_apart(void **state)
{
    (void)state;
    meter m;
    void *parts[4];
    rlra_context *const context = metered_context(&m);
    arena a = {0};
    take_parts(&a, parts);
    assert_true(parts[0] == NULL && parts[3] == NULL);
    const size_t measured = a.peak;
    assert_int_equal(rlra_arena_allocate(context, &a, "a test"), RLRA_OK);
    take_parts(&a, parts);
    assert_true(a.used <= measured && a.size == measured);
    for (int p = 0; p < 4; p++)
        assert_int_equal((uintptr_t)parts[p] % RLRA_ALIGNMENT, 0);
    assert_true((char *)parts[2] >= (char *)parts[0] + 24 && (char *)parts[3] >= (char *)parts[2] + 4000);
    rlra_arena_free(context, &a);
    rlra_arena_free(context, &a);
    m.refuse = m.made;
    take_parts(&a, parts);
    expect(context, rlra_arena_allocate(context, &a, "a test"), RLRA_ERR_MEMORY, "a test");
    rlra_arena_free(context, &a);
    rlra_context_destroy(context);
    assert_int_equal(m.alive, 0);
}

static void test_an_arena_beyond_any_size_is_refused(void **state)
{
    (void)state;
    meter m;
    rlra_context *const context = metered_context(&m);
    arena a = {0};
    rlra_arena_take(&a, SIZE_MAX / 8, 8);
    expect(context, rlra_arena_allocate(context, &a, "a test"), RLRA_ERR_MEMORY, "beyond any size");
    assert_int_equal(m.made, 1);
    rlra_context_destroy(context);
}

static void test_every_status_has_a_text_of_its_own(void **state)
{
    (void)state;
    for (int a = 0; a >= RLRA_ERR_NUMERIC; a--)
        for (int b = 0; b >= RLRA_ERR_NUMERIC; b--)
            assert_true((a == b) == (strcmp(rlra_status_text((rlra_status)a), rlra_status_text((rlra_status)b)) == 0));
    assert_string_equal(rlra_status_text(RLRA_OK), "success");
    assert_string_equal(rlra_status_text((rlra_status)1), "unknown status");
}

/* First words of Philox4x32-10 for counter and key of zeros: kat_vectors of Random123 (6627e8d5 e169c58d). */
static void test_random_numbers_are_those_of_philox(void **state)
{
    (void)state;
    const uint64_t bits = (uint64_t)0x6627e8d5 << 20 | 0xe169c58d >> 12;
    assert_true(rlra_random_uniform(0, 0, 0) == ((double)bits + 0.5) * 0x1p-52);
}

static void test_random_numbers_have_the_right_moments_and_do_not_repeat(void **state)
{
    (void)state;
    const int count = 20000;
    double sum = 0, squares = 0, normal_sum = 0, normal_squares = 0, last = 0;
    for (int i = 0; i < count; i++) {
        const double u = rlra_random_uniform(5, 6, (uint64_t)i), n = rlra_random_normal(5, 6, (uint64_t)i);
        assert_true(u > 0 && u < 1 && isfinite(n) && u != last);
        assert_true(u != rlra_random_uniform(6, 6, (uint64_t)i) && u != rlra_random_uniform(5, 7, (uint64_t)i));
        assert_true(u == rlra_random_uniform(5, 6, (uint64_t)i));
        sum += u;
        squares += u * u;
        normal_sum += n;
        normal_squares += n * n;
        last = u;
    }
    assert_true(fabs(sum / count - 0.5) < 0.01 && fabs(squares / count - 1.0 / 3) < 0.01);
    assert_true(fabs(normal_sum / count) < 0.03 && fabs(normal_squares / count - 1) < 0.05);
    assert_true(rlra_random_uniform(5, 6, 1) != rlra_random_uniform(5, 6, 1 + ((uint64_t)1 << 32)));
}

static void test_threads_are_those_asked_for(void **state)
{
    (void)state;
    assert_int_equal(rlra_threads(3), 3);
    assert_true(rlra_threads(0) >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_context_needs_both_functions_of_an_allocator),
        cmocka_unit_test(test_a_context_that_has_no_memory_is_not_made),
        cmocka_unit_test(test_messages_are_kept_and_cut_at_their_room),
        cmocka_unit_test(test_sizes_that_overflow_are_refused),
        cmocka_unit_test(test_an_interruption_stays_until_resumed),
        cmocka_unit_test(test_an_arena_gives_what_it_measured_aligned_and_apart),
        cmocka_unit_test(test_an_arena_beyond_any_size_is_refused),
        cmocka_unit_test(test_every_status_has_a_text_of_its_own),
        cmocka_unit_test(test_random_numbers_are_those_of_philox),
        cmocka_unit_test(test_random_numbers_have_the_right_moments_and_do_not_repeat),
        cmocka_unit_test(test_threads_are_those_asked_for),
    };
    return cmocka_run_group_tests_name("core", tests, NULL, NULL);
}
