/* io/read.c: read arrays and text: find the file, its format and the variable, then let the format read. */
#include <math.h>
#include <string.h>

#include "io/dataset.h"
#include "io/text.h"
#include "io/variables.h"

/* A file that has been opened, whose format is known and whose variables are listed. */
typedef struct opened {
    input in;
    notes notes;
    const format_ops *format;
    char path[PATH_ROOM];
    const char *name;
    variables all;
} opened;

static rlra_status open_spec(rlra_context *context, const char *spec, const rlra_read_options *options, opened *file)
{
    rlra_status status = RLRA_OK;
    TRY(rlra_spec_split(context, spec, file->path, &file->name));
    TRY(rlra_input_open(context, file->path, options, &file->notes, &file->in));
    TRY(rlra_format_detect(&file->in, &file->format));
    TRY(rlra_variables_collect(file->format, &file->in, &file->all));
cleanup:
    return status;
}

static void close_spec(opened *file)
{
    rlra_variables_clear(&file->all);
    rlra_notes_clear(file->in.context, &file->notes);
    rlra_input_close(&file->in);
}

rlra_status rlra_dataset_read(rlra_context *context, const char *spec, const rlra_read_options *options,
                              rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    opened file = {.in = {.fd = -1}};
    const entry *chosen;
    if (dataset == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "reading needs a place for the data set");
    *dataset = NULL;
    REQUIRE(context != NULL && spec != NULL,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "reading needs a context and the name of a file"));
    TRY(open_spec(context, spec, options, &file));
    TRY(rlra_variable_choose(&file.in, &file.all, file.name, 1, &chosen));
    TRY(file.format->read(&file.in, chosen->name, file.in.options->dtype, dataset));
    rlra_notes_move(&file.notes, &(*dataset)->notes);
cleanup:
    close_spec(&file);
    return status;
}

rlra_status rlra_file_list(rlra_context *context, const char *path, const rlra_read_options *options,
                           rlra_variable_callback callback, void *user)
{
    rlra_status status = RLRA_OK;
    input in = {.fd = -1};
    variables all = {.context = context};
    const format_ops *format = NULL;
    REQUIRE(context != NULL && path != NULL && callback != NULL,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "listing needs a context, the name of a file and a callback"));
    TRY(rlra_input_open(context, path, options, NULL, &in));
    TRY(rlra_format_detect(&in, &format));
    /* Collected first: the callback may read, and a library may be locked while it lists. */
    TRY(rlra_variables_collect(format, &in, &all));
    for (size_t k = 0; k < all.count; k++) {
        const entry *const e = &all.entries[k];
        const rlra_variable told = {e->name, e->stored, e->order, e->dims, e->numeric};
        callback(user, &told);
    }
cleanup:
    rlra_variables_clear(&all);
    rlra_input_close(&in);
    return status;
}

/* A matrix of character codes, one line for each row; RLRA_ERR_FORMAT when its entries are none. */
static rlra_status codes_to_text(const input *in, const rlra_dataset *dataset, char **string)
{
    const rlra_array *const array = &dataset->array;
    rlra_status status = RLRA_OK;
    text_buffer lines = {.context = in->context};
    const int64_t columns = array->order > 1 ? array->dims[1] : 1;
    const int64_t rows = columns == 0 ? 0 : array->dims[0];
    REQUIRE(!dataset->is_sparse, rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s:%s' is a sparse array, expected text",
                                           in->path, dataset->name));
    REQUIRE(array->order <= 2,
            rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s:%s' is an array of order %d, expected text", in->path,
                      dataset->name, array->order));
    for (int64_t i = 0; i < rows; i++) {
        const size_t begin = lines.used;
        for (int64_t j = 0; j < columns; j++) {
            const double code = rlra_array_get(array, (const int64_t[]){i, j});
            REQUIRE(code >= 0 && code < 0x110000 && code == floor(code),
                    rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s:%s' holds numbers (%g in row %lld), expected text",
                              in->path, dataset->name, code, (long long)i + 1));
            TRY(rlra_text_add_code(&lines, code == 0 ? ' ' : (uint32_t)code));
        }
        TRY(rlra_text_end_line(&lines, begin));
    }
    TRY(rlra_text_finish(&lines, string));
cleanup:
    rlra_text_clear(&lines);
    return status;
}

rlra_status rlra_text_read(rlra_context *context, const char *spec, char **text)
{
    rlra_status status = RLRA_OK;
    opened file = {.in = {.fd = -1}};
    rlra_dataset *codes = NULL;
    const entry *chosen;
    if (text == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "reading needs a place for the text");
    *text = NULL;
    REQUIRE(context != NULL && spec != NULL,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "reading needs a context and the name of a file"));
    TRY(open_spec(context, spec, NULL, &file));
    REQUIRE(file.format->text != NULL,
            rlra_fail(context, RLRA_ERR_UNSUPPORTED, "'%s' is a %s file, which holds no text", file.path,
                      file.format->about.name));
    TRY(rlra_variable_choose(&file.in, &file.all, file.name, 0, &chosen));
    if (chosen->numeric) {
        TRY(file.format->read(&file.in, chosen->name, RLRA_READ_F64, &codes));
        TRY(codes_to_text(&file.in, codes, text));
    } else
        TRY(file.format->text(&file.in, chosen->name, text));
cleanup:
    rlra_dataset_destroy(codes);
    close_spec(&file);
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
