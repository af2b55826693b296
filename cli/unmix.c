/* cli/unmix.c: `rlra unmix`: spectra and abundance maps of a hyperspectral scene. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "components.h"
#include "say.h"
#include "text.h"

typedef struct unmixing {
    run run;
    scene scene;
    components components;
    int64_t pure_count; /* pixels that began the components */
    int64_t *pure, *pure_rows, *pure_columns;
    rlra_model *whole; /* the model with all bands and pixels, NaN where they are left out; NULL where none is */
    char *reported;
    rlra_model *shown; /* the model with pixels row by row, as the report shows them */
    rlra_array maps;
    rlra_page_scene page;
} unmixing;

static const char *const mode_names[] = {"spectrum", "abundance"};

/* Start from pure pixels: SNPA picks them, nonnegative least squares gives the abundances. */
static int start_pure(unmixing *u)
{
    run *const r = &u->run;
    const char *const init = r->options.init;
    if (strcmp(init, "auto") != 0 && strcmp(init, "snpa") != 0)
        return EXIT_OK;
    const double begun = seconds_now();
    u->pure = cli_alloc((size_t)r->options.rank, sizeof *u->pure);
    const rlra_status status =
        rlra_unmix_start(r->context, &r->data, r->priors[0], r->options.threads, r->model, u->pure, &u->pure_count);
    if (status != RLRA_OK)
        return run_fail(r, status, r->asked->data[0]);
    for (int64_t i = 0; i < u->pure_count; ++i)
        u->pure[i] = u->scene.pixel_of[u->pure[i]];
    if (u->pure_count < r->options.rank && !r->asked->quiet)
        say(stderr,
            "rlra: note: the scene has only %" PRId64 " independent spectra, %" PRId64 " components stay empty\n",
            u->pure_count, r->options.rank - u->pure_count);
    rlra_options_set(r->context, &r->options, "init", "model");
    r->prepare_seconds += seconds_now() - begun;
    return EXIT_OK;
}

static int fit(unmixing *u)
{
    run *const r = &u->run;
    const int code = run_fit(r);
    /* What the user may type again: the start was made here. */
    if (u->pure != NULL)
        rlra_options_set(r->context, &r->options, "init", "snpa");
    return code;
}

/* A penalty fixes the scale, or makes the objective depend on it: then the factors stay as they are. */
static int rescale(const unmixing *u)
{
    const run *const r = &u->run;
    const rlra_status status = run_is_scale_free(r) ? rlra_unmix_rescale(r->context, r->model) : RLRA_OK;
    return status == RLRA_OK ? EXIT_OK : run_fail(r, status, NULL);
}

static void copy_row(const rlra_array *from, int64_t p, const rlra_array *to, int64_t q)
{
    const size_t bytes = (size_t)rlra_dtype_bytes(from->dtype);
    for (int64_t k = 0; k < from->dims[1]; ++k) {
        const char *const source =
            (const char *)from->data + (p * from->strides[0] + k * from->strides[1]) * (int64_t)bytes;
        memcpy((char *)to->data + (q * to->strides[0] + k * to->strides[1]) * (int64_t)bytes, source, bytes);
    }
}

/* A model of the shape of the whole scene, of which the weights are those of the fit. */
static int make_model(const unmixing *u, rlra_model **model)
{
    const run *const r = &u->run;
    rlra_status status = rlra_model_create(r->context, r->data.dtype, 2, run_whole(r)->dims, r->options.rank, model);
    if (status != RLRA_OK)
        return run_fail(r, status, NULL);
    const rlra_array from = rlra_model_weights(r->model), to = rlra_model_weights(*model);
    memcpy(to.data, from.data, (size_t)r->options.rank * (size_t)rlra_dtype_bytes(from.dtype));
    return EXIT_OK;
}

/* Put what was left out back in its place. */
static int make_whole(unmixing *u)
{
    run *const r = &u->run;
    const unsigned char *const used[] = {u->scene.use_band, u->scene.use_pixel};
    if (!u->scene.is_partial)
        return EXIT_OK;
    const int code = make_model(u, &u->whole);
    for (int n = 0; code == EXIT_OK && n < 2; ++n) {
        const rlra_array from = rlra_model_factor(r->model, n), to = rlra_model_factor(u->whole, n);
        scene_spread(used[n], &from, &to);
    }
    r->written = u->whole;
    return code;
}

/* The report counts pixels row by row: a model whose pixels run by columns is shown as a copy. */
static int make_shown(unmixing *u)
{
    run *const r = &u->run;
    if (!u->scene.by_columns)
        return EXIT_OK;
    const int code = make_model(u, &u->shown);
    if (code != EXIT_OK)
        return code;
    const rlra_array bands = rlra_model_factor(run_model(r), 0), pixels = rlra_model_factor(run_model(r), 1);
    const rlra_array spectra = rlra_model_factor(u->shown, 0), target = rlra_model_factor(u->shown, 1);
    for (int64_t b = 0; b < u->scene.bands; ++b)
        copy_row(&bands, b, &spectra, b);
    for (int64_t i = 0; i < u->scene.height; ++i) {
        for (int64_t j = 0; j < u->scene.width; ++j)
            copy_row(&pixels, scene_pixel(&u->scene, i, j), &target, i * u->scene.width + j);
    }
    r->shown = u->shown;
    return EXIT_OK;
}

static void describe_scene(unmixing *u)
{
    const scene *const s = &u->scene;
    u->pure_rows = cli_alloc((size_t)u->pure_count, sizeof *u->pure_rows);
    u->pure_columns = cli_alloc((size_t)u->pure_count, sizeof *u->pure_columns);
    for (int64_t i = 0; i < u->pure_count; ++i)
        scene_place(s, u->pure[i], &u->pure_rows[i], &u->pure_columns[i]);
    u->page = (rlra_page_scene){.height = s->height,
                                .width = s->width,
                                .pixel_factor = 1,
                                .band_factor = 0,
                                .cube = s->cube,
                                .wavelengths = s->wavelengths,
                                .wavelength_unit = s->unit,
                                .pure_count = u->pure_count,
                                .pure_rows = u->pure_rows,
                                .pure_columns = u->pure_columns};
    u->run.scene = &u->page;
}

static int show(unmixing *u)
{
    run *const r = &u->run;
    components *const c = &u->components;
    int code = make_whole(u);
    if (code == EXIT_OK)
        code = make_shown(u);
    if (code != EXIT_OK)
        return code;
    components_describe(r, &u->scene, c);
    describe_scene(u);
    const rlra_array pixels = rlra_model_factor(run_model(r), 1);
    u->maps = scene_maps(&u->scene, &pixels);
    r->extra[r->extra_count++] = (rlra_named_array){"abundance_maps", &u->maps};
    r->component_names = (const char *const *)c->names;
    r->mode_names = mode_names;
    r->tables[r->table_count++] =
        (rlra_page_table){"Components", c->columns, (int)c->rank, c->header, (const char *const *)c->cells};
    r->note = c->note;
    return EXIT_OK;
}

static int constrain(run *r)
{
    const int code = run_constrain(r);
    if (code == EXIT_OK && r->asked->sum_to_one && strcmp(r->priors[1], "simplex") != 0)
        return usage_error(r->asked->about, "--sum-to-one is --prior H:simplex, but H has the prior %s", r->priors[1]);
    return code;
}

static int select_parts(unmixing *u)
{
    run *const r = &u->run;
    scene *const s = &u->scene;
    const int code = scene_select(r, s);
    if (code != EXIT_OK)
        return code;
    r->data = s->used;
    r->whole = &s->matrix;
    r->used[0] = s->use_band;
    r->used[1] = s->use_pixel;
    u->reported = scene_report(s);
    r->reported = u->reported;
    if (s->is_partial) {
        r->facts[r->fact_count++] = (run_fact){"bands left out", (double)(s->bands - s->survey.bands)};
        r->facts[r->fact_count++] = (run_fact){"pixels without data", (double)s->survey.missing_pixels};
        r->facts[r->fact_count++] = (run_fact){"pixels masked", (double)s->masked};
    }
    return EXIT_OK;
}

static int unmix(unmixing *u, const request *asked)
{
    run *const r = &u->run;
    run_begin(r, asked);
    if (asked->sum_to_one)
        r->default_priors[1] = "simplex";
    int code = run_read(r, 2, 3);
    if (code == EXIT_OK)
        code = scene_open(r, (const int64_t[]){0, 0}, &u->scene);
    if (code == EXIT_OK)
        code = select_parts(u);
    if (code == EXIT_OK)
        code = components_open(r, &u->scene, &u->components);
    if (code == EXIT_OK)
        code = run_pose(r);
    if (code == EXIT_OK)
        code = constrain(r);
    if (code == EXIT_OK)
        code = run_start(r);
    if (code == EXIT_OK)
        code = start_pure(u);
    if (code == EXIT_OK)
        code = fit(u);
    if (code == EXIT_OK)
        code = rescale(u);
    if (code == EXIT_OK)
        code = show(u);
    if (code == EXIT_OK)
        code = run_write(r);
    if (code == EXIT_OK)
        code = run_report(r);
    return code;
}

int command_unmix(const request *asked)
{
    unmixing u = {0};
    const int code = unmix(&u, asked);
    rlra_model_destroy(u.shown);
    rlra_model_destroy(u.whole);
    free(u.reported);
    components_clear(&u.components);
    scene_close(&u.scene);
    free(u.pure);
    free(u.pure_rows);
    free(u.pure_columns);
    run_end(&u.run);
    return code;
}
