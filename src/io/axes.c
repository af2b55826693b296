/* io/axes.c: names and positions of the indices of a mode in files. */
#include <string.h>

#include "io/dataset.h"

rlra_status rlra_dataset_take_labels(rlra_dataset *dataset, int mode, int64_t count, char *labels)
{
    mode_axis *const axis = &dataset->axes[mode];
    char **const label = rlra_alloc(dataset->context, (size_t)count, sizeof *label);
    if (label == NULL) {
        rlra_free(dataset->context, labels);
        return rlra_fail_memory(dataset->context, (size_t)count, sizeof *label, "the names in a file");
    }
    char *at = labels;
    for (int64_t k = 0; k < count; k++) {
        label[k] = at;
        at += strlen(at) + 1;
    }
    axis->labels = labels;
    axis->label = label;
    return RLRA_OK;
}

void rlra_dataset_take_axis(rlra_dataset *dataset, int mode, double *values)
{
    dataset->axes[mode].values = values;
}

static int order_of(const rlra_dataset *dataset)
{
    return dataset->is_sparse ? dataset->sparse.order : dataset->array.order;
}

const char *rlra_dataset_label(const rlra_dataset *dataset, int mode, int64_t index)
{
    if (dataset == NULL)
        return NULL;
    if (mode < 0 || mode >= order_of(dataset) || dataset->axes[mode].label == NULL)
        return NULL;
    const int64_t length = dataset->is_sparse ? dataset->sparse.dims[mode] : dataset->array.dims[mode];
    return index >= 0 && index < length ? dataset->axes[mode].label[index] : NULL;
}

const double *rlra_dataset_axis(const rlra_dataset *dataset, int mode)
{
    if (dataset == NULL)
        return NULL;
    return mode < 0 || mode >= order_of(dataset) ? NULL : dataset->axes[mode].values;
}

const char *rlra_dataset_note(const rlra_dataset *dataset, int index)
{
    if (dataset == NULL)
        return NULL;
    return rlra_notes_at(&dataset->notes, index);
}
