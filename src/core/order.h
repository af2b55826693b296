/* core/order.h: order by two numbers and the place, with ties as in rlra/order.h. */
#ifndef RLRA_CORE_ORDER_H
#define RLRA_CORE_ORDER_H

#include "rlra/order.h"

/* An item with its place and the keys that it is ordered by. */
typedef struct order_item {
    double key[2];
    int64_t place;
} order_item;

/* Sort by the first key, falling; ties by the second key, falling; further ties by place, rising. */
void rlra_order_items(order_item *items, int64_t count, double tie);

#endif
