/* cli/start_file.c: --init FILE: a start from the factors in a file. */
#include <inttypes.h>
#include <stdlib.h>

#include "run.h"
#include "text.h"

static int read_factor(const run *r, const char *name, rlra_dataset **dataset)
{
    char *const spec = cli_format("%s:%s", r->asked->init_file, name);
    const rlra_status status = input_dataset(r, spec, &input_doubles, dataset);
    const int code = status == RLRA_OK ? input_require_dense(r, spec, dataset) : run_fail(r, status, "--init");
    free(spec);
    return code;
}

/* The rank of the start in the file; 0 (and a message) if its first factor is no matrix. */
int64_t start_file_rank(const run *r)
{
    rlra_dataset *first = NULL;
    if (read_factor(r, "factor_0", &first) != EXIT_OK)
        return 0;
    const rlra_array *const array = rlra_dataset_array(first);
    const int64_t rank = array->order == 2 ? array->dims[1] : 0;
    rlra_dataset_destroy(first);
    if (rank == 0)
        run_error("--init %s: factor_0 must be a matrix of length x rank", r->asked->init_file);
    return rank;
}

/* The solver starts from the factors alone: weights of the file, if it has some, go into the first factor. */
static int fold_weights(const run *r)
{
    rlra_dataset *weights = NULL;
    char *const spec = cli_format("%s:weights", r->asked->init_file);
    const rlra_status status = input_dataset(r, spec, &input_doubles, &weights);
    const int code = input_require_dense(r, spec, &weights);
    free(spec);
    if (status != RLRA_OK || code != EXIT_OK)
        return code != EXIT_OK || status == RLRA_ERR_ARGUMENT ? code : run_fail(r, status, "--init");
    const rlra_array w = input_squeezed(rlra_dataset_array(weights));
    const rlra_array first = rlra_model_factor(r->model, 0);
    const int fits = w.order == 1 && w.dims[0] == first.dims[1];
    for (int64_t k = 0; fits && k < first.dims[1]; ++k)
        scale_component(&first, k, rlra_array_get(&w, &k));
    char dims[128];
    print_dims(w.order, w.dims, dims, sizeof dims);
    rlra_dataset_destroy(weights);
    return fits ? EXIT_OK
                : run_error("--init %s: weights must be %" PRId64 " numbers, one for each component, got %s",
                            r->asked->init_file, first.dims[1], dims);
}

/* A factor of a file without the rows of what is left out of the data. */
static rlra_status set_factor(run *r, int n, const rlra_array *from)
{
    const unsigned char *const used = r->used[n];
    const int64_t rows = r->data.dims[n];
    if (used == NULL || from->order != 2 || from->dims[0] != r->whole->dims[n])
        return rlra_model_set_factor(r->model, n, from);
    double *const kept = cli_alloc((size_t)(rows * from->dims[1]) + 1, sizeof *kept);
    int64_t next = 0;
    for (int64_t i = 0; i < from->dims[0]; ++i)
        for (int64_t k = 0; used[i] && k < from->dims[1]; ++k)
            kept[next++] = rlra_array_get(from, (const int64_t[]){i, k});
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 2, (const int64_t[]){rows, from->dims[1]}, kept);
    const rlra_status status = rlra_model_set_factor(r->model, n, &array);
    free(kept);
    return status;
}

int start_file_fill(run *r)
{
    for (int n = 0; n < r->data.order; ++n) {
        char name[32];
        rlra_dataset *factor = NULL;
        snprintf(name, sizeof name, "factor_%d", n);
        const int code = read_factor(r, name, &factor);
        if (code != EXIT_OK)
            return code;
        const rlra_status status = set_factor(r, n, rlra_dataset_array(factor));
        rlra_dataset_destroy(factor);
        if (status != RLRA_OK)
            return run_fail(r, status, "--init");
    }
    return fold_weights(r);
}
