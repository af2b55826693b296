/* unit/data/csf.c: the tree of each mode holds what the view holds, whatever its storage and order. */
#include "data/csf.h"
#include "support/meter.h"
#include "support/tensors.h"

/* Takes the entries of a tree out of the dense copy; what is left are zeros. */
static void take_out(const csf *tree, int level, int64_t begin, int64_t end, int64_t *index, const rlra_array *dense,
                     const char *name)
{
    const int mode = tree->modes[level];
    for (int64_t p = begin; p < end; p++) {
        index[mode] = level == 0 ? p : tree->indices[level][p];
        CHECK(index[mode] >= 0 && index[mode] < dense->dims[mode], "%s: level %d", name, level);
        CHECK(level == 0 || p == begin || tree->indices[level][p] > tree->indices[level][p - 1], "%s: level %d", name,
              level);
        if (level + 1 < tree->order) {
            CHECK(level == 0 || tree->starts[level][p + 1] > tree->starts[level][p], "%s: a node without entries",
                  name);
            take_out(tree, level + 1, tree->starts[level][p], tree->starts[level][p + 1], index, dense, name);
            continue;
        }
        real *const entry = entry_at(dense, index);
        CHECK(tree->values[p] == *entry && *entry != 0, "%s: entry %d", name, (int)p);
        *entry = 0;
    }
}

/* Pieces are those of long roots, and make them up. */
static void check_pieces(const csf *tree, const char *name)
{
    ptrdiff_t p = 0;
    for (ptrdiff_t i = 0; i < tree->nodes[0]; i++) {
        int64_t begin, end, at = tree->starts[0][i];
        RLRA(csf_entries)(tree, 0, i, &begin, &end);
        CHECK(end - begin > CSF_PIECE || p == tree->piece_count || tree->pieces[p].root != i, "%s: root %td", name, i);
        if (end - begin <= CSF_PIECE)
            continue;
        for (; p < tree->piece_count && tree->pieces[p].root == i; p++) {
            CHECK(tree->pieces[p].begin == at && tree->pieces[p].end > at, "%s: root %td", name, i);
            at = tree->pieces[p].end;
        }
        CHECK(at == tree->starts[0][i + 1], "%s: root %td", name, i);
    }
    CHECK(p == tree->piece_count, "%s", name);
}

static void check_tree(rlra_context *context, const sparse_array *t, int root, const char *name)
{
    csf tree;
    int64_t index[RLRA_MAX_ORDER] = {0};
    assert_int_equal(RLRA(csf_create)(context, &t->view, root, &tree), RLRA_OK);
    const view dense = tensor_to_dense(t);
    assert_int_equal(tree.order, t->view.order);
    assert_int_equal(tree.modes[0], root);
    assert_int_equal(tree.nodes[0], t->view.dims[root]);
    take_out(&tree, 0, 0, tree.nodes[0], index, &dense.array, name);
    do
        CHECK(*entry_at(&dense.array, index) == 0, "%s: an entry is missing", name);
    while (next_index(&dense.array, index));
    CHECK(tree.nodes[tree.order - 1] + tree.duplicates + tree.zeros == t->view.count, "%s", name);
    check_pieces(&tree, name);
    RLRA(csf_destroy)(context, &tree);
    free(dense.memory);
}

static void test_trees_hold_the_sums_of_any_view_along_all_modes(void **state)
{
    (void)state;
    static const struct {
        int order;
        int64_t dims[RLRA_MAX_ORDER], count;
    } cases[] = {
        {3, {1, 1, 1}, 0},
        {3, {1, 1, 1}, 3},
        {3, {5, 6, 7}, 0},
        {3, {5, 6, 7}, 40},
        {3, {7, 6, 5}, 400},
        {3, {40, 1, 9}, 60},
        {4, {3, 4, 5, 6}, 90},
        {4, {9, 2, 2, 3}, 500},
        {5, {2, 3, 2, 3, 2}, 25},
        {3, {3, 60, 80}, 0},
        {3, {2, 90, 400}, 30000},
        {6, {2, 2, 3, 2, 2, 3}, 70},
        {8, {2, 1, 2, 3, 2, 2, 2, 2}, 150},
    };
    rlra_context *context;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    for (int c = 0; c < COUNT_OF(cases); c++)
        for (int compressed = -1; compressed < (cases[c].count < 1000 ? cases[c].order : 0); compressed++) {
            sparse_array t =
                make_tensor(cases[c].order, cases[c].dims, cases[c].count, compressed, 0, (uint64_t)(c + 1));
            for (int root = 0; root < cases[c].order; root++) {
                char name[80];
                snprintf(name, sizeof name, "case %d, compressed along %d, root %d", c, compressed, root);
                check_tree(context, &t, root, name);
            }
            free_tensor(&t);
        }
    rlra_context_destroy(context);
}

#define LONG_ORDER  5
#define LONG_COUNT  3000
#define LONG_LENGTH ((int64_t)INT32_MAX)

/* One entry as plain sorting sees it. */
typedef struct path {
    int64_t index[LONG_ORDER], place;
    double value;
} path;

static const csf *sorted_by;

static int by_path(const void *a, const void *b)
{
    const path *const x = a, *const y = b;
    for (int l = 0; l < LONG_ORDER; l++) {
        const int mode = sorted_by->modes[l];
        if (x->index[mode] != y->index[mode])
            return x->index[mode] < y->index[mode] ? -1 : 1;
    }
    return x->place < y->place ? -1 : x->place > y->place;
}

static int same_path(const path *a, const path *b)
{
    return memcmp(a->index, b->index, sizeof a->index) == 0;
}

/* The leaves of a tree from left to right are the sums of the sorted entries. */
static void check_leaves(const csf *tree, int level, int64_t begin, int64_t end, path *at, const path **next)
{
    for (int64_t p = begin; p < end; p++) {
        at->index[tree->modes[level]] = level == 0 ? p : tree->indices[level][p];
        if (level + 1 < tree->order) {
            check_leaves(tree, level + 1, tree->starts[level][p], tree->starts[level][p + 1], at, next);
            continue;
        }
        double sum = 0;
        assert_true(same_path(*next, at));
        for (; same_path(*next, at); ++*next)
            sum += (*next)->value;
        CHECK(tree->values[p] == (real)sum, "entry %d: %g, not %g", (int)p, (double)tree->values[p], sum);
    }
}

/* Keys of one word, and of two, whose ends are in all places: indices at both ends of their modes, equal entries that would sum to
 * another number in another order. */
static void test_long_modes_are_sorted_by_all_their_bits(void **state)
{
    (void)state;
    const int64_t lengths[][LONG_ORDER] = {{3, LONG_LENGTH, 2, LONG_LENGTH, LONG_LENGTH},
                                           {LONG_LENGTH, 1 << 20, 3, 1 << 11, 1 << 30},
                                           {7, 1 << 30, 2048, 2049, 1},
                                           {LONG_LENGTH, LONG_LENGTH, LONG_LENGTH, LONG_LENGTH, 4}};
    const int roots[] = {0, 2, 2, 4};
    rlra_context *context;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    for (int c = 0; c < COUNT_OF(lengths); c++) {
        numbers from = {(uint64_t)c + 1, 0};
        static path paths[LONG_COUNT + 1];
        sparse_array t = make_tensor(LONG_ORDER, lengths[c], LONG_COUNT, -1, 0, (uint64_t)c + 9);
        csf tree;
        for (int64_t e = 0; e < LONG_COUNT; e++) {
            t.values[e] = (real)(normal(&from) * pow(10, 3 * normal(&from)));
            for (int m = 0; m < LONG_ORDER; m++) {
                const int64_t last = lengths[c][m] - 1, middle = t.indices[m][e];
                t.indices[m][e] = below(&from, 3) == 0 ? middle : below(&from, 2) * last;
                paths[e].index[m] = t.indices[m][e];
            }
            paths[e].value = (double)t.values[e];
            paths[e].place = e;
        }
        memset(paths[LONG_COUNT].index, 0xff, sizeof paths[LONG_COUNT].index);
        assert_int_equal(RLRA(csf_create)(context, &t.view, roots[c], &tree), RLRA_OK);
        sorted_by = &tree;
        qsort(paths, LONG_COUNT, sizeof *paths, by_path);
        path at = {.place = 0};
        const path *next = paths;
        check_leaves(&tree, 0, 0, tree.nodes[0], &at, &next);
        assert_true(next == paths + LONG_COUNT && tree.duplicates > 0);
        RLRA(csf_destroy)(context, &tree);
        free_tensor(&t);
    }
    rlra_context_destroy(context);
}

static void test_duplicates_and_zeros_are_counted(void **state)
{
    (void)state;
    const int64_t i[] = {0, 1, 0, 1, 1, 0}, j[] = {2, 1, 2, 1, 0, 2}, k[] = {1, 0, 1, 0, 0, 1};
    const real values[] = {1, 3, 4, -3, 0, 2};
    const rlra_sparse given =
        rlra_sparse_coo(REAL_DTYPE, 3, (const int64_t[]){2, 3, 2}, 6, (const int64_t *const[]){i, j, k}, values);
    rlra_context *context;
    csf tree;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    assert_int_equal(RLRA(csf_create)(context, &given, 2, &tree), RLRA_OK);
    assert_int_equal(tree.nodes[2], 1);
    assert_int_equal(tree.duplicates, 3);
    assert_int_equal(tree.zeros, 2);
    assert_true(tree.values[0] == 7);
    RLRA(csf_destroy)(context, &tree);
    rlra_context_destroy(context);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    meter counted;
    rlra_context *const context = metered_context(&counted);
    const long own = counted.alive;
    sparse_array t = make_tensor(4, (const int64_t[]){4, 5, 3, 6}, 90, 1, 0, 5);
    csf tree;
    rlra_status status = RLRA_ERR_MEMORY;
    long tries = 0;
    for (; status != RLRA_OK; tries++) {
        counted.made = 0;
        counted.refuse = tries;
        status = RLRA(csf_create)(context, &t.view, 2, &tree);
        assert_true(status == RLRA_OK || status == RLRA_ERR_MEMORY);
        assert_true(status == RLRA_OK || (counted.alive == own && tree.values == NULL && tree.order == 0));
    }
    /* Three to sort, values, three levels of starts and of indices, pieces. */
    assert_int_equal(tries, 3 + 1 + 3 + 3 + 1 + 1);
    RLRA(csf_destroy)(context, &tree);
    assert_int_equal(counted.alive, own);
    free_tensor(&t);
    rlra_context_destroy(context);
}

static void test_what_cannot_be_stored_is_reported(void **state)
{
    (void)state;
    int64_t i[] = {1, 1}, j[] = {2, 2}, k[] = {0, 0};
    const real values[] = {(real)(sizeof(real) == 4 ? 3e38 : 1.5e308), (real)(sizeof(real) == 4 ? 3e38 : 1.5e308)};
    rlra_sparse given =
        rlra_sparse_coo(REAL_DTYPE, 3, (const int64_t[]){2, 3, 2}, 2, (const int64_t *const[]){i, j, k}, values);
    rlra_context *context;
    csf tree;
    assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
    expect(context, RLRA(csf_create)(context, &given, 0, &tree), RLRA_ERR_DATA, "the entries at [1, 2, 0] sum to");
    k[1] = 2;
    expect(context, RLRA(csf_create)(context, &given, 0, &tree), RLRA_ERR_ARGUMENT,
           "entry 1 of the sparse array has index 2 along mode 2, expected 0 to 1");
    k[1] = 1;
    given.dims[1] = (int64_t)INT32_MAX + 1;
    expect(context, RLRA(csf_create)(context, &given, 0, &tree), RLRA_ERR_UNSUPPORTED,
           "mode 1 of the sparse tensor has length 2147483648");
    assert_null(tree.values);
    rlra_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trees_hold_the_sums_of_any_view_along_all_modes),
        cmocka_unit_test(test_long_modes_are_sorted_by_all_their_bits),
        cmocka_unit_test(test_duplicates_and_zeros_are_counted),
        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_what_cannot_be_stored_is_reported),
    };
    return cmocka_run_group_tests_name("trees of sparse tensors", tests, NULL, NULL);
}
