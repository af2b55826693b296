/* data/observed/rows.c: list the exceptional weights of each row along one mode. */
#include "data/observed/rows.h"

#include <string.h>

#include "core/check.h"

/* Entry (a, i, b) of the table belongs to row i, at place a * after + b. */
static void count_entries(const weight_table *t, int64_t *lacking, int64_t *present)
{
    const real base = (real)t->base;
    for (ptrdiff_t a = 0; a < t->before; a++)
        for (ptrdiff_t i = 0; i < t->rows; i++) {
            const real *const at = t->at + (a * t->rows + i) * t->after;
            int64_t less = 0, some = 0;
            for (ptrdiff_t b = 0; b < t->after; b++) {
                less += at[b] != base;
                some += at[b] > 0;
            }
            lacking[i] += less;
            present[i] += some;
        }
}

/* List the entries of one run of a row; returns the position for the next one. Without branches: each is written before it is
 * known whether it is kept. */
static int64_t list_run(const weight_table *t, const real *at, ptrdiff_t place, int direct, int64_t to, int64_t end,
                        const observed_rows *rows)
{
    const real base = (real)t->base;
    for (ptrdiff_t b = 0; b < t->after && to < end; b++) {
        rows->places[to] = (int32_t)(place + b);
        if (rows->weights != NULL)
            rows->weights[to] = at[b];
        to += direct ? at[b] > 0 : at[b] != base;
    }
    return to;
}

static void list_entries(const weight_table *t, int64_t *next, const observed_rows *rows)
{
    for (ptrdiff_t a = 0; a < t->before; a++)
        for (ptrdiff_t i = 0; i < t->rows; i++)
            next[i] = list_run(t, t->at + (a * t->rows + i) * t->after, a * t->after, rows->direct[i], next[i],
                               rows->starts[i + 1], rows);
}

rlra_status RLRA(observed_rows_create)(rlra_context *context, const weight_table *table, observed_rows *to)
{
    rlra_status status = RLRA_OK;
    const size_t rows = (size_t)table->rows;
    int64_t *counts = NULL;
    *to = (observed_rows){.rows = table->rows, .length = table->before * table->after};
    REQUIRE(to->length <= INT32_MAX,
            rlra_fail(context, RLRA_ERR_UNSUPPORTED,
                      "missing entries and weights need rows of at most %d entries, got rows of %td", INT32_MAX,
                      to->length));
    counts = rlra_alloc_zero(context, 2 * rows, sizeof *counts);
    to->starts = rlra_alloc(context, rows + 1, sizeof *to->starts);
    to->direct = rlra_alloc(context, rows, sizeof *to->direct);
    REQUIRE(counts != NULL && to->starts != NULL && to->direct != NULL,
            rlra_fail_memory(context, rows, 3 * sizeof *counts, "the lists of missing entries"));
    count_entries(table, counts, counts + rows);
    to->starts[0] = 0;
    for (ptrdiff_t i = 0; i < to->rows; i++) {
        const int64_t lacking = counts[i], present = counts[table->rows + i];
        to->direct[i] = present <= lacking && lacking > 0;
        to->starts[i + 1] = to->starts[i] + (to->direct[i] ? present : lacking);
        counts[i] = to->starts[i];
    }
    const size_t listed = (size_t)to->starts[rows] + 1;
    to->places = rlra_alloc(context, listed, sizeof *to->places);
    if (!table->plain)
        to->weights = rlra_alloc(context, listed, sizeof *to->weights);
    REQUIRE(
        to->places != NULL && (table->plain || to->weights != NULL),
        rlra_fail_memory(context, listed, sizeof *to->places + sizeof *to->weights, "the lists of missing entries"));
    list_entries(table, counts, to);
cleanup:
    rlra_free(context, counts);
    if (status != RLRA_OK)
        RLRA(observed_rows_destroy)(context, to);
    return status;
}

void RLRA(observed_rows_destroy)(rlra_context *context, observed_rows *rows)
{
    if (!rows->borrowed) {
        rlra_free(context, rows->starts);
        rlra_free(context, rows->places);
        rlra_free(context, rows->weights);
        rlra_free(context, rows->direct);
    }
    *rows = (observed_rows){0};
}

int64_t RLRA(observed_find)(const observed_rows *r, ptrdiff_t i, ptrdiff_t place)
{
    int64_t low = r->starts[i], high = r->starts[i + 1];
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (r->places[middle] < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void RLRA(observed_weights)(const observed_rows *r, ptrdiff_t i, double base, ptrdiff_t begin, ptrdiff_t count,
                            real *weights)
{
    const real usual = row_is_direct(r, i) ? 0 : (real)base;
    for (ptrdiff_t j = 0; j < count; j++)
        weights[j] = usual;
    for (int64_t e = RLRA(observed_find)(r, i, begin); e < r->starts[i + 1] && r->places[e] < begin + count; e++)
        weights[r->places[e] - begin] = (real)listed_weight(r, i, e, base);
}
