/* cli/library.c: read a library of spectra: classes of materials with names. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "spectra.h"
#include "text.h"

#define VARIABLES_MOST 256

/* A variable of the file that may hold spectra or names. */
typedef struct entry {
    char *name;
    int64_t spectra; /* columns, or 0 for a variable that is no array of spectra */
    int text;
} entry;

typedef struct listing {
    int64_t bands;
    int count;
    entry entries[VARIABLES_MOST];
} listing;

/* What stands beside spectra in many libraries and is none. */
static int is_axis(const char *name)
{
    return strncasecmp(name, "wavel", 5) == 0 || strcasecmp(name, "lambda") == 0 || strcasecmp(name, "band") == 0 ||
           strcasecmp(name, "bands") == 0 || strcasecmp(name, "SlectBands") == 0;
}

/* Spectra in an array of bands x n, n x bands or bands; 0 if it is none of these. */
static int64_t spectra_in(int order, const int64_t *dims, int64_t bands)
{
    if (order == 1)
        return dims[0] == bands;
    if (order != 2)
        return 0;
    if (dims[0] == bands)
        return dims[1];
    return dims[1] == bands ? dims[0] : 0;
}

static void list_variable(void *user, const rlra_variable *variable)
{
    listing *const all = user;
    if (all->count == VARIABLES_MOST)
        return;
    const int64_t spectra =
        variable->numeric && !is_axis(variable->name) ? spectra_in(variable->order, variable->dims, all->bands) : 0;
    all->entries[all->count++] = (entry){cli_copy(variable->name, strlen(variable->name)), spectra, !variable->numeric};
}

static void clear_listing(listing *all)
{
    for (int i = 0; i < all->count; ++i)
        free(all->entries[i].name);
}

/* An array as long as all others together is the same spectra once more. */
static void drop_concatenation(listing *all)
{
    int64_t total = 0, arrays = 0;
    for (int i = 0; i < all->count; ++i) {
        total += all->entries[i].spectra;
        arrays += all->entries[i].spectra > 0;
    }
    for (int i = 0; arrays > 2 && i < all->count; ++i) {
        if (all->entries[i].spectra > 0 && 2 * all->entries[i].spectra == total) {
            all->entries[i].spectra = 0;
            return;
        }
    }
}

static void fill_class(spectra_class *c, const rlra_array *array, int64_t bands, int64_t first, int64_t count)
{
    c->count = count;
    c->spectra = cli_alloc((size_t)(count * bands), sizeof *c->spectra);
    c->mean = cli_alloc((size_t)bands, sizeof *c->mean);
    const int bands_last = array->order == 2 && array->dims[0] != bands;
    for (int64_t i = 0; i < count; ++i) {
        double *const spectrum = c->spectra + i * bands;
        double squares = 0.0;
        for (int64_t b = 0; b < bands; ++b) {
            const int64_t index[2] = {bands_last ? first + i : b, bands_last ? b : first + i};
            spectrum[b] = rlra_array_get(array, index);
            squares += spectrum[b] * spectrum[b];
        }
        for (int64_t b = 0; b < bands && squares > 0.0; ++b)
            c->mean[b] += spectrum[b] / sqrt(squares) / (double)count;
    }
}

static spectra_class *add_class(library *l, const char *name, size_t length)
{
    l->classes = cli_realloc(l->classes, (size_t)l->count + 1, sizeof *l->classes);
    spectra_class *const c = &l->classes[l->count++];
    *c = (spectra_class){.name = cli_copy(name, length)};
    return c;
}

/* One array alone: each of its spectra is a class, named by the header of a CSV file or by its number. */
static void add_each(library *l, const rlra_dataset *dataset)
{
    const rlra_array *const array = rlra_dataset_array(dataset);
    const int64_t count = spectra_in(array->order, array->dims, l->bands);
    const char *header = rlra_dataset_attribute(dataset, "columns");
    for (int64_t i = 0; i < count; ++i) {
        char *const number = cli_format("spectrum %" PRId64, i + 1);
        const size_t length = header == NULL ? 0 : strcspn(header, ",");
        const char *const name = length > 0 ? header : number;
        char *const own = cli_copy(name, length > 0 ? length : strlen(number));
        if (!is_axis(own))
            fill_class(add_class(l, own, strlen(own)), array, l->bands, i, 1);
        free(own);
        free(number);
        if (header != NULL)
            header += length + (header[length] == ',');
    }
}

static int add_variable(const run *r, library *l, const char *path, const char *name, int alone)
{
    rlra_dataset *dataset = NULL;
    char *const spec = name[0] == '\0' ? cli_format("%s", path) : cli_format("%s:%s", path, name);
    const rlra_status status = input_dataset(r, spec, &input_doubles, &dataset);
    const int code = status == RLRA_OK ? input_require_dense(r, spec, &dataset) : run_fail(r, status, "--library");
    free(spec);
    if (code != EXIT_OK)
        return code;
    const rlra_array *const array = rlra_dataset_array(dataset);
    if (alone)
        add_each(l, dataset);
    else
        fill_class(add_class(l, name, strlen(name)), array, l->bands, 0,
                   spectra_in(array->order, array->dims, l->bands));
    rlra_dataset_destroy(dataset);
    return EXIT_OK;
}

static int count_lines(const char *text)
{
    int lines = text[0] != '\0';
    for (const char *c = text; *c != '\0'; ++c)
        lines += *c == '\n' && c[1] != '\0';
    return lines;
}

/* A text variable with as many lines as there are classes gives their names. */
static void rename_classes(const run *r, library *l, const char *path, const listing *all)
{
    for (int i = 0; i < all->count; ++i) {
        char *text = NULL;
        if (!all->entries[i].text)
            continue;
        char *const spec = cli_format("%s:%s", path, all->entries[i].name);
        const rlra_status status = rlra_text_read(r->context, spec, &text);
        free(spec);
        if (status != RLRA_OK)
            continue;
        const int fits = count_lines(text) == l->count;
        const char *line = text;
        for (int c = 0; fits && c < l->count; ++c) {
            size_t length = strcspn(line, "\n");
            const char *const next = line + length + (line[length] == '\n');
            while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\r'))
                --length;
            free(l->classes[c].name);
            l->classes[c].name = cli_copy(line, length);
            line = next;
        }
        rlra_text_free(r->context, text);
        if (fits)
            return;
    }
}

/* A spectrum with holes has no angle to another. */
static int check_finite(const char *spec, const library *l)
{
    for (int c = 0; c < l->count; ++c) {
        const spectra_class *const one = &l->classes[c];
        for (int64_t i = 0; i < one->count * l->bands; ++i) {
            if (!isfinite(one->spectra[i]))
                return run_error("--library %s: %s holds %g in band %" PRId64 " of its spectrum %" PRId64
                                 ", counted from 0; all must be finite",
                                 spec, one->name, one->spectra[i], i % l->bands, i / l->bands);
        }
    }
    return EXIT_OK;
}

int library_read(const run *r, const char *spec, int64_t bands, library *l)
{
    const size_t path_length = input_path_length(spec);
    char *const path = cli_copy(spec, path_length);
    listing *const all = cli_alloc(1, sizeof *all);
    const char *const wanted = spec[path_length] == ':' ? spec + path_length + 1 : NULL;
    all->bands = l->bands = bands;
    const rlra_status status = rlra_file_list(r->context, path, &input_doubles, list_variable, all);
    int code = status == RLRA_OK ? EXIT_OK : run_fail(r, status, "--library");
    if (wanted == NULL)
        drop_concatenation(all);
    int arrays = 0;
    for (int i = 0; i < all->count; ++i) {
        if (wanted != NULL && strcmp(all->entries[i].name, wanted) != 0)
            all->entries[i].spectra = 0;
        arrays += all->entries[i].spectra > 0;
    }
    for (int i = 0; code == EXIT_OK && i < all->count; ++i) {
        if (all->entries[i].spectra > 0)
            code = add_variable(r, l, path, all->entries[i].name, arrays == 1);
    }
    if (code == EXIT_OK && l->count == 0)
        code = run_error("--library %s: there is no array of %" PRId64 " bands x spectra", spec, bands);
    if (code == EXIT_OK)
        rename_classes(r, l, path, all);
    if (code == EXIT_OK)
        code = check_finite(spec, l);
    clear_listing(all);
    free(all);
    free(path);
    return code;
}

void library_clear(library *l)
{
    for (int i = 0; i < l->count; ++i) {
        free(l->classes[i].name);
        free(l->classes[i].spectra);
        free(l->classes[i].mean);
    }
    free(l->classes);
    *l = (library){0};
}
