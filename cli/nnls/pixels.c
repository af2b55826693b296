/* cli/nnls/pixels.c: a regression on known spectra for every pixel of a scene: what is read, and how results become maps. */
#include "nnls/pixels.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* Options that need a scene. */
static const char *scene_option(const request *asked)
{
    const struct {
        const char *name;
        int given;
    } options[] = {
        {"mask", asked->mask != NULL},
        {"ignore-value", asked->ignore_value != NULL},
        {"bad-bands", asked->bad_bands != NULL},
        {"wavelengths", asked->wavelengths != NULL},
        {"resample", asked->resample},
        {"report", asked->report != NULL},
        {"pixel-order", asked->pixel_order != NULL},
        {"shape", asked->shape != NULL},
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; ++i)
        if (options[i].given)
            return options[i].name;
    return NULL;
}

int regression_find_scene(regression *r)
{
    const request *const asked = r->asked;
    const rlra_array *const y = rlra_dataset_array(r->y_file);
    /* An image of ENVI with one band is a matrix. */
    const int is_image =
        y != NULL && strcmp(rlra_dataset_format(r->y_file), "envi") == 0 && y->order == 3 && y->dims[2] > 1;
    const int is_cube = y != NULL && y->order == 3 && (is_image || input_squeezed(y).order == 3);
    r->is_scene = is_cube || (scene_option(asked) != NULL && y != NULL && input_squeezed(y).order == 2);
    if (!r->is_scene && scene_option(asked) != NULL)
        return usage_error(asked->about, "--%s is for scenes, and %s is none: a cube or a matrix", scene_option(asked),
                           asked->data[1]);
    if (!r->is_scene)
        return EXIT_OK;
    if (asked->front)
        return usage_error(asked->about, "--front is for matrices, and %s is a scene", asked->data[1]);
    if (asked->start != NULL)
        return usage_error(asked->about, "--start is for matrices, and %s is a scene", asked->data[1]);
    if (asked->transpose != NULL && strcmp(asked->transpose, "W") != 0)
        return usage_error(asked->about, "--transpose Y is for matrices, and %s is a scene", asked->data[1]);
    return EXIT_OK;
}

/* Bands in which a spectrum is not known are left out. */
static void strike_unknown(regression *r)
{
    for (int64_t i = 0; i < r->known.count; ++i)
        for (int64_t b = 0; b < r->known.bands; ++b)
            if (isnan(r->known.values[i * r->known.bands + b]))
                r->scene.use_band[b] = 0;
}

/* W: the spectra in the bands that are used, in the precision of the scene. */
static void pack_spectra(regression *r)
{
    const int64_t dims[] = {r->scene.survey.bands, r->known.count};
    const rlra_dtype dtype = r->scene.used.dtype;
    void *const memory = cli_alloc((size_t)(dims[0] * dims[1]) + 1, (size_t)rlra_dtype_bytes(dtype));
    int64_t to = 0;
    for (int64_t b = 0; b < r->scene.bands; ++b)
        for (int64_t i = 0; r->scene.use_band[b] && i < dims[1]; ++i, ++to) {
            const double value = r->known.values[i * r->known.bands + b];
            if (dtype == RLRA_DTYPE_F32)
                ((float *)memory)[to] = (float)value;
            else
                ((double *)memory)[to] = value;
        }
    r->w = rlra_array_contiguous(dtype, 2, dims, memory);
    r->expanded[0] = memory;
}

static int read_known(regression *r)
{
    const char *const spec = r->asked->data[0];
    const int transposed = r->asked->transpose != NULL;
    int code = input_require_dense(&r->files, spec, &r->w_file);
    int64_t lengths[2] = {0, 0};
    if (code == EXIT_OK && !r->asked->resample)
        known_lengths(r->w_file, transposed, lengths);
    if (code == EXIT_OK)
        code = scene_open(&r->files, lengths, &r->scene);
    if (code == EXIT_OK)
        code = known_take(&r->files, spec, r->w_file, r->scene.bands, transposed, &r->known);
    if (code == EXIT_OK && r->known.count == 0)
        code = run_error("%s holds no spectra", spec);
    if (code == EXIT_OK)
        code = known_match(&r->files, spec, &r->scene, &r->known);
    if (code == EXIT_OK)
        strike_unknown(r);
    return code;
}

int regression_read_scene(regression *r)
{
    run *const files = &r->files;
    files->dataset = r->y_file;
    files->data = *rlra_dataset_array(r->y_file);
    r->y_file = NULL; /* its owner is the run now */
    if (files->data.order == 2 || input_squeezed(&files->data).order == 2)
        files->data = files->data.order == 3 && strcmp(run_format(files), "envi") == 0 ? files->data
                                                                                       : input_squeezed(&files->data);
    int code = read_known(r);
    if (code == EXIT_OK)
        code = scene_select(files, &r->scene);
    if (code != EXIT_OK)
        return code;
    pack_spectra(r);
    r->y = r->scene.used;
    r->columns = r->y.dims[1];
    const int64_t dims[] = {r->known.count, r->columns};
    r->maps = cli_alloc((size_t)(dims[0] * dims[1]) + 1, (size_t)rlra_dtype_bytes(r->w.dtype));
    r->x = rlra_array_contiguous(r->w.dtype, 2, dims, r->maps);
    return EXIT_OK;
}

static double *spread_numbers(const scene *s, const double *from)
{
    double *const to = cli_alloc((size_t)(s->height * s->width) + 1, sizeof *to);
    for (int64_t p = 0; p < s->height * s->width; ++p)
        to[p] = NAN;
    for (int64_t q = 0; q < s->survey.pixels; ++q) {
        int64_t row, column;
        scene_place(s, s->pixel_of[q], &row, &column);
        to[row * s->width + column] = from[q];
    }
    return to;
}

static void replace(const scene *s, double **numbers)
{
    double *const spread = spread_numbers(s, *numbers);
    free(*numbers);
    *numbers = spread;
}

void regression_spread(regression *r)
{
    const scene *const s = &r->scene;
    const int64_t dims[] = {r->known.count, s->height, s->width}, pixels = s->height * s->width;
    double *const line = cli_alloc((size_t)r->columns + 1, sizeof *line);
    void *const memory = cli_alloc((size_t)(dims[0] * pixels) + 1, (size_t)rlra_dtype_bytes(r->w.dtype));
    for (int64_t k = 0; k < dims[0]; ++k) {
        for (int64_t q = 0; q < r->columns; ++q)
            line[q] = rlra_array_get(&r->x, (const int64_t[]){k, q});
        double *const map = spread_numbers(s, line);
        for (int64_t p = 0; p < pixels; ++p)
            if (r->w.dtype == RLRA_DTYPE_F32)
                ((float *)memory)[k * pixels + p] = (float)map[p];
            else
                ((double *)memory)[k * pixels + p] = map[p];
        free(map);
    }
    free(line);
    r->x_written = rlra_array_contiguous(r->w.dtype, 3, dims, memory);
    replace(s, &r->losses);
    replace(s, &r->kkts);
    replace(s, &r->gaps);
}

char *regression_place(const regression *r, int64_t column)
{
    int64_t row, across;
    if (!r->is_scene)
        return cli_format("column %" PRId64, column);
    scene_place(&r->scene, r->scene.pixel_of[column], &row, &across);
    return cli_format("the pixel at row %" PRId64 ", column %" PRId64, row, across);
}

void regression_clear_scene(regression *r)
{
    known_clear(&r->known);
    scene_close(&r->scene);
    free(r->maps);
}
