/* unit/core/arena.c: pieces of an arena: aligned, apart, zeroed, as many bytes as were measured; what lies between them is out of
 * bounds under the address sanitizer. */
#include "core/arena.h"
#include "support/guarded.h"
#include "support/support.h"

#include <sys/wait.h>
#include <unistd.h>

enum { PIECES = 6 };

static const size_t counts[PIECES] = {1, 8, 7, 0, 64, 13}, sizes[PIECES] = {8, 8, 4, 8, 1, 1};

static void take_all(arena *a, char **pieces)
{
    for (int p = 0; p < PIECES; p++)
        pieces[p] = rlra_arena_take(a, counts[p], sizes[p]);
}

static rlra_context *open_arena(arena *a, char **pieces)
{
    rlra_context *context;
    *a = (arena){0};
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    take_all(a, pieces);
    for (int p = 0; p < PIECES; p++)
        assert_null(pieces[p]);
    assert_int_equal(rlra_arena_allocate(context, a, "a test"), RLRA_OK);
    take_all(a, pieces);
    return context;
}

static void close_arena(rlra_context *context, arena *a)
{
    rlra_arena_free(context, a);
    assert_null(a->base);
    rlra_context_destroy(context);
}

static void test_pieces_are_aligned_zeroed_and_apart(void **state)
{
    arena a;
    char *pieces[PIECES];
    (void)state;
    rlra_context *const context = open_arena(&a, pieces);
    assert_true(a.used == a.size && a.peak == a.size);
    for (int p = 0; p < PIECES; p++) {
        assert_int_equal((uintptr_t)pieces[p] % RLRA_ALIGNMENT, 0);
        assert_true(p == 0 || pieces[p] >= pieces[p - 1] + counts[p - 1] * sizes[p - 1]);
        assert_true(pieces[p] + counts[p] * sizes[p] <= a.base + a.size);
        for (size_t at = 0; at < counts[p] * sizes[p]; at++)
            assert_int_equal(pieces[p][at], 0);
    }
    close_arena(context, &a);
}

static void test_what_is_beyond_any_size_is_measured_so_and_refused(void **state)
{
    arena a = {0};
    rlra_context *context;
    (void)state;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    assert_null(rlra_arena_take(&a, SIZE_MAX / 8, 8));
    assert_true(a.peak == SIZE_MAX);
    assert_int_equal(rlra_arena_allocate(context, &a, "a test"), RLRA_ERR_MEMORY);
    assert_non_null(strstr(rlra_context_message(context), "a test"));
    rlra_context_destroy(context);
}

/* Whether a program that writes there is ended. */
static int is_caught(char *at)
{
    int code;
    const pid_t child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stderr) != NULL)
            *(volatile char *)at = 1;
        _exit(0);
    }
    assert_int_equal(waitpid(child, &code, 0), child);
    return code != 0;
}

/* The last byte of a piece, the first beyond it, and the last before it. */
static void check_edges(char *piece, size_t bytes)
{
    assert_false(bytes > 0 && is_caught(piece + bytes - 1));
    if (IS_SANITIZED)
        assert_true(is_caught(piece + bytes));
}

static void test_the_sanitizer_sees_an_overrun_by_one_element(void **state)
{
    arena a;
    char *pieces[PIECES];
    (void)state;
    rlra_context *const context = open_arena(&a, pieces);
    for (int p = 0; p < PIECES; p++) {
        check_edges(pieces[p], counts[p] * sizes[p]);
        assert_true(p == 0 || !IS_SANITIZED || is_caught(pieces[p] - 1));
    }
    close_arena(context, &a);
}

/* Threads lay out pieces in their share of a piece. */
static void test_pieces_of_a_piece_have_edges_of_their_own(void **state)
{
    arena a = {0}, measure = {0};
    char *pieces[PIECES];
    rlra_context *context;
    (void)state;
    take_all(&measure, pieces);
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    rlra_arena_take(&a, 2, measure.peak);
    assert_int_equal(rlra_arena_allocate(context, &a, "a test"), RLRA_OK);
    char *const rooms = rlra_arena_take(&a, 2, measure.peak);
    for (int thread = 0; thread < 2; thread++) {
        arena room = {.base = rooms + (size_t)thread * measure.peak, .size = measure.peak};
        take_all(&room, pieces);
        assert_true(room.used == room.size);
        for (int p = 0; p < PIECES; p++)
            check_edges(pieces[p], counts[p] * sizes[p]);
    }
    close_arena(context, &a);
}

/* Pieces that are used at different times share their memory: what one of them has is no edge of another. */
static void lay_over(arena *a, char **large, char **small, char **next)
{
    const size_t begin = a->used;
    *large = rlra_arena_take(a, 400, 1);
    const size_t end = a->used;
    a->used = begin;
    *small = rlra_arena_take(a, 10, 1);
    a->used = end;
    *next = rlra_arena_take(a, 1, 1);
}

static void test_pieces_laid_over_others_cut_nothing_from_them(void **state)
{
    arena a = {0};
    char *large, *small, *next;
    rlra_context *context;
    (void)state;
    lay_over(&a, &large, &small, &next);
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    assert_int_equal(rlra_arena_allocate(context, &a, "a test"), RLRA_OK);
    lay_over(&a, &large, &small, &next);
    assert_true(large == small && next > large);
    memset(large, 1, 400);
    check_edges(large, 400);
    check_edges(next, 1);
    close_arena(context, &a);
}

/* What others use behind one who laid out pieces in it. */
static void test_a_piece_that_was_an_arena_is_whole_again(void **state)
{
    arena a = {0}, measure = {0};
    char *pieces[PIECES];
    rlra_context *context;
    (void)state;
    take_all(&measure, pieces);
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    rlra_arena_take(&a, 1, measure.peak);
    assert_int_equal(rlra_arena_allocate(context, &a, "a test"), RLRA_OK);
    char *const piece = rlra_arena_take(&a, 1, measure.peak);
    arena inner = {.base = piece, .size = SIZE_MAX};
    take_all(&inner, pieces);
    rlra_arena_rejoin(piece, measure.peak);
    memset(piece, 1, measure.peak);
    check_edges(piece, measure.peak);
    close_arena(context, &a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_are_aligned_zeroed_and_apart),
        cmocka_unit_test(test_what_is_beyond_any_size_is_measured_so_and_refused),
        cmocka_unit_test(test_the_sanitizer_sees_an_overrun_by_one_element),
        cmocka_unit_test(test_pieces_of_a_piece_have_edges_of_their_own),
        cmocka_unit_test(test_pieces_laid_over_others_cut_nothing_from_them),
        cmocka_unit_test(test_a_piece_that_was_an_arena_is_whole_again),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
