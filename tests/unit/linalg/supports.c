/* unit/linalg/supports.c: few unknowns of a nonnegative quadratic: exact ways equal brute force, greedy ones are bounds. */
#include "unit/linalg/supports_brute.h"

static supports_task task_of(const instance *q, ptrdiff_t least, ptrdiff_t most)
{
    return (supports_task){.size = q->size,
                           .gram = q->gram,
                           .accuracy = DBL_EPSILON,
                           .sum_to_one = q->sum_to_one,
                           .least = least,
                           .most = most};
}

static void *room(ptrdiff_t size)
{
    const size_t bytes = rlra_supports_bytes(size);
    void *const work = malloc(bytes);
    assert_non_null(work);
    memset(work, 0xff, bytes);
    return work;
}

enum { GREEDY, EXACT };

/* x is allowed and has the value that was found, which is not below `best`, nor above if it is to be exact. */
static void check_point(const instance *q, ptrdiff_t most, const double *x, double found, double best, int exact,
                        const char *what)
{
    long double point[MOST], sum = 0;
    double size;
    ptrdiff_t count = 0;
    for (ptrdiff_t k = 0; k < q->size; k++) {
        CHECK(x[k] >= 0, "%s: x[%td] = %g", what, k, x[k]);
        count += x[k] > 0;
        point[k] = (long double)x[k];
        sum += point[k];
    }
    CHECK(count <= most, "%s: %td entries, not %td", what, count, most);
    CHECK(!q->sum_to_one || fabsl(sum - 1) <= 32 * DBL_EPSILON, "%s: the sum is 1 + %Lg", what, sum - 1);
    const double value = value_at(q, point, &size), slack = 256 * DBL_EPSILON * size;
    CHECK(fabs(value - found) <= slack, "%s: found %.17g, is %.17g", what, found, value);
    CHECK(value >= best - slack, "%s, %td of %td: %.17g, below %.17g", what, most, q->size, value, best);
    CHECK(exact == GREEDY || value <= best + slack, "%s, %td of %td: %.17g, not %.17g (%.1e)", what, most, q->size,
          value, best, (value - best) / size);
}

static void check_front(const instance *q, const double *best)
{
    double x[MOST * MOST], values[MOST];
    void *const work = room(q->size);
    const supports_task task = task_of(q, 1, q->size);
    const supports_result found = rlra_supports_search(&task, q->c, NULL, x, values, work);
    assert_true(isinf(found.bound) && found.bound > 0 && found.nodes > 0);
    for (ptrdiff_t k = 1; k <= q->size; k++)
        check_point(q, k, x + (k - 1) * q->size, values[k - 1], best[k - 1], EXACT, "front");
    free(work);
}

static void check_singles(numbers *from, const instance *q, const double *best)
{
    double start[MOST], x[MOST], value;
    void *const work = room(q->size);
    for (ptrdiff_t k = 0; k < q->size; k++)
        start[k] = normal(from);
    for (ptrdiff_t k = 1; k <= q->size; k++) {
        const supports_task task = task_of(q, k, k);
        for (int started = 0; started < 2; started++) {
            const supports_result found = rlra_supports_search(&task, q->c, started ? start : NULL, x, &value, work);
            assert_true(isinf(found.bound) && found.bound > 0);
            check_point(q, k, x, value, best[k - 1], EXACT, "search");
        }
        rlra_supports_pursue(&task, q->c, NULL, x, &value, work);
        check_point(q, k, x, value, best[k - 1], GREEDY, "pursue");
        rlra_supports_eliminate(&task, q->c, NULL, x, &value, work);
        check_point(q, k, x, value, best[k - 1], GREEDY, "eliminate");
    }
    free(work);
}

static void check_enumeration(const instance *q, const double *best)
{
    double *const c = aligned_alloc(16, MOST * SUPPORTS_SIDES * sizeof *c);
    double *const x = aligned_alloc(16, MOST * SUPPORTS_SIDES * sizeof *x);
    double values[SUPPORTS_SIDES], row[MOST];
    for (ptrdiff_t k = 1; k <= q->size; k++) {
        const ptrdiff_t sides = 1 + (7 * k + q->size) % SUPPORTS_SIDES;
        const supports_task task = task_of(q, k, k);
        const size_t bytes = (rlra_supports_enumerate_bytes(q->size, k) + 15) / 16 * 16;
        void *const work = aligned_alloc(16, bytes);
        memset(work, 0xff, bytes);
        for (ptrdiff_t j = 0; j < q->size; j++)
            for (ptrdiff_t i = 0; i < sides + sides % 2; i++)
                c[j * SUPPORTS_SIDES + i] = i % 2 == 0 ? q->c[j] : 0;
        rlra_supports_enumerate(&task, sides, c, x, values, work);
        for (ptrdiff_t i = 0; i < sides; i += 2) {
            for (ptrdiff_t j = 0; j < q->size; j++)
                row[j] = x[j * SUPPORTS_SIDES + i];
            check_point(q, k, row, values[i], best[k - 1], EXACT, "enumerate");
        }
        free(work);
    }
    free(c);
    free(x);
}

static void check_all(numbers *from, ptrdiff_t size, int kind, double scale, int sum_to_one)
{
    double best[MOST];
    const instance q = draw_instance(from, size, kind, scale, sum_to_one);
    brute_force(&q, best);
    check_front(&q, best);
    check_singles(from, &q, best);
    check_enumeration(&q, best);
}

static void test_all_exact_ways_equal_brute_force(void **state)
{
    (void)state;
    numbers from = {1, 0};
    for (int repeat = 0; repeat < 30; repeat++)
        for (int kind = 0; kind < KINDS; kind++)
            for (int sum_to_one = 0; sum_to_one < 2; sum_to_one++)
                check_all(&from, 1 + below(&from, 9), kind, 1, sum_to_one);
}

static void test_twelve_unknowns_equal_brute_force(void **state)
{
    (void)state;
    numbers from = {2, 0};
    for (int kind = 0; kind < KINDS; kind++)
        for (int sum_to_one = 0; sum_to_one < 2; sum_to_one++)
            check_all(&from, MOST, kind, 1, sum_to_one);
}

static void test_the_scale_of_the_design_does_not_matter(void **state)
{
    (void)state;
    numbers from = {3, 0};
    for (int exponent = -8; exponent <= 8; exponent++)
        for (int kind = 0; kind < KINDS; kind++)
            for (int sum_to_one = 0; sum_to_one < 2; sum_to_one++)
                check_all(&from, 2 + below(&from, 7), kind, pow(10, exponent), sum_to_one);
}

/* Equal columns: the first of them is taken, whatever the way. */
static void test_ties_go_to_the_lower_index(void **state)
{
    (void)state;
    instance q = {.size = 4, .c = {1, 2, 2, 2}};
    for (ptrdiff_t k = 0; k < 4; k++)
        for (ptrdiff_t l = 0; l < 4; l++)
            q.gram[k * 4 + l] = (k == 0) == (l == 0) ? 1 : 0;
    double x[4], value;
    void *const work = room(4);
    const supports_task task = task_of(&q, 1, 1);
    rlra_supports_search(&task, q.c, NULL, x, &value, work);
    assert_true(x[0] == 0 && x[1] == 2 && x[2] == 0 && x[3] == 0 && value == -2);
    rlra_supports_pursue(&task, q.c, NULL, x, &value, work);
    assert_true(x[1] == 2 && value == -2);
    free(work);
}

/* A search that must end early reports an honest bound, and keeps what it was given. */
static void test_a_limit_of_nodes_leaves_an_honest_bound(void **state)
{
    (void)state;
    numbers from = {4, 0};
    int unproved = 0;
    for (int repeat = 0; repeat < 200 / test_share(); repeat++) {
        double best[MOST], x[MOST], value;
        const instance q = draw_instance(&from, MOST, repeat % KINDS, 1, repeat % 2);
        void *const work = room(MOST);
        brute_force(&q, best);
        for (int64_t nodes = 1; nodes < 200; nodes *= 3) {
            const ptrdiff_t k = 2 + repeat % 5;
            supports_task task = task_of(&q, k, k);
            task.nodes = nodes;
            const supports_result found = rlra_supports_search(&task, q.c, NULL, x, &value, work);
            const double slack = 1e-12 * (1 + fabs(best[k - 1]));
            check_point(&q, k, x, value, best[k - 1], GREEDY, "limited");
            CHECK(fmin(found.bound, value) <= best[k - 1] + slack, "the bound %g is above %g", found.bound,
                  best[k - 1]);
            if (isinf(found.bound))
                CHECK(value <= best[k - 1] + slack, "claims %g, but %g is better", value, best[k - 1]);
            unproved += isfinite(found.bound);
        }
        free(work);
    }
    assert_true(unproved > 20 / test_share());
}

static void test_nothing_worse_than_the_start_comes_back(void **state)
{
    (void)state;
    numbers from = {5, 0};
    for (int repeat = 0; repeat < 200; repeat++) {
        const instance q = draw_instance(&from, MOST, repeat % KINDS, 1, repeat % 2);
        double start[MOST] = {0}, sum = 0, x[MOST], value, size;
        long double point[MOST];
        void *const work = room(MOST);
        for (int entries = 0; entries < 3; entries++)
            start[below(&from, MOST)] = 0.1 + uniform(&from);
        for (ptrdiff_t k = 0; k < MOST; k++)
            sum += start[k];
        for (ptrdiff_t k = 0; k < MOST; k++) {
            start[k] /= q.sum_to_one ? sum : 1;
            point[k] = (long double)start[k];
        }
        const double before = value_at(&q, point, &size), slack = 64 * DBL_EPSILON * size;
        supports_task task = task_of(&q, 3, 3);
        task.nodes = 1;
        rlra_supports_search(&task, q.c, start, x, &value, work);
        assert_true(value <= before + slack);
        rlra_supports_pursue(&task, q.c, start, x, &value, work);
        assert_true(value <= before + slack);
        rlra_supports_eliminate(&task, q.c, start, x, &value, work);
        assert_true(value <= before + slack);
        free(work);
    }
}

/* Each support lies in one branch: without any bound to prune by there are no more nodes than supports of k and more unknowns. */
static void test_no_support_is_seen_twice(void **state)
{
    (void)state;
    numbers from = {6, 0};
    for (ptrdiff_t size = 2; size <= MOST; size++)
        for (ptrdiff_t k = 1; k <= size; k++) {
            const instance q = draw_instance(&from, size, FAR, 1, 0);
            double x[MOST], value;
            void *const work = room(size);
            const supports_task task = task_of(&q, k, k);
            const supports_result found = rlra_supports_search(&task, q.c, NULL, x, &value, work);
            const double all = rlra_supports_count(size, size) - rlra_supports_count(size, k - 1);
            /* Elimination and pursuit are extra: at most size + 1 nodes each, and the root twice. */
            CHECK((double)found.nodes <= all + 2 * (double)size + 4, "%td of %td: %lld nodes", k, size,
                  (long long)found.nodes);
            free(work);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_exact_ways_equal_brute_force),
        cmocka_unit_test(test_twelve_unknowns_equal_brute_force),
        cmocka_unit_test(test_the_scale_of_the_design_does_not_matter),
        cmocka_unit_test(test_ties_go_to_the_lower_index),
        cmocka_unit_test(test_a_limit_of_nodes_leaves_an_honest_bound),
        cmocka_unit_test(test_nothing_worse_than_the_start_comes_back),
        cmocka_unit_test(test_no_support_is_seen_twice),
    };
    return cmocka_run_group_tests_name("supports", tests, NULL, NULL);
}
