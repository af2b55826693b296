/* cli/info.c: `rlra info`: what is in files: names, shapes, types, ranges, what is missing. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "say.h"
#include "text.h"
#include "words.h"

enum { COLUMNS = 10 };

static const char *const header[COLUMNS] = {"name",  "shape",    "stored", "range", "mean",
                                            "zeros", "negative", "NaN",    "Inf",   "size"};

/* The table of one file; a cell is NULL until it is filled. */
typedef struct inventory {
    rlra_context *context;
    rlra_read_options options;
    const char *path, *wanted; /* `wanted` is NAME of FILE:NAME, or NULL for all */
    rlra_file *file;
    char **cells;
    size_t room; /* cells that there is memory for */
    int rows, failed;
    int reported;  /* notes on the file, which each of its variables has first */
    textbuf notes; /* lines below the table */
} inventory;

static char *size_text(double bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    for (; bytes >= 1024 && unit < 4; unit++)
        bytes /= 1024;
    return cli_format(unit == 0 ? "%.0f %s" : "%.3g %s", bytes, units[unit]);
}

static char *count_text(int64_t count, int64_t all)
{
    if (count == 0)
        return cli_format("0");
    return cli_format("%" PRId64 " (%.3g%%)", count, 100.0 * (double)count / (double)(all > 0 ? all : 1));
}

static char *range_text(double least, double most)
{
    return least == most ? cli_format("%.6g", least) : cli_format("%.6g .. %.6g", least, most);
}

/* The last message, behind a name if it has one to say whose it is. */
static int report_failure(const char *name, const rlra_context *context)
{
    char *const words = words_reported(command_find("info"), context, RLRA_ERR_FILE);
    const int code = run_error("%s%s%s", name == NULL ? "" : name, name == NULL ? "" : ": ", words);
    free(words);
    return code;
}

/* Range, mean and counts are those of the stored entries. */
static void summarise_sparse(inventory *all, char **row, const rlra_sparse *sparse)
{
    rlra_sparse_summary s;
    if (rlra_sparse_summarise(all->context, sparse, &s) != RLRA_OK) {
        report_failure(all->path, all->context);
        all->failed = 1;
        return;
    }
    char *const stored = row[2];
    row[2] = cli_format("%s, %" PRId64 " entries (%.3g%%)", stored, s.stored, 100 * s.density);
    if (s.duplicates > 0) {
        char *const entries = row[2];
        row[2] = cli_format("%s, %" PRId64 " of them again", entries, s.duplicates);
        free(entries);
    }
    free(stored);
    if (s.stored > s.nans + s.infinities) {
        row[3] = range_text(s.least, s.most);
        row[4] = cli_format("%.6g", s.mean);
    }
    row[5] = count_text(s.zeros, s.stored);
    row[6] = count_text(s.negatives, s.stored);
    row[7] = count_text(s.nans, s.stored);
    row[8] = count_text(s.infinities, s.stored);
    const int index_arrays = sparse->order - (sparse->compressed >= 0);
    row[9] = size_text((double)s.stored * (double)(rlra_dtype_bytes(sparse->dtype) + 8 * index_arrays));
}

static void summarise(inventory *all, char **row, const rlra_dataset *dataset)
{
    rlra_array_summary s;
    const rlra_array *const array = rlra_dataset_array(dataset);
    if (rlra_array_summarise(array, &s) != RLRA_OK) {
        all->failed = 1;
        return;
    }
    if (s.count > s.nans + s.infinities)
        row[3] = range_text(s.least, s.most);
    if (s.count > s.nans + s.infinities)
        row[4] = cli_format("%.6g", s.mean);
    row[5] = count_text(s.zeros, s.count);
    row[6] = count_text(s.negatives, s.count);
    row[7] = count_text(s.nans, s.count);
    row[8] = count_text(s.infinities, s.count);
    row[9] = size_text((double)s.count * (double)rlra_dtype_bytes(array->dtype));
}

/* What the reader left out or guessed: what is so for the whole file once, below the variable that it came with. */
static void add_notes(inventory *all, const char *name, const rlra_dataset *dataset)
{
    for (int k = all->reported; rlra_dataset_note(dataset, k) != NULL; k++)
        text_add(&all->notes, "  note: %s%s%s\n", name, name[0] == '\0' ? "" : ": ", rlra_dataset_note(dataset, k));
}

/* A damaged variable is reported on stderr; the others are still shown. */
static void read_variable(inventory *all, char **row, const char *name)
{
    rlra_dataset *dataset = NULL;
    if (rlra_file_read(all->file, name, &dataset) == RLRA_OK) {
        if (rlra_dataset_sparse(dataset) != NULL)
            summarise_sparse(all, row, rlra_dataset_sparse(dataset));
        else
            summarise(all, row, dataset);
        add_notes(all, name, dataset);
    } else {
        report_failure(NULL, all->context);
        all->failed = 1;
    }
    rlra_dataset_destroy(dataset);
}

static int is_wanted(const inventory *all, const char *name)
{
    return all->wanted == NULL || strcmp(name, all->wanted) == 0 ||
           (name[0] == '/' && strcmp(name + 1, all->wanted) == 0);
}

static void add_variable(inventory *all, const rlra_variable *variable)
{
    char dims[256];
    const size_t used = (size_t)all->rows * COLUMNS;
    if (used + COLUMNS > all->room) {
        all->room = 2 * (used + COLUMNS);
        all->cells = cli_realloc(all->cells, all->room, sizeof *all->cells);
    }
    char **const row = all->cells + used;
    all->rows++;
    memset(row, 0, COLUMNS * sizeof *row);
    row[0] = text_valid(variable->name[0] == '\0' ? "-" : variable->name);
    row[1] = variable->order == 0 ? cli_format(variable->numeric ? "scalar" : "-")
                                  : cli_format("%s", print_dims(variable->order, variable->dims, dims, sizeof dims));
    row[2] = cli_format("%s", variable->dtype);
    if (variable->numeric)
        read_variable(all, row, variable->name);
    for (int column = 0; column < COLUMNS; column++)
        if (row[column] == NULL)
            row[column] = cli_format("-");
}

/* All variables that are wanted, and what there is to say on the file. */
static void add_variables(inventory *all)
{
    rlra_variable variable;
    const char *const format = rlra_file_format(all->file);
    while (rlra_file_note(all->file, all->reported) != NULL)
        text_add(&all->notes, "  note: %s\n", rlra_file_note(all->file, all->reported++));
    for (int64_t k = 0; rlra_file_variable(all->file, k, &variable); k++)
        if (is_wanted(all, variable.name))
            add_variable(all, &variable);
    if (all->rows > 0 && input_require_heed(1, &all->path, &format, &all->options) != EXIT_OK)
        all->failed = 1;
}

static void clear(inventory *all)
{
    for (int k = 0; k < all->rows * COLUMNS; k++)
        free(all->cells[k]);
    free(all->cells);
    text_clear(&all->notes);
    rlra_file_close(all->file);
}

/* Show one file; `shown` counts the tables on stdout. */
static int show(const request *asked, const char *spec, int *shown)
{
    const size_t length = input_path_length(spec);
    const char *const name = spec[length] == ':' ? spec + length + 1 : NULL;
    char *const path = cli_copy(spec, length);
    rlra_context *const context = asked->context;
    inventory all = {.context = context, .options = input_options(asked), .path = path};
    if (name != NULL)
        all.wanted = name[0] == '/' ? name + 1 : name;
    int code = EXIT_OK;
    const int opened = rlra_file_open(context, path, &all.options, &all.file) == RLRA_OK;
    if (opened)
        add_variables(&all);
    if (!opened) {
        code = report_failure(NULL, context);
    } else if (all.rows == 0 && name != NULL) {
        code = run_error("'%s' has no variable '%s'; rlra info %s lists them", path, name, path);
    } else if (all.rows == 0) {
        code = run_error("'%s' holds no array", path);
    } else {
        if ((*shown)++ > 0)
            fputc('\n', stdout);
        say(stdout, "%s\n", path);
        print_table(stdout, COLUMNS, all.rows, header, (const char *const *)all.cells);
        if (all.notes.bytes != NULL)
            say_lines(stdout, all.notes.bytes);
        code = all.failed ? EXIT_RUN : EXIT_OK;
    }
    clear(&all);
    free(path);
    return code;
}

int command_info(const request *asked)
{
    int code = EXIT_OK, shown = 0;
    for (int k = 0; k < asked->data_count; k++) {
        if (show(asked, asked->data[k], &shown) != EXIT_OK)
            code = EXIT_RUN;
        fflush(stdout); /* tables and messages in the order of the files */
    }
    return code;
}
