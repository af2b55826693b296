/* support/operators.h: a dense operator with its workspace and random factors, ready to use. */
#ifndef TESTS_SUPPORT_OPERATORS_H
#define TESTS_SUPPORT_OPERATORS_H

#include "core/context.h"
#include "data/dense/dense.h"
#include "form/accumulator.h"
#include "support/arrays.h"
#include "support/guarded.h"

typedef struct operators {
    rlra_context *context;
    dense dense;
    data *x;
    data_plan plan;
    accumulator accumulator;
    arena work;
    size_t bytes; /* of the workspace */
} operators;

static inline void plan_operators(operators *o, ptrdiff_t rank, int threads)
{
    o->plan = o->x->ops->plan(o->x, rank, threads, &o->work);
    RLRA(accumulator_plan)(&o->accumulator, &o->plan, &o->work);
}

static inline operators *make_operators(const rlra_array *array, ptrdiff_t rank, int threads)
{
    operators *const o = calloc(1, sizeof *o);
    const dense_scan scan = RLRA(dense_scan)(array, threads);
    assert_int_equal(rlra_context_create(NULL, &o->context), RLRA_OK);
    RLRA(dense_init)(&o->dense, array, NULL, &scan);
    o->x = &o->dense.base;
    plan_operators(o, rank, threads);
    o->bytes = o->work.peak;
    assert_int_equal(rlra_arena_allocate(o->context, &o->work, "a test"), RLRA_OK);
    fill_with_nan(&o->work);
    plan_operators(o, rank, threads);
    assert_true(o->work.used <= o->bytes);
    return o;
}

static inline void free_operators(operators *o)
{
    rlra_arena_free(o->context, &o->work);
    rlra_context_destroy(o->context);
    free(o);
}

static inline void normal_factors(numbers *from, const rlra_array *array, ptrdiff_t rank, factor *factors)
{
    for (int m = 0; m < array->order; m++)
        factors[m] = normal_factor(from, array->dims[m], rank);
}

static inline void free_factors(int count, factor *factors)
{
    for (int m = 0; m < count; m++)
        free(factors[m].at);
}

/* One case of a test over shapes and arrangements. */
typedef void (*array_test)(numbers *from, const view *v, const char *name);

static const struct {
    int order;
    int64_t dims[RLRA_MAX_ORDER];
} shapes[] = {
    {2, {7, 13}},      {2, {1, 9}},       {2, {9, 1}},       {2, {1, 1}},        {2, {70, 130}},
    {2, {1700, 5}},    {2, {5, 1700}},    {3, {5, 6, 7}},    {3, {3, 70, 2}},    {3, {1, 4, 5}},
    {3, {4, 1, 5}},    {3, {4, 5, 1}},    {3, {13, 17, 9}},  {3, {2, 3, 200}},   {3, {100, 3, 2}},
    {4, {3, 4, 5, 6}}, {4, {2, 1, 7, 3}}, {4, {4, 3, 1, 1}}, {4, {2, 66, 2, 3}}, {5, {2, 3, 2, 3, 2}},
};

static inline void try_arrangement(array_test try, int shape, const arrangement *how)
{
    numbers from = {(uint64_t)(shape + 100 * how->permutation), 0};
    char name[160];
    view v = normal_view(&from, shapes[shape].order, shapes[shape].dims, how);
    snprintf(name, sizeof name, "shape %d (order %d), permutation %d, %s", shape, shapes[shape].order, how->permutation,
             how->name);
    try(&from, &v, name);
    free(v.memory);
}

/* All permutations; mirrored, thinned and repeated modes. */
static inline void try_arrangements(array_test try)
{
    for (int shape = 0; shape < COUNT_OF(shapes); shape++) {
        const int order = shapes[shape].order, all = permutations(order);
        for (int p = 0; p < all; p += order < 5 ? 1 : 17)
            try_arrangement(try, shape, &(arrangement){"packed", p, 1, 0, 0});
        for (int p = 0; p<all; p += all> 1 ? all - 1 : 1) {
            try_arrangement(try, shape, &(arrangement){"every second entry", p, 2, 0, 0});
            try_arrangement(try, shape, &(arrangement){"mirrored", p, 1, ~0u, 0});
            try_arrangement(try, shape, &(arrangement){"mirrored in the first mode", p, 1, 1, 0});
            try_arrangement(try, shape, &(arrangement){"every third, last mode mirrored", p, 3, 1u << (order - 1), 0});
            for (int m = 0; m < order; m++)
                try_arrangement(try, shape, &(arrangement){"one mode repeated", p, 1, 0, 1u << m});
        }
    }
}

#endif
