/* cli/library.c: read a library of spectra: classes of materials with names. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "known.h"
#include "spectra.h"
#include "text.h"

/* A variable of the file that may hold spectra or names. */
typedef struct entry {
    char *name;
    int64_t spectra; /* columns, or 0 for a variable that is no array of spectra */
    int text;
} entry;

/* A variable with wavelengths or the like. */
typedef struct axis {
    double *values;
    int64_t length;
} axis;

typedef struct listing {
    rlra_file *file;
    int64_t bands; /* of the spectra; 0: any */
    int count, axis_count, axes_read;
    entry *entries;
    axis *axes;
} listing;

/* Spectra in an array of bands x n, n x bands or bands; 0 if it is none of these. */
static int64_t spectra_in(int order, const int64_t *dims, int64_t bands)
{
    if (order == 1)
        return dims[0] == bands || bands == 0;
    if (order != 2)
        return 0;
    if (bands == 0)
        return dims[1];
    if (dims[0] == bands)
        return dims[1];
    return dims[1] == bands ? dims[0] : 0;
}

static void list_variables(listing *all)
{
    rlra_variable variable;
    int room = 0;
    for (int64_t k = 0; rlra_file_variable(all->file, k, &variable); ++k) {
        if (all->count == room) {
            room = 2 * room + 16;
            all->entries = cli_realloc(all->entries, (size_t)room, sizeof *all->entries);
        }
        const int64_t spectra = variable.numeric && !known_is_axis(variable.name)
                                    ? spectra_in(variable.order, variable.dims, all->bands)
                                    : 0;
        all->entries[all->count++] =
            (entry){cli_copy(variable.name, strlen(variable.name)), spectra, !variable.numeric};
    }
}

static void clear_listing(listing *all)
{
    for (int i = 0; i < all->count; ++i)
        free(all->entries[i].name);
    for (int i = 0; i < all->axis_count; ++i)
        free(all->axes[i].values);
    free(all->entries);
    free(all->axes);
    rlra_file_close(all->file);
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

static spectra_class *add_class(library *l, const char *name)
{
    l->classes = cli_realloc(l->classes, (size_t)l->count + 1, sizeof *l->classes);
    spectra_class *const c = &l->classes[l->count++];
    *c = (spectra_class){.name = cli_copy(name, strlen(name))};
    return c;
}

/* The mean is that of the spectra scaled to length one in the bands that they have. */
static void fill_class(spectra_class *c, const known *from, int64_t first, int64_t count)
{
    const int64_t bands = from->bands;
    c->count = count;
    c->spectra = cli_alloc((size_t)(count * bands), sizeof *c->spectra);
    c->mean = cli_alloc((size_t)bands, sizeof *c->mean);
    memcpy(c->spectra, from->values + first * bands, (size_t)(count * bands) * sizeof *c->spectra);
    for (int64_t i = 0; i < count; ++i) {
        const double *const spectrum = c->spectra + i * bands;
        double squares = 0.0;
        for (int64_t b = 0; b < bands; ++b)
            squares += isnan(spectrum[b]) ? 0.0 : spectrum[b] * spectrum[b];
        for (int64_t b = 0; b < bands && squares > 0.0; ++b)
            c->mean[b] += spectrum[b] / sqrt(squares) / (double)count;
    }
}

/* A spectrum with holes has no angle to another; the holes that --resample leaves are reported. */
static int check_finite(const run *r, const char *spec, const scene *s, const known *k, const char *class)
{
    for (int64_t i = 0; !r->asked->resample && i < k->count * k->bands; ++i) {
        if (!isfinite(k->values[i]) && s->use_band[i % k->bands])
            return run_error("--library %s: %s holds %g in band %" PRId64 " of its spectrum %" PRId64
                             ", counted from 0; all must be finite",
                             spec, class == NULL ? k->names[i / k->bands] : class, k->values[i], i % k->bands,
                             class == NULL ? (int64_t)0 : i / k->bands);
    }
    return EXIT_OK;
}

/* One of the variables, by its number. */
static rlra_status read_entry(const run *r, const char *path, const listing *all, int which, rlra_dataset **dataset)
{
    const char *const name = all->entries[which].name;
    char *const spec = name[0] == '\0' ? cli_format("%s", path) : cli_format("%s:%s", path, name);
    const rlra_status status = rlra_file_read(all->file, name, dataset);
    input_report_all(r, spec, status == RLRA_OK ? *dataset : NULL);
    free(spec);
    return status;
}

/* The variables that are wavelengths by their name. */
static void read_axes(const run *r, const char *path, listing *all)
{
    for (int i = 0; !all->axes_read && i < all->count; ++i) {
        rlra_dataset *dataset = NULL;
        if (!known_is_axis(all->entries[i].name) || all->entries[i].text)
            continue;
        if (read_entry(r, path, all, i, &dataset) == RLRA_OK && rlra_dataset_array(dataset) != NULL) {
            const rlra_array from = input_squeezed(rlra_dataset_array(dataset));
            axis to = {NULL, from.order == 1 ? from.dims[0] : 0};
            to.values = cli_alloc((size_t)to.length, sizeof *to.values);
            for (int64_t b = 0; b < to.length; ++b)
                to.values[b] = rlra_array_get(&from, &b);
            all->axes = cli_realloc(all->axes, (size_t)all->axis_count + 1, sizeof *all->axes);
            all->axes[all->axis_count++] = to;
        }
        rlra_dataset_destroy(dataset);
    }
    all->axes_read = 1;
}

/* Wavelengths that stand beside the spectra in a variable of their own. */
static void take_beside(const run *r, const char *path, listing *all, known *k)
{
    if (k->waves == NULL)
        read_axes(r, path, all);
    for (int i = 0; k->waves == NULL && i < all->axis_count; ++i) {
        if (all->axes[i].length != k->bands)
            continue;
        k->waves = cli_alloc((size_t)k->bands, sizeof *k->waves);
        memcpy(k->waves, all->axes[i].values, (size_t)k->bands * sizeof *k->waves);
    }
}

/* One array alone: each of its spectra is a class, named by the file or by its number; else the array is one. */
static void add_spectra(library *l, const known *k, const char *class)
{
    if (class != NULL)
        fill_class(add_class(l, class), k, 0, k->count);
    for (int64_t i = 0; class == NULL && i < k->count; ++i)
        fill_class(add_class(l, k->names[i]), k, i, 1);
}

static int add_variable(const run *r, const scene *s, library *l, const char *path, listing *all, int which, int alone)
{
    const char *const name = all->entries[which].name, *const class = alone ? NULL : name;
    rlra_dataset *dataset = NULL;
    known k = {0};
    char *const spec = name[0] == '\0' ? cli_format("%s", path) : cli_format("%s:%s", path, name);
    const rlra_status status = read_entry(r, path, all, which, &dataset);
    int code = status == RLRA_OK ? input_require_dense(r, spec, &dataset) : run_fail(r, status, "--library");
    if (code == EXIT_OK)
        code = known_take(r, spec, dataset, s->bands, 0, &k);
    if (code == EXIT_OK && all->count > 1)
        take_beside(r, path, all, &k);
    if (code == EXIT_OK)
        code = known_match(r, spec, s, &k);
    if (code == EXIT_OK)
        code = check_finite(r, path, s, &k, class);
    if (code == EXIT_OK)
        add_spectra(l, &k, class);
    known_clear(&k);
    rlra_dataset_destroy(dataset);
    free(spec);
    return code;
}

static int count_lines(const char *text)
{
    int lines = text[0] != '\0';
    for (const char *c = text; *c != '\0'; ++c)
        lines += *c == '\n' && c[1] != '\0';
    return lines;
}

/* A text variable with as many lines as there are classes gives their names. */
static void rename_classes(const run *r, library *l, const listing *all)
{
    for (int i = 0; i < all->count; ++i) {
        char *text = NULL;
        if (!all->entries[i].text)
            continue;
        if (rlra_file_text(all->file, all->entries[i].name, &text) != RLRA_OK)
            continue;
        text_end_lines(text);
        const int fits = count_lines(text) == l->count;
        const char *line = text;
        for (int c = 0; fits && c < l->count; ++c) {
            size_t length = strcspn(line, "\n");
            const char *const next = line + length + (line[length] == '\n');
            while (length > 0 && line[length - 1] == ' ')
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

/* How many bands the spectra of a file must have; 0: any. With --resample they have bands of their own: as many as wavelengths
 * stand beside them, if some do. The header of a spectral library says which mode they are: who takes it sees whether they fit. */
static int64_t wanted_bands(const run *r, const rlra_file *file, const scene *s)
{
    int64_t bands = 0;
    rlra_variable variable;
    if (!r->asked->resample)
        return strcmp(rlra_file_format(file), "envi") == 0 ? 0 : s->bands;
    for (int64_t k = 0; rlra_file_variable(file, k, &variable); ++k)
        for (int m = 0; variable.numeric && m < variable.order && known_is_axis(variable.name); ++m)
            bands = variable.dims[m] > bands ? variable.dims[m] : bands;
    return bands;
}

int library_read(const run *r, const char *spec, const scene *s, library *l)
{
    const size_t path_length = input_path_length(spec);
    char *const path = cli_copy(spec, path_length);
    listing listed = {.file = NULL}, *const all = &listed;
    const char *const wanted = spec[path_length] == ':' ? spec + path_length + 1 : NULL;
    l->bands = s->bands;
    const rlra_status status = rlra_file_open(r->context, path, &input_doubles, &all->file);
    int code = status == RLRA_OK ? EXIT_OK : run_fail(r, status, "--library");
    if (code == EXIT_OK) {
        all->bands = wanted_bands(r, all->file, s);
        list_variables(all);
    }
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
            code = add_variable(r, s, l, path, all, i, arrays == 1);
    }
    if (code == EXIT_OK && l->count == 0)
        code = run_error("--library %s: there is no array of %" PRId64
                         " bands x spectra; --resample brings spectra to the scene's wavelengths",
                         spec, s->bands);
    if (code == EXIT_OK)
        rename_classes(r, l, all);
    clear_listing(all);
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
