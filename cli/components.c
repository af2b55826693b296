/* cli/components.c: name the components of an unmixed scene and report their share of it. */
#include "components.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define ANGLE_STEP 0x1p-20

static double *pixel_shares(const rlra_array *pixels)
{
    const int64_t count = pixels->dims[0], rank = pixels->dims[1];
    double *const shares = cli_alloc((size_t)(count * rank), sizeof *shares);
    for (int64_t p = 0; p < count; ++p) {
        double total = 0.0;
        for (int64_t k = 0; k < rank; ++k) {
            shares[p * rank + k] = fmax(0.0, rlra_array_get(pixels, (const int64_t[]){p, k}));
            total += shares[p * rank + k];
        }
        for (int64_t k = 0; k < rank; ++k)
            shares[p * rank + k] = total > 0.0 ? shares[p * rank + k] / total : 0.0;
    }
    return shares;
}

static double scene_share(const components *c, int64_t pixels, int64_t k)
{
    double sum = 0.0, total = 0.0;
    for (int64_t p = 0; p < pixels; ++p) {
        sum += c->shares[p * c->rank + k];
        for (int64_t j = 0; j < c->rank; ++j)
            total += c->shares[p * c->rank + j];
    }
    return total > 0.0 ? sum / total : 0.0;
}

static void put(components *c, int64_t k, int column, char *value)
{
    char **const cell = &c->cells[k * c->columns + column];
    free(*cell);
    *cell = value;
}

static char *angle_text(double angle)
{
    return isfinite(angle) ? cli_format("%.3f", angle) : cli_format("-");
}

static void rename_component(components *c, int64_t k, const char *name)
{
    free(c->names[k]);
    c->names[k] = cli_copy(name, strlen(name));
}

/* class_of[k]: one class for each component: all different when there are as many, else the nearest. */
static void choose_classes(const components *c, int classes, const double *angles, int *class_of)
{
    if (classes == c->rank) {
        assign_least(classes, angles, class_of);
        return;
    }
    for (int64_t k = 0; k < c->rank; ++k) {
        class_of[k] = 0;
        for (int j = 1; j < classes; ++j) {
            if (angles[k * classes + j] < angles[k * classes + class_of[k]])
                class_of[k] = j;
        }
    }
}

/* Angles stand in for costs: an empty component is as far from everything as can be. They are whole multiples of a small one, which
 * rounding does not move: an angle of zero is known to the root of the precision only, and equal classes must stay equal. */
static double *angle_table(const run *r, const library *l, double *spectra)
{
    const rlra_array bands = rlra_model_factor(run_model(r), 0);
    double *const angles = cli_alloc((size_t)(bands.dims[1] * l->count), sizeof *angles);
    for (int64_t k = 0; k < bands.dims[1]; ++k) {
        factor_column(&bands, k, spectra + k * l->bands);
        for (int j = 0; j < l->count; ++j) {
            const double angle = spectral_angle(l->bands, l->classes[j].mean, spectra + k * l->bands);
            angles[k * l->count + j] = rint((isfinite(angle) ? angle : acos(-1.0)) / ANGLE_STEP) * ANGLE_STEP;
        }
    }
    return angles;
}

static void name_by_library(const run *r, const scene *s, components *c, int column)
{
    const library *const l = &c->library;
    double *const spectra = cli_alloc((size_t)(c->rank * s->bands), sizeof *spectra);
    int *const class_of = cli_alloc((size_t)c->rank, sizeof *class_of);
    double *const angles = angle_table(r, l, spectra);
    choose_classes(c, l->count, angles, class_of);
    double sum = 0.0, sum_nearest = 0.0;
    for (int64_t k = 0; k < c->rank; ++k) {
        const spectra_class *const chosen = &l->classes[class_of[k]];
        const double angle = angles[k * l->count + class_of[k]];
        const double near = nearest_angle(chosen, s->bands, spectra + k * s->bands);
        sum += angle;
        sum_nearest += isfinite(near) ? near : acos(-1.0);
        rename_component(c, k, chosen->name);
        put(c, k, column, cli_format("%s", chosen->name));
        put(c, k, column + 1, angle_text(angle));
        put(c, k, column + 2, angle_text(near));
    }
    c->note = cli_format("mean spectral angle %.3f rad to the class means, %.3f to the nearest spectra; %s",
                         sum / (double)c->rank, sum_nearest / (double)c->rank,
                         l->count == c->rank ? "each class used once" : "nearest class of each");
    free(angles);
    free(class_of);
    free(spectra);
}

static int strongest_class(const run *r, const labels *l, const double *means, int64_t rank, int64_t k)
{
    double *const shares = cli_alloc((size_t)l->classes, sizeof *shares);
    for (int j = 0; j < l->classes; ++j)
        shares[j] = means[j * rank + k];
    const int64_t best = rlra_order_first(r->data.dtype, l->classes, shares);
    free(shares);
    return best < 0 ? 0 : (int)best;
}

static void name_by_labels(const run *r, const scene *s, components *c, int column)
{
    const labels *const l = &c->labels;
    const rlra_array bands = rlra_model_factor(run_model(r), 0);
    double *const means = cli_alloc((size_t)(l->classes * c->rank), sizeof *means);
    double *const mean = cli_alloc((size_t)s->bands, sizeof *mean);
    double *const spectrum = cli_alloc((size_t)s->bands, sizeof *spectrum);
    labels_means(l, s->height * s->width, c->rank, c->shares, means);
    for (int64_t k = 0; k < c->rank; ++k) {
        const int best = strongest_class(r, l, means, c->rank, k);
        labels_spectrum(l, s, best + 1, mean);
        factor_column(&bands, k, spectrum);
        if (r->asked->library == NULL)
            rename_component(c, k, l->names[best]);
        put(c, k, column, cli_format("%s", l->names[best]));
        put(c, k, column + 1, cli_format("%.1f %%", 100.0 * means[best * c->rank + k]));
        put(c, k, column + 2, angle_text(spectral_angle(s->bands, mean, spectrum)));
    }
    if (c->note == NULL)
        c->note = cli_format("class: the one with the largest mean share of the component; angle: to the mean "
                             "spectrum of the class");
    free(spectrum);
    free(mean);
    free(means);
}

static void add_column(components *c, const char *title)
{
    c->header[c->columns++] = title;
}

static void lay_out(const run *r, components *c, int *library_column, int *labels_column)
{
    add_column(c, "component");
    *library_column = c->columns;
    if (r->asked->library != NULL) {
        add_column(c, "library class");
        add_column(c, "angle to mean");
        add_column(c, "to nearest");
    }
    *labels_column = c->columns;
    if (r->asked->labels != NULL) {
        add_column(c, "label class");
        add_column(c, "share in class");
        add_column(c, "angle");
    }
    add_column(c, "share of scene");
    c->cells = cli_alloc((size_t)c->rank * (size_t)c->columns, sizeof *c->cells);
    for (int64_t i = 0; i < c->rank * c->columns; ++i)
        c->cells[i] = cli_format("-");
}

/* Several components may have the class in common: their numbers distinguish them. */
static void make_unique(components *c)
{
    for (int64_t k = 0; k < c->rank; ++k) {
        int shared = 0;
        for (int64_t j = 0; j < c->rank; ++j)
            shared += strcmp(c->names[j], c->names[k]) == 0;
        for (int64_t j = c->rank; shared > 1 && j-- > k;) {
            if (strcmp(c->names[j], c->names[k]) != 0)
                continue;
            char *const unique = cli_format("%s (%" PRId64 ")", c->names[j], j + 1);
            free(c->names[j]);
            c->names[j] = unique;
        }
    }
}

int components_open(const run *r, const scene *s, components *c)
{
    int code = EXIT_OK;
    if (r->asked->library != NULL)
        code = library_read(r, r->asked->library, s, &c->library);
    if (code == EXIT_OK && r->asked->labels != NULL)
        code = labels_read(r, s, &c->labels);
    return code;
}

void components_describe(const run *r, const scene *s, components *c)
{
    int library_column = 0, labels_column = 0;
    const rlra_array pixels = rlra_model_factor(run_model(r), 1);
    c->rank = pixels.dims[1];
    c->shares = pixel_shares(&pixels);
    c->names = cli_alloc((size_t)c->rank, sizeof *c->names);
    lay_out(r, c, &library_column, &labels_column);
    for (int64_t k = 0; k < c->rank; ++k) {
        c->names[k] = cli_format("component %" PRId64, k + 1);
        put(c, k, 0, cli_format("%" PRId64, k + 1));
        put(c, k, c->columns - 1, cli_format("%.1f %%", 100.0 * scene_share(c, pixels.dims[0], k)));
    }
    if (r->asked->library != NULL)
        name_by_library(r, s, c, library_column);
    if (r->asked->labels != NULL)
        name_by_labels(r, s, c, labels_column);
    make_unique(c);
}

void components_clear(components *c)
{
    for (int64_t k = 0; c->names != NULL && k < c->rank; ++k)
        free(c->names[k]);
    for (int64_t i = 0; c->cells != NULL && i < c->rank * c->columns; ++i)
        free(c->cells[i]);
    library_clear(&c->library);
    labels_clear(&c->labels);
    free(c->shares);
    free(c->names);
    free(c->cells);
    free(c->note);
    *c = (components){0};
}
