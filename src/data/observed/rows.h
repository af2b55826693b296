/* data/observed/rows.h: which entries of the rows along one mode are observed: lists of the exceptions. */
#ifndef RLRA_DATA_OBSERVED_ROWS_H
#define RLRA_DATA_OBSERVED_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "core/context.h"
#include "core/real.h"

/* A row lists the entries whose weight is below the base weight; or, if these are more than the observed entries, the observed
 * ones, and the row is then `direct`. A place is the number of an entry within its row, in memory order. */
typedef struct observed_rows {
    ptrdiff_t rows, length;
    int64_t *starts;       /* rows + 1                                                            */
    int32_t *places;       /* rising within a row                                                 */
    real *weights;         /* weights of the listed entries; NULL: 0, or the base weight in direct rows */
    unsigned char *direct; /* one flag for each row; NULL: all are direct                         */
    int borrowed;          /* the arrays belong to another object                                 */
} observed_rows;

/* The array of weights seen as `before` x `rows` x `after`, packed. */
typedef struct weight_table {
    const real *at;
    ptrdiff_t before, rows, after;
    double base;
    int plain; /* all weights are 0 or the base weight */
} weight_table;

/* Make the lists. */
rlra_status RLRA(observed_rows_create)(rlra_context *context, const weight_table *table, observed_rows *to);
void RLRA(observed_rows_destroy)(rlra_context *context, observed_rows *rows);

static inline int row_is_direct(const observed_rows *r, ptrdiff_t i)
{
    return r->direct == NULL || r->direct[i];
}

static inline int row_is_empty(const observed_rows *r, ptrdiff_t i)
{
    return row_is_direct(r, i) && r->starts[i] == r->starts[i + 1];
}

static inline int row_is_complete(const observed_rows *r, ptrdiff_t i)
{
    return !row_is_direct(r, i) && r->starts[i] == r->starts[i + 1];
}

/* The weight of listed entry e of row i. */
static inline double listed_weight(const observed_rows *r, ptrdiff_t i, int64_t e, double base)
{
    return r->weights != NULL ? (double)r->weights[e] : row_is_direct(r, i) ? base : 0;
}

/* The weights of places begin .. begin + count - 1 of row i. */
void RLRA(observed_weights)(const observed_rows *r, ptrdiff_t i, double base, ptrdiff_t begin, ptrdiff_t count,
                            real *weights);

/* The first listed entry of row i at `place` or after it. */
int64_t RLRA(observed_find)(const observed_rows *r, ptrdiff_t i, ptrdiff_t place);

#endif
