/* data/observed/sparse.c: the stored entries of a sparse matrix as its observed entries. */
#include "core/check.h"
#include "data/observed/observed.h"
#include "data/sparse/weights.h"

static int is_kept(const observed_choice *choice, int mode, ptrdiff_t i, ptrdiff_t j, ptrdiff_t columns)
{
    const uint64_t position = (uint64_t)(mode == 0 ? i * columns + j : j * columns + i);
    return RLRA(observed_random)(choice->seed, position) >= choice->held_out;
}

/* Copy the entries of one mode that are not held out. */
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

/* Copy the entries of a matrix that are not held out. */
static rlra_status keep_pair(rlra_context *context, const observed_choice *choice, const sparse_pair *from,
                             sparse_pair **kept)
{
    rlra_status status = RLRA_OK;
    *kept = rlra_alloc_zero(context, 1, sizeof **kept);
    REQUIRE(*kept != NULL, rlra_fail_memory(context, 1, sizeof **kept, "the entries that are not held out"));
    for (int mode = 0; mode < 2; mode++)
        TRY(keep_rows(context, choice, from, mode, &(*kept)->along[mode]));
    REQUIRE((*kept)->along[0].count > 0,
            rlra_fail(context, RLRA_ERR_DATA, "no entry of the data is left to fit: %td are held out",
                      from->along[0].count));
    (*kept)->range = RLRA(sparse_rows_range)(&(*kept)->along[0]);
    (*kept)->range.least = from->range.least;
cleanup:
    return status;
}

/* Multiply the entries by their weights: w X. */
static rlra_status weigh(rlra_context *context, observed *o)
{
    for (int mode = 0; mode < 2; mode++)
        o->product.along[mode].values = NULL;
    for (int mode = 0; mode < 2; mode++) {
        const sparse_rows *const x = &o->pair->along[mode], *const w = &o->weights->along[mode];
        real *const values = rlra_alloc(context, (size_t)x->count, sizeof *values);
        if (values == NULL)
            return rlra_fail_memory(context, (size_t)x->count, sizeof *values, "the weighted entries of the data");
        for (ptrdiff_t e = 0; e < x->count; e++)
            values[e] = w->values[e] * x->values[e];
        o->product.along[mode].values = values;
    }
    const dense_scan *const scan = &o->summary.scan;
    o->product.range = (sparse_range){scan->norm2, scan->sum, scan->least, scan->scale};
    return RLRA_OK;
}

rlra_status RLRA(observed_of_sparse)(rlra_context *context, const observed_choice *choice, const stored_array *stored,
                                     observed *to)
{
    rlra_status status = RLRA_OK;
    const sparse_pair *const given = stored->matrix, *const weights = stored->weights;
    *to = (observed){.choice = *choice, .order = 2, .modes = {0, 1}, .pair = given, .given = given};
    to->weights = to->given_weights = weights;
    if (choice->held_out > 0) {
        TRY(keep_pair(context, choice, given, &to->kept));
        to->pair = to->kept;
    }
    if (choice->held_out > 0 && weights != NULL) {
        TRY(keep_pair(context, choice, weights, &to->kept_weights));
        to->weights = to->kept_weights;
    }
    const sparse_range range = to->pair->range;
    to->summary = (observed_summary){
        .scan = {.norm2 = range.norm2, .sum = range.sum, .least = range.least, .scale = range.scale},
        .count = (double)to->pair->along[0].count,
        .most = 1,
    };
    to->product = *to->pair;
    if (weights != NULL) {
        to->summary = RLRA(sparse_weights_summarise)(to->pair, to->weights);
        TRY(weigh(context, to));
    }
    to->summary.held = (double)given->along[0].count - to->summary.count;
    to->base = to->summary.most;
    for (int m = 0; m < 2; m++) {
        const sparse_rows *const rows = &to->pair->along[m];
        to->along[m] = (observed_rows){
            .rows = rows->rows, .length = rows->length, .starts = rows->starts, .places = rows->indices, .borrowed = 1};
        if (weights != NULL)
            to->along[m].weights = to->weights->along[m].values;
    }
cleanup:
    if (status != RLRA_OK)
        RLRA(observed_destroy)(context, to);
    return status;
}

void RLRA(observed_clear_sparse)(rlra_context *context, observed *o)
{
    for (int mode = 0; o->weights != NULL && mode < 2; mode++)
        rlra_free(context, o->product.along[mode].values);
    RLRA(sparse_pair_destroy)(context, o->kept);
    RLRA(sparse_pair_destroy)(context, o->kept_weights);
}

size_t RLRA(observed_sparse_bytes)(const observed *o)
{
    size_t bytes = 0;
    for (int mode = 0; o->pair != NULL && mode < 2; mode++) {
        const sparse_rows *const rows = &o->pair->along[mode];
        const size_t places =
            (size_t)rows->count * sizeof *rows->indices + (size_t)(rows->rows + 1) * sizeof *rows->starts;
        const size_t values = (size_t)rows->count * sizeof *rows->values;
        bytes += o->kept != NULL ? places + values : 0;
        bytes += o->kept_weights != NULL ? places + values : 0;
        bytes += o->weights != NULL ? values : 0;
    }
    return bytes;
}

void RLRA(observed_visit_stored)(const observed *o, void (*each)(void *user, const held_out_entry *entry), void *user)
{
    const sparse_rows *const rows = &o->given->along[0];
    for (ptrdiff_t i = 0; i < rows->rows; i++)
        for (int64_t e = rows->starts[i]; e < rows->starts[i + 1]; e++) {
            const held_out_entry entry = {
                .index = {i, rows->indices[e]},
                .value = (double)rows->values[e],
                .weight = o->given_weights == NULL ? 1 : (double)o->given_weights->along[0].values[e],
            };
            if (!is_kept(&o->choice, 0, i, rows->indices[e], rows->length))
                each(user, &entry);
        }
}
