/* data/stored.c: store a sparse array by rows and columns, or as trees. */
#include "data/stored.h"

#include "core/check.h"
#include "core/hash.h"
#include "data/sparse/weights.h"

/* The least order of arrays that are stored as trees. */
#define LEAST_TENSOR 3

rlra_status RLRA(stored_create)(rlra_context *context, const stored_choice *choice, void **stored,
                                observed_summary *summary)
{
    rlra_status status = RLRA_OK;
    const rlra_sparse *const from = choice->data;
    stored_array *const made = rlra_alloc_zero(context, 1, sizeof *made);
    *stored = NULL;
    REQUIRE(made != NULL, rlra_fail_memory(context, 1, sizeof *made, "a sparse array"));
    if (from->order >= LEAST_TENSOR)
        TRY(RLRA(csf_set_create)(context, from, &made->tensor));
    else
        TRY((choice->only_stored ? RLRA(sparse_pair_keep) : RLRA(sparse_pair_create))(context, from, &made->matrix));
    const sparse_range range = made->tensor != NULL ? made->tensor->range : made->matrix->range;
    *summary = (observed_summary){
        .scan = {.norm2 = range.norm2, .sum = range.sum, .least = range.least, .scale = range.scale},
        .most = 1,
    };
    if (made->matrix != NULL)
        summary->count = summary->ones = (double)made->matrix->along[0].count;
    if (choice->weights != NULL)
        TRY(RLRA(sparse_weights_create)(context, choice->weights, made->matrix, &made->weights, summary));
    *stored = made;
cleanup:
    if (status != RLRA_OK)
        RLRA(stored_destroy)(context, made);
    return status;
}

void RLRA(stored_destroy)(rlra_context *context, void *stored)
{
    stored_array *const s = stored;
    if (s == NULL)
        return;
    RLRA(sparse_pair_destroy)(context, s->matrix);
    RLRA(sparse_pair_destroy)(context, s->weights);
    RLRA(csf_set_destroy)(context, s->tensor);
    rlra_free(context, s);
}

static void add_matrix(hash *h, const sparse_rows *rows)
{
    rlra_hash_add(h, rows->starts, (size_t)(rows->rows + 1) * sizeof *rows->starts);
    rlra_hash_add(h, rows->indices, (size_t)rows->count * sizeof *rows->indices);
    rlra_hash_add(h, rows->values, (size_t)rows->count * sizeof *rows->values);
}

static void add_tensor(hash *h, const csf *tree)
{
    for (int l = 0; l < tree->order; l++) {
        const size_t nodes = (size_t)tree->nodes[l];
        if (tree->starts[l] != NULL)
            rlra_hash_add(h, tree->starts[l], (nodes + 1) * sizeof *tree->starts[l]);
        if (tree->indices[l] != NULL)
            rlra_hash_add(h, tree->indices[l], nodes * sizeof *tree->indices[l]);
    }
    rlra_hash_add(h, tree->values, (size_t)tree->nodes[tree->order - 1] * sizeof *tree->values);
}

uint64_t RLRA(stored_digest)(const void *stored)
{
    const stored_array *const s = stored;
    hash h;
    rlra_hash_begin(&h);
    if (s->tensor != NULL)
        add_tensor(&h, &s->tensor->along[0]);
    else
        add_matrix(&h, &s->matrix->along[0]);
    if (s->weights != NULL)
        add_matrix(&h, &s->weights->along[0]);
    return rlra_hash_end(&h);
}

double RLRA(stored_bytes)(const stored_array *stored)
{
    double bytes = 0;
    for (int m = 0; stored->tensor != NULL && m < stored->tensor->order; m++)
        bytes += RLRA(csf_bytes)(&stored->tensor->along[m]);
    for (int m = 0; stored->matrix != NULL && m < 2; m++) {
        const sparse_rows *const rows = &stored->matrix->along[m];
        bytes += (double)rows->count * (sizeof *rows->values + sizeof *rows->indices);
        bytes += (double)(rows->rows + 1) * sizeof *rows->starts;
    }
    if (stored->weights != NULL)
        bytes *= 2;
    return bytes;
}
