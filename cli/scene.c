/* cli/scene.c: a hyperspectral image seen as a cube and as a matrix of bands x pixels. */
#include "scene.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

int64_t scene_pixel(const scene *s, int64_t row, int64_t column)
{
    return s->by_columns ? column * s->height + row : row * s->width + column;
}

void scene_place(const scene *s, int64_t pixel, int64_t *row, int64_t *column)
{
    *row = s->by_columns ? pixel % s->height : pixel / s->width;
    *column = s->by_columns ? pixel / s->height : pixel % s->width;
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

/* A number stored beside the data, such as nRow; 0 when there is none. */
static int64_t number_beside(const run *r, const char *name)
{
    const char *const spec = r->asked->data[0];
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

/* Height and width from --shape, or 0 x 0. */
static int read_shape(const run *r, int64_t *height, int64_t *width)
{
    const char *const shape = r->asked->shape;
    *height = *width = 0;
    if (shape == NULL)
        return EXIT_OK;
    char *end = NULL, *last = NULL;
    const long long rows = strtoll(shape, &end, 10);
    const long long columns = *end == 'x' || *end == 'X' ? strtoll(end + 1, &last, 10) : 0;
    if (rows < 1 || columns < 1 || rows > 1000000000 || columns > 1000000000 || last == NULL || *last != '\0')
        return usage_error(r->asked->about, "--shape needs height x width such as 145x145, got '%s'", shape);
    *height = rows;
    *width = columns;
    return EXIT_OK;
}

static int open_matrix(run *r, scene *s)
{
    char dims[64];
    if (s->height == 0) {
        s->height = number_beside(r, "nRow");
        s->width = number_beside(r, "nCol");
        if (s->height == 0 || s->width == 0)
            return run_error("%s: a scene of %s needs its height and width: --shape HxW", r->asked->data[0],
                             print_dims(2, r->data.dims, dims, sizeof dims));
    }
    const char *const order = r->asked->pixel_order;
    const int from_matlab = strcmp(run_format(r), "mat") == 0;
    s->by_columns = order == NULL ? from_matlab : strcmp(order, "columns") == 0;
    const int64_t pixels = s->height * s->width;
    if (r->data.dims[1] == pixels)
        s->matrix = r->data;
    else if (r->data.dims[0] == pixels)
        s->matrix = rlra_array_permuted(&r->data, (const int[]){1, 0});
    else
        return run_error("%s: %" PRId64 " x %" PRId64 " is %" PRId64 " pixels, neither mode of %s is as long",
                         r->asked->data[0], s->height, s->width, pixels,
                         print_dims(2, r->data.dims, dims, sizeof dims));
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

static int open_cube(run *r, scene *s)
{
    const int64_t height = s->height, width = s->width;
    const int fits_last = height == r->data.dims[0] && width == r->data.dims[1];
    const int fits_first = height == r->data.dims[1] && width == r->data.dims[2];
    if (height != 0 && !fits_last && !fits_first) {
        char dims[64];
        return run_error("%s: --shape says %" PRId64 " x %" PRId64 ", the cube is %s", r->asked->data[0], height, width,
                         print_dims(3, r->data.dims, dims, sizeof dims));
    }
    /* With --shape a cube of bands x height x width is understood as well. */
    const int bands_first = height != 0 && !fits_last;
    s->cube = bands_first ? rlra_array_permuted(&r->data, (const int[]){1, 2, 0}) : r->data;
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

static void parse_wavelengths(scene *s, const char *list)
{
    double *const values = cli_alloc((size_t)s->bands, sizeof *values);
    int64_t count = 0;
    for (const char *at = list; *at != '\0';) {
        char *end = NULL;
        const double value = strtod(at, &end);
        if (end == at || count == s->bands)
            break;
        values[count++] = value;
        at = end + strspn(end, ", \t\n");
    }
    if (count == s->bands)
        s->wavelengths = values;
    else
        free(values);
}

static int read_wavelengths(const run *r, scene *s)
{
    rlra_dataset *dataset = NULL;
    const int code = input_read(r, r->asked->wavelengths, 1, 1, &input_doubles, &dataset);
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
    return fits
               ? EXIT_OK
               : run_error("--wavelengths %s: the scene has %" PRId64 " bands, and the file not as many finite numbers",
                           r->asked->wavelengths, s->bands);
}

/* The unit that such numbers mean for sensors of light: 400 is nm, 0.4 is micrometres. */
static const char *guess_unit(const scene *s)
{
    const double last = s->wavelengths[s->bands - 1];
    return last > 100.0 ? "nm" : "\xc2\xb5m";
}

static int find_wavelengths(const run *r, scene *s)
{
    if (r->asked->wavelengths != NULL) {
        const int code = read_wavelengths(r, s);
        if (code != EXIT_OK)
            return code;
    } else {
        const char *const list = rlra_dataset_attribute(r->dataset, "wavelength");
        if (list != NULL)
            parse_wavelengths(s, list);
    }
    if (s->wavelengths == NULL)
        return EXIT_OK;
    const char *const unit = guess_unit(s);
    s->unit = cli_copy(unit, strlen(unit));
    return EXIT_OK;
}

int scene_open(run *r, scene *s)
{
    int code = read_shape(r, &s->height, &s->width);
    if (code == EXIT_OK)
        code = r->data.order == 3 ? open_cube(r, s) : open_matrix(r, s);
    if (code == EXIT_OK)
        code = find_wavelengths(r, s);
    if (code == EXIT_OK)
        r->data = s->matrix;
    return code;
}

void scene_close(scene *s)
{
    free(s->copy);
    free(s->wavelengths);
    free(s->unit);
    *s = (scene){0};
}
