/* core/order.c: order numbers independently of rounding.
 *
 * A comparison with a tolerance is not transitive, hence no order. So numbers are sorted exactly and then cut into runs: the
 * largest remaining number and all that tie with it. Within a run the next key decides, and finally the place. */
#include "core/order.h"
#include "core/view.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "core/context.h"

enum { KEYS = 2 };

double rlra_tie(rlra_dtype dtype)
{
    const double eps = dtype == RLRA_DTYPE_F32 ? (double)FLT_EPSILON : DBL_EPSILON;
    return sqrt(eps * sqrt(eps));
}

/* Falling, NaN last. */
static int compare(double a, double b)
{
    if (isnan(a) || isnan(b))
        return (isnan(a) != 0) - (isnan(b) != 0);
    return (a < b) - (a > b);
}

static int by_first(const void *left, const void *right)
{
    return compare(((const order_item *)left)->key[0], ((const order_item *)right)->key[0]);
}

static int by_second(const void *left, const void *right)
{
    return compare(((const order_item *)left)->key[1], ((const order_item *)right)->key[1]);
}

static int by_place(const void *left, const void *right)
{
    const int64_t a = ((const order_item *)left)->place, b = ((const order_item *)right)->place;
    return (a > b) - (a < b);
}

/* Whether `value` ties with `largest`, which is not less. */
static int ties(double largest, double value, double tie)
{
    if (isnan(largest) || isnan(value) || isinf(largest) || isinf(value))
        return compare(largest, value) == 0;
    return largest - value <= tie * fmax(fabs(largest), fabs(value));
}

static void order_by(order_item *items, int64_t count, int key, double tie)
{
    static int (*const orders[KEYS + 1])(const void *, const void *) = {by_first, by_second, by_place};
    qsort(items, (size_t)count, sizeof *items, orders[key]);
    for (int64_t begin = 0, end = 0; key < KEYS && begin < count; begin = end) {
        for (end = begin + 1; end < count && ties(items[begin].key[key], items[end].key[key], tie);)
            end++;
        if (end > begin + 1)
            order_by(items + begin, end - begin, key + 1, tie);
    }
}

void rlra_order_items(order_item *items, int64_t count, double tie)
{
    order_by(items, count, 0, tie);
}

rlra_status rlra_order_falling(rlra_context *context, rlra_dtype dtype, int64_t count, const double *values,
                               int64_t *order)
{
    if (!(context != NULL && values != NULL && order != NULL))
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "an order needs a context, values and a place for it, got NULL");
    if (count < 0 || (count > 0 && (values == NULL || order == NULL)))
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "order: numbers and room for their places are needed");
    if (!rlra_dtype_computes(dtype))
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "order: unknown dtype: f32 or f64, got number %d", (int)dtype);
    order_item *const items = rlra_alloc(context, (size_t)count, sizeof *items);
    if (items == NULL)
        return rlra_fail_memory(context, (size_t)count, sizeof *items, "the order of numbers");
    for (int64_t i = 0; i < count; i++)
        items[i] = (order_item){{values[i], 0}, i};
    rlra_order_items(items, count, rlra_tie(dtype));
    for (int64_t i = 0; i < count; i++)
        order[i] = items[i].place;
    rlra_free(context, items);
    return RLRA_OK;
}

int64_t rlra_order_first(rlra_dtype dtype, int64_t count, const double *values)
{
    if (values == NULL)
        return 0;
    if (!rlra_dtype_computes(dtype))
        return -1;
    int64_t largest = -1;
    for (int64_t i = 0; i < count; i++)
        if (!isnan(values[i]) && (largest < 0 || values[i] > values[largest]))
            largest = i;
    for (int64_t i = 0; i < largest; i++)
        if (!isnan(values[i]) && ties(values[largest], values[i], rlra_tie(dtype)))
            return i;
    return largest;
}
