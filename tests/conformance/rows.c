/* conformance/rows.c: every kind of data hands out the entries of its dense copy, in whatever layout, each row once. */
#include "data/rows/rows.h"
#include "support/given.h"

#define RANK 5

/* Layouts that were met. */
typedef enum way_met { MET_ALONG, MET_ACROSS, MET_STORED, MET_CUT, MET_OWN_SUMS, MET_EMPTY, METS } way_met;
static int seen[METS];

/* An entry with the row of the design that models it. */
typedef struct record {
    real y, a[RANK];
} record;

static int compare_records(const void *one, const void *other)
{
    const record *const p = one, *const q = other;
    if (p->y != q->y)
        return p->y < q->y ? -1 : 1;
    for (int k = 0; k < RANK; k++)
        if (p->a[k] != q->a[k])
            return p->a[k] < q->a[k] ? -1 : 1;
    return 0;
}

/* What a reading must meet. */
typedef struct reader {
    const given *g;
    const row_reading *reading;
    const observed *observed;
    row_wish wish;
    int *times; /* that each row came */
    char name[200], failure[400];
} reader;

/* The first thing that is wrong; it is reported after the reading, as a test cannot end among threads. */
#define NOTE(r, holds, ...)                                                                                            \
    do {                                                                                                               \
        if (!(holds) && (r)->failure[0] == '\0')                                                                       \
            snprintf((r)->failure, sizeof(r)->failure, __VA_ARGS__);                                                   \
    } while (0)

/* Entries of row i as the part has them. */
static ptrdiff_t read_row(reader *r, const data_part *part, ptrdiff_t i, record *out)
{
    const sparse_rows *const s = part->stored;
    const factor a = part->design.columns;
    const int64_t begin = s == NULL ? 0 : s->starts[part->first + i];
    const ptrdiff_t count = s == NULL ? a.length : (ptrdiff_t)(s->starts[part->first + i + 1] - begin);
    for (ptrdiff_t j = 0; j < count; j++) {
        const real *const by_rows =
            part->design.rows + (s == NULL ? j : s->indices[begin + j]) * part->design.rows_stride;
        out[j].y = part_entry(part, i, j);
        for (ptrdiff_t k = 0; k < RANK; k++) {
            out[j].a[k] = s != NULL ? by_rows[k] : a.at[k * a.stride + j];
            NOTE(r, part->y_step == 0 || out[j].a[k] == by_rows[k], "%s: the design row by row is another one",
                 r->name);
        }
    }
    return count;
}

/* Entries of row i as they are in the dense copy, with the sums of the designs of all that counts. */
static ptrdiff_t expect_row(const reader *r, ptrdiff_t i, int skips_zeros, record *out, double *sums)
{
    const int is_shared = r->reading->plan->along[r->reading->mode].own_sums;
    const int is_partial = r->observed != NULL && !is_shared;
    int64_t index[RLRA_MAX_ORDER] = {0};
    ptrdiff_t count = 0;
    memset(sums, 0, RANK * sizeof *sums);
    do {
        if (index[r->reading->mode] != i)
            continue;
        const double w = (double)*entry_at(&r->g->weights.array, index);
        const real x = w > 0 ? *entry_at(&r->g->dense.array, index) : 0;
        const real s = is_partial ? (real)(w == 1 ? w : pow(w, 1 / r->wish.degree)) : 1;
        record e = {.y = is_partial ? (real)((w == 1 ? w : pow(w, 1 / r->wish.degree)) * (double)x) : x};
        for (int k = 0; k < RANK; k++) {
            e.a[k] = 1;
            for (int m = 0; m < r->g->dense.array.order; m++)
                if (m != r->reading->mode)
                    e.a[k] *= *entry(r->reading->factors[m], index[m], k);
            e.a[k] *= s;
            sums[k] += w > 0 ? (double)e.a[k] : 0;
        }
        if ((is_partial && !(w > 0)) || (skips_zeros && x == 0))
            continue;
        out[count++] = e;
    } while (next_index(&r->g->dense.array, index));
    return count;
}

static void check_row(reader *r, const data_part *part, ptrdiff_t i, ptrdiff_t row, record *came, record *wanted)
{
    double sums[RANK];
    const ptrdiff_t count = read_row(r, part, i, came);
    const ptrdiff_t expected = expect_row(r, row, part->is_cut || part->stored != NULL, wanted, sums);
    qsort(came, (size_t)count, sizeof *came, compare_records);
    qsort(wanted, (size_t)expected, sizeof *wanted, compare_records);
    NOTE(r, count == expected, "%s, row %td: %td entries, not %td", r->name, row, count, expected);
    for (ptrdiff_t j = 0; j < count; j++)
        NOTE(r, compare_records(&came[j], &wanted[j]) == 0, "%s, row %td: entry %td is %g, not %g, or its design",
             r->name, row, j, (double)came[j].y, (double)wanted[j].y);
    const double *const row_sums = part->design.sums + i * part->design.sums_stride;
    for (int k = 0; k < RANK && (r->wish.zeros_by_sums || r->observed == NULL); k++)
        NOTE(r, fabs(row_sums[k] - sums[k]) <= 64 * (double)REAL_EPS * fabs(sums[k]) + 1e-12,
             "%s, row %td: sum %d is %.17g, not %.17g", r->name, row, k, row_sums[k], sums[k]);
}

static void see(void *user, int thread, data_part *part, ptrdiff_t first, ptrdiff_t count)
{
    reader *const r = user;
    const size_t most = (size_t)rlra_array_count(&r->g->dense.array);
    (void)thread;
#pragma omp critical
    {
        record *const came = malloc(most * sizeof *came), *const wanted = malloc(most * sizeof *wanted);
        double sums[RANK];
        for (ptrdiff_t i = 0; i < count; i++) {
            r->times[first + i]++;
            if (part != NULL)
                check_row(r, part, i, first + i, came, wanted);
            else
                NOTE(r, expect_row(r, first + i, 0, wanted, sums) == 0, "%s: row %td is not empty", r->name, first + i);
        }
        const int own = part != NULL && part->design.sums_stride > 0;
        seen[part == NULL           ? MET_EMPTY
             : part->stored != NULL ? MET_STORED
             : part->is_cut         ? MET_CUT
             : part->y_step != 0    ? MET_ACROSS
                                    : MET_ALONG]++;
        seen[MET_OWN_SUMS] += own;
        free(came);
        free(wanted);
    }
}

/* The design of whole rows, as the layout asks for it; freed by the caller. */
static void fill_design(row_reading *r, factor *columns, real **rows)
{
    const row_layout *const l = &r->plan->along[r->mode];
    *columns = make_factor(l->others > 0 ? l->length : 1, RANK);
    *rows = nan_reals(columns->length * r->plan->stride);
    r->design = (struct design){.sums = r->sums};
    for (int k = 0; l->others > 0 && k < RANK; k++) {
        r->sums[k] = 0;
        for (ptrdiff_t j = 0; j < l->length; j++) {
            ptrdiff_t rest = j;
            real product = 1;
            for (int o = l->others - 1; o >= 0; o--) {
                const factor f = r->factors[l->modes[o]];
                product *= *entry(f, rest % f.length, k);
                rest /= f.length;
            }
            *entry(*columns, j, k) = product;
            r->sums[k] += (double)product;
        }
    }
    for (ptrdiff_t j = 0; l->by_rows && j < l->length; j++)
        for (ptrdiff_t k = 0; k < r->plan->stride; k++)
            (*rows)[j * r->plan->stride + k] = k < RANK ? *entry(*columns, j, k) : 0;
    if (l->others > 0)
        r->design.columns = *columns;
    if (l->by_rows) {
        r->design.rows = *rows;
        r->design.rows_stride = r->plan->stride;
    }
}

static void read_mode(reader *r, row_reading *reading)
{
    const ptrdiff_t rows = reading->plan->products->x->dims[reading->mode];
    double sums[RANK];
    factor columns;
    real *by_rows;
    reading->sums = sums;
    r->times = calloc((size_t)rows, sizeof *r->times);
    fill_design(reading, &columns, &by_rows);
    RLRA(rows_begin)(reading);
    RLRA(rows_read)(reading);
    CHECK(r->failure[0] == '\0', "%s", r->failure);
    for (ptrdiff_t i = 0; i < rows; i++)
        CHECK(r->times[i] == 1, "%s: row %td came %d times", r->name, i, r->times[i]);
    free(columns.at);
    free(by_rows);
    free(r->times);
}

/* All modes of an operator, for one kind of rule. */
static void read_all(const given *g, data *x, row_wish wish, int takes_stored, int threads)
{
    arena work = {0};
    factor factors[RLRA_MAX_ORDER];
    row_wish wishes[RLRA_MAX_ORDER];
    data_plan with;
    row_plan plan;
    numbers from = {5, 0};
    for (int m = 0; m < x->order; m++) {
        wishes[m] = wish;
        factors[m] = uniform_factor(&from, x->dims[m], RANK);
    }
    for (int real_arena = 0; real_arena < 2; real_arena++) {
        if (real_arena) {
            assert_int_equal(rlra_arena_allocate(g->context, &work, "a test"), RLRA_OK);
            fill_with_nan(&work);
        }
        with = x->ops->plan(x, RANK, threads, &work);
        RLRA(rows_plan)(&with, wishes, &work, &plan);
        if (x->file != NULL && !real_arena)
            RLRA(windows_size)(x->file, 2.5 * RLRA(windows_least)(&with), INFINITY);
        if (x->file != NULL)
            RLRA(windows_take)(x->file, &work);
    }
    if (x->file != NULL)
        assert_int_equal(RLRA(windows_start)(g->context, x->file), RLRA_OK);
    for (int mode = 0; mode < x->order; mode++) {
        reader r = {.g = g, .observed = x->observed, .wish = wish};
        row_reading reading = {.plan = &plan, .mode = mode, .takes_stored = takes_stored, .factors = factors};
        reading.each = see;
        reading.user = &r;
        r.reading = &reading;
        snprintf(r.name, sizeof r.name, "%s, mode %d, rule %d, reader %d, sums %d, degree %g, %d threads", g->name,
                 mode, wish.across, takes_stored, wish.zeros_by_sums, wish.degree, threads);
        read_mode(&r, &reading);
    }
    assert_int_equal(x->status, RLRA_OK);
    if (x->file != NULL)
        RLRA(windows_stop)(g->context, x->file);
    rlra_arena_free(g->context, &work);
    free_factors(x->order, factors);
}

static void try_given(given *g, const char *kind)
{
    static const double degrees[] = {1, 0.5};
    const data_source source = {.term = &g->term, .threads = 2};
    data *x;
    assert_int_equal(RLRA(data_create)(g->context, &source, &x), RLRA_OK);
    assert_string_equal(x->ops->about.name, kind);
    for (int way = 0; way < 16; way++) {
        const int takes = way & 1;
        const row_wish wish = {.across = takes,
                               .stored = takes,
                               .own_sums = takes,
                               .zeros_by_sums = (way & 2) != 0,
                               .degree = degrees[(way & 4) != 0]};
        /* A check takes any layout; an update takes what its rule takes. */
        read_all(g, x, wish, (way & 8) ? 1 : takes, 1 + way % 3);
    }
    RLRA(data_destroy)(g->context, x);
    free_given(g);
}

static const int64_t matrix[] = {61, 37}, cube[] = {7, 11, 9};

static void test_dense_rows_are_those_of_the_array(void **state)
{
    (void)state;
    for (int order = 2; order <= 3; order++)
        for (int p = 0; p < permutations(order); p++)
            for (int z = 0; z < 2; z++) {
                given g = give("dense", order, order == 2 ? matrix : cube, &(arrangement){"packed", p, 1, 0, 0},
                               0.6 * z, 0, 0);
                try_given(&g, "dense");
                g = give("dense, mirrored", order, order == 2 ? matrix : cube, &(arrangement){"thin", p, 2, 1, 0},
                         0.6 * z, 0, 0);
                try_given(&g, "dense");
            }
}

static void test_rows_in_windows_are_those_of_the_array(void **state)
{
    (void)state;
    for (int order = 2; order <= 3; order++)
        for (int p = 0; p < permutations(order); p++) {
            given g =
                give("windows", order, order == 2 ? matrix : cube, &(arrangement){"packed", p, 1, 0, 0}, 0.1, 0, 0);
            g.file = store(&g.dense);
            g.term.source = &g.file.base;
            g.term.array.data = NULL;
            try_given(&g, "windows");
        }
}

static void test_rows_with_missing_entries_are_what_is_observed(void **state)
{
    (void)state;
    for (int order = 2; order <= 3; order++)
        for (int p = 0; p < permutations(order); p++)
            for (int uneven = 0; uneven < 2; uneven++) {
                given g = give("observed", order, order == 2 ? matrix : cube, &(arrangement){"packed", p, 1, 0, 0}, 0.2,
                               0.3, uneven);
                try_given(&g, "observed");
            }
    given g = give("mostly missing", 2, matrix, &c_order, 0.2, 0.9, 0);
    try_given(&g, "observed");
    g = give("mostly zero", 2, matrix, &c_order, 0.7, 0.2, 0);
    try_given(&g, "observed");
}

static void test_sparse_rows_are_what_is_stored(void **state)
{
    (void)state;
    given g = give("sparse", 2, matrix, &c_order, 0.8, 0, 0);
    store_sparse(&g);
    try_given(&g, "sparse");
    g = give("sparse tensor", 3, cube, &c_order, 0.8, 0, 0);
    store_sparse(&g);
    try_given(&g, "sparse-tensor");
    for (int uneven = 0; uneven < 2; uneven++) {
        g = give("observed, sparse", 2, matrix, &c_order, 0.1, 0.7, uneven);
        store_sparse(&g);
        try_given(&g, "observed-sparse");
    }
}

/* Whoever adds a kind adds it above, or declares here that it has no rows. */
static void test_every_kind_and_every_layout_was_met(void **state)
{
    static const char *const met[] = {"along", "across", "stored", "cut", "own sums", "empty"};
    static const char *const tried[] = {"dense", "windows", "observed", "observed-sparse", "sparse", "sparse-tensor"};
    (void)state;
    for (int way = 0; way < METS; way++)
        CHECK(seen[way] > 0, "no row came %s", met[way]);
    for (int kind = 0; RLRA(data_at)(kind) != NULL; kind++) {
        int is_tried = RLRA(data_at)(kind)->rows == NULL;
        for (int t = 0; t < COUNT_OF(tried); t++)
            is_tried |= strcmp(RLRA(data_at)(kind)->about.name, tried[t]) == 0;
        CHECK(is_tried, "rows of the kind '%s' are not tried", RLRA(data_at)(kind)->about.name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dense_rows_are_those_of_the_array),
        cmocka_unit_test(test_rows_in_windows_are_those_of_the_array),
        cmocka_unit_test(test_rows_with_missing_entries_are_what_is_observed),
        cmocka_unit_test(test_sparse_rows_are_what_is_stored),
        cmocka_unit_test(test_every_kind_and_every_layout_was_met),
    };
    return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
