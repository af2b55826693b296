/* data/observed_sparse.c: the stored entries of a sparse matrix as what is observed of it. */

#include "core/check.h"
#include "data/observed.h"

static int is_kept(const observed_choice *choice, int mode, ptrdiff_t i, ptrdiff_t j, ptrdiff_t columns)
{
    const uint64_t position = (uint64_t)(mode == 0 ? i * columns + j : j * columns + i);
    return RLRA(observed_random)(choice->seed, position) >= choice->held_out;
}

/* The entries that are not held out. */
static rlra_status keep_rows(rlra_context *context, const observed_choice *choice, const sparse_pair *pair, int mode,
                             sparse_rows *to)
{
    rlra_status status = RLRA_OK;
    const sparse_rows *const from = &pair->along[mode];
    const size_t count = (size_t)from->count;
    *to = (sparse_rows){.rows = from->rows, .length = from->length};
    to->starts = rlra_alloc(context, (size_t)from->rows + 1, sizeof *to->starts);
    to->indices = rlra_alloc(context, count, sizeof *to->indices);
    to->values = rlra_alloc(context, count, sizeof *to->values);
    REQUIRE(to->starts != NULL && to->indices != NULL && to->values != NULL,
            rlra_fail_memory(context, count, sizeof *to->indices + sizeof *to->values,
                             "the entries that are not held out"));
    for (ptrdiff_t i = 0; i < from->rows; i++) {
        to->starts[i] = to->count;
        for (int64_t e = from->starts[i]; e < from->starts[i + 1]; e++) {
            to->indices[to->count] = from->indices[e];
            to->values[to->count] = from->values[e];
            to->count += is_kept(choice, mode, i, from->indices[e], pair->along[0].length);
        }
    }
    to->starts[from->rows] = to->count;
cleanup:
    return status;
}

static rlra_status keep_pair(rlra_context *context, observed *o)
{
    rlra_status status = RLRA_OK;
    o->kept = rlra_alloc_zero(context, 1, sizeof *o->kept);
    REQUIRE(o->kept != NULL, rlra_fail_memory(context, 1, sizeof *o->kept, "the entries that are not held out"));
    for (int mode = 0; mode < 2; mode++)
        TRY(keep_rows(context, &o->choice, o->given, mode, &o->kept->along[mode]));
    REQUIRE(o->kept->along[0].count > 0,
            rlra_fail(context, RLRA_ERR_DATA, "no entry of the data is left to fit: %td are held out",
                      o->given->along[0].count));
    o->kept->range = RLRA(sparse_rows_range)(&o->kept->along[0]);
    o->kept->range.least = o->given->range.least;
    o->pair = o->kept;
cleanup:
    return status;
}

rlra_status RLRA(observed_of_sparse)(rlra_context *context, const observed_choice *choice, const sparse_pair *pair,
                                     observed *to)
{
    rlra_status status = RLRA_OK;
    *to = (observed){.choice = *choice, .order = 2, .modes = {0, 1}, .base = 1, .pair = pair, .given = pair};
    if (choice->held_out > 0)
        TRY(keep_pair(context, to));
    to->look = (observed_look){.count = (double)to->pair->along[0].count, .most = 1};
    to->look.held = (double)pair->along[0].count - to->look.count;
    to->look.scan = (dense_scan){.norm2 = to->pair->range.norm2,
                                 .sum = to->pair->range.sum,
                                 .least = to->pair->range.least,
                                 .scale = to->pair->range.scale};
    for (int m = 0; m < 2; m++) {
        const sparse_rows *const rows = &to->pair->along[m];
        to->along[m] = (observed_rows){
            .rows = rows->rows, .length = rows->length, .starts = rows->starts, .places = rows->indices, .borrowed = 1};
    }
cleanup:
    if (status != RLRA_OK)
        RLRA(observed_destroy)(context, to);
    return status;
}

void RLRA(observed_visit_stored)(const observed *o, void (*each)(void *user, const held_out_entry *entry), void *user)
{
    const sparse_rows *const rows = &o->given->along[0];
    for (ptrdiff_t i = 0; i < rows->rows; i++)
        for (int64_t e = rows->starts[i]; e < rows->starts[i + 1]; e++) {
            const held_out_entry entry = {
                .index = {i, rows->indices[e]}, .value = (double)rows->values[e], .weight = 1};
            if (!is_kept(&o->choice, 0, i, rows->indices[e], rows->length))
                each(user, &entry);
        }
}
