/* cli/known.c: known spectra from a file, brought to the bands of a scene. */
#include "known.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text.h"
#include "waves.h"

/* What stands beside spectra in many libraries and is none. */
int known_is_axis(const char *name)
{
    static const char *const names[] = {"band", "bands", "SlectBands"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i)
        if (strcasecmp(name, names[i]) == 0)
            return 1;
    return waves_named(name);
}

static int is_library(const rlra_dataset *dataset)
{
    return strcmp(rlra_dataset_format(dataset), "envi") == 0;
}

/* The mode that the file has wavelengths for, or -1. */
static int axis_mode(const rlra_dataset *dataset)
{
    for (int m = 0; m < rlra_dataset_array(dataset)->order; ++m)
        if (rlra_dataset_axis(dataset, m) != NULL)
            return m;
    return -1;
}

/* Which mode of a matrix has the bands, as far as the file says; -1: it does not. */
static int bands_mode(const rlra_dataset *dataset, int transposed)
{
    const int axis = axis_mode(dataset);
    return transposed ? 1 : axis >= 0 ? axis : is_library(dataset) ? 1 : -1;
}

void known_lengths(const rlra_dataset *dataset, int transposed, int64_t lengths[2])
{
    const rlra_array *const array = rlra_dataset_array(dataset);
    const int mode = array->order < 2 ? 0 : bands_mode(dataset, transposed);
    lengths[0] = array->dims[mode < 0 ? 0 : mode];
    lengths[1] = mode < 0 && array->order == 2 ? array->dims[1] : 0;
}

/* The name that the file has for index i of a mode; NULL if there is none. Freed with free(). */
static char *name_of(const rlra_dataset *dataset, int mode, int64_t i)
{
    const char *const label = rlra_dataset_label(dataset, mode, i);
    return label == NULL || label[0] == '\0' ? NULL : text_valid(label);
}

/* Where the spectra lie in an array. */
typedef struct layout {
    rlra_array matrix; /* bands x spectra */
    int spectra_mode;  /* of the data set; -1: there is one spectrum */
    int is_guess;      /* rows were taken for spectra because of their length alone */
} layout;

static layout lay_out(const rlra_dataset *dataset, int64_t bands, int transposed)
{
    const rlra_array *const array = rlra_dataset_array(dataset);
    if (array->order < 2) {
        const int64_t dims[] = {array->dims[0], 1};
        rlra_array one = rlra_array_contiguous(array->dtype, 2, dims, array->data);
        one.strides[0] = array->strides[0];
        return (layout){one, -1, 0};
    }
    const int mode = bands_mode(dataset, transposed);
    const int bands_last = mode >= 0 ? mode == 1 : array->dims[0] != bands && array->dims[1] == bands;
    return (layout){bands_last ? rlra_array_permuted(array, (const int[]){1, 0}) : *array, !bands_last,
                    bands_last && mode < 0};
}

static void take_axis(known *k, const double *values, int64_t step, const char *unit)
{
    k->waves = cli_alloc((size_t)k->bands + 1, sizeof *k->waves);
    for (int64_t b = 0; b < k->bands; ++b)
        k->waves[b] = values[b * step];
    k->unit = unit == NULL ? NULL : cli_copy(unit, strlen(unit));
}

/* One spectrum; a column of wavelengths becomes those of all. */
static void take_column(known *k, const layout *l, int64_t column, char *name)
{
    double *const to = k->values + k->count * k->bands;
    for (int64_t b = 0; b < k->bands; ++b)
        to[b] = rlra_array_get(&l->matrix, (const int64_t[]){b, column});
    if (name != NULL && known_is_axis(name)) {
        if (k->waves == NULL)
            take_axis(k, to, 1, NULL);
        free(name);
        return;
    }
    k->names[k->count++] = name != NULL ? name : cli_format("spectrum %" PRId64, column + 1);
}

int known_take(const run *r, const char *spec, const rlra_dataset *dataset, int64_t bands, int transposed, known *k)
{
    const rlra_array *const array = rlra_dataset_array(dataset);
    char dims[128];
    if (array == NULL || array->order > 2)
        return run_error("%s: expected a matrix of bands x spectra, this is %s", spec,
                         array == NULL ? "sparse" : print_dims(array->order, array->dims, dims, sizeof dims));
    const layout l = lay_out(dataset, bands, transposed);
    if (l.is_guess)
        input_report(r, spec, "its rows were taken for spectra, as its columns are as many as the scene has bands");
    const int64_t columns = l.matrix.dims[1];
    const int axis = axis_mode(dataset);
    k->bands = l.matrix.dims[0];
    k->values = cli_alloc((size_t)(k->bands * columns) + 1, sizeof *k->values);
    k->names = cli_alloc((size_t)columns + 1, sizeof *k->names);
    if (axis >= 0 && axis != l.spectra_mode)
        take_axis(k, rlra_dataset_axis(dataset, axis), 1, rlra_dataset_attribute(dataset, "wavelength units"));
    for (int64_t j = 0; j < columns; ++j)
        take_column(k, &l, j, l.spectra_mode < 0 ? NULL : name_of(dataset, l.spectra_mode, j));
    if (k->count < columns)
        input_report(r, spec, "columns that are wavelengths by their names are no spectra");
    return EXIT_OK;
}

static int resample(const run *r, const char *what, const scene *s, known *k)
{
    if (k->waves == NULL || s->wavelengths == NULL)
        return run_error("%s: --resample goes by wavelength, but %s has none%s", what,
                         k->waves == NULL ? "the file of the spectra" : "the scene",
                         k->waves == NULL ? "" : "; --wavelengths gives them");
    const double scale = waves_scale(k->unit, k->waves, k->bands);
    if (scale == 0.0 || s->nanometres == 0.0)
        return run_error("%s: the unit '%s' of wavelengths is neither nm nor micrometres", what,
                         scale == 0.0 ? k->unit : s->unit);
    double *const to = cli_alloc((size_t)s->bands + 1, sizeof *to);
    double *const values = cli_alloc((size_t)(s->bands * k->count) + 1, sizeof *values);
    for (int64_t b = 0; b < s->bands; ++b)
        to[b] = s->wavelengths[b] * s->nanometres / scale;
    resampling plan = resampling_make(k->bands, k->waves, s->bands, to);
    for (int64_t i = 0; i < k->count; ++i)
        resampling_apply(&plan, k->values + i * k->bands, values + i * s->bands);
    if (plan.outside > 0) {
        char *const note = cli_format("%" PRId64 " of the scene's %" PRId64
                                      " bands lie outside of the wavelengths of the spectra: they are left out",
                                      plan.outside, s->bands);
        input_report(r, what, note);
        free(note);
    }
    resampling_clear(&plan);
    free(to);
    free(k->values);
    k->values = values;
    k->bands = s->bands;
    return EXIT_OK;
}

/* As many bands, but at other wavelengths. */
static void compare(const run *r, const char *what, const scene *s, const known *k)
{
    if (k->waves == NULL || s->wavelengths == NULL)
        return;
    const double scale = waves_scale(k->unit, k->waves, k->bands);
    const double apart =
        scale * s->nanometres == 0.0 ? 0.0 : waves_distance(k->bands, s->wavelengths, s->nanometres, k->waves, scale);
    if (apart * s->nanometres < 0.1)
        return;
    char *const note = cli_format("wavelengths of the spectra are up to %.3g %s from those of the scene: --resample "
                                  "brings them there",
                                  apart, s->unit);
    input_report(r, what, note);
    free(note);
}

int known_match(const run *r, const char *what, const scene *s, known *k)
{
    if (r->asked->resample)
        return resample(r, what, s, k);
    if (k->bands != s->bands)
        return run_error("%s: the spectra have %" PRId64 " bands, the scene %" PRId64
                         "; --resample brings them to the scene's wavelengths",
                         what, k->bands, s->bands);
    compare(r, what, s, k);
    return EXIT_OK;
}

void known_clear(known *k)
{
    for (int64_t i = 0; i < k->count; ++i)
        free(k->names[i]);
    free(k->names);
    free(k->values);
    free(k->waves);
    free(k->unit);
    *k = (known){0};
}
