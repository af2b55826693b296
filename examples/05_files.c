/* 05_files.c: arrays in files: write factors to an .npz that numpy opens, read one of them back by name. */
#include <math.h>

#include "example.h"

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "example.npz";
    char variable[1024];
    double w[3][2] = {{1, 2}, {3, 4}, {5, 6}};
    float h[4] = {0.5f, 0.25f, 0.125f, 0};
    const rlra_array first = rlra_array_contiguous(RLRA_DTYPE_F64, 2, (int64_t[]){3, 2}, w);
    const rlra_array second = rlra_array_contiguous(RLRA_DTYPE_F32, 1, (int64_t[]){4}, h);

    rlra_context *context = NULL;
    check(NULL, rlra_context_create(NULL, &context));
    const rlra_named_array arrays[] = {{"w", &first}, {"h", &second}};
    check(context, rlra_file_write(context, path, 2, arrays));

    rlra_dataset *dataset = NULL;
    snprintf(variable, sizeof variable, "%s:w", path);
    check(context, rlra_dataset_read(context, variable, NULL, &dataset));
    const rlra_array *back = rlra_dataset_array(dataset);
    printf("%s holds %s: %d x %d, stored as %s\n", path, rlra_dataset_name(dataset), (int)back->dims[0],
           (int)back->dims[1], rlra_dataset_stored_dtype(dataset));
    const double difference = fabs(entry(back, 2, 1) - w[2][1]);

    /* A file that does not exist: the status is the kind of failure, the message of the context has the details. */
    rlra_dataset *missing = NULL;
    const rlra_status status = rlra_dataset_read(context, "no-such-file.npy", NULL, &missing);
    printf("%s: %s\n", rlra_status_text(status), rlra_context_message(context));

    rlra_dataset_destroy(dataset);
    rlra_context_destroy(context);
    return difference == 0 && status == RLRA_ERR_FILE ? 0 : 1;
}
