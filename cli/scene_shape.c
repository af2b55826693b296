/* cli/scene_shape.c: find out which modes of a scene are its height, width and bands. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"
#include "text.h"
#include "waves.h"

/* The shapes of the variables of a file, without modes of length one. */
typedef struct shapes {
    const char *wanted; /* name of the one that counts, or NULL: all */
    int count, room;
    int *order;
    int64_t (*dims)[2];
} shapes;

static void add_shape(void *user, const rlra_variable *variable)
{
    shapes *const all = user;
    int order = 0;
    int64_t dims[2] = {1, 1};
    if (!variable->numeric || (all->wanted != NULL && strcmp(all->wanted, variable->name) != 0))
        return;
    for (int m = 0; m < variable->order; ++m) {
        if (variable->dims[m] == 1)
            continue;
        if (order == 2)
            return;
        dims[order++] = variable->dims[m];
    }
    if (all->count == all->room) {
        all->room = 2 * all->room + 16;
        all->order = cli_realloc(all->order, (size_t)all->room, sizeof *all->order);
        all->dims = cli_realloc(all->dims, (size_t)all->room, sizeof *all->dims);
    }
    memcpy(all->dims[all->count], dims, sizeof dims);
    all->order[all->count++] = order;
}

/* Those of FILE or FILE:NAME; none where there is no such file: who reads it will report it. */
static void peek(const run *r, const char *spec, shapes *all)
{
    *all = (shapes){0};
    if (spec == NULL)
        return;
    const size_t length = input_path_length(spec);
    char *const path = cli_copy(spec, length);
    all->wanted = spec[length] == ':' ? spec + length + 1 : NULL;
    rlra_file_list(r->context, path, &input_doubles, add_shape, all);
    free(path);
}

static void forget(shapes *all)
{
    free(all->order);
    free(all->dims);
    *all = (shapes){0};
}

static int has_image(const shapes *all, int64_t height, int64_t width)
{
    for (int i = 0; i < all->count; ++i)
        if (all->dims[i][0] == height && all->dims[i][1] == width)
            return 1;
    return 0;
}

static int has_length(const shapes *all, int64_t length)
{
    for (int i = 0; i < all->count; ++i)
        if (all->dims[i][0] == length || (all->order[i] == 2 && all->dims[i][1] == length))
            return 1;
    return 0;
}

/* Height and width from --shape, or 0 x 0. */
int scene_read_shape(const run *r, int64_t *height, int64_t *width)
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

/* What is known of the image and of the bands. */
typedef struct evidence {
    int64_t height, width; /* of --shape, or 0 */
    int64_t known[2];      /* lengths that the bands may have, or 0 */
    shapes labels, mask, waves, library;
    int axis; /* the mode that the file has wavelengths for, or -1 */
} evidence;

/* Number of the first order that exchanges height and width. */
#define EXCHANGED 3

/* The orders that are tried, the likeliest first: as the cube lies, then with height and width exchanged. */
static const int orders[6][3] = {{0, 1, 2}, {1, 2, 0}, {0, 2, 1}, {2, 1, 0}, {1, 0, 2}, {2, 0, 1}};

/* Keep of the orders those that a piece of evidence speaks for; all, if it speaks for none. */
static int keep(int candidates, int speaks_for)
{
    return (candidates & speaks_for) != 0 ? candidates & speaks_for : candidates;
}

typedef int (*judge)(const evidence *e, const int64_t *dims, const int *order);

static int fits_shape(const evidence *e, const int64_t *dims, const int *order)
{
    return dims[order[0]] == e->height && dims[order[1]] == e->width;
}

static int fits_images(const evidence *e, const int64_t *dims, const int *order)
{
    return has_image(&e->labels, dims[order[0]], dims[order[1]]) || has_image(&e->mask, dims[order[0]], dims[order[1]]);
}

static int fits_axis(const evidence *e, const int64_t *dims, const int *order)
{
    (void)dims;
    return order[2] == e->axis;
}

static int fits_waves(const evidence *e, const int64_t *dims, const int *order)
{
    return has_length(&e->waves, dims[order[2]]);
}

static int fits_known(const evidence *e, const int64_t *dims, const int *order)
{
    return dims[order[2]] == e->known[0];
}

static int fits_turned(const evidence *e, const int64_t *dims, const int *order)
{
    return dims[order[2]] == e->known[1];
}

static int fits_library(const evidence *e, const int64_t *dims, const int *order)
{
    return has_length(&e->library, dims[order[2]]);
}

static int speaks_for(judge fits, const evidence *e, const int64_t *dims)
{
    int kept = 0;
    for (int k = 0; k < 6; ++k)
        kept |= fits(e, dims, orders[k]) << k;
    return kept;
}

static int axis_of(const run *r)
{
    if (rlra_dataset_array(r->dataset)->order != r->data.order)
        return -1;
    for (int m = 0; m < r->data.order; ++m)
        if (rlra_dataset_axis(r->dataset, m) != NULL)
            return m;
    return -1;
}

/* What was taken, where the file or --shape left a choice. */
static void report_order(const run *r, const evidence *e, const int order[3], int several)
{
    static const char *const names[] = {"height", "width", "bands"};
    const char *of_mode[3] = {NULL};
    char dims[64];
    for (int k = 0; k < 3; ++k)
        of_mode[order[k]] = names[k];
    char *const note = cli_format("taken as %s x %s x %s, %s%s", of_mode[0], of_mode[1], of_mode[2],
                                  print_dims(3, r->data.dims, dims, sizeof dims),
                                  e->height == 0 ? "; --shape HxW says otherwise"
                                  : several      ? ", though --shape fits other orders, too"
                                                 : "");
    input_report(r, r->asked->data[r->asked->data_count - 1], note);
    free(note);
}

/* A search for the wavelengths of the bands. */
typedef struct wave_search {
    const rlra_array *data; /* one of its modes is as long */
    char *name;             /* of the first that fits */
} wave_search;

/* A vector of wavelengths in the file of the scene, of which there may be several: those of two sensors, for one. */
static void find_waves(void *user, const rlra_variable *variable)
{
    wave_search *const search = user;
    int64_t length = 1;
    int long_modes = 0, fits = 0;
    for (int m = 0; m < variable->order; ++m)
        if (variable->dims[m] > 1) {
            ++long_modes;
            length = variable->dims[m];
        }
    for (int m = 0; m < search->data->order; ++m)
        fits |= search->data->dims[m] == length;
    if (search->name == NULL && variable->numeric && long_modes == 1 && fits && waves_named(variable->name))
        search->name = cli_copy(variable->name, strlen(variable->name));
}

char *scene_waves_beside(const run *r)
{
    const char *const spec = r->asked->data[r->asked->data_count - 1];
    char *const path = cli_copy(spec, input_path_length(spec));
    wave_search search = {&r->data, NULL};
    rlra_file_list(r->context, path, &input_doubles, find_waves, &search);
    char *const beside = search.name == NULL ? NULL : cli_format("%s:%s", path, search.name);
    free(search.name);
    free(path);
    return beside;
}

int scene_order(const run *r, const int64_t lengths[2], const char *waves, int order[3])
{
    const int64_t *const dims = r->data.dims;
    evidence e = {.known = {lengths[0], lengths[1]}, .axis = axis_of(r)};
    int code = scene_read_shape(r, &e.height, &e.width);
    if (code != EXIT_OK)
        return code;
    const int is_envi = strcmp(run_format(r), "envi") == 0;
    int left = is_envi ? 1 : 63;
    if (e.height != 0)
        left &= speaks_for(fits_shape, &e, dims);
    if (left == 0) {
        char text[64];
        return run_error("%s: --shape says %" PRId64 " x %" PRId64 ", the cube is %s",
                         r->asked->data[r->asked->data_count - 1], e.height, e.width,
                         print_dims(3, dims, text, sizeof text));
    }
    peek(r, r->asked->labels, &e.labels);
    peek(r, r->asked->mask, &e.mask);
    peek(r, waves, &e.waves);
    peek(r, r->asked->library, &e.library);
    /* Height and width exchanged only where something says so. */
    const int images = speaks_for(fits_images, &e, dims);
    left = keep(left, images);
    left = keep(left, (1 << EXCHANGED) - 1);
    left = keep(left, speaks_for(fits_axis, &e, dims));
    left = keep(left, speaks_for(fits_waves, &e, dims));
    left = keep(left, speaks_for(fits_library, &e, dims));
    const int known_so = speaks_for(fits_known, &e, dims);
    left = keep(left, (left & known_so) != 0 ? known_so : speaks_for(fits_turned, &e, dims));
    int first = 0;
    while ((left >> first & 1) == 0)
        ++first;
    memcpy(order, orders[first], sizeof orders[first]);
    const int several = (left & (left - 1)) != 0;
    if (several || first >= EXCHANGED || (e.height == 0 && first != 0))
        report_order(r, &e, order, several);
    forget(&e.labels);
    forget(&e.mask);
    forget(&e.waves);
    forget(&e.library);
    return EXIT_OK;
}

/* The shape of an image that goes with the scene, and has as many pixels as a mode of the matrix. */
int scene_image(const run *r, int64_t *height, int64_t *width)
{
    const char *const specs[] = {r->asked->mask, r->asked->labels};
    for (int k = 0; k < 2; ++k) {
        shapes all;
        int found = 0;
        peek(r, specs[k], &all);
        for (int i = 0; i < all.count && !found; ++i) {
            const int64_t pixels = all.dims[i][0] * all.dims[i][1];
            if (all.order[i] != 2 || (pixels != r->data.dims[0] && pixels != r->data.dims[1]))
                continue;
            *height = all.dims[i][0];
            *width = all.dims[i][1];
            found = 1;
        }
        forget(&all);
        if (found)
            return 1;
    }
    return 0;
}
