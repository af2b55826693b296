/* core/order.h: order by two numbers and the place, with ties as in rlra/order.h. */
#ifndef RLRA_CORE_ORDER_H
#define RLRA_CORE_ORDER_H

#include "rlra/order.h"

/* Something with a place and what it is ordered by. */
typedef struct order_item {
    double key[2];
    int64_t place;
} order_item;

/* Falling by the first key, those that tie by the second, those that tie again rising by the place. */
void rlra_order_items(order_item *items, int64_t count, double tie);

#endif
