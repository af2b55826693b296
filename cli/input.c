/* cli/input.c: choose and read the array that a command works on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "run.h"
#include "say.h"
#include "text.h"

static int is_file(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0;
}

/* As rlra_dataset_read() does: the longest part that is a file. */
size_t input_path_length(const char *spec)
{
    const size_t whole = strlen(spec);
    char *const path = cli_copy(spec, whole);
    size_t length = whole;
    int found = is_file(path);
    for (size_t cut = whole; !found && cut-- > 1;)
        if (spec[cut] == ':') {
            path[cut] = '\0';
            found = is_file(path);
            length = found ? cut : whole;
        }
    free(path);
    return length;
}

rlra_array input_squeezed(const rlra_array *array)
{
    rlra_array squeezed = *array;
    squeezed.order = 0;
    for (int m = 0; m < array->order; ++m) {
        if (array->dims[m] == 1)
            continue;
        squeezed.dims[squeezed.order] = array->dims[m];
        squeezed.strides[squeezed.order++] = array->strides[m];
    }
    if (squeezed.order == 0)
        return rlra_array_contiguous(array->dtype, 1, (const int64_t[]){1}, array->data);
    return squeezed;
}

/* The numeric variables of a file, and of those with enough modes longer than one the ones with the most. */
typedef struct candidates {
    int least_order, most_order;
    int numeric, fitting, order;
    int matrices;      /* of two modes or more, whether they would do or not */
    char *name, *dims; /* of the first that fits */
} candidates;

static void consider(void *user, const rlra_variable *variable)
{
    candidates *const c = user;
    char dims[256];
    if (!variable->numeric)
        return;
    int long_modes = 0;
    for (int m = 0; m < variable->order; ++m)
        long_modes += variable->dims[m] > 1;
    ++c->numeric;
    c->matrices += long_modes >= 2;
    if (long_modes < c->least_order || long_modes > c->most_order || long_modes < c->order)
        return;
    c->fitting = long_modes == c->order ? c->fitting + 1 : 1;
    c->order = long_modes;
    if (c->fitting == 1) {
        free(c->name);
        free(c->dims);
        c->name = cli_copy(variable->name, strlen(variable->name));
        c->dims = cli_format("%s", print_dims(variable->order, variable->dims, dims, sizeof dims));
    }
}

const rlra_read_options input_doubles = {.dtype = RLRA_READ_F64};

rlra_read_options input_options(const request *asked)
{
    static const struct {
        const char *word;
        rlra_first_column kind;
    } columns[] = {
        {"auto", RLRA_FIRST_AUTO}, {"data", RLRA_FIRST_DATA}, {"names", RLRA_FIRST_NAMES}, {"axis", RLRA_FIRST_AXIS}};
    rlra_read_options options = {.dtype = RLRA_READ_AUTO};
    if (asked->dtype != NULL)
        options.dtype = strcmp(asked->dtype, "f32") == 0 ? RLRA_READ_F32 : RLRA_READ_F64;
    /* In a scene NaN stands for no data, without an option. */
    options.missing_words =
        strcmp(asked->about->name, "unmix") == 0 || (asked->missing != NULL && strcmp(asked->missing, "nan") == 0);
    if (asked->skip > 0.0)
        options.first_line = (int64_t)asked->skip + 1;
    if (asked->names != NULL)
        options.names_line = strcmp(asked->names, "none") == 0 ? -1 : strtoll(asked->names, NULL, 10);
    for (int k = 0; asked->first_column != NULL && k < 4; k++)
        if (strcmp(asked->first_column, columns[k].word) == 0)
            options.first_column = columns[k].kind;
    if (asked->decimal != NULL)
        options.decimal = strcmp(asked->decimal, "comma") == 0 ? ',' : '.';
    if (asked->grouping != NULL)
        options.grouping = asked->grouping[0];
    options.zero_based = asked->index_base != NULL && strcmp(asked->index_base, "0") == 0;
    return options;
}

/* The option that was given for tables in text, or NULL. */
static const char *table_option(const rlra_read_options *options)
{
    return options->first_line > 0                    ? "--skip"
           : options->names_line != 0                 ? "--names"
           : options->first_column != RLRA_FIRST_AUTO ? "--first-column"
           : options->decimal != '\0'                 ? "--decimal"
           : options->grouping != '\0'                ? "--grouping"
                                                      : NULL;
}

int input_require_heed(int count, const char *const *specs, const char *const *formats,
                       const rlra_read_options *options)
{
    const char *const of_tables = table_option(options);
    int tables = of_tables == NULL, indices = !options->zero_based;
    for (int k = 0; k < count; ++k) {
        tables |= strcmp(formats[k], "csv") == 0;
        indices |= word_in("mtx tns toolbox", formats[k]);
    }
    if (tables && indices)
        return EXIT_OK;
    const char *const option = tables ? "--index-base" : of_tables;
    const char *const use = tables ? ".mtx, .tns and sptensor files" : "tables in text";
    if (count == 2)
        return run_error("%s is for %s, and %s and %s are of the formats %s and %s", option, use, specs[0], specs[1],
                         formats[0], formats[1]);
    return run_error("%s is for %s, and %s is a file of the format %s", option, use, specs[0], formats[0]);
}

void input_report(const run *r, const char *spec, const char *note)
{
    if (!r->asked->quiet)
        say(stderr, "rlra: note: %s: %s\n", spec, note);
}

void input_report_all(const run *r, const char *spec, const rlra_dataset *dataset)
{
    for (int k = 0; dataset != NULL && rlra_dataset_note(dataset, k) != NULL; k++)
        input_report(r, spec, rlra_dataset_note(dataset, k));
}

rlra_status input_dataset(const run *r, const char *spec, const rlra_read_options *options, rlra_dataset **dataset)
{
    const rlra_status status = rlra_dataset_read(r->context, spec, options, dataset);
    input_report_all(r, spec, status == RLRA_OK ? *dataset : NULL);
    return status;
}

char *input_choose(const run *r, const char *spec, const rlra_read_options *options, int least_order, int most_order,
                   int tell)
{
    candidates c = {.least_order = least_order, .most_order = most_order};
    char *chosen = cli_copy(spec, strlen(spec));
    const int whole_file = is_file(spec);
    if (whole_file && rlra_file_list(r->context, spec, options, consider, &c) == RLRA_OK && c.numeric > 1 &&
        c.fitting == 1) {
        free(chosen);
        chosen = cli_format("%s:%s", spec, c.name);
        if (tell && c.matrices > 1) {
            char *const note =
                cli_format("of its %d arrays of two modes or more, '%s' (%s) is taken; FILE:NAME picks another",
                           c.matrices, c.name, c.dims);
            input_report(r, spec, note);
            free(note);
        }
    }
    free(c.name);
    free(c.dims);
    return chosen;
}

int input_require_dense(const run *r, const char *spec, rlra_dataset **dataset)
{
    if (*dataset == NULL || rlra_dataset_array(*dataset) != NULL)
        return EXIT_OK;
    rlra_dataset_destroy(*dataset);
    *dataset = NULL;
    return run_error("%s is sparse, and here %s takes dense arrays only", spec, r->asked->about->name);
}

int input_read(const run *r, const char *spec, int least_order, int most_order, const rlra_read_options *options,
               rlra_dataset **dataset)
{
    const int code = input_read_any(r, spec, least_order, most_order, options, dataset);
    return code == EXIT_OK ? input_require_dense(r, spec, dataset) : code;
}

int input_load(const run *r, const char *spec, int least_order, int most_order, const rlra_read_options *options,
               rlra_dataset **dataset)
{
    char *const chosen = input_choose(r, spec, options, least_order, most_order, 1);
    const rlra_status status = input_dataset(r, chosen, options, dataset);
    free(chosen);
    return status == RLRA_OK ? EXIT_OK : run_fail(r, status, NULL);
}

int input_read_any(const run *r, const char *spec, int least_order, int most_order, const rlra_read_options *options,
                   rlra_dataset **dataset)
{
    int code = input_load(r, spec, least_order, most_order, options, dataset);
    if (code != EXIT_OK)
        return code;
    const char *const format = rlra_dataset_format(*dataset);
    code = input_require_heed(1, &spec, &format, options);
    if (code != EXIT_OK) {
        rlra_dataset_destroy(*dataset);
        *dataset = NULL;
    }
    return code;
}
