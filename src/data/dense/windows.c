/* data/dense/windows.c: a dense array that stays in its file, read window by window. */
#include "data/dense/dense.h"
#include "data/rows/kinds.h"

typedef struct dense_windows {
    dense dense;
    windows file;
} dense_windows;

static int takes(const data_source *from)
{
    return from->term->source != NULL;
}

static rlra_status create(rlra_context *context, const data_source *from, data **x)
{
    const dense_scan scan = RLRA(dense_scan_of)(from->term);
    dense_windows *const self = rlra_alloc(context, 1, sizeof *self);
    if (self == NULL)
        return rlra_fail_memory(context, 1, sizeof *self, "the operator of data in a file");
    self->file = (windows){.array = from->term->array, .source = from->term->source};
    RLRA(dense_init)(&self->dense, &from->term->array, &self->file, &scan);
    self->dense.base.ops = &RLRA(data_windows);
    self->dense.base.own_bytes = sizeof *self;
    *x = &self->dense.base;
    return RLRA_OK;
}

static void destroy(rlra_context *context, data *x)
{
    RLRA(windows_stop)(context, x->file);
    rlra_free(context, x);
}

const data_ops RLRA(data_windows) = {
    .about = {"windows", "dense array in a file, read window by window", "order-2 order-N one-pass", ""},
    .takes = takes,
    .create = create,
    .destroy = destroy,
    .plan = RLRA(dense_plan),
    .pass = RLRA(dense_pass),
    .contract = RLRA(dense_contract),
    .residual = RLRA(dense_residual),
    .plan_rows = RLRA(dense_plan_rows),
    .rows = RLRA(dense_read_rows),
};
