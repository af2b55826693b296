/* cli/scene.c: a hyperspectral image seen as a cube and as a matrix of bands x pixels. */
#include "scene.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "waves.h"

int64_t scene_pixel(const scene *s, int64_t row, int64_t column)
{
    return s->by_columns ? column * s->height + row : row * s->width + column;
}

void scene_place(const scene *s, int64_t pixel, int64_t *row, int64_t *column)
{
    *row = s->by_columns ? pixel % s->height : pixel / s->width;
    *column = s->by_columns ? pixel / s->height : pixel % s->width;
}

int scene_fits_image(const scene *s, rlra_array *array)
{
    const int is_image = array->order == 2 && array->dims[0] == s->height && array->dims[1] == s->width;
    if (!is_image)
        *array = input_squeezed(array);
    return (array->order == 2 && array->dims[0] == s->height && array->dims[1] == s->width) ||
           (array->order == 1 && array->dims[0] == s->height * s->width);
}

double scene_image_at(const scene *s, const rlra_array *array, int64_t pixel)
{
    int64_t index[2] = {pixel, 0};
    if (array->order == 2)
        scene_place(s, pixel, &index[0], &index[1]);
    return rlra_array_get(array, index);
}

/* Strides of rows and columns of the image, from that of the pixels. */
static void image_strides(const scene *s, int64_t pixel_stride, int64_t strides[2])
{
    strides[0] = s->by_columns ? pixel_stride : pixel_stride * s->width;
    strides[1] = s->by_columns ? pixel_stride * s->height : pixel_stride;
}

rlra_array scene_maps(const scene *s, const rlra_array *factor)
{
    rlra_array maps = {factor->dtype, 3, {factor->dims[1], s->height, s->width}, {factor->strides[1]}, factor->data};
    image_strides(s, factor->strides[0], maps.strides + 1);
    return maps;
}

/* The file of the scene: the last one of a command. */
static const char *spec_of(const run *r)
{
    return r->asked->data[r->asked->data_count - 1];
}

/* A number stored beside the data, such as nRow; 0 when there is none. */
static int64_t number_beside(const run *r, const char *name)
{
    const char *const spec = spec_of(r);
    char *const beside = cli_format("%.*s:%s", (int)input_path_length(spec), spec, name);
    rlra_dataset *dataset = NULL;
    int64_t number = 0;
    if (input_dataset(r, beside, &input_doubles, &dataset) == RLRA_OK && rlra_dataset_array(dataset) != NULL &&
        rlra_array_count(rlra_dataset_array(dataset)) == 1) {
        const int64_t first[RLRA_MAX_ORDER] = {0};
        const double value = rlra_array_get(rlra_dataset_array(dataset), first);
        number = value >= 1.0 && value < 1e9 ? (int64_t)value : 0;
    }
    rlra_dataset_destroy(dataset);
    free(beside);
    return number;
}

/* Height and width of a matrix: as --shape, numbers beside it, or an image that goes with it say. */
static int find_image(const run *r, scene *s)
{
    char dims[64];
    const int code = scene_read_shape(r, &s->height, &s->width);
    if (code != EXIT_OK || s->height != 0)
        return code;
    s->height = number_beside(r, "nRow");
    s->width = number_beside(r, "nCol");
    if ((s->height == 0 || s->width == 0) && !scene_image(r, &s->height, &s->width))
        return run_error("%s: a scene of %s needs its height and width: --shape HxW", spec_of(r),
                         print_dims(2, r->data.dims, dims, sizeof dims));
    return EXIT_OK;
}

static int open_matrix(run *r, scene *s)
{
    char dims[64];
    const int code = find_image(r, s);
    if (code != EXIT_OK)
        return code;
    const char *const order = r->asked->pixel_order;
    const int from_matlab = strcmp(run_format(r), "mat") == 0;
    s->by_columns = order == NULL ? from_matlab : strcmp(order, "columns") == 0;
    const int64_t pixels = s->height * s->width;
    const int both = r->data.dims[0] == pixels && r->data.dims[1] == pixels;
    if (both)
        input_report(r, spec_of(r), "both modes are as long as the image has pixels: rows were taken for bands");
    if (r->data.dims[1] == pixels)
        s->matrix = r->data;
    else if (r->data.dims[0] == pixels)
        s->matrix = rlra_array_permuted(&r->data, (const int[]){1, 0});
    else
        return run_error("%s: %" PRId64 " x %" PRId64 " is %" PRId64 " pixels, neither mode of %s is as long",
                         spec_of(r), s->height, s->width, pixels, print_dims(2, r->data.dims, dims, sizeof dims));
    s->bands = s->matrix.dims[0];
    s->cube =
        (rlra_array){s->matrix.dtype, 3, {s->height, s->width, s->bands}, {0, 0, s->matrix.strides[0]}, s->matrix.data};
    image_strides(s, s->matrix.strides[1], s->cube.strides);
    return EXIT_OK;
}

/* A contiguous copy of the cube: interleaved lines make no matrix. */
static void copy_cube(scene *s)
{
    const size_t bytes = (size_t)rlra_dtype_bytes(s->cube.dtype);
    char *const copy = cli_alloc((size_t)rlra_array_count(&s->cube), bytes);
    char *next = copy;
    for (int64_t i = 0; i < s->height; ++i) {
        for (int64_t j = 0; j < s->width; ++j) {
            const char *const pixel =
                (const char *)s->cube.data + (i * s->cube.strides[0] + j * s->cube.strides[1]) * (int64_t)bytes;
            for (int64_t b = 0; b < s->bands; ++b, next += bytes)
                memcpy(next, pixel + b * s->cube.strides[2] * (int64_t)bytes, bytes);
        }
    }
    s->copy = copy;
    s->cube = rlra_array_contiguous(s->cube.dtype, 3, s->cube.dims, copy);
}

static int open_cube(run *r, const int64_t known[2], const char *waves, scene *s)
{
    int order[3];
    if (r->asked->pixel_order != NULL)
        return usage_error(r->asked->about,
                           "--pixel-order is for matrices of bands x pixels, and %s is a cube; --shape says its modes",
                           spec_of(r));
    const int code = scene_order(r, known, waves, order);
    if (code != EXIT_OK)
        return code;
    s->cube = rlra_array_permuted(&r->data, order);
    s->height = s->cube.dims[0];
    s->width = s->cube.dims[1];
    s->bands = s->cube.dims[2];
    rlra_array pixels;
    const rlra_array turned = rlra_array_permuted(&s->cube, (const int[]){1, 0, 2});
    s->by_columns = 0;
    if (rlra_array_merged(&s->cube, 0, 1, &pixels) != RLRA_OK) {
        s->by_columns = rlra_array_merged(&turned, 0, 1, &pixels) == RLRA_OK;
        if (!s->by_columns) {
            copy_cube(s);
            rlra_array_merged(&s->cube, 0, 1, &pixels);
        }
    }
    s->matrix = rlra_array_permuted(&pixels, (const int[]){1, 0});
    return EXIT_OK;
}

static int64_t length_of(const run *r, int mode)
{
    const rlra_array *const array = rlra_dataset_array(r->dataset);
    return mode < array->order ? array->dims[mode] : 0;
}

/* Those that the file has for the mode of the bands. */
static void take_axis(const run *r, scene *s)
{
    for (int m = 0; m < RLRA_MAX_ORDER; ++m) {
        const double *const axis = rlra_dataset_axis(r->dataset, m);
        if (axis == NULL || length_of(r, m) != s->bands)
            continue;
        s->wavelengths = cli_alloc((size_t)s->bands, sizeof *s->wavelengths);
        memcpy(s->wavelengths, axis, (size_t)s->bands * sizeof *axis);
        return;
    }
}

static int read_wavelengths(const run *r, const char *spec, scene *s)
{
    rlra_dataset *dataset = NULL;
    const int code = input_read(r, spec, 1, 1, &input_doubles, &dataset);
    if (code != EXIT_OK)
        return code;
    const rlra_array array = input_squeezed(rlra_dataset_array(dataset));
    int fits = array.order == 1 && array.dims[0] == s->bands;
    if (fits)
        s->wavelengths = cli_alloc((size_t)s->bands, sizeof *s->wavelengths);
    for (int64_t b = 0; fits && b < s->bands; ++b) {
        s->wavelengths[b] = rlra_array_get(&array, &b);
        fits = isfinite(s->wavelengths[b]);
    }
    rlra_dataset_destroy(dataset);
    if (!fits && r->asked->wavelengths != NULL)
        return run_error("--wavelengths %s: the scene has %" PRId64 " bands, and the file not as many finite numbers",
                         spec, s->bands);
    if (!fits)
        free(s->wavelengths);
    if (!fits)
        s->wavelengths = NULL;
    return EXIT_OK;
}

/* The unit that the file names, else the one that such numbers mean. */
static void find_unit(const run *r, scene *s)
{
    const char *const named =
        r->asked->wavelengths == NULL ? rlra_dataset_attribute(r->dataset, "wavelength units") : NULL;
    s->nanometres = waves_scale(named, s->wavelengths, s->bands);
    const char *const unit = s->nanometres == 0.0 ? named : s->nanometres == 1.0 ? "nm" : "\xc2\xb5m";
    s->unit = text_valid(unit);
}

static int find_wavelengths(const run *r, const char *waves, scene *s)
{
    int code = EXIT_OK;
    if (r->asked->wavelengths == NULL)
        take_axis(r, s);
    if (s->wavelengths == NULL && waves != NULL)
        code = read_wavelengths(r, waves, s);
    if (code == EXIT_OK && s->wavelengths != NULL)
        find_unit(r, s);
    return code;
}

static int open_views(run *r, const int64_t known[2], const char *waves, scene *s)
{
    const int code = r->data.order == 3 ? open_cube(r, known, waves, s) : open_matrix(r, s);
    if (code != EXIT_OK)
        return code;
    const size_t pixels = (size_t)(s->height * s->width);
    s->use_band = cli_alloc((size_t)s->bands + 1, 1);
    s->use_pixel = cli_alloc(pixels + 1, 1);
    memset(s->use_band, 1, (size_t)s->bands);
    memset(s->use_pixel, 1, pixels);
    return find_wavelengths(r, waves, s);
}

int scene_open(run *r, const int64_t known[2], scene *s)
{
    const char *const asked = r->asked->wavelengths;
    char *const beside = asked == NULL ? scene_waves_beside(r) : NULL;
    const int code = open_views(r, known, asked != NULL ? asked : beside, s);
    free(beside);
    return code;
}

void scene_close(scene *s)
{
    free(s->copy);
    free(s->wavelengths);
    free(s->unit);
    free(s->use_band);
    free(s->use_pixel);
    free(s->pixel_of);
    free(s->packed);
    *s = (scene){0};
}
