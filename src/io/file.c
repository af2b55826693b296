/* io/file.c: a file that is opened once, and whose variables are read one by one. */
#include "io/file.h"

#include <math.h>
#include <string.h>

#include "io/text.h"

/* `made` has its path. */
static rlra_status open_path(rlra_file *made, const rlra_read_options *options)
{
    rlra_status status = RLRA_OK;
    if (options != NULL)
        made->options = *options;
    TRY(rlra_input_open(made->context, made->path, &made->options, &made->opening, &made->in));
    TRY(rlra_format_detect(&made->in, &made->format));
    TRY(rlra_variables_collect(made->format, &made->in, &made->all));
    made->in.notes = &made->reading;
cleanup:
    return status;
}

static rlra_file *create(rlra_context *context)
{
    rlra_file *const made = rlra_alloc_zero(context, 1, sizeof *made);
    if (made == NULL)
        rlra_fail_memory(context, 1, sizeof *made, "an open file");
    else {
        made->context = made->all.context = context;
        made->in.fd = -1;
    }
    return made;
}

rlra_status rlra_file_open_spec(rlra_context *context, const char *spec, const rlra_read_options *options,
                                rlra_file **file, const char **name)
{
    rlra_status status = RLRA_OK;
    *file = NULL;
    rlra_file *made = create(context);
    REQUIRE(made != NULL, RLRA_ERR_MEMORY);
    TRY(rlra_spec_split(context, spec, made->path, name));
    TRY(open_path(made, options));
    *file = made;
    made = NULL;
cleanup:
    rlra_file_close(made);
    return status;
}

rlra_status rlra_file_open(rlra_context *context, const char *path, const rlra_read_options *options, rlra_file **file)
{
    rlra_status status = RLRA_OK;
    rlra_file *made = NULL;
    if (file == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "opening a file needs a place for it");
    *file = NULL;
    REQUIRE(context != NULL && path != NULL,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "opening a file needs a context and its name"));
    const size_t length = strlen(path);
    REQUIRE(length < PATH_ROOM,
            rlra_fail(context, RLRA_ERR_ARGUMENT, "the name of a file has %zu bytes, expected fewer than %d", length,
                      PATH_ROOM));
    made = create(context);
    REQUIRE(made != NULL, RLRA_ERR_MEMORY);
    memcpy(made->path, path, length + 1);
    TRY(open_path(made, options));
    *file = made;
    made = NULL;
cleanup:
    rlra_file_close(made);
    return status;
}

void rlra_file_close(rlra_file *file)
{
    if (file == NULL)
        return;
    rlra_variables_clear(&file->all);
    rlra_notes_clear(file->context, &file->opening);
    rlra_notes_clear(file->context, &file->reading);
    rlra_input_close(&file->in);
    rlra_free(file->context, file);
}

static rlra_status find_beside(rlra_context *context, const char *path, char found[PATH_ROOM])
{
    rlra_status status = RLRA_OK;
    const rlra_read_options plain = {0};
    const format_ops *format;
    input in = {.fd = -1};
    TRY(rlra_input_open(context, path, &plain, NULL, &in));
    TRY(rlra_format_detect(&in, &format));
    if (format->beside != NULL)
        TRY(format->beside(&in, found));
cleanup:
    rlra_input_close(&in);
    return status;
}

rlra_status rlra_file_beside(rlra_context *context, const char *path, char **beside)
{
    char found[PATH_ROOM] = "";
    if (beside == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "the name of a file needs a place");
    *beside = NULL;
    if (context == NULL || path == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "looking beside a file needs a context and its name");
    const size_t length = strlen(path);
    const int is_packed = length > 3 && strcmp(path + length - 3, ".gz") == 0;
    if (is_packed || length >= PATH_ROOM || find_beside(context, path, found) != RLRA_OK || found[0] == '\0')
        return RLRA_OK;
    *beside = rlra_alloc(context, strlen(found) + 1, 1);
    if (*beside == NULL)
        return rlra_fail_memory(context, strlen(found) + 1, 1, "a file name");
    memcpy(*beside, found, strlen(found) + 1);
    return RLRA_OK;
}

const char *rlra_file_format(const rlra_file *file)
{
    if (file == NULL)
        return NULL;
    return file->format->about.name;
}

const char *rlra_file_note(const rlra_file *file, int index)
{
    if (file == NULL)
        return NULL;
    return rlra_notes_at(&file->opening, index);
}

int rlra_file_variable(const rlra_file *file, int64_t index, rlra_variable *variable)
{
    if (file == NULL || variable == NULL || index < 0 || (uint64_t)index >= file->all.count)
        return 0;
    const entry *const e = &file->all.entries[index];
    *variable = (rlra_variable){e->name, e->stored, e->order, e->dims, e->numeric};
    return 1;
}

/* The bytes that are read and unpacked from a file in total are limited, as a byte may be a part of many variables. Reading the
 * same variable again does not count: the counters are restored. */
typedef struct counted {
    int64_t unpacked, fetched;
} counted;

static counted begin_count(const rlra_file *file)
{
    const container *const at = file->in.container;
    return at == NULL ? (counted){0, 0} : (counted){at->unpacked, at->fetched};
}

static void end_count(rlra_file *file, const entry *chosen, counted before)
{
    container *const at = file->in.container;
    entry *const one = &file->all.entries[chosen - file->all.entries];
    if (at != NULL && one->was_read) {
        at->unpacked = before.unpacked;
        at->fetched = before.fetched;
    }
    one->was_read = 1;
}

rlra_status rlra_file_read(rlra_file *file, const char *name, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    const entry *chosen;
    rlra_context *const context = file == NULL ? NULL : file->context;
    if (dataset == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "reading needs a place for the data set");
    *dataset = NULL;
    if (file == NULL || name == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "reading needs an open file and the name of a variable");
    TRY(rlra_variable_choose(&file->in, &file->all, name, 1, &chosen));
    TRY(rlra_notes_copy(context, &file->opening, &file->reading));
    const counted before = begin_count(file);
    status = file->format->read(&file->in, chosen->name, file->options.dtype, dataset);
    end_count(file, chosen, before);
    TRY(status);
    rlra_notes_move(&file->reading, &(*dataset)->notes);
cleanup:
    rlra_notes_clear(context, &file->reading);
    return status;
}

/* A matrix of character codes, one line for each row; RLRA_ERR_FORMAT if its entries are no codes. */
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

rlra_status rlra_file_text(rlra_file *file, const char *name, char **text)
{
    rlra_status status = RLRA_OK;
    rlra_dataset *codes = NULL;
    const entry *chosen;
    rlra_context *const context = file == NULL ? NULL : file->context;
    if (text == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "reading needs a place for the text");
    *text = NULL;
    if (file == NULL || name == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "reading needs an open file and the name of a variable");
    REQUIRE(file->format->text != NULL,
            rlra_fail(context, RLRA_ERR_UNSUPPORTED, "'%s' is a %s file, which holds no text", file->path,
                      file->format->about.name));
    TRY(rlra_variable_choose(&file->in, &file->all, name, 0, &chosen));
    const counted before = begin_count(file);
    if (chosen->numeric) {
        status = file->format->read(&file->in, chosen->name, RLRA_READ_F64, &codes);
        status = status == RLRA_OK ? codes_to_text(&file->in, codes, text) : status;
    } else
        status = file->format->text(&file->in, chosen->name, text);
    end_count(file, chosen, before);
cleanup:
    rlra_notes_clear(context, &file->reading);
    rlra_dataset_destroy(codes);
    return status;
}
