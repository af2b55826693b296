/* io/read.c: read one array or one text of a file, or list its contents. */
#include <string.h>

#include "io/file.h"

rlra_status rlra_dataset_read(rlra_context *context, const char *spec, const rlra_read_options *options,
                              rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    rlra_file *file = NULL;
    const char *name;
    if (dataset == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "reading needs a place for the data set");
    *dataset = NULL;
    REQUIRE(context != NULL && spec != NULL,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "reading needs a context and the name of a file"));
    TRY(rlra_file_open_spec(context, spec, options, &file, &name));
    TRY(rlra_file_read(file, name, dataset));
cleanup:
    rlra_file_close(file);
    return status;
}

rlra_status rlra_file_list(rlra_context *context, const char *path, const rlra_read_options *options,
                           rlra_variable_callback callback, void *user)
{
    rlra_status status = RLRA_OK;
    rlra_file *file = NULL;
    rlra_variable reported;
    REQUIRE(context != NULL && path != NULL && callback != NULL,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "listing needs a context, the name of a file and a callback"));
    TRY(rlra_file_open(context, path, options, &file));
    for (int64_t k = 0; rlra_file_variable(file, k, &reported); k++)
        callback(user, &reported);
cleanup:
    rlra_file_close(file);
    return status;
}

rlra_status rlra_text_read(rlra_context *context, const char *spec, char **text)
{
    rlra_status status = RLRA_OK;
    rlra_file *file = NULL;
    const char *name;
    if (text == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "reading needs a place for the text");
    *text = NULL;
    REQUIRE(context != NULL && spec != NULL,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "reading needs a context and the name of a file"));
    TRY(rlra_file_open_spec(context, spec, NULL, &file, &name));
    TRY(rlra_file_text(file, name, text));
cleanup:
    rlra_file_close(file);
    return status;
}

rlra_status rlra_file_read_text(rlra_context *context, const char *path, char **text)
{
    rlra_status status = RLRA_OK;
    input in = {.fd = -1};
    char *made = NULL;
    if (text == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "reading needs a place for the text");
    *text = NULL;
    REQUIRE(context != NULL && path != NULL,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "reading needs a context and the name of a file"));
    TRY(rlra_input_open(context, path, NULL, NULL, &in));
    TRY(rlra_input_read_text(&in, INT64_MAX - 1, &made));
    const size_t length = strlen(made);
    REQUIRE((int64_t)length == in.size,
            rlra_fail(context, RLRA_ERR_FORMAT, "'%s' is no text: byte %zu is zero; expected lines in UTF-8", path,
                      length + 1));
    if (strncmp(made, "\xef\xbb\xbf", 3) == 0)
        memmove(made, made + 3, length - 2);
    *text = made;
    made = NULL;
cleanup:
    rlra_free(context, made);
    rlra_input_close(&in);
    return status;
}

void rlra_text_free(rlra_context *context, char *text)
{
    if (context == NULL)
        return;
    rlra_free(context, text);
}
