/* unit/data/dense_pass.c: one pass over the data serves all modes: its right-hand sides, its accumulator, what follows. */
#include <stdio.h>

#include "support/operators.h"

/* What the row callback of a pass saw. */
typedef struct witness {
    const factor *factors;
    int stream;
    factor rhs;     /* of all rows */
    ptrdiff_t *cut; /* begin of the group of each row; -1: not seen */
    int seen_twice, bad_view;
} witness;

/* Remembers the right-hand sides, and changes the rows as an update would: only these rows, from these right-hand sides. */
static void remember(void *user, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs)
{
    witness *const w = user;
    const factor x = w->factors[w->stream];
    (void)thread;
#pragma omp atomic
    w->bad_view |= rhs.length != end - begin || rhs.rank != x.rank;
    for (ptrdiff_t i = begin; i < end; i++) {
#pragma omp atomic
        w->seen_twice |= w->cut[i] >= 0;
        w->cut[i] = begin;
        for (ptrdiff_t k = 0; k < x.rank; k++) {
            const real m = *entry(rhs, i - begin, k);
            *entry(w->rhs, i, k) = m;
            *entry(x, i, k) = (real)0.5 * *entry(x, i, k) + m / (1 + (real)fabs((double)m));
        }
    }
}

static witness make_witness(const data_plan *p, const factor *factors)
{
    witness w = {.factors = factors, .stream = p->stream, .rhs = make_factor(p->x->dims[p->stream], factors[0].rank)};
    w.cut = malloc((size_t)w.rhs.length * sizeof *w.cut);
    for (ptrdiff_t i = 0; i < w.rhs.length; i++)
        w.cut[i] = -1;
    return w;
}

static void free_witness(witness *w)
{
    free(w->rhs.at);
    free(w->cut);
}

static void check_rhs(const rlra_array *array, int mode, const factor *factors, factor rhs, const char *name)
{
    tally *const plain = contract_plain(array, mode, factors);
    const ptrdiff_t terms = (ptrdiff_t)(rlra_array_count(array) / array->dims[mode]);
    for (ptrdiff_t i = 0; i < rhs.length; i++)
        for (ptrdiff_t k = 0; k < rhs.rank; k++) {
            const tally *const t = &plain[i * rhs.rank + k];
            CHECK(fabs((double)*entry(rhs, i, k) - t->sum) <= 2 * sum_tolerance(terms, t->size),
                  "%s, mode %d, entry %td of component %td: %g, not %g", name, mode, i, k, (double)*entry(rhs, i, k),
                  t->sum);
        }
    free(plain);
}

/* All other modes, from the accumulator and the factors as they are now. */
static void check_others(const operators *o, const rlra_array *array, const factor *factors, const char *name)
{
    for (int mode = 0; mode < array->order; mode++) {
        if (mode == o->plan.stream)
            continue;
        const factor room = make_factor(array->dims[mode], factors[0].rank);
        check_rhs(array, mode, factors, RLRA(accumulator_rhs)(&o->accumulator, &o->plan, mode, factors, room), name);
        free(room.at);
    }
}

static void try_pass(numbers *from, const view *v, const char *name)
{
    factor factors[RLRA_MAX_ORDER];
    const ptrdiff_t rank = 1 + below(from, 8);
    operators *const o = make_operators(&v->array, rank, 1 + (int)below(from, 3));
    CHECK(o->plan.stream >= 0, "%s: nothing to stream along", name);
    normal_factors(from, &v->array, rank, factors);
    witness w = make_witness(&o->plan, factors);
    const factor before = copy_factor(factors[w.stream]);
    o->x->ops->pass(&o->plan, factors, remember, &w);
    CHECK(!w.seen_twice && !w.bad_view, "%s", name);
    for (ptrdiff_t i = 0; i < w.rhs.length; i++)
        CHECK(w.cut[i] >= 0, "%s: row %td was not updated", name, i);
    check_rhs(&v->array, w.stream, factors, w.rhs, name);
    check_others(o, &v->array, factors, name);
    const factor after = factors[w.stream];
    factors[w.stream] = before;
    o->x->ops->pass(&o->plan, factors, NULL, NULL);
    check_others(o, &v->array, factors, name);
    free(after.at);
    free_witness(&w);
    free_factors(v->array.order, factors);
    free_operators(o);
}

static void test_pass_equals_plain_loops_for_every_layout(void **state)
{
    (void)state;
    try_arrangements(try_pass);
}

static void test_all_kernel_sets_serve_a_pass(void **state)
{
    (void)state;
    const char *const kept = getenv("RLRA_KERNELS");
    for (int s = 0; RLRA(kernels_at)(s) != NULL; s++) {
        setenv("RLRA_KERNELS", RLRA(kernels_at)(s)->name, 1);
        for (int shape = 4; shape < COUNT_OF(shapes); shape += 4)
            try_arrangement(try_pass, shape, &c_order);
    }
    if (kept == NULL)
        unsetenv("RLRA_KERNELS");
}

/* The bits of a pass for some threads: right-hand sides, cuts, updated rows, accumulator and what follows from it. */
typedef struct outcome {
    witness w;
    factor updated, partial, other;
} outcome;

static outcome pass_with(const rlra_array *array, factor *factors, int threads)
{
    outcome out;
    operators *const o = make_operators(array, factors[0].rank, threads);
    const int stream = o->plan.stream, other = stream == 0 ? 1 : 0;
    const factor kept = factors[stream];
    factors[stream] = copy_factor(kept);
    out.w = make_witness(&o->plan, factors);
    o->x->ops->pass(&o->plan, factors, remember, &out.w);
    out.updated = factors[stream];
    out.partial = copy_factor(o->plan.partial);
    const factor room = make_factor(array->dims[other], kept.rank);
    out.other = copy_factor(RLRA(accumulator_rhs)(&o->accumulator, &o->plan, other, factors, room));
    free(room.at);
    factors[stream] = kept;
    free_operators(o);
    return out;
}

static void free_outcome(outcome *out)
{
    free_witness(&out->w);
    free(out->updated.at);
    free(out->partial.at);
    free(out->other.at);
}

static int same_factor(factor a, factor b)
{
    return a.length == b.length && same_bits(a.at, b.at, a.rank, a.length, a.stride);
}

static void try_threads(numbers *from, const view *v, const char *name)
{
    factor factors[RLRA_MAX_ORDER];
    normal_factors(from, &v->array, 1 + below(from, 8), factors);
    outcome one = pass_with(&v->array, factors, 1);
    for (int threads = 2; threads <= 4; threads++) {
        outcome more = pass_with(&v->array, factors, threads);
        CHECK(memcmp(one.w.cut, more.w.cut, (size_t)one.w.rhs.length * sizeof *one.w.cut) == 0,
              "%s: %d threads cut rows elsewhere", name, threads);
        CHECK(same_factor(one.w.rhs, more.w.rhs) && same_factor(one.updated, more.updated), "%s, %d threads", name,
              threads);
        CHECK(same_factor(one.partial, more.partial) && same_factor(one.other, more.other), "%s, %d threads", name,
              threads);
        free_outcome(&more);
    }
    free_outcome(&one);
    free_factors(v->array.order, factors);
}

static void test_threads_change_no_bit_of_a_pass(void **state)
{
    (void)state;
    for (int shape = 0; shape < COUNT_OF(shapes); shape++)
        for (int p = 0; p < permutations(shapes[shape].order); p += shapes[shape].order) {
            try_arrangement(try_threads, shape, &(arrangement){"packed", p, 1, 0, 0});
            try_arrangement(try_threads, shape, &(arrangement){"every second entry", p, 2, 1, 0});
        }
}

static void test_no_pass_is_planned_where_its_accumulator_would_be_large(void **state)
{
    (void)state;
    numbers from = {1, 0};
    const int64_t dims[] = {60, 60, 60};
    const view v = normal_view(&from, 3, dims, &c_order);
    const ptrdiff_t entries = 3600, room = 4 << 20;
    const ptrdiff_t most = room / (entries * (ptrdiff_t)sizeof(real));
    operators *o = make_operators(&v.array, most, 1);
    assert_true(o->plan.stream >= 0);
    free_operators(o);
    o = make_operators(&v.array, most + 1, 1);
    assert_int_equal(o->plan.stream, -1);
    free_operators(o);
    free(v.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pass_equals_plain_loops_for_every_layout),
        cmocka_unit_test(test_all_kernel_sets_serve_a_pass),
        cmocka_unit_test(test_threads_change_no_bit_of_a_pass),
        cmocka_unit_test(test_no_pass_is_planned_where_its_accumulator_would_be_large),
    };
    return cmocka_run_group_tests_name("one pass", tests, NULL, NULL);
}
